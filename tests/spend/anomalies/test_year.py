"""A year of four teams and twenty models: what was planted is found, and little else."""

import pytest

from planner.outcome.review.oddities import Anomaly
from planner.scenario.spend_limits import Anomalies
from planner.spend.anomalies.anomalies import anomalies_of
from planner.spend.months import Month
from tests.spend.anomalies.year import DAYS, day, plant, series_of, year

STARTS_AND_ENDS = [("level", 150, DAYS - 1, "m18"), ("level", 220, DAYS - 1, "m19")]
MISSING = (77, 201)


def found_in(seed: int, planted: bool) -> tuple[list[tuple[str, int, int, str]], list[Anomaly]]:
    """What was planted and is not found, and what is found beside it."""
    series = series_of(seed)
    truth = [*(plant(series, seed) if planted else []), *STARTS_AND_ENDS]
    with year(series, MISSING) as store:
        left = anomalies_of(store, Anomalies(), Month(2026, 10))
    missed = []
    for kind, first, last, word in truth:
        for one in left:
            told = one.text + " ".join(one.causes)
            overlaps = one.first_day <= str(day(last)) and one.last_day >= str(day(first))
            starts = kind != "level" or abs((day(first) - day(0)).days - _place(one.first_day)) < 8
            if one.kind == kind and word in told and overlaps and starts:
                left.remove(one)
                break
        else:
            missed.append((kind, first, last, word))
    return missed, left


def _place(told: str) -> int:
    return next(at for at in range(DAYS) if str(day(at)) == told)


@pytest.mark.real
def test_what_is_planted_is_found_once_and_nothing_else() -> None:
    missed, beside = found_in(0, planted=True)
    assert missed == []
    assert len(beside) <= 2, [one.text for one in beside]


@pytest.mark.real
def test_a_year_without_anything_odd_has_no_more_than_its_starts_and_ends() -> None:
    missed, beside = found_in(5, planted=False)
    assert missed == []
    assert len(beside) <= 2, [one.text for one in beside]


@pytest.mark.real
def test_over_many_years_what_is_planted_is_found() -> None:
    every = [found_in(seed, planted=True) for seed in range(10)]
    missed = sum(len(missed) for missed, _ in every)
    assert missed <= 1, [one for one, _ in every if one]
    assert max(len(beside) for _, beside in every) <= 2, [[one.text for one in beside] for _, beside in every]


@pytest.mark.real
def test_over_many_quiet_years_alarms_are_rare() -> None:
    beside = [len(found_in(seed, planted=False)[1]) for seed in range(100, 110)]
    assert max(beside) <= 2
    assert sum(beside) <= 7
