"""A course of the world in columns: the middle of all inputs, or many draws of them, and what lines come to in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.finance.build_or_buy import instead_usd
from planner.estimate.finance.levels import MONTHS_PER_YEAR
from planner.kinds.business_case.lines import Form, Line, Values
from planner.kinds.business_case.world import GROWTH, World

_CELLS: Final = 2**21
"""Draws times months that are held at once: 16 MiB."""
Stream = tuple[tuple[Form, Floats], ...]
"""Forms and (draws,) or (1,) USD of each: flows, before they become months."""


@dataclass(frozen=True, slots=True)
class Sums:
    """(draws,) or (1,) what one USD of a form comes to over the horizon."""

    total: Floats
    present: Floats
    """At its worth now."""
    first_year: Floats
    """Now and in months 1 to 12."""


@dataclass(frozen=True, slots=True)
class Course:
    """Values of inputs, and the months ahead."""

    values: Values
    world: World
    rate_per_month: float
    """Of discount."""
    _sums: dict[Form, Sums] = field(default_factory=dict)

    @property
    def draws(self) -> int:
        """How many; 1 of the middle."""
        return max(len(column) for column in self.values.values())

    @property
    def months(self) -> int:
        """The horizon."""
        return self.world.months

    def with_values(self, changed: Values) -> "Course":
        """Another course of the same draws."""
        return replace(self, values={**self.values, **changed}, _sums={})

    def usd(self, line: Line) -> Floats:
        """(draws,) or (1,) a line's amount times what drives it today."""
        return line.amount(self.values) * self.world.today(line.driver, self.values)

    def sums(self, form: Form) -> Sums:
        """What one USD of a form comes to; months of a form are a geometric series: sum q^k = (q^n - 1)/(q - 1)."""
        if form not in self._sums:
            months = form.months(self.months)
            step = float(max(form.every, 1))
            own, demand = self._moved(form)
            if not len(months):
                nothing = np.zeros(1)
                return self._sums.setdefault(form, Sums(nothing, nothing, nothing))
            first = float(months[0])
            before = own * float(form.years(months[:1])[0]) + demand * ((first - 1.0) / MONTHS_PER_YEAR)
            moved = (own + demand) * (step / MONTHS_PER_YEAR)
            interest = np.log1p(self.rate_per_month)
            count, within = len(months), int((months <= MONTHS_PER_YEAR).sum())
            with np.errstate(over="ignore", invalid="ignore"):
                start = np.exp(before)
                found = Sums(
                    start * _series(moved, count),
                    np.exp(before - interest * first) * _series(moved - interest * step, count),
                    start * _series(moved, within),
                )
            self._sums[form] = found
        return self._sums[form]

    def _moved(self, form: Form) -> tuple[Floats, Floats]:
        """Logarithms of yearly growth, of the line and of the demand that drives it."""
        own = np.zeros(1)
        if form.growth:
            own = own + np.log1p(self.values[form.growth])
        if form.decline:
            own = own + np.log1p(-self.values[form.decline])
        return own, np.log1p(self.values[GROWTH]) if form.driven else np.zeros(1)

    def flows(self, stream: Stream, rows: slice = slice(None), first: int = 0, last: int | None = None) -> Floats:
        """(rows, months) flows of months `first` to `last`, now being 0; (1, months) where all draws have the same."""
        until = self.months if last is None else last
        factors: dict[tuple[str, str, bool, bool], Floats] = {}
        parts = []
        for form, usd in stream:
            months = form.months(self.months)
            months = months[(months >= first) & (months <= until)]
            if not len(months):
                continue
            same = (form.growth, form.decline, form.driven, form.every == 1)
            if same not in factors:
                factors[same] = self._factor(form, np.arange(first, until + 1), rows)
            where = slice(int(months[0]) - first, int(months[-1]) - first + 1, max(form.every, 1))
            parts.append((where, _rows(usd, rows)[:, None], factors[same]))
        found = np.zeros((max((max(len(usd), len(factor)) for _, usd, factor in parts), default=1), until - first + 1))
        for where, usd, factor in parts:
            found[:, where] += usd * factor[:, where]
        return found

    def _factor(self, form: Form, months: Ints, rows: slice) -> Floats:
        """(rows, months) or (1, months) what one USD of today is in each month."""
        own, demand = (_rows(rate, rows)[:, None] for rate in self._moved(form))
        with np.errstate(over="ignore"):  # refused where it becomes an amount: `book.refuse_boundless`
            return np.exp(own * form.years(months) + demand * ((months - 1) / MONTHS_PER_YEAR))

    def blocks(self) -> Iterator[slice]:
        """Draws, so many at a time that all their months are held at once."""
        rows = max(1, _CELLS // (self.months + 1))
        for start in range(0, self.draws, rows):
            yield slice(start, min(start + rows, self.draws))

    def month_blocks(self) -> Iterator[tuple[int, int]]:
        """First and last months, so many at a time that all draws are held at once."""
        columns = max(1, _CELLS // self.draws)
        for start in range(0, self.months + 1, columns):
            yield start, min(start + columns - 1, self.months)


def _series(logs: Floats, count: int) -> Floats:
    """Sum of e^(k logs) for k from 0 on, `count` terms."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.expm1(count * logs) / np.expm1(logs)
    return np.where(logs == 0.0, float(count), found)


def _rows(column: Floats, rows: slice) -> Floats:
    return column if len(column) == 1 else column[rows]


def added(parts: Iterable[tuple[Form, Floats]]) -> Stream:
    """Flows of the same form together, in the order in which they are met."""
    found: dict[Form, Floats] = {}
    for form, usd in parts:
        found[form] = found[form] + usd if form in found else usd
    return tuple(found.items())


def instead(ours: Stream, theirs: Stream) -> Stream:
    """The one instead of the other, form by form, float noise in it being 0."""
    found: dict[Form, Floats] = dict(ours)
    for form, usd in theirs:
        found[form] = instead_usd(found[form], usd) if form in found else -usd
    return tuple(found.items())


def worth(course: Course, stream: Stream) -> Floats:
    """(draws,) or (1,) present value of a stream."""
    total = np.zeros(1)
    for form, usd in stream:
        total = total + usd * course.sums(form).present
    return total


def whole(column: Floats, draws: int) -> Floats:
    """(draws,) a column that may be of one value for all."""
    return np.broadcast_to(column, (draws,))
