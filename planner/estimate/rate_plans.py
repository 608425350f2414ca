"""What machine hours cost under rate plans: by the hour of the week, or by use of the month.

Billed hours are taken as one stretch of time from the start on: what a spot machine waits for another one is short
beside what its rate changes in. With a start, the cost is an integral over known hours. Without one it is the mean over
all starts, each as likely as any other: of the week under weekly rates, of a month of 730 h under monthly ones. A mean
of costs none of which falls with further hours does not fall either. Where stretches follow on each other, each has its
own mean: a start that is uniform over a period is so after any time.

The best start counts only where it is asked for. Under weekly rates the cost is piecewise linear in the start and has
its ends where an end of a stretch meets a change of rate, so that a few starts hold the best and the worst. Under
monthly rates a further hour of a month is never dearer than the one before, so that starting with a month is best.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Final

import numpy as np

from planner.catalog.rate_plans import FLAT, Monthly, RatePlan, Weekly
from planner.catalog.rows import Bools, Floats, Ints, Offers
from planner.catalog.terms import Terms
from planner.scenario.time_rates import BEST
from planner.units import HOURS_PER_MONTH, HOURS_PER_WEEK, SECONDS_PER_HOUR

MOST_HOURS: Final = 1e6
"""Later hours cost the offer's price; runs this long are none."""
_HOURS_PER_DAY: Final = 24.0
SAME: Final = 1e-9
"""Relative difference in cost that is float noise."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Machine hours on one offer each, which follow on those of the stretch before."""

    hours: Floats
    """(recipes, offers) billed."""
    usd_per_hour: Floats
    """(offers,) or (recipes, offers) price of an hour, before any rate plan."""
    rate: Ints
    """(offers,) rate plan of each, or `FLAT`."""

    def take(self, columns: Ints) -> "Stretch":
        """Of some offers."""
        return Stretch(self.hours[:, columns], self.usd_per_hour[..., columns], self.rate[columns])

    @property
    def flat_usd(self) -> Floats:
        """(recipes, offers) USD at the same price at all times."""
        return self.hours * self.usd_per_hour


@dataclass(frozen=True, slots=True)
class Extremes:
    """What the start does to the cost; (recipes, offers) arrays."""

    least_usd: Floats
    least_start: Floats
    """Hours after Monday 00:00 UTC of a start that costs least."""
    most_usd: Floats
    most_start: Floats


def timed(rate: Ints) -> Ints:
    """Columns with a rate plan."""
    return np.flatnonzero(rate != FLAT)


def timed_usd(stretches: Sequence[Stretch], terms: Terms) -> Floats:
    """(recipes, offers) USD of stretches that follow on each other, from the start of the terms, else the mean."""
    if terms.start is None:
        return _mean(stretches, terms.rates)
    if terms.start == BEST:
        return reduce(np.minimum, (usd for usd, _ in _starts(stretches, terms.rates)))
    monday = terms.start.replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=terms.start.weekday())
    since = (terms.start - monday).total_seconds() / SECONDS_PER_HOUR
    return _cost(stretches, terms.rates, since, terms.start, longest_off=True)


def extremes(stretches: Sequence[Stretch], terms: Terms) -> Extremes:
    """The best and the worst start of the week and of a month, whatever start is given.

    Of equal ones the earliest in the week at which a rate changes, else one from which a stretch ends at a change.

    Where one stretch has weekly and another monthly rates, each has its own best and worst start.
    """
    found = list(_starts(stretches, terms.rates))
    worst = [usd for usd, _ in _starts(stretches, terms.rates, longest_off=False)]
    starts = np.array([np.broadcast_to(since, usd.shape) for usd, since in found])
    least, most = np.array([usd for usd, _ in found]), np.array(worst)
    low, high = least.min(axis=0), most.max(axis=0)
    noise = SAME * np.abs(high)

    def first(fits: Bools) -> Floats:
        return np.asarray(np.take_along_axis(starts, fits.argmax(axis=0)[None], axis=0)[0])

    return Extremes(
        least_usd=low,
        least_start=first(least <= low + noise),
        most_usd=high,
        most_start=first(most >= high - noise),
    )


