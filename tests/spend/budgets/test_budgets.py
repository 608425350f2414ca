"""Budgets: what is used, where the period ends, when levels are reached, and what makes it."""

import datetime
from typing import Any

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.outcome.review.budgets import BudgetStatus
from planner.scenario.spend_limits import SpendBudget
from planner.scenario.spend_rules import CHARGE_COLUMNS, Attribution
from planner.spend.attribution import allocate
from planner.spend.budgets import budgets_of
from planner.spend.budgets.ending import ending
from planner.spend.budgets.period import period_of
from planner.spend.forecasting.outlook import Outlook
from planner.spend.months import Month
from planner.spend.store import Store
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
TENTH = datetime.date(2026, 10, 11)
"""The review's day on which ten days of October are over."""


def days(first: str, count: int, usd: float, **others: Any) -> list[dict[str, Any]]:
    start = datetime.date.fromisoformat(first)
    return [charge(start + datetime.timedelta(days=at), usd, **others) for at in range(count)]


def as_before(values: Floats, first_day: np.datetime64, horizon: int, level: float) -> Outlook:
    """Every day is as the last, give or take a half."""
    del first_day, level
    point = np.full(horizon, values[-1])
    return Outlook("as before", point, np.stack([point * 0.5, point, point * 1.5]), (), "")


def one(store: Store, month: Month = OCTOBER, **asked: Any) -> BudgetStatus:
    (found,) = budgets_of(store, [SpendBudget.model_validate({"name": "b"} | asked)], month, forecast=as_before)
    return found


def test_a_month_in_progress() -> None:
    cells = [*days("2026-09-01", 30, 8, team="a"), *days("2026-10-01", 10, 10, team="a"), *days("2026-10-01", 10, 99)]
    with made({"allocated": cells}, as_of=TENTH) as store:
        found = one(store, where={"team": "A"}, amount=300, levels=[0.1, 0.3, 0.8, 1.0, 1.1])
    assert (found.start, found.end, found.where) == ("2026-10-01", "2026-11-01", "team A")
    assert (found.spent_usd, found.used, found.elapsed) == (100, 1 / 3, 10 / 31)
    assert (found.run_rate_usd, found.forecast_usd, found.forecast_model) == (310, 310, "as before")
    # Bounds of three paths of 21 days of 5, 10 and 15: 90 % lies between their 5 % and 95 % quantiles.
    assert [found.forecast_lo_usd, found.forecast_hi_usd] == pytest.approx([215.5, 404.5])
    assert found.chance_over == pytest.approx(2 / 3)
    assert found.status == "forecast_over"
    assert [(at.level, at.reached_on, at.forecast_on) for at in found.crossings] == [
        (0.1, "2026-10-03", ""), (0.3, "2026-10-09", ""), (0.8, "", "2026-10-24"), (1.0, "", "2026-10-30"),
        (1.1, "", ""),
    ]  # fmt: skip


def test_bounds_of_days_are_not_summed() -> None:
    """Paths that go apart day by day come together in their sums."""

    def crossed(_values: Floats, _first: np.datetime64, horizon: int, _level: float) -> Outlook:
        ups = np.tile([0.0, 20.0], horizon)[:horizon]
        return Outlook("x", np.full(horizon, 10.0), np.stack([ups, 20.0 - ups]), (), "")

    found = ending(100.0, np.ones(5), np.datetime64("2026-10-01"), 20, 301.0, 0.9, crossed)
    assert (found.lo, found.point, found.hi, found.chance_over) == (300, 300, 300, 0)


def test_a_month_that_is_over_has_nothing_to_forecast() -> None:
    with made({"allocated": days("2026-10-01", 31, 10, team="a")}) as store:
        even = one(store, amount=310)
        assert (even.status, even.chance_over, even.forecast_usd, even.forecast_hi_usd) == ("warning", 0, 310, 310)
        assert (even.forecast_model, even.elapsed, even.run_rate_usd) == ("", 1, 310)
        assert (even.crossings[4].level, even.crossings[4].reached_on) == (1.0, "2026-10-31")
        assert (one(store, amount=309).status, one(store, amount=309).chance_over) == ("over", 1)
        assert one(store, amount=1000).status == "ok"


def test_what_is_spent_in_pace_is_no_warning() -> None:
    with made({"allocated": days("2026-10-01", 16, 10)}, as_of=datetime.date(2026, 10, 17)) as store:
        assert one(store, amount=315, levels=[0.5]).status == "ok"  # 51 % of it at 52 % of the month
        assert one(store, amount=315, levels=[0.4]).status == "ok"
    with made({"allocated": [*days("2026-10-01", 16, 10), charge("2026-10-02", 30)]},
              as_of=datetime.date(2026, 10, 17)) as store:  # fmt: skip
        found = one(store, amount=400, levels=[0.45, 0.5])
        assert (found.status, found.used) == ("ok", 0.475)
        assert one(store, amount=340, levels=[0.55]).status == "warning"


def test_an_amount_of_tenths_is_met_not_passed() -> None:
    """Thirty-one floats of 0.1 make 3.1 and a little."""
    assert sum([0.1] * 31) > 3.1
    with made({"allocated": days("2026-10-01", 31, 0.1)}) as store:
        assert one(store, amount=3.1).status == "warning"


