"""Own machines and overlooked parts as lines, against the month-by-month flows of `finance`."""

import random

import numpy as np
import pytest

from planner.estimate.finance.overlooked import Overlooked, overlooked_flows
from planner.estimate.finance.own_hardware import OwnHardware
from planner.estimate.finance.ownership import own_flows
from planner.outcome.business_case import OptionResult
from tests.kinds.business_case.asked import case_of
from tests.kinds.business_case.drawn_cases import machines_of, overlooked_of


@pytest.mark.parametrize("seed", range(8))
def test_lines_of_machines_are_own_flows(seed: int) -> None:
    rng = random.Random(seed)
    given, months = machines_of(rng), rng.choice([1, 12, 40])
    market = {"price_decline": 0.3}
    one = case_of(horizon=months, market=market, options=[{"name": "own", "machines": given}]).options[0]
    hardware = OwnHardware(
        given["price"], given["life"] / 12, given["power_kw"], given["pue"], given["electricity_per_kwh"],
        given["residual"], given["colocation_per_month"], given["staff_per_month"], given["idle_power_share"],
    )  # fmt: skip
    falls = 0.3 if given["price_falls"] else 0.0
    flows = own_flows(hardware, given["utilisation"], months, capex_decline_per_year=falls)
    names = {"hardware": "hardware", "power": "power", "colocation": "colocation", "staff": "support"}
    for theirs, ours in names.items():
        assert one.costs_by_month_usd[ours] == pytest.approx(flows.costs_usd[theirs].tolist(), abs=1e-6)
    assert one.income_by_month_usd == pytest.approx(flows.income_usd["residual"].tolist(), abs=1e-6)


def test_machines_that_outlive_the_horizon_and_what_was_filled_in() -> None:
    machines = {"price": 1_000, "life": "4 years", "power_kw": 1, "electricity_per_kwh": 0.1}
    case = case_of(options=[{"name": "own", "machines": machines}])
    assert any("12 months into the life of the machines, of 48" in text for text in case.warnings)
    assert case.options[0].income_by_month_usd[12] == pytest.approx(750.0)
    filled = {one.key: one.value for one in case.assumptions}
    assert filled["options.own.machines.pue"] == "1.3"
    assert filled["options.own.machines.idle_power_share"] == "100 %"
    assert case.options[0].returns is None
    assert case.options[0].net_present_usd.value is None


def overlooked_of_case(one: OptionResult) -> dict[str, float]:
    return {part.category: part.usd.value or 0.0 for part in one.breakdown}


@pytest.mark.parametrize("seed", range(5))
def test_lines_of_what_is_overlooked_are_overlooked_flows(seed: int) -> None:
    given = overlooked_of(random.Random(seed))
    one = case_of(demand={"growth": 0.5}, options=[{"name": "own", "overlooked": given}]).options[0]
    names = {"engineer_per_month": "engineer_usd_per_month", "label": "label_usd", "experiments": "experiments_usd",
             "compliance_at_start": "compliance_at_start_usd", "compliance_per_year": "compliance_usd_per_year",
             "egress_per_gb": "egress_usd_per_gb"}  # fmt: skip
    parts = Overlooked(**{names.get(key, key): value for key, value in given.items() if key != "salary_growth"})
    flows = overlooked_flows(parts, 12, salary_growth_per_year=given["salary_growth"], demand_growth_per_year=0.5)
    total = {name: float(usd.sum()) for name, usd in flows.items()}
    found = overlooked_of_case(one)
    assert found["engineering"] == pytest.approx(total["engineering build"] + total["engineering operate"])
    assert found["annotation"] == pytest.approx(total["labelling"])
    for category, name in (("experiments", "failed experiments"), ("debt", "technical debt"),
                           ("compliance", "compliance"), ("egress", "egress")):  # fmt: skip
        assert found[category] == pytest.approx(total[name])
    assert one.overlooked_usd.value == pytest.approx(sum(total.values()))


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