def share_of_price(hours: Floats, offers: Offers) -> Floats:
    """(recipes, offers) what an hour of these billed hours costs on the average, over the offer's price."""
    share = np.ones_like(hours)
    columns = timed(offers.rate)
    if len(columns):
        some = hours[:, columns]
        run = Stretch(some, np.ones(len(columns)), offers.rate[columns])
        share[:, columns] = timed_usd([run], offers.terms) / some
    return share


def month_usd(hours: Floats, offers: Offers, usd_per_hour: Floats) -> Floats:
    """(recipes, offers) USD of hours that are the only ones of a month; `usd_per_hour` where that changes no price."""
    usd = hours * usd_per_hour
    plans = offers.terms.rates
    mine = [k for k, r in enumerate(offers.rate.tolist()) if r != FLAT and isinstance(plans[r], Monthly)]
    if mine:
        run = Stretch(hours[:, mine], offers.price_usd_per_hour[mine], offers.rate[mine])
        usd[:, mine] = timed_usd([run], offers.terms)
    return usd


def _mean(stretches: Sequence[Stretch], rates: Sequence[RatePlan]) -> Floats:
    """(recipes, offers) USD on the average over all starts."""
    total = np.zeros_like(stretches[0].hours)
    for x in stretches:
        paid = np.array(x.hours)
        for k in _named(x):
            mine = np.flatnonzero(x.rate == k)
            plan, hours = rates[k], x.hours[:, mine]
            within = np.fmin(hours, MOST_HOURS)
            # Every hour of a run is as likely as any other to be any hour of the week.
            at_price = within * plan.mean_factor if isinstance(plan, Weekly) else mean_month_hours(plan, within)
            paid[:, mine] = at_price + (hours - within)
        total = total + paid * x.usd_per_hour
    return total


def _starts(
    stretches: Sequence[Stretch], rates: Sequence[RatePlan], *, longest_off: bool = True
) -> Iterator[tuple[Floats, Floats | float]]:
    """Every start that may cost least or most: USD, and hours after Monday 00:00 UTC.

    Those are one number, or one for each (recipes, offers).
    """
    plans = [rates[k] for x in stretches for k in _named(x)]
    edges = _changes(frozenset(plan for plan in plans if isinstance(plan, Weekly)))
    ends: list[Floats | float] = [0.0]
    for x in stretches:
        ends.append(ends[-1] + x.hours)
    for after in ends if edges else ends[:1]:
        for edge in edges or (0.0,):
            since = np.mod(edge - after, HOURS_PER_WEEK)
            yield _cost(stretches, rates, since, None, longest_off=longest_off), since


@lru_cache(maxsize=64)
def _changes(plans: frozenset[Weekly]) -> tuple[float, ...]:
    """Hours after Monday 00:00 UTC at which a rate of some plan changes; of Monday alone if all days are alike."""
    found = [
        edge
        for plan in plans
        for edge, factor, before in zip(plan.edges, plan.factors, (plan.factors[-1], *plan.factors), strict=False)
        if factor != before
    ]
    of_day = np.unique(np.mod(found, _HOURS_PER_DAY))
    hours = np.add.outer(np.arange(0.0, HOURS_PER_WEEK, _HOURS_PER_DAY), of_day)
    days = [np.array(plan.factors)[np.searchsorted(plan.edges, hours, side="right") - 1] for plan in plans]
    alike = all((factors == factors[:1]).all() for factors in days)
    return tuple(of_day.tolist() if alike else sorted(set(found)))


def _named(stretch: Stretch) -> list[int]:
    """Rate plans of a stretch."""
    return [k for k in np.unique(stretch.rate).tolist() if k != FLAT]


