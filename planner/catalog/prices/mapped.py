"""Prices of any CSV or JSON list, read as a mapping document says."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from planner.catalog.prices.asking import answered, bearer, checked_address
from planner.catalog.prices.listed_rows import ListedRow, csv_rows, json_rows, read_file
from planner.catalog.prices.mapping import NumberCell, NumberColumn, PriceMapping, TextCell, TextColumn, read_mapping
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import CONFIDENCE, MARKETS, TIERS, PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, gpus, price, size, text, written_number
from planner.catalog.prices.source import Ask, Fetched
from planner.errors import InputError
from planner.scenario.paths import OutsideError, below, scenario_root, shown_beside

_PROVIDER: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


@dataclass(frozen=True)
class MappedPrices:
    """A price list of your own."""

    path: Path
    """The mapping document."""
    shown: str
    """What the document is called in messages."""
    mapping: PriceMapping

    @property
    def name(self) -> str:
        """What the mapping calls it."""
        return self.mapping.name

    @property
    def providers(self) -> tuple[str, ...]:
        """The provider, where the mapping names one for all rows."""
        cell = self.mapping.columns.provider
        return () if isinstance(cell, TextColumn) else (cell.constant,)

    @property
    def variables(self) -> Mapping[str, str]:
        """The variable with the key, where the mapping names one."""
        token = self.mapping.token
        return {} if token is None else {token: f"key that the list of {self.name} wants"}

    @property
    def required(self) -> tuple[str, ...]:
        """The same."""
        return tuple(self.variables)

    def fetch(self, ask: Ask) -> Fetched:
        """All rows of the list; raises HostError or InputError where it cannot be read or is no such table."""
        sieve = Sieve()
        for row in self._listed(ask):
            if row.cells is None:
                sieve.broken(row.place, "is no row of this table")
                continue
            try:
                _sift(ask, self.mapping, row.cells, sieve)
            except NotAPriceError as error:
                sieve.broken(row.place, error)
        return sieve.fetched()

    def _listed(self, ask: Ask) -> Iterator[ListedRow]:
        mapping = self.mapping
        if mapping.file is not None:
            try:
                path = below(scenario_root(self.path), self.path.parent, mapping.file)
            except OutsideError as error:
                message = f"{self.shown}: file {error}"
                raise InputError(message) from None
            shown = shown_beside(self.shown, mapping.file)
            data = read_file(path, shown)
        else:
            at = checked_address(mapping.address or "", f"{self.shown}: address")
            headers = {} if mapping.token is None else bearer(ask, mapping.token, required=True)
            data, shown = answered(ask, "GET", at, mapping.token, headers), at.host
        if mapping.format == "json":
            return json_rows(data, shown, tuple(mapping.rows))
        cells = (getattr(mapping.columns, name) for name in type(mapping.columns).model_fields)
        columns = dict.fromkeys(cell.column for cell in cells if isinstance(cell, TextColumn | NumberColumn))
        return csv_rows(data, shown, tuple(columns))


def mapped_source(path: Path, shown: str | None = None) -> MappedPrices:
    """The source that a mapping document describes, `shown` in messages; raises InvalidInput with every problem."""
    named = str(path) if shown is None else shown
    return MappedPrices(path, named, read_mapping(path, named))


def _sift(ask: Ask, mapping: PriceMapping, cells: Mapping[str, Any], sieve: Sieve) -> None:
    columns, conversion = mapping.columns, mapping.currency
    printed = _text(cells, columns.gpu, "gpu")
    count = gpus(_number(cells, columns.gpu_count, "gpu_count"), "gpu_count")
    rate = (1.0 if conversion is None else conversion.usd_per_unit) * (count if mapping.per == "gpu" else 1)
    tier = _one_of(_text(cells, columns.tier, "tier"), TIERS, "tier")
    usd = price(_number(cells, columns.price, "price") * rate)
    spot = None if columns.spot_price is None else _spot(cells, columns.spot_price)
    if spot is not None and tier == "spot":
        message = "spot_price beside a price that is spot already"
        raise NotAPriceError(message)
    provider = _text(cells, columns.provider, "provider").lower()
    if not _PROVIDER.fullmatch(provider):
        message = f"provider {plain(provider, 40)!r} is no id of a provider"
        raise NotAPriceError(message)
    gpu = ask.card(printed, _optional(cells, columns.gpu_memory_gib))
    row = PriceRow(
        provider=provider,
        instance=_text(cells, columns.instance, "instance"),
        gpu=gpu or "",
        gpu_count=count,
        vcpus=_optional(cells, columns.vcpus),
        memory_gib=_optional(cells, columns.memory_gib),
        region=_text(cells, columns.region, "region"),
        tier=tier,
        usd_per_hour=usd,
        market=_one_of(_text(cells, columns.market, "market"), MARKETS, "market"),
        as_of=ask.day if columns.as_of is None else _day(_text(cells, columns.as_of, "as_of"), ask.day),
        confidence=_one_of(_text(cells, columns.confidence, "confidence"), CONFIDENCE, "confidence"),
        source=mapping.name + _converted(mapping),
    )
    found = [row] if spot is None else [row, replace(row, tier="spot", usd_per_hour=price(spot * rate, "spot_price"))]
    if gpu is None:
        sieve.strange(printed)
        return
    for each in found:
        known = sieve.known(each.key)
        if known is not None and known != each.usd_per_hour:
            message = f"{' '.join(each.key)} is given twice, {known:g} and {each.usd_per_hour:g} USD/h: the first stays"
            raise NotAPriceError(message)
        sieve.keep(each)


def _converted(mapping: PriceMapping) -> str:
    rate = mapping.currency
    if rate is None or rate.code == "USD":
        return ""
    return f": {rate.code} at {rate.usd_per_unit:g} USD of {rate.as_of}"


def _found(cells: Mapping[str, Any], cell: TextColumn | NumberColumn) -> Any:  # noqa: ANN401 - any JSON value
    """What stands in a column; None where it is missing."""
    if cell.column in cells:
        return cells[cell.column]
    found: Any = cells
    for name in cell.column.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(cells: Mapping[str, Any], cell: TextCell, what: str) -> str:
    if not isinstance(cell, TextColumn):
        return text(cell.constant, what)
    found = _found(cells, cell)
    if isinstance(found, int | float) and not isinstance(found, bool):
        found = str(found)  # a name that JSON writes as a number, such as 4090
    written = text(found, what)
    return (cell.values or {}).get(written, written)


def _number(cells: Mapping[str, Any], cell: NumberCell, what: str) -> float:
    if isinstance(cell, NumberColumn):
        return written_number(_found(cells, cell), what) * cell.factor
    return cell.constant


def _spot(cells: Mapping[str, Any], cell: NumberCell) -> float | None:
    """The spot price in a row; None where it is blank or 0."""
    if isinstance(cell, NumberColumn) and _found(cells, cell) in (None, ""):
        return None
    return _number(cells, cell, "spot_price") or None


def _optional(cells: Mapping[str, Any], cell: NumberCell | None) -> float:
    """A number that need not be there: NaN then."""
    if cell is None:
        return math.nan
    return size(_found(cells, cell), cell.factor) if isinstance(cell, NumberColumn) else cell.constant


def _one_of(word: str, allowed: tuple[str, ...], what: str) -> str:
    if word not in allowed:
        message = f"{what} {plain(word, 40)!r} is none of {', '.join(allowed)}"
        raise NotAPriceError(message)
    return word


def _day(written: str, today: str) -> str:
    """A day as YYYY-MM-DD, of a date or of a date with a time behind it."""
    day = written[:10]
    try:
        date.fromisoformat(day)
    except ValueError:
        message = f"as_of {plain(written, 40)!r} is no day: YYYY-MM-DD"
        raise NotAPriceError(message) from None
    if len(day) != 10 or day > today:
        message = f"as_of {day} is {'after today' if day > today else 'no day: YYYY-MM-DD'}"
        raise NotAPriceError(message)
    return day
