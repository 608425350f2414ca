"""Deadline policies of decisions on spot machines, as every form of report tells them."""

from planner.outcome import Plan, SpotPolicy
from planner.report.data.spot_rows import policy_rows
from planner.report.gather import report_data
from planner.report.printing.html import html
from planner.report.printing.template import find_template
from planner.report.sections.markdown import markdown
from planner.report.sections.text import text
from tests.report.sample_plan import sample_plan


def policy(id_: str, **changed: object) -> SpotPolicy:
    usual = {
        "id": id_, "policy": "spot_only", "cost_usd": 12.0, "cost_usd_lo": 8.0, "cost_usd_hi": 20.0, "hours": 3.0,
        "hours_lo": 2.0, "hours_hi": 6.0, "meets_deadline": 0.93, "on_demand_share": 0.0, "regions": ["gcp us-east1"],
    }  # fmt: skip
    return SpotPolicy.model_validate(usual | changed)


def told() -> Plan:
    plan = sample_plan()
    first = report_data(plan).decisions[0].row.id
    rows = [
        policy(first, recommended=True),
        policy(first, policy="fallback", cost_usd=14.0, meets_deadline=0.9999, on_demand_share=0.125),
        policy(
            first, policy="multi_region", cost_usd=None, cost_usd_hi=None, hours=None, hours_hi=None,
            meets_deadline=None, regions=["gcp us-east1", "gcp <b>"], note="2 % of the runs never end",
        ),
        policy("nowhere"),
    ]  # fmt: skip
    return plan.model_copy(update={"spot_policies": rows})


def test_rows_are_those_of_decisions_and_unknown_is_said() -> None:
    alone, fallback, several = report_data(told()).spot_policies
    assert (alone.cost, alone.cost_band, alone.hours, alone.meets) == ("$12.00", "$8.00 to $20.00", "3.0 h", "93 %")
    assert (fallback.meets, fallback.on_demand, alone.on_demand) == ("over 99 %", "12 %", "none")
    assert (several.cost, several.cost_band, several.hours, several.meets) == ("unknown", "", "no end", "")
    assert several.where == "gcp us-east1 and gcp <b>"
    known = {"on_demand_cost_usd": 30.0, "on_demand_hours": 2.5, "on_demand_meets_deadline": 0.97}
    plan = told().model_copy(update={"spot_policies": [policy(told().spot_policies[0].id, **known)]})
    spot, twin = report_data(plan).spot_policies
    assert (twin.decisions, twin.policy) == (spot.decisions, "on demand alone")
    assert (twin.cost, twin.hours, twin.meets, twin.on_demand) == ("$30.00", "2.5 h", "97 %", "all")
    assert not twin.recommended
    assert policy_rows(sample_plan(), {}) == ()


def test_every_report_has_them() -> None:
    data = report_data(told())
    lines = text(data).splitlines()
    start = next(k for k, line in enumerate(lines) if "on spot machines" in line)
    assert lines[start + 2].split() == ["spot", "only", "$12.00", "3.0", "h", "93", "%", "none", "recommended"]
    assert "2 % of the runs never end" in lines[start + 4]
    page = markdown(data)
    assert "## On spot machines, against the deadline" in page
    assert "**spot only**" in page
    assert "<b>" not in page
    document = html(data, find_template("technical"), (), {})
    section = document[document.index('id="spot"') : document.index("</section>", document.index('id="spot"'))]
    assert section.count("recommended") == 1
    assert "gcp &lt;b&gt;" in section


def test_no_section_without_any() -> None:
    data = report_data(sample_plan())
    assert "on spot machines" not in text(data)
    assert "On spot machines" not in markdown(data)
