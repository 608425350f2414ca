"""Unit costs, adapters and speculative decoding: DOMAIN 9.4's vectors and published ones."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.serving.adapters import adapter_bytes
from planner.estimate.serving.speculative import expected_tokens
from planner.estimate.serving.unit_cost import usd_per_million_output


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def test_a_million_output_tokens() -> None:  # T-9.20
    assert usd_per_million_output(a(2.5), a(15_244.78), 0.4)[0] == pytest.approx(0.11388, abs=5e-6)


def test_adapters_share_a_base() -> None:
    assert adapter_bytes(a(41_943_040.0), 100)[0] == pytest.approx(8.388608e9)  # T-1.9: Llama-3-8B, rank 16


@pytest.mark.parametrize(
    ("alpha", "gamma", "speed"),
    [(0.6, 2, 1.96), (0.7, 3, 2.53), (0.8, 2, 2.44), (0.8, 5, 3.69), (0.9, 2, 2.71), (0.9, 10, 6.86)],
)
def test_speculative_speed_without_draft_cost(alpha: float, gamma: int, speed: float) -> None:
    """Leviathan et al. 2023, table 1."""
    assert expected_tokens(a(alpha), gamma)[0] == pytest.approx(speed, abs=0.005)


def test_speculation_at_its_ends() -> None:
    assert expected_tokens(a(0.0, 1.0), 4).tolist() == pytest.approx([1.0, 5.0])
