"""Runs that are longer than a provider allows, cut into sessions: by hand, and against a real schedule."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Offers
from planner.catalog.terms import Terms
from planner.estimate.cost import billed_hours
from planner.estimate.duration import LEAST_CHECKPOINT_S, WARMUP_S, Hours, Job, Timing, time_job

SPLIT = Terms(splits_long_runs=True)


def offer(longest: float, **terms: float) -> Offers:
    """One machine on demand: a quarter of an hour before it works, at 1 GB/s."""
    values = {"queue_s": 180.0, "boot_s": 360.0, "image_pull_s": 300.0, "weights_gb_per_s": 1.0, **terms}
    columns = {name: np.array([value]) for name, value in values.items()}
    return replace(
        load_catalog().offers.take(np.array([0])),
        vcpus=np.array([1.0]),
        max_run_hours=np.array([longest]),
        terms=SPLIT,
        **columns,  # type: ignore[arg-type]
    )


def job(train: float, *, data_tokens: float = 0.0, checkpoint_gb: float = 180.0) -> Job:
    """Hours of work, with checkpoints of three minutes and nothing to load or upload."""
    values = {
        "train_hours": train, "evaluate_hours": 0.0, "tokens_to_prepare": data_tokens, "weights_gb": 0.0,
        "checkpoint_gb": checkpoint_gb, "artifact_gb": 0.0, "saves": 0.0, "interval_hours": np.nan, "pcie_gb_s": 32.0,
    }  # fmt: skip
    return Job(**{name: np.array([[value]]) for name, value in values.items()})


def one(timing: Timing, name: str) -> float:
    return float(np.broadcast_to(getattr(timing, name), (1, 1))[0, 0])


def test_hundred_hours_where_48_are_allowed() -> None:
    # Before work: 180 + 360 + 300 + 60 s = 0.25 h. Between sessions 2 x 180 s = 0.1 h.
    # k >= (100 - 0.1) / (48 - 0.25 - 0.1) = 2.097: three sessions.
    timing = time_job(job(100.0), offer(48.0))
    assert one(timing, "sessions") == 3
    assert one(timing, "wall_hours") == pytest.approx(100.0 + 3 * 0.25 + 2 * 0.1)
    assert one(timing, "billed_hours") == pytest.approx(100.0 + 3 * 0.2 + 2 * 0.1)
    parts = timing.hours
    assert float(parts.queue[0, 0]) == pytest.approx(3 * 180 / 3600)
    assert float(parts.checkpoints[0, 0]) == pytest.approx(0.2)
    assert sum(float(getattr(parts, f.name)[0, 0]) for f in fields(Hours)) == pytest.approx(one(timing, "wall_hours"))


def test_what_fits_is_not_cut() -> None:
    timing = time_job(job(47.75), offer(48.0))
    assert (one(timing, "sessions"), one(timing, "too_long")) == (1, 0)
    assert one(time_job(job(47.76), offer(48.0)), "sessions") == 2
    assert one(time_job(job(1e5), offer(np.nan)), "sessions") == 1


@pytest.mark.parametrize(
    ("longest", "tokens"),
    [
        (0.3, 0.0),  # shorter than a start and two checkpoints: 0.25 + 0.1 h
        (2.0, 4e9),  # 4e9 tokens at 0.5e6 per second take 2.2 h, and are not cut
        (0.36, 0.0),  # a hundredth of an hour left in each: more than a thousand sessions
    ],
)
def test_what_cannot_be_cut(longest: float, tokens: float) -> None:
    timing = time_job(job(20.0, data_tokens=tokens), offer(longest))
    assert one(timing, "too_long") == 1


def test_each_session_has_its_own_minimum() -> None:
    found = billed_hours(np.array([0.5]), np.array([60.0]), np.array([3 * 3600.0]), 3.0)
    assert found[0] == pytest.approx(3.0 + 2 * 30 / 3600)


def schedule(work: float, before: float, save: float, longest: float) -> int:
    """Sessions that are really filled one after another, the last one without a checkpoint for the next."""
    sessions, left = 1, work
    while True:
        room = longest - before - (save if sessions > 1 else 0.0)
        if left <= room:
            return sessions
        left -= room - save
        sessions += 1


HOURS = st.floats(0.5, 400.0)


@settings(deadline=None, max_examples=60)
@given(HOURS, st.floats(1.0, 72.0), st.sampled_from([0.0, 360.0, 3600.0]), st.sampled_from([1.0, 180.0, 900.0]))
def test_as_many_sessions_as_a_schedule_needs(train: float, longest: float, boot: float, checkpoint: float) -> None:
    machine = offer(longest, boot_s=boot)
    timing = time_job(job(train, checkpoint_gb=checkpoint), machine)
    before = (180.0 + boot + 300.0 + WARMUP_S) / 3600
    save = max(checkpoint, LEAST_CHECKPOINT_S) / 3600
    if one(timing, "too_long"):
        assert longest - before - 2 * save < train / 900
    else:
        # Of a run that fills its sessions to the last microsecond float noise decides.
        assert schedule(train - 1e-9, before, save, longest) <= one(timing, "sessions")
        assert one(timing, "sessions") <= schedule(train + 1e-9, before, save, longest)


@settings(deadline=None, max_examples=60)
@given(HOURS, st.lists(st.floats(1.0, 72.0), min_size=2, max_size=2), st.lists(st.floats(0, 3000), min_size=2))
def test_a_longer_limit_and_a_faster_start_are_no_worse(train: float, longest: list[float], boot: list[float]) -> None:
    """What pruning of offers rests on, to the last bit."""
    better = time_job(job(train), offer(max(longest), boot_s=min(boot)))
    worse = time_job(job(train), offer(min(longest), boot_s=max(boot)))
    if not one(worse, "too_long"):
        assert not one(better, "too_long")
        for name in ("sessions", "wall_hours", "billed_hours"):
            assert one(better, name) <= one(worse, name)
