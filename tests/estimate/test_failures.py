"""Failure and checkpoint vectors of DOMAIN 6."""

import numpy as np
import pytest

from planner.estimate.failures import checkpoint_bytes, failure_probability, job_mtbf_hours, useful_fraction
from planner.estimate.spot import young_interval_hours


def test_node_of_eight() -> None:  # T-6.1
    mtbf = job_mtbf_hours(8)
    assert mtbf / 24 == pytest.approx(263.9, abs=0.1)
    assert failure_probability(24.0, mtbf) == pytest.approx(0.0038, abs=5e-5)


def test_cluster_of_a_thousand() -> None:  # T-6.2
    mtbf = job_mtbf_hours(1024)
    assert mtbf == pytest.approx(49.49, abs=0.005)
    assert young_interval_hours(np.array(1 / mtbf), np.array(60 / 3600)) == pytest.approx(1.284, abs=0.001)


def test_checkpoint_sizes() -> None:  # T-6.3
    p, adapter, none = np.array(6_738_415_616.0), np.array(39_976_960.0), np.array(0.0)
    assert checkpoint_bytes(none, p, p) == pytest.approx(94.34e9, rel=1e-4)
    assert checkpoint_bytes(adapter, none, p) == pytest.approx(479.7e6, rel=1e-4)
    quarter = checkpoint_bytes(none, p / 4, p)
    assert quarter == pytest.approx(2 * p + 12 * p / 4)


def test_other_failures_add_and_little_is_lost_on_one_node() -> None:
    assert job_mtbf_hours(8, other_per_hour=0.006 / 24) < job_mtbf_hours(8)
    assert useful_fraction(60 / 3600, 2.0, 1 / job_mtbf_hours(8), 0.25, 0.25) > 0.99
