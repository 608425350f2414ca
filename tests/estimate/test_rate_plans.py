"""Rates by the time: integrals against sums by the minute; mean, best and worst start against every minute tried."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.loader import load_catalog
from planner.catalog.rate_plans import FLAT, Monthly, Weekly
from planner.catalog.rows import Floats
from planner.catalog.terms import Terms
from planner.estimate.rate_plans import (
    Stretch,
    extremes,
    first_of_month_hours,
    mean_month_hours,
    month_usd,
    monthly_hours,
    timed_usd,
    weekly_hours,
    worst_month_hours,
    worst_month_lead_hours,
)  # fmt: skip
from planner.scenario.time_rates import BEST

WEEK_MINUTES = 7 * 1440
GOOGLE = Monthly(
    edges=(0.0, 0.25, 0.5, 0.75), factors=(1.0, 0.8, 0.6, 0.4), provider="gcp", gpus=("t4",), words="", source=""
)
NIGHTS = Weekly(edges=(0.0, 6.0, 22.0, 30.0, 120.0), factors=(0.5, 1.0, 0.5, 1.0, 0.7), words="", source="")


def per_minute(plan: Weekly) -> Floats:
    """The factor of every minute of the week."""
    at = np.arange(WEEK_MINUTES) / 60.0
    return np.array(plan.factors)[np.searchsorted(plan.edges, at, side="right") - 1]


def row(*hours: float) -> Floats:
    return np.array([hours], np.float64)


def weekly(edges: list[int], factors: list[float]) -> Weekly:
    return Weekly(edges=tuple(edge / 60 for edge in edges), factors=tuple(factors), words="", source="")


def daily(edges: list[int], factors: list[float]) -> Weekly:
    """The same rates on all days."""
    return weekly([1440 * day + edge for day in range(7) for edge in edges], factors * 7)


@st.composite
def plans_of(draw: st.DrawFn) -> Weekly:
    """A plan for the week, or one for all days."""
    whole = draw(st.booleans())
    most = WEEK_MINUTES if whole else 1440
    edges = [0, *sorted(draw(st.lists(st.integers(1, most - 1), max_size=5, unique=True)))]
    factors = draw(st.lists(st.sampled_from([0.3, 0.7, 1.0, 1.5]), min_size=len(edges), max_size=len(edges)))
    return weekly(edges, factors) if whole else daily(edges, factors)


plans = plans_of()


def test_a_weekend_at_30_percent_off() -> None:
    weekend = Weekly(edges=(0.0, 120.0), factors=(1.0, 0.7), words="", source="")
    # From Friday noon for 48 h: 12 h at full price, 36 h of the weekend. A whole week: 120 h and 48 h.
    assert weekly_hours(weekend, row(108.0, 0.0), row(48.0, 168.0)) == pytest.approx(row(12 + 36 * 0.7, 120 + 48 * 0.7))


@settings(max_examples=60, deadline=None)
@given(plans, st.integers(0, WEEK_MINUTES - 1), st.integers(0, 3 * WEEK_MINUTES))
def test_a_weekly_rate_adds_up_minute_by_minute(plan: Weekly, start: int, length: int) -> None:
    minutes = np.arange(start, start + length) % WEEK_MINUTES
    assert weekly_hours(plan, row(start / 60), row(length / 60))[0, 0] == pytest.approx(
        per_minute(plan)[minutes].sum() / 60
    )


@settings(max_examples=40, deadline=None)
@given(plans, plans, st.lists(st.integers(1, 2 * WEEK_MINUTES), min_size=1, max_size=2))
def test_mean_best_and_worst_are_those_of_every_minute_tried(first: Weekly, second: Weekly, lengths: list[int]) -> None:
    """Of one stretch, and of two that follow on each other at other prices and rates."""
    prices = (2.0, 3.0)
    stretches = [
        Stretch(row(minutes / 60), np.array([price]), np.array([k]))
        for k, (minutes, price) in enumerate(zip(lengths, prices, strict=False))
    ]
    costs = np.zeros(WEEK_MINUTES)
    after = 0
    for minutes, price, plan in zip(lengths, prices, (first, second), strict=False):
        paid = np.concatenate([[0.0], np.cumsum(np.tile(per_minute(plan), 6))]) / 60.0
        starts = (np.arange(WEEK_MINUTES) + after) % WEEK_MINUTES
        costs += price * (paid[starts + minutes] - paid[starts])
        after += minutes
    terms = Terms(rates=(first, second), start=BEST)
    assert timed_usd(stretches, terms)[0, 0] == pytest.approx(costs.min())
    assert timed_usd(stretches, replace(terms, start=None))[0, 0] == pytest.approx(costs.mean())
    found = extremes(stretches, terms)
    assert (found.least_usd[0, 0], found.most_usd[0, 0]) == pytest.approx((costs.min(), costs.max()))
    for start, cost in ((found.least_start, costs.min()), (found.most_start, costs.max())):
        assert costs[round(float(start[0, 0]) * 60) % WEEK_MINUTES] == pytest.approx(cost)


@pytest.mark.parametrize("hours", [1.0, 24.0, 100.0, 1000.0])
def test_half_price_on_weekends_is_a_seventh_off_where_nobody_says_when(hours: float) -> None:
    """Two days of seven at half the price, whatever the length: not half the price, as if every run waited."""
    weekend = Weekly(edges=(0.0, 120.0), factors=(1.0, 0.5), words="", source="")
    run = Stretch(row(hours), np.ones(1), np.array([0]))
    assert timed_usd([run], Terms(rates=(weekend,))) == pytest.approx(row(hours * (1 - 0.5 * 2 / 7)))


def test_a_given_start_is_the_one_that_counts() -> None:
    """From Monday 7 December 2026, 03:00 UTC, on: 3 h of the night at half the price, then 7 h at the whole."""
    terms = Terms(rates=(NIGHTS,), start=dt.datetime(2026, 12, 7, 3, 0, tzinfo=dt.UTC))
    run = Stretch(row(10.0, 24.0), np.array([1.0, 2.0]), np.array([0, FLAT]))
    assert timed_usd([run], terms) == pytest.approx(row(3 * 0.5 + 7, 48.0))


@pytest.mark.parametrize(("used", "off"), [(0.25, 0.0), (0.5, 0.1), (0.75, 0.2), (1.0, 0.3)])
def test_sustained_use_takes_off_what_google_prints(used: float, off: float) -> None:
    """Half a month is 10 % off, three quarters 20 %, a whole month 30 %."""
    hours = row(used * 730.0)
    assert first_of_month_hours(GOOGLE, hours) == pytest.approx(hours * (1 - off))


def from_every_day(plan: Monthly, hours: float, leads: Floats) -> Floats:
    """Hours at the price where the first month has so many hours left."""
    room, left, paid = leads, np.full(leads.shape, hours), np.zeros(leads.shape)
    while left.any():
        part = np.minimum(left, room)
        paid += first_of_month_hours(plan, part)
        left, room = left - part, np.full(leads.shape, 730.0)
    return paid


@st.composite
def months_of(draw: st.DrawFn) -> Monthly:
    """Steps at whole hours of a month, each no dearer than the one before."""
    hours = draw(st.lists(st.integers(1, 729), max_size=3, unique=True))
    steps = [1.0, *draw(st.lists(st.floats(0.1, 1.0), min_size=len(hours), max_size=len(hours)))]
    return replace(
        GOOGLE, edges=(0.0, *(hour / 730 for hour in sorted(hours))), factors=tuple(sorted(steps, reverse=True))
    )


@settings(max_examples=60, deadline=None)
@given(months_of(), st.integers(0, 2500))
def test_the_mean_over_a_month_is_that_of_every_start_tried(plan: Monthly, hours: int) -> None:
    """Between whole hours the cost is linear in the start, so that their middles have its mean."""
    tried = from_every_day(plan, float(hours), np.arange(0.5, 730.0)[None])
    assert mean_month_hours(plan, row(hours))[0, 0] == pytest.approx(tried.mean())
    run = Stretch(row(hours, hours), np.array([2.0, 1.0]), np.array([0, FLAT]))
    assert timed_usd([run], Terms(rates=(plan,))) == pytest.approx(row(2.0 * tried.mean(), hours))


def test_half_a_month_of_sustained_use_from_any_day_by_hand() -> None:
    """Half a month of starts leaves it whole: 45 % of a month is paid; else its parts cost F(x) + F(1/2 - x).

    F(u) is u up to a quarter, then 1/4 + 0.8 (u - 1/4): on the average over x from 0 to 1/2 it is 2 * 0.2375.
    """
    mean = 0.5 * 0.45 + 0.5 * 2 * 0.2375
    assert mean_month_hours(GOOGLE, row(365.0)) == pytest.approx(row(730 * mean))


def test_parts_with_weekly_and_monthly_rates_have_their_own_means() -> None:
    first = Stretch(row(60.0), np.array([2.0]), np.array([0]))
    second = Stretch(row(500.0), np.array([3.0]), np.array([1]))
    terms = Terms(rates=(NIGHTS, GOOGLE))
    alone = timed_usd([first], terms) + timed_usd([second], terms)
    assert timed_usd([first, second], terms) == pytest.approx(alone)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 2500))
def test_a_month_begun_on_its_first_day_is_best_and_none_is_worse_than_the_halved_one(hours: int) -> None:
    tried = from_every_day(GOOGLE, float(hours), np.arange(0.5, 730.5, 0.5)[None])
    best, worst = first_of_month_hours(GOOGLE, row(hours)), worst_month_hours(GOOGLE, row(hours))
    assert best[0, 0] == pytest.approx(tried.min())
    assert tried.max() - 1e-9 <= worst[0, 0] == pytest.approx(tried.max(), rel=1e-3)
    lead = worst_month_lead_hours(GOOGLE, row(hours))
    assert from_every_day(GOOGLE, float(hours), lead) == pytest.approx(worst)


@settings(max_examples=40, deadline=None)
@given(st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 1, 1)), st.integers(0, 1500), st.integers(0, 3000))
def test_a_calendar_month_begins_the_tiers_anew(start: dt.datetime, after: int, hours: int) -> None:
    start = start.replace(minute=0, second=0, microsecond=0, tzinfo=dt.UTC)
    used: dict[tuple[int, int], int] = {}
    paid = 0.0
    for hour in range(after, after + hours):
        now = start + dt.timedelta(hours=hour)
        month = (now.year, now.month)
        following = dt.datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=dt.UTC)
        length = (following - dt.datetime(now.year, now.month, 1, tzinfo=dt.UTC)).days * 24
        share = used.get(month, 0) / length  # months have whole numbers of hours in a quarter
        paid += GOOGLE.factors[int(np.searchsorted(GOOGLE.edges, share + 1e-12, side="right")) - 1]
        used[month] = used.get(month, 0) + 1
    assert monthly_hours(GOOGLE, start, row(after), row(hours))[0, 0] == pytest.approx(paid)


def test_unknown_hours_and_prices_stay_unknown_and_endless_ones_end() -> None:
    run = Stretch(row(np.nan, 5.0, 1e12), np.array([1.0, np.nan, 1.0]), np.array([0, 0, 1]))
    for start in (None, BEST, dt.datetime(2026, 12, 1, tzinfo=dt.UTC)):
        usd = timed_usd([run], Terms(rates=(NIGHTS, GOOGLE), start=start))
        assert np.isnan(usd[0, :2]).all()
        assert 1e12 - 1e6 < usd[0, 2] < 1e12


def test_longer_is_never_cheaper() -> None:
    hours = np.linspace(0.0, 1700.0, 4000)[None]
    for plan in (NIGHTS, GOOGLE):
        run = Stretch(hours, np.ones(1), np.zeros(1, np.int64))
        run = replace(run, rate=np.zeros(hours.shape[1], np.int64), usd_per_hour=np.ones(hours.shape[1]))
        for start in (None, BEST, dt.datetime(2026, 12, 18, 5, tzinfo=dt.UTC)):
            assert (np.diff(timed_usd([run], Terms(rates=(plan,), start=start))[0]) > 0).all()


def test_hours_that_a_policy_leaves_on_demand_have_sustained_use_by_themselves() -> None:
    """From its first day nothing off 100 h of a month, 10 % off half of one; what has no such plan costs its price."""
    offers = load_catalog().offers
    held, flat = np.flatnonzero(offers.rate != FLAT)[:1], np.flatnonzero(offers.rate == FLAT)[:1]
    two = offers.take(np.concatenate([held, flat]))
    two = replace(two, terms=replace(two.terms, start=BEST))
    price = float(two.price_usd_per_hour[0])
    usd = month_usd(np.array([[100.0, 100.0], [365.0, 365.0]]), two, np.array([0.7 * price, 5.0]))
    assert usd == pytest.approx(np.array([[100 * price, 500.0], [0.9 * 365 * price, 1825.0]]))
