"""Run now, wait or move: what is advised, what it saves, and what is never advised."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.prices.forecast import forecast
from planner.catalog.prices.history_files import open_history
from planner.catalog.prices.row import PriceRow
from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.market.advise import advise
from planner.market.job import Job
from planner.market.options import BuyingAdvice
from planner.market.waiting import later_days
from tests.catalog.prices.price_histories import KEY, NOW, ROW, at, laid

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JOB = Job(
    id="c0ffee", key=KEY, gpu="h100-sxm", gpu_count=8, machine_hours=100.0, hours=10.0, usd_per_hour=20.0,
    as_of="2026-11-20", slack_hours=10 * 24.0,
)  # fmt: skip
FLAT = [20.0] * 30


def advised(
    folder: Path, courses: Sequence[tuple[PriceRow, Sequence[float]]], step: timedelta = DAY, job: Job = JOB,
    **more: object,
) -> BuyingAdvice:  # fmt: skip
    return advise(open_history(laid(folder / "h", courses, step)), job, NOW, **more)  # type: ignore[arg-type]


def test_a_price_that_never_moved_is_bought_now(tmp_path: Path) -> None:
    found = advised(tmp_path, [(ROW, FLAT)])
    assert (found.advised.what, found.advised.cost_usd) == ("now", 2000.0)
    waits = [option for option in found.options if option.what == "wait"]
    assert [option.wait_hours for option in waits] == [24.0 * day for day in range(1, 11)]
    assert all(option.saving_usd == pytest.approx(0.0) and not option.worth for option in waits)


def test_what_is_overdue_counts_as_the_forecast_says_of_today(tmp_path: Path) -> None:
    """Daily prices, a fifth lower on weekends, the last of a Sunday 33 hours ago: today is a Monday and dear again."""
    sunday, noise = NOW - DAY, np.random.default_rng(3).normal(0.0, 0.01, 46)
    days = [sunday - back * DAY for back in reversed(range(46))]
    prices = [11.0 * (0.8 if d.weekday() > 4 else 1.0) * math.exp(e) for d, e in zip(days, noise, strict=True)]
    assert sunday.weekday() == 6
    held = open_history(laid(tmp_path / "h", [(ROW, prices)], DAY, last=sunday))
    found = advise(held, JOB, sunday + 33 * HOUR)
    now = next(option for option in found.options if option.what == "now")
    assert found.usd_per_hour == prices[-1]
    assert now.usd_per_hour == pytest.approx(11.0, rel=0.02)
    # By the weekend it is cheap again, and the day after tomorrow is no dearer than today.
    assert (found.advised.what, found.advised.wait_hours) == ("wait", 5 * 24.0)
    assert next(option for option in found.options if option.wait_hours == 48.0).saving_usd == pytest.approx(0, abs=40)
    assert "seen 33.0 h ago, and usually every 24.0 h: refresh first" in found.notes
    assert any("5 whole weeks" in note and "weekly model is tested by its own errors" in note for note in found.notes)
    # An hour before the next is due nothing is said, and the last price counts.
    soon = advise(held, JOB, sunday + 23 * HOUR)
    assert next(option for option in soon.options if option.what == "now").usd_per_hour == prices[-1]
    assert not any("refresh" in note for note in soon.notes)


def test_a_price_that_falls_steadily_is_waited_for(tmp_path: Path) -> None:
    prices = [30.0 * math.exp(-0.02 * day) for day in range(40)]
    found = advised(tmp_path, [(ROW, prices)])
    assert (found.advised.what, found.advised.wait_hours) == ("wait", 216.0)
    assert found.advised.saving_usd == pytest.approx(100 * prices[-1] * (1 - math.exp(-0.18)), rel=0.02)
    # A day later saves more, but less more than what is noise.
    assert max(option.saving_usd for option in found.options) > found.advised.saving_usd
    assert found.advised.worst_usd is not None
    assert found.advised.worst_usd < 100 * prices[-1]
    assert "it gets dearer" in found.reason


def waits(prices: Floats) -> bool:
    days = np.datetime64("2026-10-22T12:00:00", "us") + np.arange(len(prices)) * np.timedelta64(1, "D")
    told = forecast(days, prices, 5)
    return any(option.worth for option in later_days(JOB, 100 * float(prices[-1]), told, 0, NOW, 120.0, 1.0))


def test_random_walks_are_not_waited_for_and_trends_are() -> None:
    steps = [np.random.default_rng(seed).normal(0, 0.03, 40) for seed in range(25)]
    walks = [waits(20 * np.exp(np.cumsum(step))) for step in steps]
    trends = [waits(20 * np.exp(np.cumsum(step / 3 - 0.015))) for step in steps]
    assert sum(walks) <= 1
    assert sum(trends) >= 20


def test_few_days_are_not_waited_on_and_fewer_give_no_forecast(tmp_path: Path) -> None:
    falling = [20.0, 18.0, 16.0, 14.0]
    found = advised(tmp_path, [(ROW, falling)])
    assert found.advised.what == "now"
    assert {option.against for option in found.options if option.what == "wait"} == {
        "4 days are too few to wait on; 8 are needed"
    }
    (tmp_path / "two").mkdir()
    assert "no forecast: 2 days with a price, 3 are needed" in advised(tmp_path / "two", [(ROW, falling[:2])]).notes


@pytest.mark.parametrize(("elsewhere", "what"), [(19.7, "now"), (19.0, "region"), (25.0, "now")])
def test_another_region_must_save_more_than_noise(tmp_path: Path, elsewhere: float, what: str) -> None:
    found = advised(tmp_path, [(ROW, FLAT), (at(1.0, region="eu-west-1"), [elsewhere] * 30)])
    assert found.advised.what == what
    option = next(option for option in found.options if option.what == "region")
    assert (option.saving_usd, option.width_usd) == pytest.approx((2000 - 100 * elsewhere, 40.0))
    assert "data must be allowed" in option.caution


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"market": "marketplace"}, "marketplace"),
        ({"confidence": "low"}, "low confidence"),
        ({}, ""),
    ],
)
def test_doubtful_prices_are_shown_and_not_advised(tmp_path: Path, changes: dict[str, str], against: str) -> None:
    other = at(1.0, provider="gcp", instance="a3-highgpu-8g", region="us-central1", **changes)
    found = advised(tmp_path, [(ROW, FLAT), (other, [10.0] * 30)])
    option = next(option for option in found.options if option.what == "provider")
    assert against in option.against
    assert found.advised.what == ("now" if against else "provider")


def test_an_old_price_elsewhere_is_no_offer(tmp_path: Path) -> None:
    folder = laid(tmp_path / "h", [(ROW, FLAT), (at(1.0, region="eu-west-1"), [10.0] * 30)], DAY)
    later = advise(open_history(folder), JOB, NOW + 9 * DAY)
    assert next(option for option in later.options if option.what == "region").against == "last seen 9 days ago"
    assert later.advised.what == "now"
    assert "the newest price of this offer is 9 days old: refresh before you decide" in later.notes


def test_other_tiers_cards_and_machines_of_the_provider_are_no_moves(tmp_path: Path) -> None:
    others = [at(1.0, tier="on_demand"), at(1.0, gpu_count=4), at(1.0, gpu="a100-80gb"), at(1.0, instance="p5e")]
    found = advised(tmp_path, [(ROW, FLAT), *((replace(row, region="x"), [5.0] * 30) for row in others)])
    assert {option.what for option in found.options} == {"now", "wait"}


def test_moves_keep_to_the_regions_and_providers_named(tmp_path: Path) -> None:
    courses = [(ROW, FLAT), (at(1.0, region="a"), [5.0] * 9), (at(1.0, region="b"), [10.0] * 9)]
    found = advised(tmp_path, courses, regions=("b",))
    assert [option.key[2] for option in found.options if option.what == "region"] == ["b"]


def test_a_cheaper_hour_within_the_slack_is_taken(tmp_path: Path) -> None:
    at_hour = (np.arange(24 * 30) - 24 * 30 + 1 + NOW.hour) % 24
    prices = (
        20
        * np.where((at_hour >= 2) & (at_hour < 6), 0.7, 1.0)
        * np.exp(np.random.default_rng(3).normal(0, 0.005, 24 * 30))
    )
    short = replace(JOB, hours=4.0, slack_hours=20.0)
    found = advised(tmp_path, [(ROW, prices.tolist())], HOUR, short)
    assert (found.advised.what, found.advised.start.hour, found.advised.wait_hours) == ("hour", 2, 14.0)
    assert found.advised.saving_usd == pytest.approx(0.3 * 2000, rel=0.05)
    assert found.advised.chance_dearer is not None
    assert found.advised.chance_dearer < 0.1
    # A job of two whole days meets every hour: nothing is left to gain.
    long = advise(open_history(tmp_path / "h"), replace(short, hours=48.0), NOW)
    assert long.advised.what == "now"
    # And what cannot wait that long does not.
    soon = advise(open_history(tmp_path / "h"), replace(short, slack_hours=5.0), NOW)
    assert soon.advised.what == "now"


def test_the_risk_of_a_later_hour_is_counted_from_now_not_from_when_the_price_was_seen(tmp_path: Path) -> None:
    """Last seen at noon, asked at 18:00: the cheap hours from 2:00 on are 8 h away, as on all days before."""
    at_hour = (np.arange(24 * 30) - 24 * 30 + 1 + NOW.hour) % 24
    noise = np.exp(np.random.default_rng(3).normal(0, 0.005, 24 * 30))
    prices = 20 * np.where((at_hour >= 2) & (at_hour < 6), 0.7, 1.0) * noise
    folder = laid(tmp_path / "h", [(ROW, prices.tolist())], HOUR)
    late = advise(open_history(folder), replace(JOB, hours=4.0, slack_hours=20.0), NOW + 6 * HOUR).advised
    assert (late.what, late.wait_hours) == ("hour", 8.0)
    assert (late.chance_dearer or 1.0) < 0.1
    assert (late.worst_usd or 2000.0) < 0.75 * 2000


def test_a_cheaper_day_of_the_week_is_taken_with_a_price_a_day(tmp_path: Path) -> None:
    weekday = (np.arange(84) - 83 + NOW.weekday()) % 7
    noise = np.random.default_rng(2).normal(0, 0.005, 84)
    found = advised(tmp_path, [(ROW, (20 * np.exp(noise - 0.2 * (weekday == 6))).tolist())])
    # Monday noon: ten hours of Sunday begin at midnight, 132 hours on.
    assert (found.advised.what, found.advised.wait_hours, found.advised.start.weekday()) == ("hour", 132.0, 6)
    # What eleven weeks show is shrunk: less than the 363 that are true, but most of it.
    assert 300 < found.advised.saving_usd < 2000 * (1 - math.exp(-0.2))
    assert found.advised.worst_usd is not None
    assert found.advised.worst_usd < 1700


def test_the_deadline_bounds_the_wait(tmp_path: Path) -> None:
    folder = laid(tmp_path / "h", [(ROW, FLAT)], DAY)
    held = open_history(folder)
    by = advise(held, JOB, NOW, NOW + 3 * DAY)
    assert max(option.wait_hours for option in by.options) == 48.0
    with pytest.raises(InputError, match=r"c0ffee takes 10\.0 h and cannot be finished by 2026-11-30 18:00 UTC"):
        advise(held, JOB, NOW, NOW + 6 * HOUR)
    free = advise(held, replace(JOB, slack_hours=None), NOW)
    assert max(option.wait_hours for option in free.options) == 168.0
    assert any(note.startswith("no deadline") for note in free.notes)


def test_an_offer_without_a_history_is_said_with_the_nearest(tmp_path: Path) -> None:
    held = open_history(laid(tmp_path / "h", [(ROW, FLAT)], DAY))
    with pytest.raises(
        InputError, match=r"no history of aws p5\.48xlarge in mars-1, spot; nearest: aws p5\.48xlarge us"
    ):
        advise(held, replace(JOB, key=("aws", "p5.48xlarge", "mars-1", "spot")), NOW)


def test_one_price_for_every_region_stands_for_each(tmp_path: Path) -> None:
    found = advised(tmp_path, [(at(1.0, region="any"), FLAT)])
    assert found.advised.cost_usd == 2000.0
    assert "the history holds one price of aws p5.48xlarge for every region" in found.notes


def test_savings_are_counted_with_the_forecast_of_the_day(tmp_path: Path) -> None:
    prices = 20 * np.exp(np.random.default_rng(6).normal(0, 0.05, 40))
    found = advised(tmp_path, [(ROW, prices.tolist())])
    days = np.datetime64("2026-10-22T12:00:00", "us") + np.arange(40) * np.timedelta64(1, "D")
    told = forecast(days, prices, 10)
    waits = {option.wait_hours: option for option in found.options if option.what == "wait"}
    assert waits[72.0].cost_usd == pytest.approx(100 * told.mean[2])
    assert waits[72.0].worst_usd == pytest.approx(100 * told.high[2])
    assert waits[72.0].chance_dearer == pytest.approx(told.chance_dearer[2])
