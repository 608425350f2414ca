"""Language models behind an API: prices read into rows, and which of them a name means."""

import re
from typing import Final

import numpy as np

from planner.catalog.api_models import ApiModel, PromptCaching
from planner.catalog.models import id_of
from planner.catalog.names import hint_of
from planner.catalog.rows import Catalog, Model, Score
from planner.catalog.tables import Directory, Table

FILE: Final = "llm_api_prices.csv"
OPEN_WEIGHTS: Final = "llm_api_open_weights.csv"
CACHING: Final = "prompt_caching.csv"
CONFIDENCE: Final = "medium"
"""Of every price: one source, a list that a community keeps."""
UNSCORED: Final = "unknown: no published score of this model joins the catalog's"
_PRICES: Final = ("input_usd_per_mtok", "output_usd_per_mtok")
_MORE_PRICES: Final = ("cached_input_usd_per_mtok", "batch_input_usd_per_mtok", "batch_output_usd_per_mtok")
_LIMITS: Final = ("max_input_tokens", "max_output_tokens")
_DATED: Final = re.compile(r"as of (?:release available )?(\d{4}-\d{2}-\d{2})")
Key = tuple[str, str]
"""Provider, and model as it prints it."""


def read_apis(directory: Directory, models: tuple[Model, ...], scores: tuple[Score, ...]) -> tuple[ApiModel, ...]:
    """Read `llm_api_prices.csv` with the open weights and the rules of caching that belong to its rows."""
    table = directory.table(FILE, ("model", "provider", *_PRICES, *_MORE_PRICES, *_LIMITS, "source_key", "doubt"))
    names, providers, keys = (table.required(column) for column in ("model", "provider", "source_key"))
    money = {column: table.floats(column, blank=False) for column in _PRICES}
    money |= {column: table.floats(column) for column in _MORE_PRICES}
    limits = {column: table.floats(column, least=1.0) for column in _LIMITS}
    _check_prices(table, money)
    listed = list(zip(providers, names, strict=True))
    ids = [f"{provider}/{id_of(name)}" for provider, name in listed]
    first: dict[str, int] = {}
    for row, one in enumerate(ids):
        if first.setdefault(one, row) != row:
            table.complain(row, f"{one} is given twice")
    dates = _DATED.findall(table.header)
    if not dates:
        directory.problems.add(FILE, 1, "the first line gives no date: as of YYYY-MM-DD")
    weights = _read_open_weights(directory, listed, models, scores)
    rules = _read_caching(directory)
    found = []
    for row, key in enumerate(listed):
        caching = _rule(rules, *key)
        cached, price = (money[column][row] for column in ("cached_input_usd_per_mtok", "input_usd_per_mtok"))
        known = caching if np.isfinite(cached) else None
        open_model, variant, scored_as = weights.get(key, ("", "", ""))
        found.append(
            ApiModel(
                id=ids[row],
                provider=key[0],
                model=key[1],
                caching=caching,
                cache_write_usd_per_mtok=float(price * known.write) if known else float("nan"),
                long_cache_write_usd_per_mtok=float(price * known.long_write) if known else float("nan"),
                open_model=open_model,
                variant=variant,
                scored_as=scored_as,
                source_key=keys[row],
                as_of=max(dates, default=""),
                confidence=CONFIDENCE,
                source=table.header.partition(";")[0].removeprefix("source: "),
                doubt=table.columns["doubt"][row],
                **{column: float(values[row]) for column, values in (money | limits).items()},
            )
        )
    return tuple(found)


def find_apis(catalog: Catalog, name: str) -> tuple[ApiModel, ...]:
    """The rows that a name means; several where several providers have a model of that name.

    A name is `provider/model`, a model as its provider prints it with or without what stands before its last `/`, the
    name in the source of the price, or the catalog's id of the open weights; in any case.
    """
    wanted = id_of(name)
    readings = (
        lambda api: {api.id},
        lambda api: {id_of(api.model), id_of(api.source_key)},
        lambda api: {f"{api.provider}/{last}" if owned else last for last in _short(api) for owned in (True, False)},
    )
    for reading in readings:
        if found := tuple(api for api in catalog.apis if wanted in reading(api)):
            return found
    return ()


def api_hint(catalog: Catalog, name: str) -> str:
    """What to do about a name that means no row, or several."""
    found = find_apis(catalog, name)
    if len(found) > 1:
        return f"name the provider: {', '.join(api.id for api in found)}"
    names = [api.id for api in catalog.apis] + [id_of(api.model) for api in catalog.apis]
    return hint_of(name, names, "`planner list apis` shows them")


