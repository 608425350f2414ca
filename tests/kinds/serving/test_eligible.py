"""What an engine serves on which card, copies of keys and values, and requests longer than a model's context."""

import numpy as np
import pytest

from planner.kinds.serving.capacity import TOO_LONG, UNSUPPORTED
from planner.kinds.serving.grid import Grid
from planner.kinds.serving.problem import Problem
from tests.kinds.serving.asked import problem


def _of(one: Problem, gpu: str, precision: str, cards: int = 1) -> int:
    grid: Grid = one.capacities.replicas.grid
    at = [g.id for g in one.catalog.gpus].index(gpu)
    found = (grid.gpu == at) & (grid.precision == one.space.precisions.index(precision)) & (grid.cards == cards)
    return int(np.flatnonzero(found)[0])


def test_eight_bits_on_ampere_are_of_weights_alone() -> None:
    one = problem(apis=[], precisions=["bf16", "fp8"], latency={}, hardware__providers="any",
                  hardware__gpus=["a100-80gb-sxm", "h100-sxm", "t4"], hardware__counts=[1])  # fmt: skip
    kv, reasons = one.capacities.replicas.x.kv_bytes, one.capacities.reasons
    assert kv[_of(one, "a100-80gb-sxm", "fp8")] == kv[_of(one, "a100-80gb-sxm", "bf16")]
    assert kv[_of(one, "h100-sxm", "fp8")] == kv[_of(one, "h100-sxm", "bf16")] / 2
    assert reasons[one.capacities.reason[_of(one, "t4", "fp8")]] == UNSUPPORTED
    assert reasons[one.capacities.reason[_of(one, "h100-sxm", "fp8")]] == ""


def test_more_cards_than_heads_of_keys_hold_copies() -> None:
    one = problem(apis=[], models=["qwen2.5-1.5b"], latency={}, hardware__providers="any", hardware__counts=[4],
                  hardware__gpus=["h100-sxm"])  # fmt: skip
    kv = one.capacities.replicas.x.kv_bytes
    assert kv[_of(one, "h100-sxm", "bf16", 2)] == kv[_of(one, "h100-sxm", "bf16", 1)]
    assert kv[_of(one, "h100-sxm", "bf16", 4)] == 2 * kv[_of(one, "h100-sxm", "bf16", 1)]


@pytest.mark.parametrize(("mean", "fits"), [(1500, True), (7000, False)])
def test_requests_must_fit_the_context(mean: int, fits: bool) -> None:
    one = problem(apis=[], models=["gemma-2-2b"], latency={}, hardware__counts=[1], traffic__input_tokens=mean,
                  traffic__shared_prefix_tokens=0)  # fmt: skip
    assert {one.capacities.reasons[code] for code in one.capacities.reason} == ({""} if fits else {TOO_LONG})
