"""The chance of the default decision to be in time, and the age of the prices, each in one sentence."""

import pytest

from planner.outcome import Plan
from planner.report.gather import report_data
from planner.report.sections.rows import day_text
from planner.report.sections.text import text
from tests.report.data.test_spot_rows import policy
from tests.report.sample_plan import sample_plan

PLAN = sample_plan()
FIRST = report_data(PLAN).decisions[0]


def with_policies(*rows: dict[str, object]) -> Plan:
    return PLAN.model_copy(update={"spot_policies": [policy(FIRST.row.id, **row) for row in rows]})


def test_a_decision_without_policies_goes_by_the_band_of_its_time() -> None:
    c = PLAN.configuration(FIRST.row.id)
    assert c is not None
    assert c.hours_lo is not None
    assert c.hours_hi is not None
    # The middle of the band on a logarithmic scale is met by half.
    middle = (c.hours_lo * c.hours_hi) ** 0.5
    limits = [limit.model_copy(update={"limit": middle}) for limit in PLAN.constraints if "deadline" in limit.name]
    assert limits
    told = report_data(PLAN.model_copy(update={"constraints": limits})).in_time
    assert told.endswith(f": the {FIRST.name} is in time with 50 %.")
    assert report_data(PLAN.model_copy(update={"constraints": []})).in_time == ""


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        (
            [{"meets_deadline": 0.63}, {"policy": "fallback", "meets_deadline": 0.95, "recommended": True}],
            "95 % by fallback on demand, as recommended; with 63 % by spot only.",
        ),
        (
            [{"meets_deadline": 0.63, "on_demand_meets_deadline": 0.97, "on_demand_recommended": True}],
            "97 % by on demand alone, as recommended; with 63 % by spot only.",
        ),
        ([{"meets_deadline": 0.63}], "63 % by spot only at the likeliest, which is not sure enough."),
    ],
)
def test_a_decision_on_spot_goes_by_its_policies(rows: list[dict[str, object]], end: str) -> None:
    data = report_data(with_policies(*rows))
    assert data.in_time.endswith(f"the {FIRST.name} is in time with {end}")
    assert data.in_time in " ".join(text(data).split())


def test_the_age_of_the_prices_is_told_with_what_renews_them() -> None:
    for date, told in (("2026-11-19", "3 days"), ("2026", "325 days")):
        front = [c.model_copy(update={"offer": c.offer.model_copy(update={"as_of": date})}) for c in PLAN.front]
        said = report_data(PLAN.model_copy(update={"front": front})).price_ages
        assert said.startswith(f"Prices: catalog of 2026-11-22; those of the decisions are {told} old")
        assert "planner prices refresh" in said
        assert ("counted from its first" in said) == (date == "2026")
    strange = PLAN.catalog.model_copy(update={"as_of": "<b>"})
    assert report_data(PLAN.model_copy(update={"catalog": strange})).price_ages == ""
    assert day_text("2026") == "2026 (no day told)"
    assert day_text("2026-11-19") == "2026-11-19"