def _cost(
    stretches: Sequence[Stretch],
    rates: Sequence[RatePlan],
    since: Floats | float,
    start: dt.datetime | None,
    *,
    longest_off: bool,
) -> Floats:
    """(recipes, offers) USD from one start."""
    after: Floats = np.zeros_like(stretches[0].hours)
    since = np.broadcast_to(np.asarray(since, np.float64), after.shape)
    total = np.zeros_like(after)
    for x in stretches:
        paid = np.array(x.hours)
        for k in _named(x):
            mine = np.flatnonzero(x.rate == k)
            plan, hours, before = rates[k], x.hours[:, mine], after[:, mine]
            within = np.fmin(hours, MOST_HOURS)
            if isinstance(plan, Weekly):
                at_price = weekly_hours(plan, since[:, mine] + before, within)
            elif start is not None:
                at_price = monthly_hours(plan, start, np.fmin(before, MOST_HOURS), within)
            else:
                at_price = first_of_month_hours(plan, within) if longest_off else worst_month_hours(plan, within)
            paid[:, mine] = at_price + (hours - within)
        total = total + paid * x.usd_per_hour
        after = after + x.hours
    return total


def weekly_hours(plan: Weekly, since: Floats, hours: Floats) -> Floats:
    """Hours at the offer's price that cost as much as these from `since` hours after Monday 00:00 UTC on."""
    edges = np.array(plan.edges)
    factors = np.array(plan.factors)
    whole = np.concatenate([[0.0], np.cumsum(factors * np.diff(edges, append=HOURS_PER_WEEK))])

    def paid_until(at: Floats) -> Floats:
        weeks, rest = np.divmod(at, HOURS_PER_WEEK)
        k = np.searchsorted(edges, rest, side="right") - 1
        paid: Floats = weeks * whole[-1] + whole[k] + factors[k] * (rest - edges[k])
        return paid

    return paid_until(since + hours) - paid_until(since)


def first_of_month_hours(plan: Monthly, hours: Floats) -> Floats:
    """The same of hours from the first of a month on, months being the field's 730 h."""
    months, rest = np.divmod(hours, HOURS_PER_MONTH)
    whole = _of_month(plan, np.ones(1))[0]
    return np.asarray((months * whole + _of_month(plan, rest / HOURS_PER_MONTH)) * HOURS_PER_MONTH)


def mean_month_hours(plan: Monthly, hours: Floats) -> Floats:
    """The same on the average over all starts in a month, months being the field's 730 h.

    With F(u) the paid share of a month for a used share u of it, and G its integral from 0 on: of m whole months and r
    more, the part x of a month is left at the start, uniform over 0 to 1. Where m = 0, that costs F(r) for x >= r and
    F(x) + F(r - x) below: (1 - r) F(r) + 2 G(r) on the average. Where m >= 1, it costs F(x) + m F(1) + F(r - x) for
    x <= r and F(x) + (m - 1) F(1) + F(1 + r - x) above: 2 G(1) + (m - 1 + r) F(1).
    """
    months, rest = np.divmod(hours, HOURS_PER_MONTH)
    share = rest / HOURS_PER_MONTH
    whole = _of_month(plan, np.ones(1))[0]
    within = (1.0 - share) * _of_month(plan, share) + 2.0 * _summed(plan, share)
    across = 2.0 * _summed(plan, np.ones(1))[0] + (months - 1.0 + share) * whole
    return np.asarray(np.where(months >= 1.0, across, within) * HOURS_PER_MONTH)


def worst_month_hours(plan: Monthly, hours: Floats) -> Floats:
    """The same from the worst day of a month on."""
    short, long, _ = _halved(plan, hours)
    return np.maximum(short, long)


def worst_month_lead_hours(plan: Monthly, hours: Floats) -> Floats:
    """How long before the end of a month that worst start is."""
    short, long, rest = _halved(plan, hours)
    return np.asarray(np.where(long > short, (HOURS_PER_MONTH + rest) / 2.0, rest / 2.0))


