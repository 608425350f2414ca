"""Budgets and spend beside plans, with sums worked out by hand: what no document tells is unknown, never zero."""

import pytest

from planner.outcome.spending import SharedBudget, SpendAmount, SpendDocument, Spending
from planner.report.charts.charts import charts
from planner.report.data.collection import Collection
from planner.report.data.cost_centre import CostReport
from planner.report.several.cost_centre_months import back_from, change_text, earlier

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
        "Over 2 months that 2026 and 2025 both count to the same day, $3,295 was spent against $1,050: +214 %."
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
    assert "Over 1 month " in report.sentences.year
    assert report.lead.endswith(
        "what was spent in 2026-03 is unknown; 1 of 2 budgets that can be judged is over; of 1 it is unknown."
    )


def test_without_documents_everything_is_unknown_and_nothing_is_drawn() -> None:
    data = collected(plans(), Spending(today="2026-03-22"))
    report = data.spend
    assert (report.months, report.budgets, report.alerts, report.sources) == ((), (), (), ())
    assert report.sentences.months.startswith("No committed document says what was spent")
    assert report.sentences.year == (
        "Year on year is not known: no month of 2026 is counted to the same day as that of 2025."
    )
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
    assert report.lead.endswith("no budget can be judged: what was spent is unknown.")
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


@pytest.mark.parametrize(("factor", "runs"), [(0.01, "under 0.1"), (1.0, "1.0"), (16.7, "16.7"), (1234.0, "1,234")])
def test_an_actual_cost_is_told_as_runs_of_its_plan(factor: float, runs: str) -> None:
    (figure,) = [one.cost for one in collected(plans()[1:2]).members]
    assert figure.value is not None
    assert figure.low is not None
    for name in ("code-model", "scenarios/code-model.yaml"):
        report = collected(plans()[1:2], month(factor * figure.value, "31", scenario=name)).spend
        (job,) = report.jobs
        assert (job.runs, job.planned) == (runs, figure.text)
        assert "Of 1 job that documents name, 1 has a plan here." in report.sentences.jobs
    if factor == 16.7:
        assert job.runs_band.endswith(f"{16.7 * figure.value / figure.low:.1f}")
    (other,) = collected(plans()[1:2], month(factor, "31", scenario="elsewhere")).spend.jobs
    assert (other.planned, other.runs, other.runs_band) == ("no plan here", "", "")


def test_months_that_both_years_count_to_the_same_day_compare() -> None:
    days = {"2025-02": "28", "2026-02": "28", "2025-03": "20", "2026-03": "20", "2025-01": "31", "2026-01": "28"}
    spend = Spending(
        today="2026-03-21",
        documents=[SpendDocument(month=m, as_of=f"{m}-{day}", file=f"policies/{m}.yaml") for m, day in days.items()],
        amounts=[SpendAmount(month=m, usd=100.0 if m < "2026" else 150.0) for m in days],
    )
    report = collected(plans(), spend).spend
    changes = {row.month: row.change for row in report.months}
    assert (changes["2026-01"], changes["2026-02"], changes["2026-03"]) == ("", "+50 %", "+50 %")
    assert report.sentences.year == (
        "Over 2 months that 2026 and 2025 both count to the same day, $300 was spent against $200: +50 %."
    )
    whole = collected(plans(), month(5.0, "31")).spend.lead
    assert "was spent in 2026-03;" in whole


def test_a_budget_says_when_it_was_over_before_and_which_level_is_the_highest() -> None:
    before = budget("team", "ml-platform", 1690.0, 10.0, 1000.0).model_copy(update={"highest": 1.0})
    report = collected(plans(), spending().model_copy(update={"budgets": [before]})).spend
    assert "It was over before these plans." in report.alerts[0]
    assert (report.budgets[0].level, report.budgets[0].share) == ("over the highest, 100 %", "170 %")
    more = before.model_copy(update={"highest": 2.0})
    assert collected(plans(), spending().model_copy(update={"budgets": [more]})).spend.budgets[0].level == "100 %"