def scores_of(catalog: Catalog, api: ApiModel) -> tuple[Score, ...]:
    """Published scores of the variant that the API serves; empty where none joins (`UNSCORED`).

    They compare with other scores only within one benchmark and one setting of shots (DOMAIN 4.3).
    """
    if not api.scored_as:
        return ()
    return tuple(score for score in catalog.scores if score.printed_model == api.scored_as)


def _short(api: ApiModel) -> tuple[str, ...]:
    """The model's name without its owner, and the id of its open weights."""
    last = id_of(api.model).rpartition("/")[2]
    return (last, api.open_model) if api.open_model else (last,)


def _check_prices(table: Table, money: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]) -> None:
    """Report prices of nothing, and cached or batch prices above the plain ones."""
    for column in _PRICES:
        for row in np.flatnonzero(money[column] <= 0):
            table.complain(int(row), f"{column} is 0; an unknown price is a row left out")
    above = {
        "cached_input_usd_per_mtok": "input_usd_per_mtok",
        "batch_input_usd_per_mtok": "input_usd_per_mtok",
        "batch_output_usd_per_mtok": "output_usd_per_mtok",
    }
    for column, plain in above.items():
        for row in np.flatnonzero(money[column] > money[plain]):
            table.complain(int(row), f"{column} is above {plain}")
    halves = np.isnan(money["batch_input_usd_per_mtok"]) != np.isnan(money["batch_output_usd_per_mtok"])
    for row in np.flatnonzero(halves):
        table.complain(int(row), "needs both batch prices or none")


def _read_open_weights(
    directory: Directory, listed: list[Key], models: tuple[Model, ...], scores: tuple[Score, ...]
) -> dict[Key, tuple[str, str, str]]:
    """Row of the price list → catalog id, variant and printed name in the scores, from `llm_api_open_weights.csv`."""
    table = directory.table(OPEN_WEIGHTS, ("provider", "api_model", "model", "variant", "scored_as", "notes"))
    known = {model.name: model.id for model in models}
    printed = {(score.printed_model, score.variant) for score in scores}
    named = table.texts("model", tuple(known))
    variants = table.texts("variant", ("base", "instruct"))
    rows = set(listed)
    found: dict[Key, tuple[str, str, str]] = {}
    for row, key in enumerate(zip(table.required("provider"), table.required("api_model"), strict=True)):
        scored_as = table.columns["scored_as"][row]
        if key not in rows:
            table.complain(row, f"{'/'.join(key)} is not in {FILE}")
        if key in found:
            table.complain(row, f"{'/'.join(key)} is given twice")
        if scored_as and (scored_as, variants[row]) not in printed:
            table.complain(row, f"scored_as {scored_as!r} has no {variants[row]} score in model_scores.csv")
        found[key] = (known.get(named[row], ""), variants[row], scored_as)
    return found


def _read_caching(directory: Directory) -> tuple[PromptCaching, ...]:
    """Read `prompt_caching.csv`."""
    texts = ("provider", "as_of", "source")
    numbers = ("write", "long_write", "minimum_tokens", "life_minutes", "long_life_minutes")
    table = directory.table(CACHING, (*texts, *numbers, "models", "how", "tag"))
    how, tag = table.texts("how", ("explicit", "automatic")), table.texts("tag", ("C", "R", "M", "E"))
    write, life = table.floats("write", blank=False), table.floats("life_minutes", blank=False)
    long_write, long_life = table.floats("long_write"), table.floats("long_life_minutes")
    for row in np.flatnonzero(np.isnan(long_write) != np.isnan(long_life)):
        table.complain(int(row), "needs long_write and long_life_minutes, or neither")
    minimum = table.ints("minimum_tokens").tolist()
    required = {name: table.required(name) for name in texts}
    return tuple(
        PromptCaching(
            models=table.columns["models"][row],
            how=how[row],
            write=float(write[row]),
            long_write=float(long_write[row]),
            minimum_tokens=minimum[row],
            life_minutes=float(life[row]),
            long_life_minutes=float(long_life[row]),
            tag=tag[row],
            **{name: column[row] for name, column in required.items()},
        )
        for row in range(len(table))
    )


def _rule(rules: tuple[PromptCaching, ...], provider: str, model: str) -> PromptCaching | None:
    """The rule for a model: the longest beginning of its name counts."""
    mine = [rule for rule in rules if rule.provider == provider and id_of(model).startswith(rule.models)]
    return max(mine, key=lambda rule: len(rule.models), default=None)
