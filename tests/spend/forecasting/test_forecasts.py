"""Forecasts of a review: days of the total, months of each part."""

import datetime

import numpy as np
import pytest

from planner.errors import InputError
from planner.scenario.spend_limits import ForecastOf
from planner.spend.forecasting.forecasts import MOST, forecasts_of
from planner.spend.months import Month
from tests.spend.made import charge, made

FIRST = datetime.date(2026, 8, 1)


def rows(days: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(0)
    return [
        charge(FIRST + datetime.timedelta(days=day), round(usd * (1 + 0.1 * rng.random()), 2), team=team)
        for day in range(days)
        for team, usd in (("research", 200.0), ("product", 50.0), ("", 5.0))
    ]


def test_the_total_comes_first_and_months_add_what_is_spent() -> None:
    with made({"allocated": rows(72)}, as_of=datetime.date(2026, 10, 12)) as store:
        total, *parts = forecasts_of(store, ForecastOf(days=60), Month(2026, 10))
    assert (total.dimension, total.value, total.days_seen, len(total.days)) == ("", "", 72, 60)
    assert [(part.dimension, part.value, part.days) for part in parts] == [
        ("team", "research", []), ("team", "product", []), ("team", "", []),
    ]  # fmt: skip
    assert total.days[0].day == "2026-10-12"
    october, november = total.months
    assert (october.month, november.month) == ("2026-10", "2026-11")
    assert october.spent_usd == pytest.approx(sum(float(str(r["effective_usd"])) for r in rows(72)[61 * 3 :]))
    assert october.usd == pytest.approx(october.spent_usd + 20 * 268.0, rel=0.05)
    assert november.spent_usd == 0.0
    for month in (october, november):
        assert month.lo_usd is not None
        assert month.hi_usd is not None
        assert month.spent_usd <= month.lo_usd < month.usd < month.hi_usd
        assert sum(part.months[0].usd for part in parts) == pytest.approx(october.usd, rel=0.03)
    # Summed paths, not summed bounds: days that err on their own leave the month surer than each of its days.
    wide = sum((day.hi_usd or 0.0) - (day.lo_usd or 0.0) for day in total.days[20:50])
    assert (november.hi_usd or 0.0) - (november.lo_usd or 0.0) < wide


def test_what_comes_after_the_day_of_the_review_is_not_known() -> None:
    asked = ForecastOf(days=7)
    with made({"allocated": rows(72)}, as_of=datetime.date(2026, 9, 20)) as store:
        known = forecasts_of(store, asked, Month(2026, 9))
    with made({"allocated": rows(50)}, as_of=datetime.date(2026, 9, 20)) as store:
        assert forecasts_of(store, asked, Month(2026, 9)) == known
    assert len(known[0].days) == 7
    assert [month.month for month in known[0].months] == ["2026-09"]


def test_a_bill_that_is_late_is_no_spend_of_nothing() -> None:
    with made({"allocated": rows(72)}, as_of=datetime.date(2026, 10, 16)) as store:
        total = forecasts_of(store, ForecastOf(days=14), Month(2026, 10))[0]
    assert total.days[0].day == "2026-10-12"
    assert total.days[0].usd == pytest.approx(268.0, rel=0.05)


def test_few_days_have_no_band() -> None:
    with made({"allocated": rows(2)}, as_of=datetime.date(2026, 8, 3)) as store:
        total = forecasts_of(store, ForecastOf(), Month(2026, 8))[0]
    assert total.days[0].lo_usd is None
    assert total.months[0].hi_usd is None
    assert total.note.startswith("only 2 days")


def test_dimensions_that_there_are_not_are_named() -> None:
    with made({"allocated": rows(3)}) as store, pytest.raises(InputError, match="squad is neither a dimension"):
        forecasts_of(store, ForecastOf(by="squad"), Month(2026, 8))
    with made() as store:
        assert forecasts_of(store, ForecastOf(), Month(2026, 8)) == []


def test_the_largest_values_are_forecast() -> None:
    many = [charge("2026-10-01", float(number), tenant=f"t{number:03d}") for number in range(1, 60)]
    with made({"allocated": many}) as store:
        found = forecasts_of(store, ForecastOf(by="tenant", days=7), Month(2026, 10))
    assert len(found) == MOST + 1
    assert found[1].value == "t059"
