"""A portfolio as rows of a bill: each job by the month it runs in, whose it is, and sums to the last place."""

import json
from decimal import Decimal
from typing import Any

import pytest

from planner.errors import InputError
from planner.export.focus.periods import decimal
from planner.outcome.plan import Metadata
from planner.outcome.portfolio import JobPlan
from tests.export.asking import bill, exported, total
from tests.report.portfolio.made_jobs import chosen, job, out, run
from tests.report.portfolio.made_portfolio import plan_of, rich

OVER = run(740, 40, 900.0, cost_by_month_usd={"2026-12": 100.0, "2027-01": 800.0})
"""From 31 December, 20 h in Berlin; 4 hours of it in the old year."""


def rows_of(*jobs: JobPlan, **asked: Any) -> list[dict[str, str]]:
    return bill(plan_of(jobs), **asked)


@pytest.mark.parametrize("periods", ["month", "day"])
def test_rows_of_a_job_add_up_to_its_cost_and_band(periods: str) -> None:
    plan = rich()
    rows = bill(plan, periods=periods)
    running = [one for one in plan.jobs if one.run is not None]
    assert running
    for one in running:
        assert one.run is not None
        mine = [row for row in rows if json.loads(row["Tags"])["job"] == one.name]
        for column, usd in (
            ("BilledCost", one.run.cost_usd), ("x_BilledCostLow", one.run.cost_usd_lo),
            ("x_BilledCostHigh", one.run.cost_usd_hi),
        ):  # fmt: skip
            assert usd is not None
            assert total(mine, column) == decimal(usd)
    assert len(rows) >= len(running)


def test_a_run_over_new_year_is_billed_by_the_month_of_the_portfolios_own_zone() -> None:
    old, new = rows_of(job("a", run=OVER))
    assert [Decimal(row["BilledCost"]) for row in (old, new)] == [100, 800]
    assert (old["ChargePeriodStart"], old["ChargePeriodEnd"]) == ("2026-12-31T19:00:00Z", "2026-12-31T23:00:00Z")
    assert (new["ChargePeriodStart"], new["ChargePeriodEnd"]) == ("2026-12-31T23:00:00Z", "2027-01-02T11:00:00Z")
    assert (old["BillingPeriodStart"], old["BillingPeriodEnd"]) == ("2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z")
    assert new["BillingPeriodStart"] == "2026-12-31T23:00:00Z"
    assert [Decimal(row["ConsumedQuantity"]) for row in (old, new)] == [4 * 8, 36 * 8]
    assert {row["ConsumedUnit"] for row in (old, new)} == {"GPU-Hours"}


def test_tags_say_whose_the_job_is() -> None:
    whose = Metadata(name="bot", team="other", cost_centre="cc-7", owner="Li", labels={"stage": "p", "job": "x"})
    (row,) = rows_of(job("a", "care", metadata=whose))
    assert json.loads(row["Tags"]) == {
        "configuration": "0000c0ffee", "cost_centre": "cc-7", "job": "a", "owner": "Li",
        "portfolio": "december-batch", "scenario": "bot", "stage": "p", "team": "care",
    }  # fmt: skip
    (bare,) = rows_of(job("a", ""))
    tags = json.loads(bare["Tags"])
    assert (tags["scenario"], tags["cost_centre"], tags["owner"]) == ("a", "cc-104", "Ana Sousa")
    assert "team" not in tags


def test_machines_and_services_are_told_apart() -> None:
    gpu, api = rows_of(job("a", chosen=chosen(tier="spot")), job("b", chosen=chosen(gpus=0, gpu="", region="")))
    assert (gpu["ServiceName"], gpu["ServiceCategory"], gpu["PricingCategory"]) == (
        "GPU instances",
        "Compute",
        "Dynamic",
    )
    assert (gpu["SkuId"], gpu["SkuPriceId"]) == ("8 x h100-sxm", "aws/us-east-1/8 x h100-sxm/spot")
    assert gpu["x_GpuModel"] == "h100-sxm"
    assert (api["ServiceName"], api["ServiceCategory"]) == ("Model API", "AI and Machine Learning")
    assert (api["SkuId"], api["ConsumedQuantity"], api["SkuPriceDetails"]) == ("qwen2.5-7b", "", "")


def test_what_is_done_or_does_not_run_is_not_foreseen() -> None:
    jobs = job("a", status="started"), job("b", status="done"), out("c", "left out", "no room")
    assert [json.loads(row["Tags"])["job"] for row in rows_of(*jobs)] == ["a"]


def test_a_zone_or_time_that_is_none_is_refused() -> None:
    plan = plan_of([job("a")])
    with pytest.raises(InputError, match="no time zone 'Mars/Olympus'"):
        exported("focus", plan.model_copy(update={
            "calendar": plan.calendar.model_copy(update={"time_zone": "Mars/Olympus"})
        }))  # fmt: skip
    with pytest.raises(InputError, match="which is no time"):
        rows_of(job("a", run=run(1, 1, 1.0).model_copy(update={"start": "2026-12-01"})))
