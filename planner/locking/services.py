"""Prices of managed fine-tuning services in a lock: lines of text, and laid on a later catalog."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from planner.catalog.managed_tuning import UNITS
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Catalog
from planner.locking.table import DEAREST, SHOWN, LineError, is_date, number_text, read_number
from planner.source.excerpt import shortened

_FEES: Final = (
    "minimum_usd", "storage_usd_per_month", "hosting_usd_per_hour", "input_usd_per_mtok", "output_usd_per_mtok",
    "cached_input_usd_per_mtok", "base_input_usd_per_mtok", "base_output_usd_per_mtok",
)  # fmt: skip
COLUMNS: Final = (
    "provider", "offered", "model", "open_models", "above_params", "max_params", "method", "usd", "unit",
    "validation_billed", *_FEES, "retired", "as_of", "confidence",
)  # fmt: skip
AIM: Final = "sft"
"""What a scenario describes, so that no price for anything else is locked."""
_METHODS: Final = ("lora", "full", "")
_CONFIDENCE: Final = ("high", "medium", "low")
_FLAGS: Final = {"y": True, "": False}
MOST_PARAMS: Final = 1e15
ServiceKey = tuple[str, str, str, str, str]
"""Provider, what it offers, aim, method, unit: what makes a price the same price."""


@dataclass(frozen=True, slots=True)
class LaidServices:
    """A catalog's prices of services with those of a lock in their place."""

    prices: tuple[TuningPrice, ...]
    moved: int
    """Prices that are others than today."""
    returned: int
    """Prices that today's catalog does not have any more."""
    lost: tuple[str, ...]
    """Prices that cannot be had back, in words: they are for a model that the catalog does not have today."""


def service_key(price: TuningPrice) -> ServiceKey:
    """What makes it the same price as another."""
    return price.provider, price.offered, price.aim, price.method, _unit(price)


def locked_services(playing: Iterable[TuningPrice], catalog: Catalog) -> list[TuningPrice]:
    """The prices in play, as the catalog itself has them."""
    wanted = {service_key(price) for price in playing}
    return [price for price in catalog.tuning_prices if service_key(price) in wanted]


def edited_services(locked: Sequence[TuningPrice], catalog: Catalog) -> tuple[str, ...]:
    """Where prices of a lock differ from the catalog of the very digest that it names, in words."""
    known = {service_key(price): price for price in catalog.tuning_prices}
    found = []
    for price in locked:
        same = known.get(service_key(price))
        if same is None:
            found.append(f"{_words(price)} is not in the catalog")
        elif _bare(price) != _bare(same):
            found.append(f"{_words(price)} differs from the catalog{_ask(price, same)}")
    return tuple(found)


def lay_services(
    locked: Sequence[TuningPrice], catalog: Catalog, without: frozenset[ServiceKey] = frozenset()
) -> LaidServices:
    """The catalog's prices with these in their place.

    Prices that the lock does not list stay as they are today; those in `without` are taken out, since they were not
    there to choose when the lock was made.
    """
    models = {model.id for model in catalog.models}
    lost = [price for price in locked if not set(price.open_models) <= models]
    held = {service_key(price): price for price in locked if price not in lost}
    found: list[TuningPrice] = []
    moved = 0
    for today in catalog.tuning_prices:
        key = service_key(today)
        if key in without:
            continue
        price = held.pop(key, None)
        if price is None or _bare(price) == _bare(today):
            found.append(today)
        else:
            moved += 1
            found.append(replace(price, source=today.source, notes=today.notes))
    for price in held.values():
        same = [i for i, one in enumerate(found) if one.provider == price.provider]
        source = replace(price, source="the lock; the catalog has this price no more")
        found.insert(same[-1] + 1 if same else len(found), source)
    return LaidServices(tuple(found), moved, len(held), tuple(map(_words, lost)))


def write_services(prices: Iterable[TuningPrice]) -> str:
    """The prices as CSV, sorted, so that a later one differs only in the lines that moved."""
    lines = []
    for price in prices:
        usd = price.usd_per_mtok if _unit(price) == UNITS[0] else price.usd_per_hour
        lines.append((
            price.provider, price.offered, price.model, "|".join(price.open_models), number_text(price.above_params),
            number_text(price.max_params), price.method, number_text(usd), _unit(price),
            "y" if price.validation_billed else "", *(number_text(getattr(price, fee)) for fee in _FEES),
            "y" if price.retired else "", price.as_of, price.confidence,
        ))  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *sorted(lines)])
    return text.getvalue()


