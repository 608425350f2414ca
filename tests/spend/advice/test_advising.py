"""All kinds together: what is told, in which order, and what touches the same money."""

import datetime

import pytest

from planner.outcome.review.advice import SpendAdvice
from planner.spend.advice.table import FINDERS
from tests.spend.advice.past import a_curve, a_run, bill, blank, history, hourly, told
from tests.spend.advice.test_early_stop import RISING
from tests.spend.made import fill, made

WEEK = 168
USUAL = {"metric": "f1", "higher_is_better": True}


@pytest.fixture(scope="module")
def advice() -> list[SpendAdvice]:
    with blank() as store:
        hourly(store, "4", 3.0, 12 * WEEK)
        fill(store, "runs", [a_run(k, 80 - 5 * k, 10.0, 300.0, **USUAL) for k in range(12)])
        fill(store, "histories", [row for k in range(12) for row in a_curve(k, RISING, 10.0)])
        bill(store, 9000.0)
        return told(store, commitment_discounts={"1y": 0.3})


def test_the_largest_saving_first_and_with_all_that_is_asked(advice: list[SpendAdvice]) -> None:
    kinds = [one.kind for one in advice]
    assert {"reserve", "early_stop", "epochs"} <= set(kinds)
    assert [one.per_month_usd for one in advice] == sorted((one.per_month_usd for one in advice), reverse=True)
    for one in advice:
        assert one.steps
        assert one.risk
        assert one.text.endswith(".")
        assert one.last_day == "2026-10-31"
        assert one.saving_usd > 0.0
        days = (datetime.date(2026, 11, 1) - datetime.date.fromisoformat(one.first_day)).days
        assert one.per_month_usd == pytest.approx(one.saving_usd * 365.2425 / 12 / days)


def test_the_same_money_is_named(advice: list[SpendAdvice]) -> None:
    by_kind = {one.kind: one for one in advice}
    assert set(by_kind["early_stop"].overlaps) >= {"epochs", "reserve"}
    assert "early_stop" in by_kind["reserve"].overlaps
    assert by_kind["early_stop"].confidence == "high"  # twelve runs alike


def test_runs_of_the_last_days_are_spread_over_four_weeks() -> None:
    with blank() as store:
        fill(store, "runs", [a_run(k, 3 - 0.2 * k, 2.0, 300.0, **USUAL) for k in range(12)])
        fill(store, "histories", [row for k in range(12) for row in a_curve(k, RISING, 2.0)])
        bill(store, 9000.0)
        found = {one.kind: one for one in told(store)}
    for kind in ("early_stop", "epochs"):
        assert found[kind].first_day == "2026-10-04"
        assert found[kind].per_month_usd == pytest.approx(found[kind].saving_usd * 365.2425 / 12 / 28)


def test_the_same_twice() -> None:
    with blank() as store:
        hourly(store, "4 + (i % 5 = 0)::INT", 3.0, 12 * WEEK)
        bill(store, 9000.0)
        settings = {"commitment_discounts": {"1y": 0.3}}
        assert told(store, **settings) == told(store, **settings)


def test_small_savings_are_not_told() -> None:
    with blank() as store:
        hourly(store, "4", 3.0, 12 * WEEK)
        bill(store, 9000.0)
        (one,) = told(store, commitment_discounts={"1y": 0.3}, least_saving=0.29)
        assert one.kind == "reserve"
        assert one.per_month_usd / 9000.0 == pytest.approx(0.2922, abs=1e-3)
        assert told(store, commitment_discounts={"1y": 0.3}, least_saving=0.30) == []


def test_a_month_half_over_counts_as_a_whole_one_and_logs_stand_in_for_bills() -> None:
    with made(as_of=datetime.date(2026, 10, 11)) as store:
        bill(store, 1000.0, "2026-10-05")
        assert history(store).months_cost_usd() == pytest.approx(3100.0)
        store.connection.execute("DELETE FROM allocated")
        fill(store, "runs", [{"day": "2026-10-02", "cost_usd": 500.0}, {"day": "2026-09-02", "cost_usd": 9.0}])
        assert history(store).months_cost_usd() == pytest.approx(1550.0)


def test_an_empty_review_has_none() -> None:
    with blank() as store:
        assert told(store) == []
        assert [found for find in FINDERS for found in find(history(store))] == []
    with made(as_of=datetime.date(2026, 9, 1)) as store:  # before the month
        bill(store, 9000.0)
        assert told(store) == []


def test_days_are_those_of_the_zone() -> None:
    with made(time_zone="America/New_York") as store:
        past = history(store)
        assert past.window(31)[1] == datetime.datetime(2026, 11, 1, 4)
        assert past.day(datetime.datetime(2026, 11, 1, 3)) == datetime.date(2026, 10, 31)
