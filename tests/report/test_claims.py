"""Quoted claims: a table per set of figures, told as claims, and nothing where the plan has none."""

from planner.report.gather import report_data

from .sample_plan import sample_plan


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
    assert "takes Llama 2 of that size, 512 tokens per sample." in told
    assert told.endswith("Our figures are 0.76 to 1.00 times the claimed ones.")


def test_without_claims_there_is_no_table() -> None:
    data = report_data(sample_plan().model_copy(update={"reference": []}))
    assert data.claims == ()
    assert data.sentences.claims == ""
