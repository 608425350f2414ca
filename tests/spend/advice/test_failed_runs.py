"""Failed runs and the runs that did their work again."""

import math
from typing import Any

import pytest
from scipy.special import lambertw

from planner.spend.advice.failed_runs import done_again, find, kept_hours
from planner.spend.advice.past_runs import past_runs
from tests.spend.advice.past import a_run, blank, history

FAILED = {"status": "failed"}


def test_each_failure_has_the_next_run_of_its_job_within_a_week() -> None:
    runs = [
        a_run(1, 60, 10.0, 100.0, **FAILED),
        a_run(2, 59, 12.0, 120.0),
        a_run(3, 40, 10.0, 100.0, **FAILED),
        a_run(4, 30, 10.0, 100.0),  # more than a week later
        a_run(5, 20, 10.0, 100.0, **FAILED),
        a_run(6, 19.9, 10.0, 100.0),  # begins before the failure
    ]
    with blank({"runs": runs}) as store:
        pairs = done_again(past_runs(history(store), 365))
    assert [(a.run, b.run) for a, b in pairs] == [("r001", "r002")]


def test_what_the_last_checkpoint_has() -> None:
    # An hour between checkpoints: of ten hours 60/61 is work, less half an hour and five minutes.
    assert kept_hours(10.0, 1.0) == pytest.approx(10 * 60 / 61 - 0.5 - 5 / 60)
    assert kept_hours(0.4, 1.0) == 0.0


def test_money_that_resuming_would_have_kept() -> None:
    runs = [a_run(1, 60, 10.0, 100.0, **FAILED), a_run(2, 59, 12.0, 120.0), a_run(3, 50, 10.0, 100.0)]
    with blank({"runs": runs}) as store:
        (found,) = find(history(store))
    mean_life, d = 32.0, 1 / 60  # one failure in 32 hours; a minute a checkpoint
    interval = mean_life * (1 + lambertw(-math.exp(-(1 + d / mean_life))).real)
    kept = 10 * interval / (interval + d) - interval / 2 - 5 / 60
    writing = 220.0 * d / (interval + d)
    assert found.saving_usd == pytest.approx(kept * 10.0 - writing)
    assert found.hours_saved == pytest.approx(kept)
    assert "1 of 3 runs" in found.basis


@pytest.mark.parametrize(
    "runs",
    [
        [a_run(1, 60, 10.0, 100.0), a_run(2, 59, 10.0, 100.0)],  # nothing failed
        [a_run(1, 60, 10.0, 100.0, **FAILED)],  # nothing done again
        [a_run(1, 60, 0.1, 1.0, **FAILED), a_run(2, 59, 10.0, 100.0)],  # failed at once
        [a_run(1, 200, 10.0, 100.0, **FAILED), a_run(2, 199, 10.0, 100.0)],  # long ago
    ],
)
def test_absent(runs: list[dict[str, Any]]) -> None:
    with blank({"runs": runs}) as store:
        assert list(find(history(store))) == []
