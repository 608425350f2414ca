"""Advice of an earlier review against what came since, by hand."""

import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from planner.outcome.review import Review
from planner.outcome.review.advice import Realised, SpendAdvice
from planner.spend.advice import realised_of
from planner.spend.store import Store
from planner.units import DAYS_PER_MONTH
from tests.spend.advice.past import OCTOBER, a_run, blank, hourly
from tests.spend.advice.test_idle import sampled
from tests.spend.made import charge

AUGUST_END = datetime.datetime(2026, 9, 1)


def given(kind: str, about: str, month: str = "2026-08", as_of: str = "2026-09-03") -> Review:
    """As much of a review as is read: its month, its day, its advice. The rest of it would only be noise here."""
    one = SpendAdvice.model_validate({
        "kind": kind, "about": about, "text": "Do it.", "saving_usd": 100.0, "saving_lo_usd": None,
        "saving_hi_usd": None, "per_month_usd": 100.0, "hours_saved": None, "confidence": "low", "steps": [],
        "risk": "", "basis": "", "first_day": "2026-08-01", "last_day": "2026-08-31",
    })  # fmt: skip
    return cast("Review", SimpleNamespace(month=month, as_of=as_of, advice=[one]))


def came(store: Store, kind: str, about: str) -> Realised:
    (one,) = realised_of(store, [given(kind, about)], OCTOBER)
    assert one.advised_usd == pytest.approx(100.0 * 61 / DAYS_PER_MONTH)  # September and October
    return one


def test_commitments_since_then_less_what_was_not_used() -> None:
    unused = charge("2026-10-02", 30.0, provider="aws", gpu="h100-sxm", commitment_status="Unused")
    with blank({"cells": [unused]}) as s:
        hourly(s, "2", 3.0, 61 * 24, AUGUST_END)
        hourly(s, "1", 3.0, 61 * 24)
        assert came(s, "reserve", "h100-sxm at aws").realised_usd == 0.0
        hourly(s, "1", 2.0, 61 * 24, pricing_category="Committed")
        s.connection.execute("UPDATE gpu_hourly SET list_usd = 3.5 * gpu_hours WHERE pricing_category = 'Committed'")
        one = came(s, "reserve", "h100-sxm at aws")
        assert one.realised_usd == pytest.approx(61 * 24 * 1.5 - 30.0)
        assert "50%" in one.text.replace(" %", "%")
        s.connection.execute("UPDATE gpu_hourly SET list_usd = NULL")
        assert came(s, "reserve", "h100-sxm at aws").realised_usd == pytest.approx(61 * 24 * 1.0 - 30.0)
        assert came(s, "reserve", "l4 at gcp").realised_usd is None


def test_spot_beyond_what_there_was() -> None:
    with blank() as store:
        hourly(store, "1", 3.0, 61 * 24, AUGUST_END)
        hourly(store, "1", 3.0, 61 * 24)
        assert came(store, "spot", "h100-sxm at aws").realised_usd == 0.0
        hourly(store, "1", 1.0, 61 * 24, pricing_category="Dynamic")
        assert came(store, "spot", "h100-sxm at aws").realised_usd == pytest.approx(61 * 24 * 2.0)


def test_fewer_epochs_a_run() -> None:
    before = [a_run(k, 70 + k, 10.0, 100.0, epochs=10.0) for k in range(3)]
    since = [a_run(10 + k, 10 + k, 4.0, 40.0, epochs=4.0) for k in range(5)]
    with blank({"runs": [*before, *since, a_run(99, 5, 1.0, 9.0, epochs=1.0, status="failed")]}) as store:
        one = came(store, "epochs", "tune")
        assert one.realised_usd == pytest.approx(5 * 6 * 10.0)
        assert "5 runs of 4 epochs on the mean, 10 before" in one.text
        assert came(store, "dataset", "tune").realised_usd is None
        assert came(store, "early_stop", "other").realised_usd is None
    with blank({"runs": since}) as store:
        assert came(store, "epochs", "tune").realised_usd is None


def test_failures_and_idle_hours_are_shares() -> None:
    runs = [a_run(1, 70, 10.0, 50.0, status="failed"), a_run(2, 70, 10.0, 50.0), a_run(3, 9, 10.0, 90.0),
            a_run(4, 9, 10.0, 10.0, status="failed")]  # fmt: skip
    with blank({"runs": runs}) as store:
        assert came(store, "failed_runs", "tune").realised_usd == pytest.approx(0.4 * 100.0)
        assert came(store, "failed_runs", "other").realised_usd is None
        hourly(store, "1", 2.0, 100 * 24, resource="i-1")
        sampled(store, "i-1", "(i >= 39 * 24)::INT", 100 * 24)  # idle until 1 September, busy since
        assert came(store, "idle", "h100-sxm at aws").realised_usd == pytest.approx(61 * 24 * 2.0)
        assert came(store, "idle", "l4 at aws").realised_usd is None


def test_what_cannot_be_told_is_not() -> None:
    with blank() as store:
        one = came(store, "right_size", "h100-sxm at aws")
        assert one.realised_usd is None
        assert "do not tell" in one.text


def test_two_changes_of_one_kind_on_one_card_stand_together() -> None:
    review = given("cheaper_card", "h100-sxm at aws")
    review.advice.append(review.advice[0].model_copy(update={"text": "And that.", "per_month_usd": 50.0}))
    with blank() as store:
        (one,) = realised_of(store, [review], OCTOBER)
    assert one.advised_usd == pytest.approx(150.0 * 61 / DAYS_PER_MONTH)
    assert one.text.startswith("Do it. And that. Since 2026-09-01")


def test_the_first_review_counts_and_one_of_this_month_does_not() -> None:
    reviews: list[Any] = [
        given("spot", "x", "2026-09", "2026-10-01"), given("spot", "x"), given("idle", "x", "2026-10", "2026-11-01"),
    ]  # fmt: skip
    with blank() as store:
        (one,) = realised_of(store, reviews, OCTOBER)
    assert "Since 2026-09-01" in one.text