@pytest.mark.parametrize(("as_of", "until"), [(datetime.date(2026, 10, 15), 10), (datetime.date(2026, 11, 1), 10)])
def test_bills_that_lag_are_no_savings(as_of: datetime.date, until: int) -> None:
    with made({"allocated": [*days("2026-09-01", 40, 10)]}, as_of=as_of) as store:
        found = one(store, amount=1000)
        assert (found.spent_usd, found.run_rate_usd, found.elapsed) == (100, 310, until / 31)
        assert found.forecast_usd == 310


def test_the_period_is_that_of_the_last_day_that_has_come() -> None:
    with made({"allocated": days("2026-07-01", 102, 1)}, as_of=TENTH) as store:
        assert one(store, amount=1, period="quarter").spent_usd == 10
        assert one(store, amount=1, period="year").spent_usd == 102
        # A review of an earlier month knows nothing of what came after it.
        third = one(store, Month(2026, 8), amount=1, period="quarter")
        assert (third.start, third.spent_usd, third.forecast_usd, third.elapsed) == ("2026-07-01", 62, 92, 62 / 92)


def test_a_credit_after_a_level_does_not_unreach_it() -> None:
    with made({"allocated": [charge("2026-10-02", 100), charge("2026-10-05", -90), charge("2026-10-31", 0)]}) as store:
        found = one(store, amount=100, levels=[1.0])
        assert (found.status, found.crossings[0].reached_on) == ("warning", "2026-10-02")


def test_what_nobody_spent_on_has_no_forecast() -> None:
    with made({"allocated": days("2026-10-01", 10, 1)}, as_of=TENTH) as store:
        (found,) = budgets_of(store, [SpendBudget(name="b", amount=5, where={"team": "labs"})], OCTOBER)
    assert (found.spent_usd, found.run_rate_usd, found.status, found.drivers) == (0, 0, "ok", [])
    assert (found.forecast_usd, found.forecast_lo_usd, found.chance_over) == (None, None, None)


def test_before_the_first_day_is_over_there_is_no_rate() -> None:
    with made({"allocated": days("2026-09-01", 30, 1)}, as_of=datetime.date(2026, 10, 2)) as store:
        found = one(store, amount=100)
    assert (found.start, found.elapsed, found.run_rate_usd, found.forecast_usd) == ("2026-10-01", 0, None, 31)


def test_of_days_before_the_first_charge_nothing_is_known() -> None:
    budgets = [SpendBudget.model_validate({"name": "b", "amount": 100, "period": each}) for each in ("month", "year")]
    with made() as store:
        assert budgets_of(store, budgets, OCTOBER, forecast=as_before) == []
    with made({"allocated": days("2026-10-01", 31, 1)}) as store:
        assert budgets_of(store, budgets, Month(2026, 8), forecast=as_before) == []
        assert len(budgets_of(store, budgets, OCTOBER, forecast=as_before)) == 2


def test_a_condition_on_what_is_not_there_is_refused() -> None:
    with made({"allocated": days("2026-10-01", 1, 1)}) as store, pytest.raises(InputError, match="tema is neither"):
        one(store, amount=1, where={"tema": "x"})


def test_the_real_outlook_gives_a_band_around_its_forecast() -> None:
    values = [*days("2026-08-01", 61, 10), *days("2026-10-01", 10, 12)]
    with made({"allocated": values}, as_of=TENTH) as store:
        (found,) = budgets_of(store, [SpendBudget(name="b", amount=400)], OCTOBER)
    assert found.forecast_lo_usd is not None
    assert found.forecast_usd is not None
    assert found.forecast_hi_usd is not None
    assert found.forecast_model
    assert 120 < found.forecast_lo_usd <= found.forecast_usd <= found.forecast_hi_usd < 600


def test_drivers_are_what_makes_most_and_what_grew() -> None:
    cells = [
        *days("2026-09-01", 30, 4, team="a", service="EC2", model="llama", resource="i-1"),
        *days("2026-10-01", 10, 6, team="a", service="EC2", model="llama", resource="i-1"),
        *days("2026-10-01", 10, 3, team="a", service="S3"),
        *days("2026-10-01", 10, 0.1, team="b", service="Logs"),
    ]
    with made({"allocated": cells}, as_of=TENTH) as store:
        assert one(store, amount=1000).drivers == [
            "team a $90.00 (99 %)", "service EC2 $60.00 (66 %)", "model llama $60.00 (66 %)",
            "resource i-1 $60.00 (66 %)",
            "team a grew by $50.00 (125 %) against the first 10 days of the period before",
            "service S3 is new: $30.00",
        ]  # fmt: skip
        assert one(store, amount=1000, where={"team": "b"}).drivers == [
            "service Logs $1.00 (100 %)",
            "service Logs is new: $1.00",
        ]


@pytest.mark.parametrize(
    ("length", "start", "end", "before"),
    [
        ("month", "2026-02-01", "2026-03-01", "2026-01-01"),
        ("quarter", "2026-01-01", "2026-04-01", "2025-10-01"),
        ("year", "2026-01-01", "2027-01-01", "2025-01-01"),
    ],
)
def test_periods_are_of_the_calendar(length: Any, start: str, end: str, before: str) -> None:
    found = period_of(datetime.date(2026, 2, 28), length)
    assert (found.start.isoformat(), found.end.isoformat(), found.before.isoformat()) == (start, end, before)


def test_whatever_a_bill_says_can_be_budgeted() -> None:
    """All columns that a scenario may name in a condition are there after attribution too."""
    with made({"cells": days("2026-10-01", 3, 2)}) as store:
        allocate(store, Attribution())
        assert one(store, amount=10, where=dict.fromkeys(CHARGE_COLUMNS, "*")).spent_usd == 6
