"""Budgets and spend beside plans, with sums worked out by hand: what no document tells is unknown, never zero."""

import pytest

from planner.outcome.spending import SpendAmount, SpendDocument, Spending
from planner.report.charts import charts
from planner.report.collection_data import Collection
from planner.report.cost_centre_data import CostReport
from planner.report.cost_centre_months import back_from, change_text, earlier

from .sample_collection import budget, collected, plans, spending


@pytest.fixture(scope="module")
def data() -> Collection:
    return collected(plans(), spending())


@pytest.fixture(scope="module")
def report(data: Collection) -> CostReport:
    return data.spend


def month(usd: float, day: str, **whose: str) -> Spending:
    """A document of March 2026 with one amount."""
    return Spending(
        today="2026-03-31",
        documents=[SpendDocument(month="2026-03", as_of=f"2026-03-{day}", file="policies/m.yaml")],
        amounts=[SpendAmount(month="2026-03", usd=usd, **whose)],
    )


def test_thirteen_months_and_the_same_ones_a_year_before(report: CostReport) -> None:
    rows = {row.month: row for row in report.months}
    assert list(rows) == back_from("2026-03", 13)
    assert (rows["2025-03"].spent, rows["2025-03"].before) == ("$605", "unknown")
    # 400 and 100 dollars in January 2025, and 10 % more every month: 1.1^12 a year later.
    assert rows["2026-01"].spent_usd == pytest.approx(500 * 1.1**12, abs=0.02)
    assert rows["2026-01"].before_usd == 500.0
    assert rows["2026-01"].change == "+214 %"
    assert (rows["2026-03"].counted, rows["2026-03"].change) == ("2026-03-20", "")
    assert [part.who for part in rows["2026-01"].parts] == ["cc-104", "cc-118"]
    assert report.by == "cost centre"


def test_year_on_year_counts_months_that_are_whole_in_both(report: CostReport) -> None:
    assert report.sentences.year == (
        "Over 2 whole months that 2026 and 2025 both know, $3,295 was spent against $1,050: +214 %."
    )
    (own,) = [row for row in report.teams if row.name == "ml-platform"]
    assert (own.change, own.basis) == ("+214 %", "$2,636 against $840 over 2 months")


def test_a_month_without_a_document_is_unknown() -> None:
    report = collected(plans(), spending(missing=["2025-01", "2025-11", "2026-03"])).spend
    rows = {row.month: row for row in report.months}
    assert (rows["2025-11"].spent, rows["2025-11"].spent_usd, rows["2026-03"].spent) == ("unknown", None, "unknown")
    assert (
        "What was spent in 2026-03 is unknown: no document tells. The newest is of 2026-02" in report.sentences.months
    )
    assert "Unknown in between: 2025-11." in report.sentences.months
    assert rows["2026-01"].change == ""
    assert "Over 1 whole month " in report.sentences.year
    assert report.lead.endswith("what was spent in 2026-03 is unknown; 1 of 3 budgets is over.")


def test_without_documents_everything_is_unknown_and_nothing_is_drawn() -> None:
    data = collected(plans(), Spending(today="2026-03-22"))
    report = data.spend
    assert (report.months, report.budgets, report.alerts, report.sources) == ((), (), (), ())
    assert report.sentences.months.startswith("No committed document says what was spent")
    assert report.sentences.year == "Year on year is not known: no whole month of 2026 has one of 2025 beside it."
    assert [row.spent for row in report.teams] == ["unknown"] * 2
    assert [chart.name for chart in charts(data)] == ["plans"]


def test_a_document_without_amounts_says_that_nothing_was_spent() -> None:
    empty = month(1.0, "31").model_copy(update={"amounts": []})
    (row,) = [row for row in collected(plans(), empty).spend.months if row.month == "2026-03"]
    assert (row.spent, row.spent_usd, row.counted) == ("$0.00", 0.0, "")


def test_those_who_spent_or_have_a_budget_stand_beside_those_who_plan(report: CostReport) -> None:
    assert [row.name for row in report.teams] == ["vision", "ml-platform", "quiet"]
    quiet = report.teams[-1]
    assert (quiet.plans, quiet.planned, quiet.spent, quiet.budget, quiet.share) == (
        "0", "$0.00", "unknown", "$1,000", "at least 2 %"
    )  # fmt: skip
    assert [row.name for row in report.cost_centres] == ["cc-118", "cc-104"]


