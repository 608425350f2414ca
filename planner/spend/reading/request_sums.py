"""The table `request_rows` → `usage`, by the hour, and `users`, by the month."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from planner.spend.conditions import quoted
from planner.spend.reading.api_prices import ApiPrice
from planner.spend.reading.moments import day_of
from planner.spend.reading.request_columns import dimension_columns
from planner.spend.store import Store

_ANSWERED: Final = "prompt IS NOT NULL AND NOT summed AND coalesce(failed, 0) = 0"
_NO_TOKENS: Final = "(input_tokens IS NULL OR output_tokens IS NULL) AND coalesce(failed < requests, true)"
_UNKNOWN: Final = f"(cost IS NULL AND (input_price IS NULL OR ({_NO_TOKENS})))"
"""Whether nobody knows what a row cost."""
_PRICED: Final = f"""CASE WHEN {_UNKNOWN} THEN NULL WHEN failed >= requests THEN 0
    ELSE ((input_tokens - coalesce(cached_tokens, 0)) * input_price + coalesce(cached_tokens, 0) * cached_price
        + output_tokens * output_price) / 1e6 END"""
_TOKEN_BITS, _NAME_BITS = 32, 30
"""Of tokens, and of a group's number, in the whole number by which the first of a prompt is found."""
_OWNERS, _SEEN = "usage_owners", "usage_seen"


@dataclass(frozen=True, slots=True)
class Name:
    """For whom a request was, as the rows have it."""

    who: int
    """Key of the rows."""
    deployment: str
    values: tuple[str, ...]
    """Of the dimensions."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How the rows got their cost."""

    by_catalog: int
    failed_free: int
    """Of those, rows that failed, which an API does not charge."""
    on_bill: int
    """Of deployments, whose machines the bill has."""
    unknown: int


def names_of(store: Store) -> list[Name]:
    """All that the rows have."""
    columns = ", ".join(f"any_value({name})" for name in ("deployment", *dimension_columns(store)))
    rows = store.rows(f"SELECT who, {columns} FROM request_rows GROUP BY who ORDER BY who")
    return [Name(who, deployment, tuple(values)) for who, deployment, *values in rows]


def lay_names(
    store: Store, names: list[Name], called: Mapping[int, tuple[str, ...]], prices: Mapping[str, ApiPrice]
) -> None:
    """Write `request_names`: key → deployment and dimensions as `called`, and the catalog's prices of its model.

    What a deployment costs is on the bill of its machines: the catalog's prices are not for its requests.
    """
    import pyarrow as pa

    model = store.dimensions.index("model")
    places = {own: at for at, own in enumerate(sorted(set(called.values())))}
    priced = [None if name.deployment else prices.get(name.values[model]) for name in names]
    columns = {
        "who": pa.array([name.who for name in names], pa.uint64()),
        "name": pa.array([places[called[name.who]] for name in names], pa.int32()),
        "input_price": pa.array([one and one.input_usd_per_mtok for one in priced], pa.float64()),
        "cached_price": pa.array([one and one.cached_usd_per_mtok for one in priced], pa.float64()),
        "output_price": pa.array([one and one.output_usd_per_mtok for one in priced], pa.float64()),
    }
    for at, name in enumerate(("deployment", *store.dimensions)):
        columns[f"is_{name}"] = pa.array([called[own.who][at] for own in names], pa.string())
    store.connection.register("request_names_made", pa.table(columns))
    store.connection.execute("CREATE OR REPLACE TEMP TABLE request_names AS SELECT * FROM request_names_made")
    store.connection.unregister("request_names_made")


