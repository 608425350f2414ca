"""Communication vectors of DOMAIN 2.6 and 2.7."""

import numpy as np
import pytest

from planner.estimate.collectives import (
    all_reduce_s,
    exposed_s,
    full_shard_bytes,
    gather_s,
    offloaded_optimizer_s,
    pipeline_bubble,
    ramped_bandwidth,
    replicated_bytes,
    tensor_parallel_payload_bytes,
)  # fmt: skip

P = 8_030_261_248.0
EIGHT = np.array(8.0)


def test_full_shard() -> None:  # T-2.10
    sent = full_shard_bytes(np.array(2 * P), np.array(2 * P), EIGHT)
    assert sent == pytest.approx(4.21589e10, rel=1e-5)
    assert sent / 369e9 == pytest.approx(0.114, abs=0.001)
    assert sent / 20e9 == pytest.approx(2.11, abs=0.01)


def test_replicas() -> None:  # T-2.11
    sent = replicated_bytes(np.array(2 * P), EIGHT)
    assert sent == pytest.approx(2.81059e10, rel=1e-5)
    assert sent / 369e9 == pytest.approx(0.076, abs=0.001)


def test_tensor_parallel() -> None:  # T-2.12
    payload = tensor_parallel_payload_bytes(np.array(4096.0), np.array(8192.0))
    assert payload == 67_108_864
    assert 320 * all_reduce_s(payload, EIGHT, np.array(370e9), 0.0) == pytest.approx(0.102, abs=0.001)


def test_pipeline() -> None:  # T-2.13
    four, sixteen = np.array(4.0), np.array(16.0)
    assert pipeline_bubble(four, sixteen) == pytest.approx(0.1579, abs=1e-4)
    assert pipeline_bubble(four, sixteen, 2) == pytest.approx(0.0857, abs=1e-4)


def test_two_nodes_over_ethernet() -> None:  # T-2.14
    two, wire = np.array(2.0), np.array(1.1e9)
    assert all_reduce_s(np.array(2 * P), two, wire, 0.0) == pytest.approx(14.6, abs=0.1)
    assert all_reduce_s(np.array(2 * 41_943_040.0), two, wire, 0.0) == pytest.approx(0.076, abs=0.001)


def test_offloaded_optimizer() -> None:  # T-2.15
    assert offloaded_optimizer_s(np.array(P), np.array(25e9), 200e9) == pytest.approx((1.285, 1.124), abs=0.001)


def test_one_gpu_has_nobody_to_talk_to() -> None:
    assert gather_s(np.array(1e9), np.array(1.0), np.array(1e9)) == 0


def test_overlap_hides_communication() -> None:
    assert exposed_s(np.array(1.0), np.array(0.85), np.array(2.0)) == 0
    assert exposed_s(np.array(3.0), np.array(0.5), np.array(2.0)) == pytest.approx(2.0)


def test_bandwidth_ramps() -> None:
    assert ramped_bandwidth(np.array(58e6), np.array(375e9), np.array(87e6)) == pytest.approx(150e9, rel=0.01)
