"""What stays on disk outside of the run, and what it saves, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.terms import Terms
from planner.estimate.cost import kept_gb_hours, stored_gb
from planner.estimate.duration import Job, time_job

TOKENS, WEIGHTS_GB, CHECKPOINT_GB = np.array([[1e9]]), np.array([[16.0]]), np.array([[0.5]])


@pytest.mark.parametrize(
    ("terms", "gb_hours"),
    [
        (Terms(), 0.0),
        (Terms(retained_hours=2160.0), 2 * 0.5 * 2160),
        (Terms(retained_hours=2160.0, checkpoints=5.0), 5 * 0.5 * 2160),
        (Terms(cached_hours=168.0), (4.0 + 16.0) * 168),
        (Terms(retained_hours=10.0, cached_hours=168.0), 2 * 0.5 * 10 + 20 * 168),
    ],
)
def test_gb_hours_before_and_after_the_run(terms: Terms, gb_hours: float) -> None:
    """1e9 tokens are 4 GB of text and ids."""
    assert kept_gb_hours(TOKENS, WEIGHTS_GB, CHECKPOINT_GB, terms)[0, 0] == pytest.approx(gb_hours)


def test_checkpoints_on_disk_during_the_run() -> None:
    assert stored_gb(TOKENS, WEIGHTS_GB, CHECKPOINT_GB)[0, 0] == pytest.approx(4 + 16 + 2 * 0.5 + 20)
    assert stored_gb(TOKENS, WEIGHTS_GB, CHECKPOINT_GB, 6.0)[0, 0] == pytest.approx(4 + 16 + 6 * 0.5 + 20)


@pytest.mark.parametrize(("gb_per_s", "fetched_s", "read_s"), [(0.1, 160.0, 16.0), (1.0, 16.0, 16.0), (4.0, 4.0, 4.0)])
def test_cached_weights_are_read_from_disk(gb_per_s: float, fetched_s: float, read_s: float) -> None:
    """Disks read 1 GB/s; a faster network stays as fast. Prepared data is not prepared again."""
    row = replace(load_catalog().offers.take(np.array([0])), weights_gb_per_s=np.array([gb_per_s]))
    values = {
        "train_hours": 1.0, "evaluate_hours": 0.0, "tokens_to_prepare": 1e9, "weights_gb": 16.0, "checkpoint_gb": 0.5,
        "artifact_gb": 0.0, "saves": 0.0, "interval_hours": np.nan, "pcie_gb_s": np.inf,
    }  # fmt: skip
    job = Job(**{name: np.array([[value]]) for name, value in values.items()})
    plain = time_job(job, row)
    cached = time_job(job, replace(row, terms=Terms(cached_hours=1.0)))
    assert plain.hours.weights[0, 0] * 3600 == pytest.approx(fetched_s)
    assert cached.hours.weights[0, 0] * 3600 == pytest.approx(read_s)
    assert plain.hours.data[0, 0] > cached.hours.data[0, 0] == 0
    saved = plain.hours.data[0, 0] + (fetched_s - read_s) / 3600
    assert plain.wall_hours[0, 0] - cached.wall_hours[0, 0] == pytest.approx(saved)
