"""Own machines and overlooked parts as lines: what is unknown, filled in, spread."""

import random

import numpy as np
import pytest

from tests.kinds.business_case.asked import case_of
from tests.kinds.business_case.drawn_cases import overlooked_of


def test_machines_that_outlive_the_horizon_and_what_was_filled_in() -> None:
    machines = {"price": 1_000, "life": "4 years", "power_kw": 1, "electricity_per_kwh": 0.1}
    case = case_of(options=[{"name": "own", "machines": {**machines, "source": "the reseller"}}])
    told = {one.key.rpartition(".")[2]: (one.source, one.tag) for one in case.inputs}
    assert {told[name] for name in ("price", "life", "power_kw", "electricity_per_kwh")} == {("the reseller", "U")}
    left_out = {told[name] for name in ("pue", "idle_power_share", "utilisation", "residual")}
    assert left_out == {("a default of the planner", "E")}
    assert [one.source for one in case.sources] == ["the reseller"], "nobody is named for what the planner filled in"
    assert any("12 months into the life of the machines, of 48" in text for text in case.warnings)
    assert case.options[0].costs_by_month_usd["hardware"][12] == pytest.approx(-750.0)
    assert case.options[0].income_by_month_usd == [0.0] * 13
    filled = {one.key: one.value for one in case.assumptions}
    assert filled["options.own.machines.pue"] == "1.3"
    assert filled["options.own.machines.idle_power_share"] == "100 %"
    assert case.options[0].returns is None
    assert case.options[0].net_present_usd.value is None


@pytest.mark.parametrize("seed", range(3))
def test_what_is_overlooked_adds_up(seed: int) -> None:
    given = overlooked_of(random.Random(seed))
    one = case_of(demand={"growth": 0.5}, options=[{"name": "own", "overlooked": given}]).options[0]
    assert one.overlooked_usd.value == pytest.approx(one.cost_usd.value)
    costs = [{"name": "rent", "category": "hardware", "per_month": 10}]
    more = case_of(demand={"growth": 0.5}, options=[{"name": "own", "overlooked": given, "costs": costs}]).options[0]
    assert more.overlooked_usd.value == pytest.approx(one.cost_usd.value)


def test_a_part_that_lacks_a_number_is_unknown() -> None:
    case = case_of(options=[{"name": "own", "overlooked": {"build_engineer_months": 3, "compliance_per_year": 120}}])
    by_name = {line.name: line.total_usd.value for line in case.options[0].lines}
    assert by_name == {"engineering, build": None, "compliance": pytest.approx(120.0)}
    assert case.options[0].cost_usd.value is None
    assert any("engineer_per_month is not told" in text for text in case.warnings)


def test_a_spread_utilisation_moves_power_alone() -> None:
    machines = {"price": 1_000, "life": 12, "power_kw": 2, "electricity_per_kwh": 0.1, "idle_power_share": 0.5,
                "utilisation": {"uniform": [0.0, 1.0]}}  # fmt: skip
    one = case_of(options=[{"name": "own", "machines": machines}]).options[0]
    bands = {part.category: part.usd for part in one.breakdown}
    assert bands["hardware"].lo is None
    full = 2 * 730 * 1.3 * 0.1 * 12
    assert bands["power"].value == pytest.approx(0.75 * full)
    assert bands["power"].lo == pytest.approx(full * 0.525, rel=1e-2)
    assert np.isfinite(bands["power"].hi or np.nan)


def test_all_but_a_few_failed_experiments() -> None:
    parts = {"failed_share": {"normal": [0.5, 0.9]}, "experiments": 1_000}
    case = case_of(options=[{"name": "own", "overlooked": parts}], uncertainty={"draws": 20_000})
    band = case.options[0].cost_usd
    assert band.value == pytest.approx(1_000 * 0.7 / 0.3)
    assert band.hi == pytest.approx(1_000 * 0.9 / 0.1, rel=0.01)
    assert band.mean is not None
    assert band.mean < 99_000