def add_usage(store: Store, source: str, usd_per_unit: float, known: Collection[str]) -> Counts:
    """Add the rows to `usage`; what no file has a column for is NULL there.

    A row whose cost nobody knows is summed up apart, so that a known cost stays one. A repeat is a request that was
    answered and whose prompt was answered before for the same model, whoever asked: `repeats_of` of planner/traffic.
    """
    names = ("deployment", *store.dimensions)
    day = day_of(store.time_zone, "came")
    again, again_tokens, first, first_tokens, join = "NULL::DOUBLE", "NULL::DOUBLE", "0", "0", ""
    if "repeats" in known:
        again, again_tokens = "sum(repeats)", "sum(repeated_tokens)"
    if "prompt_hash" in known:
        _find_firsts(store)
        again = f"count(*) FILTER ({_ANSWERED})::DOUBLE + coalesce({again}, 0)"
        again_tokens = f"coalesce(sum(input_tokens) FILTER ({_ANSWERED}), 0) + coalesce({again_tokens}, 0)"
        first, first_tokens = "coalesce(f.firsts, 0)", "coalesce(f.tokens, 0)"
        join = f"LEFT JOIN ({_firsts(store)}) f USING (hour, day, name, unknown)"
    cached = any(name in known for name in ("cached_tokens", "cache_read_tokens"))
    late = any(name in known for name in ("latency_ms", "latency_s"))
    tokens = [f"sum({name}) AS {name}" for name in ("input_tokens", "output_tokens")]
    tokens.append(f"{'sum(coalesce(cached_tokens, 0))' if cached else 'NULL::DOUBLE'} AS cached_tokens")
    failed = "sum(coalesce(failed, 0))" if {"status", "failed"} & set(known) else "NULL::DOUBLE"
    store.connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE request_groups AS
        SELECT date_trunc('hour', came) AS hour, {day} AS day, name, {_UNKNOWN} AS unknown, sum(requests) AS requests,
            {failed} AS failed, {", ".join(tokens)},
            sum(coalesce(cost * ?, {_PRICED})::DECIMAL(28, 12))::DOUBLE AS cost_usd,
            {"quantile_cont(latency_ms, 0.95)" if late else "NULL::DOUBLE"} AS latency_p95_ms, {again} AS again,
            {again_tokens} AS again_tokens, count(*) AS rows, count(*) FILTER (cost IS NULL) AS without_cost,
            count(*) FILTER (cost IS NULL AND failed >= requests) AS free
        FROM request_rows JOIN request_names USING (who) GROUP BY ALL""",
        [usd_per_unit],
    )
    columns = ", ".join(f"n.is_{name} AS {quoted(name)}" for name in names)
    called = ", ".join(f"any_value(is_{name}) AS is_{name}" for name in names)
    store.connection.execute(
        f"""INSERT INTO usage BY NAME SELECT hour, day, ? AS source, {columns}, requests, failed, input_tokens,
            output_tokens, cached_tokens, again - {first} AS repeats, again_tokens - {first_tokens} AS repeated_tokens,
            cost_usd, latency_p95_ms
        FROM request_groups g JOIN (SELECT name, {called} FROM request_names GROUP BY name) n USING (name) {join}
        ORDER BY g.hour, g.day, g.name, g.unknown""",
        [source],
    )
    counts = store.rows(
        """SELECT coalesce(sum(without_cost) FILTER (NOT unknown), 0), coalesce(sum(free) FILTER (NOT unknown), 0),
        coalesce(sum(rows) FILTER (unknown AND deployment <> ''), 0),
        coalesce(sum(rows) FILTER (unknown AND deployment = ''), 0)
        FROM request_groups JOIN (SELECT name, any_value(is_deployment) AS deployment FROM request_names GROUP BY name)
        USING (name)"""
    )[0]
    return Counts(*map(int, counts))


def _find_firsts(store: Store) -> None:
    """The earliest request of each prompt: of several at the same time, the first group and the fewest tokens.

    Time in microseconds, number of the group and tokens make one whole number, whose least is looked for.
    """
    store.connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE request_firsts AS
        SELECT min((((epoch_us(came)::HUGEINT << {_NAME_BITS}) + name * 2 + {_UNKNOWN}::INTEGER) << {_TOKEN_BITS})
            + coalesce(input_tokens, 0)::HUGEINT) AS first
        FROM request_rows JOIN request_names USING (who) WHERE {_ANSWERED} GROUP BY prompt"""
    )


def _firsts(store: Store) -> str:
    """How many of them each group has, and their tokens."""
    tokens, names = (1 << _TOKEN_BITS) - 1, (1 << _NAME_BITS) - 1
    return f"""SELECT date_trunc('hour', came) AS hour, {day_of(store.time_zone, "came")} AS day, name, unknown,
            count(*)::DOUBLE AS firsts, sum(tokens) AS tokens
        FROM (SELECT make_timestamp((first >> {_TOKEN_BITS + _NAME_BITS})::BIGINT) AS came,
                (((first >> {_TOKEN_BITS}) & {names}) // 2)::INTEGER AS name,
                ((first >> {_TOKEN_BITS}) & 1) = 1 AS unknown, (first & {tokens})::DOUBLE AS tokens
            FROM request_firsts) GROUP BY ALL"""


def add_users(store: Store) -> None:
    """Make `users` anew from these rows and those of earlier sources: who was seen in a month, each once."""
    own = ", ".join(quoted(name) for name in store.dimensions)
    called = ", ".join(f"is_{name}" for name in store.dimensions)
    named = ", ".join(f"is_{name} AS {quoted(name)}" for name in store.dimensions)
    store.connection.execute(
        f"""CREATE TABLE IF NOT EXISTS {_OWNERS} (_owner UBIGINT, {own.replace(",", " VARCHAR,")} VARCHAR);
        CREATE TABLE IF NOT EXISTS {_SEEN} (month DATE, _owner UBIGINT, person BOOLEAN, id UBIGINT);
        CREATE OR REPLACE TEMP TABLE request_owners AS
            SELECT who AS _who, hash({called}) AS _owner, {named} FROM request_names;
        INSERT INTO {_OWNERS} SELECT DISTINCT _owner, {own} FROM request_owners ANTI JOIN {_OWNERS} USING (_owner);"""
    )
    month = f"date_trunc('month', {day_of(store.time_zone, 'r.came')})::DATE"
    for person, column in ((True, "person"), (False, "conversation")):
        store.connection.execute(
            f"INSERT INTO {_SEEN} SELECT * FROM (SELECT DISTINCT {month} AS month, o._owner, {person} AS person, "
            f"r.{column} AS id FROM request_rows r JOIN request_owners o ON r.who = o._who "
            f"WHERE r.{column} IS NOT NULL) ANTI JOIN {_SEEN} USING (month, _owner, person, id)"
        )
    counts = "nullif(count(*) FILTER (person), 0) AS users, nullif(count(*) FILTER (NOT person), 0) AS actions"
    store.connection.execute(
        f"""DELETE FROM users;
        INSERT INTO users BY NAME SELECT month, {counts} FROM (SELECT DISTINCT month, person, id FROM {_SEEN})
            GROUP BY month ORDER BY month;
        INSERT INTO users BY NAME SELECT month, users, actions, {own}
            FROM (SELECT month, _owner, {counts} FROM {_SEEN} GROUP BY month, _owner) JOIN {_OWNERS} USING (_owner)
            ORDER BY month, {own}"""
    )
