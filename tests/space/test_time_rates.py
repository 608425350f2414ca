"""Rates by the time of the week as they are written: which minutes, which offers, and what is refused."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from planner.catalog.loader import load_catalog
from planner.catalog.rate_plans import FLAT, Weekly
from planner.scenario.time_rates import DAYS, TimeRate, moment
from planner.space.time_rates import Line, minutes, rate_words, weekly, with_time_rates

CATALOG = load_catalog()
AWS = {"providers": ["aws"], "percent_off": 30}


def rate(**written: Any) -> TimeRate:
    return TimeRate.model_validate(AWS | written)


def lines(*rates: TimeRate) -> list[Line]:
    return [Line(one, ("hardware", "time_rates", i), "test") for i, one in enumerate(rates)]


def spans(one: TimeRate) -> list[str]:
    """Minutes of the week as spans, `sat 00:00 to mon 00:00`."""
    held = minutes(one)
    edges = np.flatnonzero(held != np.roll(held, 1)).tolist()
    if not edges:
        return ["always"]
    if not held[edges[0]]:
        edges = [*edges[1:], edges[0]]
    told = [f"{DAYS[m // 1440]} {m % 1440 // 60:02d}:{m % 60:02d}" for m in edges]
    return [f"{a} to {b}" for a, b in zip(told[::2], told[1::2], strict=True)]


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ({"days": ["sat", "sun"]}, ["sat 00:00 to mon 00:00"]),
        ({"days": ["sun"], "hours": "22:00-06:00"}, ["sun 22:00 to mon 06:00"]),
        ({"days": ["mon"], "hours": "20:00-24:00"}, ["mon 20:00 to tue 00:00"]),
        ({"days": ["fri", "sat"], "hours": "22:00-06:00"}, ["fri 22:00 to sat 06:00", "sat 22:00 to sun 06:00"]),
        ({"days": ["mon"], "hours": "00:30-08:15", "utc_offset": "+01:00"}, ["mon 07:15 to sun 23:30"]),
        ({"days": ["sun"], "utc_offset": "-05:30"}, ["mon 05:30 to sun 05:30"]),
        ({"days": list(DAYS)}, ["always"]),
    ],
)
def test_windows_are_hours_of_the_week_in_utc(written: dict[str, Any], held: list[str]) -> None:
    found = spans(rate(**written))
    assert [set(one.split(" to ")) for one in found] == [set(one.split(" to ")) for one in held]


def test_a_window_across_midnight_and_across_the_week_is_as_long_as_written() -> None:
    assert minutes(rate(days=["sun"], hours="22:00-06:00")).sum() == 8 * 60
    assert minutes(rate(hours="22:00-06:00", utc_offset="+05:45")).sum() == 7 * 8 * 60
    night = minutes(rate(days=["mon"], hours="00:30-08:15", utc_offset="+01:00"))
    assert night[:435].all()  # Monday until 07:15 UTC
    assert night[-30:].all()  # Sunday from 23:30 UTC on
    assert night.sum() == 465


def test_lines_become_one_plan_for_the_week() -> None:
    found = weekly(
        lines(rate(days=["sat", "sun"]), rate(days=["mon"], hours="08:00-18:00", percent_off=None, percent_more=20))
    )
    assert found.edges == (0.0, 8.0, 18.0, 120.0)
    assert found.factors == pytest.approx((1.0, 1.2, 1.0, 0.7))
    assert found.words == "30 % off on sat, sun UTC; 20 % more on mon 08:00-18:00 UTC"
    assert rate_words(rate(hours="22:00-06:00", utc_offset="+01:00")) == "30 % off 22:00-06:00 UTC+01:00"


def test_rates_hold_for_plain_machines_of_their_providers_cards_and_tiers() -> None:
    offers, holding = with_time_rates(CATALOG, lines(rate(gpus=["h100"], tiers=["spot"], days=["sat"])), _never)
    held = offers.rate != CATALOG.offers.rate
    assert holding == [True]
    assert held.any()
    assert set(np.array(offers.providers)[offers.provider[held]]) == {"aws"}
    assert {CATALOG.gpus[g].id for g in offers.gpu[held].tolist()} == {"h100-sxm"}
    assert offers.spot[held].all()
    assert isinstance(offers.terms.rates[offers.rate[held][0]], Weekly)
    everything, _ = with_time_rates(CATALOG, lines(rate(days=["sat"])), _never)
    assert (everything.service[everything.rate != CATALOG.offers.rate] == "vm").all()


def test_an_agreed_rate_takes_the_place_of_sustained_use() -> None:
    before = CATALOG.offers
    offers, _ = with_time_rates(CATALOG, lines(rate(providers=["gcp"], gpus=["t4"], days=["sat"])), _never)
    t4 = [gpu.id for gpu in CATALOG.gpus].index("t4")
    sustained = (before.rate != FLAT) & (before.gpu == t4)
    assert sustained.any()
    assert all(isinstance(offers.terms.rates[k], Weekly) for k in offers.rate[sustained].tolist())
    assert (offers.rate[before.gpu != t4] == before.rate[before.gpu != t4]).all()


def test_two_rates_for_one_hour_of_a_machine_are_refused_at_the_second() -> None:
    told: list[tuple[Any, str]] = []
    with_time_rates(
        CATALOG,
        lines(
            rate(days=["sat", "sun"]),
            rate(gpus=["l4"], hours="22:00-06:00"),
            rate(providers=["azure"], days=["sat"]),
            rate(tiers=["spot"], days=["sat"]),
        ),
        lambda place, message, _: told.append((place, message)),
    )
    assert told == [
        (
            ("hardware", "time_rates", 1),
            "holds at sat 00:00 UTC for machines that time_rates[0] (30 % off on sat, sun UTC) holds for then too",
        )
    ]


def test_names_that_nobody_has_are_told_at_their_place() -> None:
    told: list[tuple[Any, str, str | None]] = []
    one = lines(rate(providers=["awz"], gpus=["h1000"], days=["sat"]))
    with_time_rates(CATALOG, one, lambda *problem: told.append(problem))
    assert [(place, message) for place, message, _ in told] == [
        (("hardware", "time_rates", 0, "providers", 0), "unknown provider 'awz'"),
        (("hardware", "time_rates", 0, "gpus", 0), "unknown GPU 'h1000'"),
    ]
    assert told[0][2] == "did you mean 'aws'?"


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"days": ["sat"], "percent_more": 5},
        {"days": ["sat"], "percent_off": None},
        {"days": ["sat"], "percent_off": 100},
        {"days": ["sat"], "percent_off": -5},
        {"days": []},
        {"hours": "22:00-22:00"},
        {"hours": "22-06"},
        {"hours": "25:00-26:00"},
        {"days": ["sat"], "utc_offset": "+25:00"},
        {"days": ["sat"], "utc_offset": "Europe/Berlin"},
        {"days": ["sat"], "tiers": ["reserved_1y"]},
        {"days": ["sat"], "providers": []},
    ],
)
def test_what_is_no_rate_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rate(**written)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-05T22:00+01:00", "2026-12-05T21:00:00+00:00"),
        ("2026-12-05T22:00", "2026-12-05T22:00:00+00:00"),
        ("2026-12-05", "2026-12-05T00:00:00+00:00"),
        ("2026-12-05 00:30:15Z", "2026-12-05T00:30:15+00:00"),
    ],
)
def test_a_start_without_an_offset_is_in_utc(text: str, utc: str) -> None:
    assert moment(text).isoformat() == utc


def _never(*problem: object) -> None:
    raise AssertionError(problem)