def _halved(plan: Monthly, hours: Floats) -> tuple[Floats, Floats, Floats]:
    """Hours at the offer's price where what is over whole months is halved between the first and the last month.

    Or that and one whole month more, 0 where there is none; and what is over. Further hours are cheaper within a month,
    so that no other split costs more.
    """
    months, rest = np.divmod(hours, HOURS_PER_MONTH)
    whole = _of_month(plan, np.ones(1))[0]
    share = rest / HOURS_PER_MONTH
    short = months * whole + 2.0 * _of_month(plan, share / 2.0)
    long = (months - 1.0) * whole + 2.0 * _of_month(plan, (1.0 + share) / 2.0)
    long = np.where(months >= 1.0, long, 0.0)
    return short * HOURS_PER_MONTH, long * HOURS_PER_MONTH, rest


def monthly_hours(plan: Monthly, start: dt.datetime, after: Floats, hours: Floats) -> Floats:
    """The same of hours that begin `after` hours past a known start: the tiers begin anew with every calendar month."""
    furthest = float(np.fmax.reduce(after + hours, axis=None, initial=0.0))
    bounds, lengths = _months(start, furthest)
    full = np.concatenate([[0.0], np.cumsum(lengths * _of_month(plan, np.ones(1))[0])])
    end = after + hours
    first = np.clip(np.searchsorted(bounds, after, side="right") - 1, 0, len(lengths) - 1)
    last = np.clip(np.searchsorted(bounds, end, side="left") - 1, first, len(lengths) - 1)

    def part(month: Ints, used: Floats) -> Floats:
        return _of_month(plan, used / lengths[month]) * lengths[month]

    split = part(first, bounds[first + 1] - after) + full[last] - full[np.minimum(first + 1, last)]
    split = split + part(last, end - bounds[last])
    return np.where(first == last, part(first, hours), split)


def _months(start: dt.datetime, hours: float) -> tuple[Floats, Floats]:
    """Where calendar months begin, in hours after the start and one more than there are months, and their lengths."""
    bounds: list[float] = []
    year, month = start.year, start.month
    while len(bounds) < 2 or bounds[-1] < hours:
        first = dt.datetime(year, month, 1, tzinfo=dt.UTC)
        bounds.append((first - start).total_seconds() / SECONDS_PER_HOUR)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    edges = np.array(bounds)
    return edges, np.diff(edges)


def break_even_month_share(plan: Monthly, price_share: float) -> float:
    """Share of a month whose use costs as much as `price_share` of the month at the offer's price; above 1 never."""
    edges = np.array([*plan.edges, 1.0])
    paid = _of_month(plan, edges)
    return float(np.interp(price_share, paid, edges)) if price_share <= paid[-1] else price_share / float(paid[-1])


def _of_month(plan: Monthly, share: Floats) -> Floats:
    """Share of a month at the offer's price that costs as much as a share of it that is used."""
    edges, factors = np.array(plan.edges), np.array(plan.factors)
    whole = np.concatenate([[0.0], np.cumsum(factors[:-1] * np.diff(edges))])
    k = np.searchsorted(edges, share, side="right") - 1
    return np.asarray(whole[k] + factors[k] * (share - edges[k]))


def _summed(plan: Monthly, share: Floats) -> Floats:
    """The integral of what `_of_month` gives from 0 to a share."""
    edges, factors = np.array(plan.edges), np.array(plan.factors)
    paid, steps = _of_month(plan, edges), np.diff(edges)
    whole = np.concatenate([[0.0], np.cumsum((paid[:-1] + 0.5 * factors[:-1] * steps) * steps)])
    k = np.searchsorted(edges, share, side="right") - 1
    past = share - edges[k]
    return np.asarray(whole[k] + (paid[k] + 0.5 * factors[k] * past) * past)
