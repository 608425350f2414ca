"""Tags and columns → team, project, model … of a kind of charge, and the run and scenario it is for."""

from collections.abc import Mapping
from typing import Final

from planner.scenario.spend_rules import Told
from planner.spend.conditions import like
from planner.spend.reading.focus.expressions import CONTROL, told_columns
from planner.spend.reading.focus.filling import made_table
from planner.spend.store import Store

RUN_TAGS: Final = ("run", "run_id", "run-id", "runid")
SCENARIO_TAGS: Final = ("scenario", "scenario_id", "scenario-id", "scenarioid")
LONGEST: Final = 200
"""Signs of a value that are kept."""
_DETAILS: Final = {
    "detail_instance": ("instancetype", "x_instancetype"),
    "detail_gpus": ("gpucount", "x_gpucount"),
    "detail_card": ("x_gpumodel", "gpumodel"),
    "detail_model": ("modelid", "x_modelid"),
}
"""Column → properties of SkuPriceDetails, in small letters, the first that is there."""


def is_object(column: str) -> str:
    """Whether a text is a JSON object; of one that is no JSON, false."""
    return f"coalesce(json_type(TRY_CAST({column} AS JSON)) = 'OBJECT', false)"


def fill_values(store: Store, objects: tuple[str, ...] = ("tags", "details")) -> None:
    """The tables `tags_values` and `details_values`: text of the object → its keys, in small letters, and values."""
    for column in objects:
        text = f"CASE WHEN {is_object(column)} THEN {column} ELSE '{{}}' END"
        store.connection.execute(
            f"CREATE TABLE focus.{column}_values AS SELECT object, lower(trim(key)) AS key, "
            "trim(json_extract_string(object, '/' || replace(replace(key, '~', '~0'), '/', '~1'))) AS value "
            f"FROM (SELECT object, unnest(json_keys(object)) AS key FROM (SELECT DISTINCT {text} AS object "
            "FROM focus_rows.kinds)) WHERE value <> ''"
        )


def detail_columns(store: Store) -> None:
    """The table `detailed`: text of SkuPriceDetails → what is asked of it."""
    columns = ", ".join(
        f"coalesce({', '.join(f'''max(value) FILTER (key = '{key}')''' for key in keys)}, '') AS {name}"
        for name, keys in _DETAILS.items()
    )
    store.connection.execute(
        f"CREATE TABLE focus.detailed AS SELECT object AS details, {columns} FROM focus.details_values GROUP BY object"
    )


def fill_dimensions(store: Store, told: Mapping[str, Told], columns: tuple[str, ...]) -> None:
    """The table `told_of`: kind → its dimensions (dim0, dim1 …), run and scenario; '' where nothing tells one.

    `columns` are those that dimensions may be told by, as `kinds` has them in told0, told1 …
    """
    asked = {name: told[name] for name in store.dimensions}
    _rank_tags(store, asked)
    in_columns = told_columns(asked)
    parts = []
    for place, name in enumerate(store.dimensions):
        tried = [f"t.d{place}", *(f"nullif(k.told{columns.index(c)}, '')" for c in in_columns[name] if c in columns)]
        if name == "model":
            tried.append("nullif(k.detail_model, '')")
        parts.append(f"coalesce({', '.join(tried)}, '') AS dim{place}")
    parts += ["coalesce(t.run, '') AS told_run", "coalesce(t.scenario, '') AS told_scenario"]
    store.connection.execute(
        f"CREATE TABLE focus.told_of AS SELECT k.kind, {', '.join(parts)} FROM focus.known k "
        "LEFT JOIN focus.tagged t ON k.tags = t.object"
    )
    for place, name in enumerate(store.dimensions):
        cleaned = f"left(regexp_replace(dim{place}, {CONTROL}, ' ', 'g'), {LONGEST})"
        store.connection.execute(f"UPDATE focus.told_of SET dim{place} = {cleaned}")
        if asked[name].same:
            _one_spelling(store, f"dim{place}", asked[name].same)


def _rank_tags(store: Store, told: Mapping[str, Told]) -> None:
    """The table `tagged`: text of tags → the first value of each dimension that is there."""
    keys = {f"d{place}": _tags(name, told[name]) for place, name in enumerate(store.dimensions)}
    keys |= {"run": RUN_TAGS, "scenario": SCENARIO_TAGS}
    # A provider with several schemes of tags writes the users' own as user:team.
    rows = [
        (what, f"{prefix}{key.lower()}", 2 * rank + bool(prefix))
        for what, names in keys.items()
        for rank, key in enumerate(names)
        for prefix in ("", "user:")
    ]
    made_table(store, "ranks", {"what": "VARCHAR", "key": "VARCHAR", "rank": "INTEGER"}, rows)
    columns = ", ".join(f"arg_min(value, rank) FILTER (what = '{what}') AS {what}" for what in keys)
    store.connection.execute(
        f"CREATE TABLE focus.tagged AS SELECT object, {columns} FROM focus.tags_values JOIN focus.ranks USING (key) "
        "GROUP BY object"
    )


def _tags(name: str, told: Told) -> tuple[str, ...]:
    return tuple(told.tags) if told.tags or told.columns else (name,)


def _one_spelling(store: Store, column: str, same: Mapping[str, list[str]]) -> None:
    rows = [
        (value, like(pattern), rank)
        for rank, (value, patterns) in enumerate(same.items())
        for pattern in (value, *patterns)
    ]
    made_table(store, "spellings", {"value": "VARCHAR", "pattern": "VARCHAR", "rank": "INTEGER"}, rows)
    store.connection.execute(
        f"UPDATE focus.told_of SET {column} = s.value FROM (SELECT v.{column} AS found, arg_min(p.value, p.rank) "
        f"AS value FROM (SELECT DISTINCT {column} FROM focus.told_of) v JOIN focus.spellings p "
        f"ON v.{column} ILIKE p.pattern ESCAPE chr(33) WHERE v.{column} <> '' GROUP BY 1) s "
        f"WHERE told_of.{column} = s.found"
    )