def test_no_budget_is_said_to_be_within_that_nobody_can_judge() -> None:
    def lead(*budgets: SharedBudget) -> str:
        return collected(plans(), spending().model_copy(update={"budgets": list(budgets)})).spend.lead

    unknown, known = budget("team", "a", None, 20.0, 1000.0), budget("team", "b", 10.0, 20.0, 1000.0)
    assert lead(unknown, known).endswith("none of 1 budget that can be judged is over; of 1 it is unknown.")
    assert lead(budget("team", "a", 20.0, None, 1000.0)).endswith("what counts towards it is unknown.")
    # What is spent alone is over, whatever the plans would add.
    assert lead(budget("team", "a", 1200.0, None, 1000.0), known).endswith("1 of 2 budgets is over.")


def test_small_ones_are_others_and_no_name_is_told_so() -> None:
    amounts = [SpendAmount(month="2026-03", team=f"t{n}", usd=100.0 + n) for n in range(12)]
    many = month(5.0, "31").model_copy(update={"amounts": [*amounts, SpendAmount(month="2026-03", usd=500.0)]})
    report = collected(plans(), many).spend
    assert report.by == "team"
    assert report.spenders == ("none named", "t11", "t10", "t9", "t8", "t7", "others")
    (row,) = report.months
    assert sum(part.usd for part in row.parts) == pytest.approx(row.spent_usd)


def test_the_chart_has_every_known_month(data: Collection) -> None:
    (chart,) = charts(data, ["spend"])
    sets = chart.screen["datasets"]
    assert len(sets["months"]) == 13
    assert len(sets["parts"]) == 26
    assert [entry["month"] for entry in sets["before"]] == ["2026-01", "2026-02", "2026-03"]
    assert not any("so far" in entry["text"] for entry in sets["months"])


def test_an_amount_stands_clear_of_the_mark_of_the_year_before() -> None:
    amounts = {"2025-01": 100.0, "2026-01": 98.0, "2025-02": 100.0, "2026-02": 50.0, "2026-03": 10.0}
    spend = Spending(
        today="2026-03-31",
        documents=[SpendDocument(month=m, as_of=f"{m}-28", file="policies/m.yaml") for m in amounts],
        amounts=[SpendAmount(month=m, usd=usd) for m, usd in amounts.items()],
    )
    (chart,) = charts(collected(plans(), spend), ["spend"])
    at = {entry["month"]: entry["usd"] for entry in chart.screen["datasets"]["months"]}
    assert (at["2026-01"], at["2026-02"], at["2026-03"]) == (100.0, 50.0, 10.0)


def test_months_and_changes() -> None:
    assert back_from("2026-02", 3) == ["2025-12", "2026-01", "2026-02"]
    assert earlier("2026-02") == "2025-02"
    assert [change_text(1.0, None), change_text(None, 1.0), change_text(1.0, 0.0), change_text(1.0, 2.0)] == [
        "", "", "", "-50 %"
    ]  # fmt: skip


def test_a_planned_cost_that_is_a_lower_bound_makes_bounds_of_the_rest() -> None:
    known = budget("team", "ml-platform", 900.0, 39.96, 1000.0)
    state = known.state.model_copy(update={"planned_at_least": True})
    shown = Spending(today="2026-03-22", budgets=[known.model_copy(update={"state": state})])
    report = collected(plans(), shown).spend
    (row,) = report.budgets
    # (900 + 39.96) / 1,000 is 93.996 %: of a bound never rounded up.
    assert (row.planned, row.left, row.share) == ("at least $39.96", "at most $60.04", "at least 93 %")
    assert row.share_value is None
    assert report.alerts == (
        "Team ml-platform (month): $900 spent to 2026-03-20 and at least $39.96 planned are at least 93 % of $1,000 in "
        "2026-03.",
    )