def read_services(text: str) -> list[TuningPrice]:
    """The prices of such a text, without their sources; raises LineError at the first line that is none."""
    reader = csv.reader(io.StringIO(text), strict=True)
    found: dict[ServiceKey, TuningPrice] = {}
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise LineError(1, f"the first line must name the columns: {','.join(COLUMNS)}")
        for cells in reader:
            price = _price(cells, reader.line_num)
            if service_key(price) in found:
                raise LineError(reader.line_num, f"{shortened(_words(price), SHOWN)} is given twice")
            found[service_key(price)] = price
    except csv.Error as error:
        raise LineError(max(reader.line_num, 1), f"is no line of a table: {error}") from error
    return list(found.values())


def _price(cells: list[str], line: int) -> TuningPrice:
    if len(cells) != len(COLUMNS):
        raise LineError(line, f"{len(cells)} cells where {len(COLUMNS)} columns are named")
    row = dict(zip(COLUMNS, cells, strict=True))
    _check_texts(row, line)
    usd = read_number(row["usd"], "usd", line)
    fees = {fee: read_number(row[fee], fee, line) for fee in _FEES}
    if math.isnan(usd):
        raise LineError(line, "usd is empty")
    for name, value in (("usd", usd), *fees.items()):
        if value > DEAREST:
            raise LineError(line, f"{name} {shortened(row[name], SHOWN)!r} is no price")
    above, most = (read_number(row[name], name, line) for name in ("above_params", "max_params"))
    named = tuple(filter(None, row["open_models"].split("|")))
    if sum((bool(row["model"]), bool(named), not math.isnan(most))) != 1:
        raise LineError(line, "needs exactly one of model, open_models and max_params")
    if math.isnan(above) != math.isnan(most) or above >= most or most > MOST_PARAMS:
        raise LineError(line, "above_params and max_params are no bracket")
    per_mtok = row["unit"] == UNITS[0]
    return TuningPrice(
        provider=row["provider"], offered=row["offered"], model=row["model"], open_models=named, above_params=above,
        max_params=most, aim=AIM, method=row["method"], usd_per_mtok=usd if per_mtok else math.nan,
        usd_per_hour=math.nan if per_mtok else usd, validation_billed=_FLAGS[row["validation_billed"]],
        retired=_FLAGS[row["retired"]], as_of=row["as_of"], confidence=row["confidence"], source="", notes="", **fees,
    )  # fmt: skip


def _check_texts(row: dict[str, str], line: int) -> None:
    """Raise LineError for a text that a price cannot have."""
    for name, allowed in (("unit", UNITS), ("method", _METHODS), ("confidence", _CONFIDENCE)):
        if row[name] not in allowed:
            raise LineError(
                line, f"{name} {shortened(row[name], SHOWN)!r} is not one of {', '.join(filter(None, allowed))}"
            )
    for name in ("validation_billed", "retired"):
        if row[name] not in _FLAGS:
            raise LineError(line, f"{name} {shortened(row[name], SHOWN)!r} is neither y nor empty")
    for name in ("provider", "offered"):
        if not row[name]:
            raise LineError(line, f"{name} is empty")
    if not is_date(row["as_of"]):
        raise LineError(line, f"as_of {shortened(row['as_of'], SHOWN)!r} is not a date")


def _unit(price: TuningPrice) -> str:
    return UNITS[1] if math.isnan(price.usd_per_mtok) else UNITS[0]


def _bare(price: TuningPrice) -> str:
    """All that counts of a price; where it was read says nothing of it."""
    return repr(replace(price, source="", notes=""))


def _words(price: TuningPrice) -> str:
    return " ".join(filter(None, (price.provider, price.offered, price.method)))


def _ask(price: TuningPrice, same: TuningPrice) -> str:
    """What both ask per million tokens, where that is the difference."""
    if price.usd_per_mtok == same.usd_per_mtok or math.isnan(price.usd_per_mtok):
        return ""
    return f": ${price.usd_per_mtok:g} per million tokens in the lock, ${same.usd_per_mtok:g} in the catalog"
