"""Prices of models behind an API in a lock: lines of text, and laid on a later catalog."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from planner.catalog.api_models import ApiModel
from planner.catalog.rows import Catalog
from planner.locking.table import CONFIDENCE, DEAREST, SHOWN, LineError, is_date, number_text, read_number
from planner.source.excerpt import shortened

_PRICES: Final = (
    "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok", "batch_input_usd_per_mtok",
    "batch_output_usd_per_mtok",
)  # fmt: skip
_LIMITS: Final = ("max_input_tokens", "max_output_tokens")
COLUMNS: Final = ("api", *_PRICES, *_LIMITS, "as_of", "confidence")
MOST_TOKENS: Final = 1e12


@dataclass(frozen=True, slots=True)
class LockedApi:
    """What a lock holds of one model behind an API; NaN where nothing is listed."""

    id: str
    """`provider/model`."""
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    cached_input_usd_per_mtok: float
    batch_input_usd_per_mtok: float
    batch_output_usd_per_mtok: float
    max_input_tokens: float
    max_output_tokens: float
    as_of: str
    confidence: str


@dataclass(frozen=True, slots=True)
class LaidApis:
    """A catalog's APIs with the prices of a lock in their place."""

    apis: tuple[ApiModel, ...]
    moved: int
    """Those whose prices or limits are others than today."""
    lost: tuple[str, ...]
    """Those that today's catalog has no more: nothing says whose weights they are or how they cache."""


def locked_apis(playing: Iterable[ApiModel], catalog: Catalog) -> list[LockedApi]:
    """The APIs in play, as the catalog itself has them."""
    wanted = {api.id for api in playing}
    return [_locked(api) for api in catalog.apis if api.id in wanted]


def edited_apis(locked: Sequence[LockedApi], catalog: Catalog) -> tuple[str, ...]:
    """Where a lock differs from the catalog of the very digest that it names, in words."""
    known = {api.id: _locked(api) for api in catalog.apis}
    found = []
    for one in locked:
        same = known.get(one.id)
        if same is None:
            found.append(f"{one.id} is not in the catalog")
        elif repr(one) != repr(same):
            found.append(f"{one.id} differs from the catalog{_ask(one, same)}")
    return tuple(found)


def lay_apis(locked: Sequence[LockedApi], catalog: Catalog, without: frozenset[str] = frozenset()) -> LaidApis:
    """The catalog's APIs with these prices in their place.

    APIs that the lock does not list stay as they are today; those in `without` are taken out, since they were not there
    to choose when the lock was made.
    """
    held = {one.id: one for one in locked}
    found, moved = [], 0
    for today in catalog.apis:
        if today.id in without:
            continue
        one = held.pop(today.id, None)
        if one is None or repr(one) == repr(_locked(today)):
            found.append(today)
        else:
            moved += 1
            found.append(_with_prices(today, one))
    return LaidApis(tuple(found), moved, tuple(held))


def write_apis(apis: Iterable[LockedApi]) -> str:
    """The prices as CSV, sorted, so that a later one differs only in the lines that moved."""
    lines = [
        (one.id, *(number_text(getattr(one, name)) for name in (*_PRICES, *_LIMITS)), one.as_of, one.confidence)
        for one in apis
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *sorted(lines)])
    return text.getvalue()


def read_apis(text: str) -> list[LockedApi]:
    """The prices of such a text; raises LineError at the first line that is none."""
    reader = csv.reader(io.StringIO(text), strict=True)
    found: dict[str, LockedApi] = {}
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise LineError(1, f"the first line must name the columns: {','.join(COLUMNS)}")
        for cells in reader:
            one = _api(cells, reader.line_num)
            if one.id in found:
                raise LineError(reader.line_num, f"{shortened(one.id, SHOWN)} is given twice")
            found[one.id] = one
    except csv.Error as error:
        raise LineError(max(reader.line_num, 1), f"is no line of a table: {error}") from error
    return list(found.values())


def _locked(api: ApiModel) -> LockedApi:
    numbers = {name: float(getattr(api, name)) for name in (*_PRICES, *_LIMITS)}
    return LockedApi(id=api.id, **numbers, as_of=api.as_of, confidence=api.confidence)


def _with_prices(today: ApiModel, one: LockedApi) -> ApiModel:
    """Today's model with the prices of a lock; what is put into a cache costs its multiple of the input price."""
    rule = today.caching
    write, long_write = (math.nan, math.nan) if rule is None else (rule.write, rule.long_write)
    return replace(
        today,
        **{name: getattr(one, name) for name in (*_PRICES, *_LIMITS)},
        cache_write_usd_per_mtok=one.input_usd_per_mtok * write,
        long_cache_write_usd_per_mtok=one.input_usd_per_mtok * long_write,
        as_of=one.as_of,
        confidence=one.confidence,
    )


def _api(cells: list[str], line: int) -> LockedApi:
    if len(cells) != len(COLUMNS):
        raise LineError(line, f"{len(cells)} cells where {len(COLUMNS)} columns are named")
    row = dict(zip(COLUMNS, cells, strict=True))
    numbers = {name: read_number(row[name], name, line) for name in (*_PRICES, *_LIMITS)}
    for name in _PRICES[:2]:
        if not numbers[name] > 0:
            raise LineError(line, f"{name} {shortened(row[name], SHOWN)!r} is no price")
    for name, most in (*((name, DEAREST) for name in _PRICES), *((name, MOST_TOKENS) for name in _LIMITS)):
        if numbers[name] > most:
            raise LineError(line, f"{name} {shortened(row[name], SHOWN)!r} is too large")
    if row["confidence"] not in CONFIDENCE:
        allowed = ", ".join(CONFIDENCE)
        raise LineError(line, f"confidence {shortened(row['confidence'], SHOWN)!r} is not one of {allowed}")
    if not row["api"]:
        raise LineError(line, "api is empty")
    if not is_date(row["as_of"]):
        raise LineError(line, f"as_of {shortened(row['as_of'], SHOWN)!r} is not a date")
    return LockedApi(id=row["api"], **numbers, as_of=row["as_of"], confidence=row["confidence"])


def _ask(one: LockedApi, same: LockedApi) -> str:
    """What both ask for a million tokens, where that is the difference."""
    for name, words in zip(_PRICES, ("input", "output", "cached input", "batch input", "batch output"), strict=True):
        here, there = getattr(one, name), getattr(same, name)
        if here != there and not (math.isnan(here) and math.isnan(there)):
            return f": {_usd(here)} for a million tokens of {words} in the lock, {_usd(there)} in the catalog"
    return ""


def _usd(value: float) -> str:
    return "nothing listed" if math.isnan(value) else f"${value:g}"
