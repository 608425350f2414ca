"""Cash flows by month and category, and the parts that people overlook."""

import numpy as np
import pytest

from planner.estimate.finance.cash_flow import cash_flow, one_off_flows, recurring_flows
from planner.estimate.finance.overlooked import OVERLOOKED, Overlooked, failed_experiments_usd, overlooked_flows
from planner.estimate.finance.present_value import npv_usd


def test_growth_and_a_falling_price_work_by_the_month() -> None:
    flows = recurring_flows(1000.0, 25, growth_per_year=0.5, price_decline_per_year=0.2)
    assert flows[[0, 1, 13, 25]] == pytest.approx([0.0, 1000.0, 1200.0, 1440.0])
    assert flows[2] == pytest.approx(1000.0 * (1.5 * 0.8) ** (1 / 12))


def test_some_months_only() -> None:
    flows = recurring_flows(100.0, 6, growth_per_year=1.0, first_month=3, last_month=4)
    assert flows == pytest.approx([0, 0, 0, 100 * 2 ** (2 / 12), 100 * 2 ** (3 / 12), 0, 0])


def test_a_table_by_category() -> None:
    table = cash_flow(
        {"saved": recurring_flows(500.0, 3)},
        {"build": one_off_flows(1000.0, 0, 3), "run": recurring_flows(np.array([100.0, 200.0]), 3)},
    )
    assert (table.categories, table.months, table.usd.shape) == (("saved", "build", "run"), 3, (3, 2, 4))
    assert table.net_usd.tolist() == [[-1000, 400, 400, 400], [-1000, 300, 300, 300]]
    assert table.cumulative_usd[:, -1].tolist() == [200, -100]
    assert table.of("run")[1].tolist() == [0, -200, -200, -200]
    assert table.worth_usd(0.01).sum(axis=0) == pytest.approx(npv_usd(table.net_usd, 0.01))


def test_overlooked_parts_are_named_one_by_one() -> None:
    parts = Overlooked(
        engineer_usd_per_month=10_000.0,
        build_engineer_months=6.0,
        operate_engineers=0.5,
        label_usd=0.1,
        labels_at_start=20_000.0,
        labels_per_month=1_000.0,
        experiments_usd=3_000.0,
        failed_share=0.75,
        debt_share_per_year=0.2,
        compliance_at_start_usd=5_000.0,
        compliance_usd_per_year=2_400.0,
        egress_gb_per_month=400.0,
        egress_usd_per_gb=0.05,
    )
    flows = overlooked_flows(parts, 13, salary_growth_per_year=0.03, egress_decline_per_year=0.1)
    assert tuple(flows) == OVERLOOKED
    told = {name: [float(column[month]) for month in (0, 1, 13)] for name, column in flows.items()}
    assert told == {
        "engineering build": pytest.approx([60_000, 0, 0]),
        "engineering operate": pytest.approx([0, 5_000, 5_150]),
        "labelling": pytest.approx([2_000, 100, 100]),
        "failed experiments": pytest.approx([9_000, 0, 0]),
        "technical debt": pytest.approx([0, 1_000, 1_030]),
        "compliance": pytest.approx([5_000, 200, 200]),
        "egress": pytest.approx([0, 20, 18]),
    }
    cash_flow({}, flows)


def test_three_failures_to_one_success() -> None:
    assert failed_experiments_usd(100.0, np.array([0.0, 0.75])).tolist() == [0.0, 300.0]
    with pytest.raises(ValueError, match="all experiments fail"):
        failed_experiments_usd(100.0, 1.0)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="horizon is 0 months"):
        recurring_flows(1.0, 0)
    with pytest.raises(ValueError, match="months 3 to 2 are no part"):
        recurring_flows(1.0, 5, first_month=3, last_month=2)
    with pytest.raises(ValueError, match="month 6 lies outside the horizon"):
        one_off_flows(1.0, 6, 5)
    with pytest.raises(ValueError, match="same months; given are a 4, b 5"):
        cash_flow({"a": one_off_flows(1.0, 0, 3)}, {"b": one_off_flows(1.0, 0, 4)})
    with pytest.raises(ValueError, match="x stands among both"):
        cash_flow({"x": np.ones(3)}, {"x": np.ones(3)})
    with pytest.raises(ValueError, match="the a holds an infinite flow"):
        cash_flow({"a": recurring_flows(1.0, 1200, growth_per_year=1e6)}, {})
    with pytest.raises(ValueError, match="given are none"):
        cash_flow({}, {})
    with pytest.raises(ValueError, match="labels per month is -1"):
        Overlooked(labels_per_month=-1.0)
    with pytest.raises(ValueError, match=r"failed share is 1\.2"):
        Overlooked(failed_share=1.2)
    with pytest.raises(ValueError, match=r"horizon is 2\.5; it must be a whole number"):
        one_off_flows(1.0, 0, 2.5)  # type: ignore[arg-type]
