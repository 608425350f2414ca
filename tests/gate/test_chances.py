"""How likely one plan's figure is above another's, for every two."""

import math

import pytest
from scipy.stats import norm

from planner.gate.chances import chances_of
from planner.units import Z90
from tests.report.sample_configurations import configuration

L40S = ("l40s", 2, "nebius", "eu-north1", "on_demand", 3.10)
H100 = ("h100-sxm", 1, "lambda", "us-west-3", "on_demand", 2.99)


def test_every_two_once_and_none_where_a_figure_is_unknown() -> None:
    a, b = configuration("qwen2.5-7b", "lora", 1.0, L40S), configuration("gemma-2-9b", "lora", 1.0, H100)
    found = chances_of([a, None, b])
    assert {(first, second) for first, second, _ in found} == {(0, 1), (0, 2), (1, 2)}
    assert found[0, 1, "cost_usd"] is None
    assert (a.cost_usd, b.cost_usd) != (None, None)
    # Different cards share no error: the spread of the difference of logarithms is that of both bands.
    spread = math.hypot(*(math.log((c.cost_usd_hi or 0) / (c.cost_usd_lo or 1)) / (2 * Z90) for c in (a, b)))
    gap = math.log((b.cost_usd or 0) / (a.cost_usd or 1))
    assert found[0, 2, "cost_usd"] == pytest.approx(norm.cdf(gap / spread))


def test_the_same_is_neither_above_nor_below() -> None:
    one = configuration("qwen2.5-7b", "lora", 1.0, L40S)
    assert chances_of([one, one])[0, 1, "hours"] == 0.5
    assert chances_of([]) == {}
