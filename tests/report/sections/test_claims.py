"""Quoted claims: a table per set of figures, told as claims, and nothing where the plan has none."""

from planner.report.gather import report_data
from tests.report.sample_plan import sample_plan


def test_claims_stand_beside_ours_with_their_ratio() -> None:
    tables = report_data(sample_plan()).claims
    assert [table.figures for table in tables] == [("Time", "Cost"), ("Memory of all cards",)]
    time, cost = tables[0].rows[0].cells
    assert (time.claim, time.ours, time.ratio) == ("2.5 h", "1.9 h", "0.76 ×")
    assert (cost.claim, cost.ours, cost.ratio) == ("$24.50", "not estimated", "")
    assert tables[0].rows[0].note == "aws rents out no such machine; time as elsewhere"


def test_they_are_told_as_claims_with_what_was_assumed() -> None:
    told = report_data(sample_plan()).sentences.claims
    assert told.startswith("Printed by a cost calculator (2024): claims without measurements")
    assert "never used to calibrate" in told
    assert "takes Llama 2 of that size, 512 tokens per sample, so that a part of any gap may be another job." in told
    assert told.endswith("Ours are 0.76 times the claimed time and 1.00 times the claimed memory.")


def test_a_gap_in_cost_is_told_as_price_of_an_hour_and_time() -> None:
    plan = sample_plan()
    claim = next(one for one in plan.reference if one.figure == "cost_usd")
    time = next(one for one in plan.reference if one.figure == "hours" and one.provider == claim.provider)
    assert (claim.claim, time.claim) == (24.5, 2.5)
    both = [time.model_copy(update={"ours": 2.0}), claim.model_copy(update={"ours": 5.0})]
    told = report_data(plan.model_copy(update={"reference": both})).sentences.claims
    assert "A claimed hour of the machine costs $9.80, one of ours $2.50; the rest of a gap in cost is time." in told


def test_without_claims_there_is_no_table() -> None:
    data = report_data(sample_plan().model_copy(update={"reference": []}))
    assert data.claims == ()
    assert data.sentences.claims == ""