def test_budgets_with_variance_share_and_level(report: CostReport) -> None:
    over, near, quiet = report.budgets
    assert (over.who, over.left, over.share, over.state, over.level) == (
        "cost centre cc-118", "-$60.00", "112 %", "over", "100 %"
    )  # fmt: skip
    assert (near.who, near.left, near.share, near.state, near.level) == (
        "team ml-platform", "$60.00", "94 %", "alert", "90 %"
    )  # fmt: skip
    assert (quiet.spent, quiet.left, quiet.share, quiet.state) == ("unknown", "unknown", "at least 2 %", "unknown")
    assert report.alerts[0] == (
        "Cost centre cc-118 (month): $500 spent to 2026-03-20 and $60.00 planned are 112 % of $500 in 2026-03. "
        "It is over."
    )
    assert report.sentences.budgets.startswith("Of 3 budgets at 2026-03: 1 over, 1 at an alert level, 1 not known.")


def test_a_planned_cost_that_is_unknown_leaves_a_budget_open() -> None:
    unknown = spending().model_copy(update={"budgets": [budget("team", "ml-platform", 800.0, None, 1000.0)]})
    (row,) = collected(plans(), unknown).spend.budgets
    assert (row.planned, row.left, row.share, row.level) == ("unknown", "unknown", "at least 80 %", "75 %")


@pytest.mark.parametrize(
    ("planned", "share"),
    [
        (8.86, "at least 0.8 %"),
        (19.9, "at least 1 %"),
        (20.0, "at least 2 %"),
        (999.0, "at least 99 %"),
        (0.5, "unknown"),
    ],
)
def test_what_is_at_least_is_never_rounded_up(planned: float, share: str) -> None:
    one = budget("team", "ml-platform", None, planned, 1000.0)
    report = collected(plans(), spending().model_copy(update={"budgets": [one]})).spend
    assert report.budgets[0].share == share
    assert report.lead.endswith("no budget is known to be over.")
    known = budget("team", "ml-platform", 10.0, 20.0, 1000.0)
    assert collected(plans(), spending().model_copy(update={"budgets": [known]})).spend.lead.endswith(
        "no budget is over."
    )


def test_of_many_alerts_some_are_left_to_the_table() -> None:
    for count, end in ((13, "1 more budget reaches a level; see the table."), (14, "2 more budgets reach a level; ")):
        full = [budget("team", f"t{n:02}", 990.0, 20.0, 1000.0) for n in range(count)]
        report = collected(plans(), spending().model_copy(update={"budgets": full})).spend
        assert report.alerts[-1].startswith(end)
        assert len(report.alerts) == 13


@pytest.mark.parametrize(("usd", "inside"), [(0.01, "below"), (7.0, "inside"), (9999.0, "above")])
def test_an_actual_cost_is_held_against_the_band_of_its_plan(usd: float, inside: str) -> None:
    data = collected(plans()[1:2], month(usd, "31", scenario="code-model"))
    figure = data.members[0].cost
    assert figure.low is not None
    actual = {"below": usd, "above": usd, "inside": figure.low * 1.1}[inside]
    for name in ("code-model", "scenarios/code-model.yaml"):
        (job,) = collected(plans()[1:2], month(actual, "31", scenario=name)).spend.jobs
        assert (job.inside, job.planned) == (inside, figure.text)
        said = collected(plans()[1:2], month(actual, "31", scenario=name)).spend.sentences.jobs
        assert ("1 lies in the plan's" in said, "0 lie in the plan's" in said) == (
            inside == "inside",
            inside != "inside",
        )
    (other,) = collected(plans()[1:2], month(usd, "31", scenario="elsewhere")).spend.jobs
    assert (other.planned, other.inside, other.difference) == ("no plan here", "", "")


def test_small_ones_are_others_and_no_name_is_told_so() -> None:
    amounts = [SpendAmount(month="2026-03", team=f"t{n}", usd=100.0 + n) for n in range(12)]
    many = month(5.0, "31").model_copy(update={"amounts": [*amounts, SpendAmount(month="2026-03", usd=500.0)]})
    report = collected(plans(), many).spend
    assert report.by == "team"
    assert report.spenders == ("no name given", "t11", "t10", "t9", "t8", "t7", "others")
    (row,) = report.months
    assert sum(part.usd for part in row.parts) == pytest.approx(row.spent_usd)


def test_the_chart_has_every_known_month(data: Collection) -> None:
    (chart,) = charts(data, ["spend"])
    sets = chart.screen["datasets"]
    assert len(sets["months"]) == 13
    assert len(sets["parts"]) == 26
    assert [entry["month"] for entry in sets["before"]] == ["2026-01", "2026-02", "2026-03"]


def test_months_and_changes() -> None:
    assert back_from("2026-02", 3) == ["2025-12", "2026-01", "2026-02"]
    assert earlier("2026-02") == "2025-02"
    assert [change_text(1.0, None), change_text(None, 1.0), change_text(1.0, 0.0), change_text(1.0, 2.0)] == [
        "", "", "", "-50 %"
    ]  # fmt: skip
