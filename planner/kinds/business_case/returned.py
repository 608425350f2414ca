"""What an option returns, against another or by its own income."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.build_or_buy import instead_usd
from planner.estimate.finance.irr import InternalRates, internal_rates
from planner.estimate.finance.levels import yearly_rate
from planner.estimate.finance.present_value import npv_usd, profitability_index
from planner.estimate.finance.returns import (
    break_even_months,
    discounted_payback_months,
    payback_months,
    roi_percent,
)
from planner.estimate.finance.uncertainty import BAND, chance_of_less
from planner.kinds.business_case.book import Book, Owned
from planner.kinds.business_case.course import Course, Stream, added, instead, whole, worth
from planner.kinds.business_case.figures import banded, figure, listed
from planner.outcome.business_case import Returns
from planner.outcome.configuration import Figure
from planner.units import chance_text, significant

_NOISE = 1e-12
"""Share of all money moved that is float noise in what is left of it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An option, and what it is held against: another, or nothing."""

    owned: Owned
    base: Owned | None

    def streams(self, book: Book, course: Course) -> tuple[Stream, Stream]:
        """Of the one and of the other; without another, the revenue is the option's and the other is nothing."""
        net = self.owned.net(course)
        if self.base is None:
            return added([*net, *book.earned(course)]), ()
        return net, self.base.net(course)

    def npv_usd(self, book: Book, course: Course) -> Floats:
        """(draws,) or (1,) net present value of the one instead of the other."""
        return worth(course, instead(*self.streams(book, course)))


@dataclass(frozen=True, slots=True)
class _Draws:
    """Of each draw."""

    npv_usd: Floats
    roi_percent: Floats
    payback_months: Floats
    discounted_payback_months: Floats
    cumulative: Floats
    """(2, months + 1) bounds of the band."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """What is laid out, and what follows."""

    invested_usd: Floats
    benefit_usd: Floats
    month: Floats
    """When all is laid out."""


def returns_of(book: Book, pair: Pair) -> Returns:
    """Net flows, value, rates and payback, and what of them is not defined; each pair is reckoned once."""
    names = (pair.owned.name, "" if pair.base is None else pair.base.name)
    if names not in book.returned:
        book.returned[names] = _returns(book, pair)
    return book.returned[names]


def _returns(book: Book, pair: Pair) -> Returns:
    rate = book.rate_per_month
    ours, theirs = pair.streams(book, book.middle)
    net = instead_usd(book.middle.flows(ours), book.middle.flows(theirs))
    laid, back = _laid(net), payback_months(net)
    roi = roi_percent(laid.benefit_usd, laid.invested_usd)
    drawn = None if book.drawn is None else _drawn(book, pair, book.drawn)
    rates = internal_rates(net[0])
    with np.errstate(over="ignore"):
        yearly = [float(yearly_rate(one)) for one in rates.rates_per_month]
    index = profitability_index(net, rate)
    months = figure(back)
    return Returns(
        against="" if pair.base is None else pair.base.name,
        net_usd=listed(net[0]),
        cumulative_usd=listed(np.cumsum(net[0])),
        cumulative_lo_usd=[] if drawn is None else listed(drawn.cumulative[0]),
        cumulative_hi_usd=[] if drawn is None else listed(drawn.cumulative[1]),
        invested_usd=figure(laid.invested_usd),
        benefit_usd=figure(laid.benefit_usd),
        npv_usd=banded(npv_usd(net, rate), None if drawn is None else drawn.npv_usd),
        roi_percent=banded(roi, None if drawn is None else drawn.roi_percent),
        payback_months=banded(back, None if drawn is None else drawn.payback_months),
        discounted_payback_months=banded(
            discounted_payback_months(net, rate), None if drawn is None else drawn.discounted_payback_months
        ),
        break_even_month=None if months is None else int(np.ceil(months - 1e-9)),
        irr_per_year=_single(yearly),
        irr_rates_per_year=[one for one in yearly if np.isfinite(one)] if len(yearly) > 1 else [],
        irr_note=_irr_note(rates, yearly),
        profitability_index=figure(index),
        chance_positive=None if drawn is None else _chance(drawn.npv_usd),
        notes=_notes(book, pair, net[0], laid, figure(roi), figure(index), months, drawn),
    )  # fmt: skip


def _drawn(book: Book, pair: Pair, course: Course) -> _Draws:
    """Of all draws, a block of them at a time, and the band of cumulative flows a block of months at a time."""
    ours, theirs = pair.streams(book, course)
    stream = instead(ours, theirs)
    blocks, month_blocks = list(course.blocks()), list(course.month_blocks())
    at_once = len(blocks) == len(month_blocks) == 1
    columns: tuple[list[Floats], list[Floats], list[Floats]] = ([], [], [])
    bands = []
    for rows in blocks:
        net = course.flows(stream, rows)
        laid, length = _laid(net), rows.stop - rows.start
        found = (
            roi_percent(laid.benefit_usd, laid.invested_usd),
            payback_months(net),
            discounted_payback_months(net, course.rate_per_month),
        )
        for column, part in zip(columns, found, strict=True):
            column.append(whole(part, length))
        if at_once:
            bands.append(_quantiles(np.cumsum(net, axis=1)))
    sums: Floats = np.zeros(1)
    for first, last in [] if at_once else month_blocks:
        running = sums[:, None] + np.cumsum(course.flows(stream, first=first, last=last), axis=1)
        sums = running[:, -1]
        bands.append(_quantiles(running))
    npv = whole(worth(course, stream), course.draws)
    roi, back, discounted = (np.concatenate(column) for column in columns)
    return _Draws(npv, roi, back, discounted, np.concatenate(bands, axis=1))


def _quantiles(running: Floats) -> Floats:
    """(2, months) of 5 and 95 %; unknown where a draw is."""
    ends = (BAND[0], BAND[2])
    found: Floats = np.quantile(np.where(np.isnan(running), 0.0, running), ends, axis=0, method="inverted_cdf")
    return np.where(np.isnan(running).any(axis=0), np.nan, found)


def _laid(net: Floats) -> _Laid:
    """The deepest that cumulative flows go, and the sum of the flows that follow."""
    total = np.cumsum(net, axis=-1)
    month = total.argmin(axis=-1)
    deepest = -total.min(axis=-1)
    moved = np.abs(net).sum(axis=-1)
    invested = np.where(deepest <= _NOISE * moved, 0.0, deepest)
    invested = np.where(np.isnan(total[..., -1]), np.nan, invested)
    return _Laid(invested, total[..., -1] + deepest, month.astype(np.float64))


def _chance(npv: Floats) -> Figure:
    """That it is above 0; ties count half."""
    return figure(chance_of_less(np.zeros(len(npv)), npv))


def _single(yearly: list[float]) -> Figure:
    return figure(yearly[0]) if len(yearly) == 1 else None


def _irr_note(rates: InternalRates, yearly: list[float]) -> str:
    if not rates.reason and len(yearly) == 1 and not np.isfinite(yearly[0]):
        return "the rate is beyond all numbers"
    return rates.reason


def _notes(
    book: Book, pair: Pair, net: Floats, laid: _Laid, roi: Figure, index: Figure, months: Figure,
    drawn: _Draws | None,
) -> list[str]:  # fmt: skip
    if np.isnan(net).any():
        return ["flows are unknown in some months, and so is what rests on them; see the warnings"]
    found = []
    invested = float(laid.invested_usd[0])
    if pair.base is None and book.world.revenue:
        found.append("no option to hold it against: the revenue counts as its income")
    if roi is None:
        found.append("nothing is invested, so that a return on investment is not defined")
    elif drawn is not None and (share := float(np.isnan(drawn.roi_percent).mean())) > 0.0:
        found.append(f"in {chance_text(share)} of draws nothing is invested: the return on investment has no band")
    if index is None:
        found.append("nothing is laid out now, so that a profitability index is not defined")
    if months is None:
        found.append(f"what is laid out is not back for good within {book.months} months")
    if drawn is not None and (share := float(np.isinf(drawn.payback_months).mean())) > 0.0:
        found.append(f"in {chance_text(share)} of draws it is not back for good within {book.months} months")
    if months is not None and invested > 0.0 and (left := book.months - float(laid.month[0])) > 0:
        even = float(break_even_months(invested, float(laid.benefit_usd[0]) / left))
        found.append(f"investment over the mean net benefit of a month: {significant(even)} months")
    return found
