"""What the data of a portfolio's report says: the answer, the rows, and what is left out, unknown or in conflict."""

import json
from dataclasses import replace

import pytest

from planner.outcome.portfolio import ConflictSet, PortfolioPlan
from planner.report.data_json import data_json
from planner.report.names import plural
from planner.report.portfolio.axis import axis_of
from planner.report.portfolio.budgets import MONTHS
from planner.report.portfolio.head import answer_of
from planner.report.portfolio.page import portfolio_data
from planner.report.portfolio.paper import JOBS, OUT, on_paper
from planner.report.portfolio.paper import MONTHS as PAPER_MONTHS
from planner.report.portfolio.paper import ROWS as PAPER_ROWS
from planner.report.portfolio.quotas import DRAWN, STEPS
from planner.report.portfolio.text import portfolio_text
from tests.report.portfolio.made_jobs import at, job, out, run
from tests.report.portfolio.made_portfolio import (
    PLANS,
    all_out,
    crowd,
    data_of,
    infeasible,
    minimal,
    nothing_found,
    nothing_to_plan,
    plan_of,
    quota,
    rich,
    running,
)


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (rich(), "8 of 11 jobs run for $15,850 (90 % band $13,948 to $18,069), 1 of them late by 26.0 h; proven within "
                 "0.80 % of the best."),
        (minimal(), "The one job runs for $12.50 (90 % band $11.00 to $14.25), in time; proven the best there is."),
        (infeasible(), "No schedule is possible: what cannot be kept together is ranker is done by 2026-12-04 00:00; "
                       "at most 8 h100-sxm at aws us-east-1; and ranker runs after speech."),
        (nothing_found(), "No schedule was found; that there is none is not proven."),
        (all_out(), "No job runs: all 3 that could be left out are; proven the best there is."),
        (nothing_to_plan(), "There is nothing to plan: the scenarios of all 2 jobs have no plan."),
    ],
)  # fmt: skip
def test_the_answer_in_words(plan: PortfolioPlan, told: str) -> None:
    assert answer_of(plan) == told
    assert portfolio_data(plan).headline.sentence == told


def test_a_gap_that_is_unknown_or_wider_than_asked_is_said() -> None:
    made = rich()
    unproven = made.model_copy(update={"proof": made.proof.model_copy(update={"gap": None})})
    assert answer_of(unproven).endswith("; how far that is from the best is not proven.")
    wide = made.proof.model_copy(update={"gap": 0.034, "status": "time is up"})
    data = portfolio_data(made.model_copy(update={"proof": wide}))
    assert data.headline.sentence.endswith("; proven within 3.4 % of the best, where 1.0 % was asked for.")
    assert "Time was up" in data.headline.details[-1]


def test_a_portfolio_that_runs_and_has_no_schedule_for_the_rest() -> None:
    """What has started or is done is no schedule."""
    made, stuck = running(), infeasible()
    ended = made.model_copy(update={"conflict": stuck.conflict, "proof": stuck.proof})
    assert answer_of(ended).startswith("No schedule is possible for the rest of the 11 jobs: what cannot be kept")
    data = portfolio_data(ended)
    assert data.executive.issues_title == "What is in conflict"
    assert data.executive.steps[0].text == "Ranker is done by 2026-12-04 00:00: done by 2026-12-05 00:00."
    assert "the rest has no schedule" in data.headline.details[0]


def test_all_done_leaves_nothing_to_plan() -> None:
    made = running()
    proof = made.proof.model_copy(update={"status": "nothing to plan", "objective_usd": None, "gap": None})
    assert answer_of(made.model_copy(update={"proof": proof})).endswith("; nothing is left to plan.")


def test_the_small_print_tells_why_a_job_starts_no_sooner_and_the_terminal_does_not() -> None:
    made = rich()
    jobs = [one.model_copy(update={"waits_for": "GPUs \x1banywhere"}) if one.run else one for one in made.jobs[:1]]
    data = portfolio_data(made.model_copy(update={"jobs": [*jobs, *made.jobs[1:]]}))
    assert [note for row in data.jobs for note in row.notes if "sooner" in note] == ["not sooner: GPUs anywhere"]
    assert "sooner" not in portfolio_text(data, 100)


def test_what_a_job_waits_for_is_told_once() -> None:
    waiting = job("b", "lab", run=run(4, 8, 1.0), after=["a", "c"], waits_for="after a; GPUs anywhere")
    (row,) = portfolio_data(plan_of([waiting])).jobs
    assert [note for note in row.notes if "after" in note] == ["after c", "not sooner: after a; GPUs anywhere"]


def test_rows_tell_who_runs_what_where_and_when() -> None:
    data = data_of("rich")
    late = next(row for row in data.jobs if row.name == "ranker-large")
    assert (late.team, late.kind, late.standing, late.provider) == ("research", "fine-tuning", "planned", "coreweave")
    assert (late.start, late.end) == ("2026-12-01 08:00", "2026-12-06 08:00")
    assert (late.cost.text, late.cost.band, late.hours.text) == ("$5,210", "$4,272 to $6,252", "5.0 days")
    assert (late.late, late.deadline, late.deadline_hours) == ("26.0 h", "2026-12-05 06:00", 102.0)
    assert late.approver == "finance board"
    assert late.where == "4 × h200-sxm at coreweave us-east-04, on demand"
    after = next(row for row in data.jobs if row.name == "summaries")
    assert "after intent-model" in after.notes
    service = next(row for row in data.jobs if row.name == "bot-serving")
    assert (service.kind, service.deadline, service.deadline_hours, service.late) == ("serving", "", None, "")
    assert [row.id for row in data.jobs] == [f"job-{n}" for n in range(1, 9)]


def test_what_is_unknown_is_shown_so() -> None:
    data = data_of("rich")
    small = next(row for row in data.jobs if row.name == "ocr-small")
    assert small.quality.text == "unknown"
    assert data.headline.figures[-1] == ("CO2e", "unknown", "at most 80 kg asked for")
    assert data.sentences.carbon == "At most 80 kg of CO2e are allowed; what all jobs emit is not known."
    budgets = {row[0].text: [cell.text for cell in row] for row in data.budgets.rows} if data.budgets else {}
    assert budgets["support in 2026-12"][-2] == "unknown"
    assert data.outages[1].cost == data.outages[1].more == data.outages[1].late == "unknown"
    alone = data_of("minimal")
    assert alone.jobs[0].cost.band == ""
    assert alone.jobs[0].team == "no team"
    nobody = minimal().jobs[0].model_copy(update={"chosen": None})
    assert portfolio_data(plan_of([nobody])).jobs[0].where == "unknown"


def test_what_does_not_run_says_why() -> None:
    data = data_of("rich")
    assert [(row.name, row.state) for row in data.out] == [
        ("poem-writer", "left out"), ("second-ranker", "left out"), ("broken", "failed"),
    ]  # fmt: skip
    assert data.out[0].passed_over == "data residency 220; spot threshold 12"
    assert "unknown model" in data.out[2].why
    assert data.sentences.out.startswith("2 jobs are left out; 1 job failed: its own scenario has no plan")


def test_budgets_stand_with_the_tightest_first_and_how_likely_they_hold() -> None:
    data = data_of("rich")
    assert data.budgets is not None
    names = [column.name for column in data.budgets.columns]
    assert names == ["Budget", "Limit", "Planned", "Counts as", "Used", "Holds with", "$1 more is worth"]
    first = [cell.text for cell in data.budgets.rows[0]]
    assert first == ["research in 2026-12", "$7,000", "$6,160", "$6,900", "99 %", "71 %", "$1.42"]
    assert data.budgets.rows[0][5].tone == "warn"
    before = next(row for row in data.budgets.rows if row[0].text.startswith("platform"))
    assert before[2].note == "$600 of it already"
    assert data.sentences.budgets == (
        "All 4 budgets are kept by the estimates; the tightest is research in 2026-12, 99 % of $7,000; research in "
        "2026-12 holds with 71 % only; of 1 it is not known how likely it holds."
    )
    over = data_of("running")
    assert over.bullets[0].over
    assert over.sentences.budgets.startswith("1 of 4 budgets is passed")
    assert over.budgets is not None
    assert [column.name for column in over.budgets.columns][3] == "Used"


def test_a_budget_of_nothing_is_no_division() -> None:
    none = rich().budgets[0].model_copy(update={"limit_usd": 0.0, "held_usd": 5.0})
    data = portfolio_data(rich().model_copy(update={"budgets": [none]}))
    assert data.budgets is not None
    assert data.budgets.rows[0][4].text == "no limit to use"
    assert data.bullets[0].over


def test_teams_by_month_sum_up() -> None:
    data = data_of("rich")
    assert data.months is not None
    assert [column.name for column in data.months.columns] == ["Team", "2026-12", "2027-01", "All"]
    assert [cell.text for cell in data.months.total] == ["All teams", "$14,265", "$1,585", "$15,850"]
    assert (data.months.rows[0][1].text, data.months.rows[0][1].note) == ("$5,544", "of $7,000")
    many = crowd(20).team_months
    longer = [*many, *(one.model_copy(update={"month": f"2028-{one.month[5:]}"}) for one in many)]
    later = portfolio_data(crowd(20).model_copy(update={"team_months": longer})).months
    assert later is not None
    assert [column.name for column in later.columns][MONTHS + 1] == "Later"
    assert sum(float(cell.text[1:].replace(",", "")) for cell in later.rows[0][1:-1]) == float(
        later.rows[0][-1].text[1:].replace(",", "")
    )
    thinned = on_paper(replace(data_of("rich"), months=later)).months
    assert thinned is not None
    assert len(thinned.columns) == PAPER_MONTHS + 2
    assert thinned.columns[-1].name == "All"
    assert "later months are left out" in thinned.note


def test_quotas_stand_with_what_binds_first() -> None:
    data = data_of("rich")
    assert data.quotas is not None
    assert [cell.text for cell in data.quotas.rows[0]] == [
        "h100-sxm at aws us-east-1", "8 to 16", "8", "31 %", "4.7 days", "$1.86", "$208",
    ]  # fmt: skip
    unknown = next(row for row in data.quotas.rows if row[0].text.startswith("l40s"))
    assert [cell.text for cell in unknown[3:]] == ["nothing may be", "not computed", "not computed", "not computed"]
    assert data.sentences.shadow.startswith("Shadow prices: from the linear relaxation")
    assert data.sentences.shadow.endswith("so this is no promise.")


def test_steps_are_where_something_changes_and_peaks_stay() -> None:
    (steps,) = portfolio_data(rich().model_copy(update={"quotas": [quota("h100-sxm at aws us-east-1", 8, 8)]})).steps
    assert steps.points == (
        (0.0, 0.0, 8.0), (8.0, 8.0, 8.0), (120.0, 0.0, 8.0), (160.0, 4.0, 8.0), (240.0, 4.0, 16.0),
        (280.0, 0.0, 16.0), (672.0, 0.0, 16.0),
    )  # fmt: skip
    slots = 10_000
    used = [float(slot % 7) for slot in range(slots)]
    used[5_001] = 99.0
    fine = quota("h100-sxm at aws us-east-1", 8, 99).model_copy(update={"used": used, "units": [8.0] * slots})
    (many,) = portfolio_data(rich().model_copy(update={"quotas": [fine]})).steps
    assert len(many.points) <= STEPS + 1
    assert max(point[1] for point in many.points) == 99.0


def test_the_front_is_held_against_the_plan() -> None:
    data = data_of("rich")
    assert data.front is not None
    assert [row[0].text for row in data.front.rows] == [
        "cost held down", "this plan", "lateness held down", "quality held up",
    ]  # fmt: skip
    assert (data.front.rows[0][1].text, data.front.rows[0][1].note) == ("$13,900", "$1,950 less")
    assert data.front.rows[1][1].note == ""
    assert data.front.rows[3][-1].text == "unknown"
    assert [dot.chosen for dot in data.dots] == [False, True, False, False]


def test_outages_tell_what_is_lost_and_what_moves() -> None:
    first, second = data_of("rich").outages
    assert (first.name, first.more, first.lost, first.moves) == (
        "AWS us-east-1",
        "$1,390 more",
        "1 job: toxicity",
        "1 job",
    )
    assert first.moved[0].after.startswith("8 × a100-80gb-sxm at lambda")
    assert not second.feasible
    assert data_of("rich").sentences.outages.startswith("In 1 of 2 outages")
    long = data_of("few").outages[0]
    assert len(long.moved) == 60
    assert long.left_out == "20 more jobs that move; plan.json has them all."


def test_without_a_schedule_no_budget_is_said_to_hold_and_no_quota_to_be_free() -> None:
    made, stuck = rich(), infeasible()
    shared = {"budgets": made.budgets, "quotas": made.quotas, "team_months": made.team_months, "shadow": made.shadow}
    data = portfolio_data(stuck.model_copy(update=shared))
    assert (data.budgets, data.months, data.quotas) == (None, None, None)
    assert (data.bullets, data.steps, data.shadow) == ((), (), ())
    assert (data.sentences.budgets, data.sentences.quotas, data.sentences.shadow) == ("", "", "")
    assert not [told for told in data.headline.details if "budget" in told]
    assert data.executive.budgets is None
    assert data.executive.budgets_note == "Without a schedule nothing is spent of any budget."
    assert "under 4 budgets" in data.executive.question
    begun = running().model_copy(update={**shared, "proof": stuck.proof, "conflict": stuck.conflict})
    data = portfolio_data(begun)
    assert data.budgets is not None
    assert data.quotas is not None
    assert (data.shadow, data.sentences.shadow) == ((), "")


def test_a_portfolio_that_runs_tells_when_nothing_moved() -> None:
    still = running().model_copy(update={"totals": running().totals.model_copy(update={"moved": 0})})
    told = portfolio_data(still).sentences.moves
    assert told.startswith("At 2026-12-03 12:00, no job that is still to come stands elsewhere")
    assert told.endswith("what failed is planned anew.")


def test_a_conflict_is_told_with_what_frees_it() -> None:
    data = data_of("infeasible")
    assert data.conflict is not None
    assert [cell.text for cell in data.conflict.rows[1]] == ["at most 8 h100-sxm at aws us-east-1", "16 of them"]
    assert data.sentences.conflict == (
        "These 3 constraints cannot be kept together; change any one of them, as told, and the rest of them can be "
        "kept. Then plan again: another conflict may lie behind this one."
    )
    loose = infeasible().conflict
    assert loose is not None
    unsure = infeasible().model_copy(update={"conflict": ConflictSet(parts=loose.parts[:1], smallest=False)})
    assert portfolio_data(unsure).sentences.conflict == "This constraint cannot be kept, whatever else is changed."
    assert data.executive.issues_title == "What is in conflict"
    assert not data.feasible
    assert data.headline.figures == ()


def test_approvals_stand_by_approver_with_their_sums() -> None:
    data = data_of("rich")
    assert data.approvals is not None
    assert [[cell.text for cell in row] for row in data.approvals.rows] == [
        ["head of research", "2 jobs", "$5,420", "$2,000", "spend", "denied", "open"],
        ["finance board", "1 job", "$5,210", "$5,000", "spend", "warned of", "open"],
    ]
    assert data.approvals.rows[0][1].note == "search-embeddings and speech"
    assert data.sentences.approvals.startswith("3 jobs need approval, for $10,630 together")
    assert data_of("minimal").approvals is None


def test_an_approval_that_was_given_is_not_asked_for_again() -> None:
    made = rich()
    jobs = [
        one.model_copy(update={"approval": one.approval.model_copy(update={"open": False, "given_by": "Ana Sousa",
                                                                           "file": "approvals/a.yaml"})})
        if one.approval is not None and one.approval.approver == "head of research"
        else one
        for one in made.jobs
    ]  # fmt: skip
    data = portfolio_data(made.model_copy(update={"jobs": jobs}))
    assert data.sentences.approvals == (
        "1 job needs approval, for $5,210 together: by finance board. 2 jobs have the approval asked for."
    )
    assert data.approvals is not None
    assert [row[-1].text for row in data.approvals.rows] == ["open", "given by Ana Sousa"]
    assert [one.what for one in data.executive.approvals] == ["finance board"]
    assert data.executive.steps[0].text == "Ask finance board to approve 1 job for $5,210."
    given = next(row for row in data.jobs if row.name == "speech")
    assert given.approver == "head of research: given by Ana Sousa"


def test_several_policies_may_ask_about_one_job() -> None:
    made = rich()
    first, second = (one for one in made.jobs if one.name in ("ranker-large", "speech"))
    both = first.model_copy(update={"further_approvals": [second.approval]})
    data = portfolio_data(made.model_copy(update={"jobs": [both]}))
    assert data.approvals is not None
    assert len(data.approvals.rows) == 2
    assert data.sentences.approvals.startswith("1 job needs approval, for $5,210 together")
    assert data.executive.steps[0].text.endswith("to approve 1 job for $5,210.")


def test_what_moved_shows_where_it_was() -> None:
    data = data_of("running")
    assert data.moves is not None
    assert [[cell.text for cell in row] for row in data.moves.rows] == [
        ["search-embeddings", "platform", "8 × a100-80gb-sxm at lambda us-west-2, on demand, 2026-12-03 12:00",
         "8 × a100-80gb-sxm at lambda us-west-2, 2026-12-03 08:00"],
        ["speech", "platform", "8 × a100-80gb-sxm at lambda us-west-2, on demand, 2026-12-06 20:00",
         "the plan does not say"],
    ]  # fmt: skip
    assert data.sentences.moves.startswith("At 2026-12-03 12:00, 2 jobs stand elsewhere or at another time")
    assert [row.standing for row in data.jobs][:5] == ["done", "running", "running", "planned", "done"]
    assert data_of("rich").sentences.moves == ""


def test_money_stands_in_the_scenarios_own_currency_too() -> None:
    data = data_of("rich")
    assert data.money == (
        "In EUR all jobs cost EUR 14,409 (EUR 12,680 to EUR 16,426), lateness counts for EUR 443 (1 EUR = 1.1000 USD "
        "on 2026-11-22, ECB reference rates)."
    )
    assert "EUR 14,409" in data.headline.figures[0][2]
    assert data_of("minimal").money == ""


def test_the_axis_follows_the_clocks_of_its_zone() -> None:
    """Clocks go back on 25 October 2026 in Berlin: that day has 25 hours."""
    calendar = rich().calendar.model_copy(
        update={"begins": "2026-10-24T00:00:00+02:00", "ends": "2026-10-28T00:00:00+01:00", "closed": [], "now": ""}
    )
    rows = portfolio_data(plan_of([job("one", run=run(0, 96, 5.0), deadline="")])).jobs
    axis = axis_of(calendar, rows)
    assert [hour for hour, _ in axis.ticks[:4]] == [0.0, 24.0, 49.0, 73.0]
    assert [name for _, name in axis.ticks[:2]] == ["Sat 24 Oct", "Sun 25 Oct"]


def test_the_axis_shades_what_is_closed_and_marks_now() -> None:
    axis = data_of("running").axis
    assert axis.now == 60.0
    assert axis.closed == ((168.0, 180.0, "maintenance"), (560.0, 608.0, "Christmas"))
    assert axis.hours <= 672.0
    short = portfolio_data(plan_of([job("one", run=run(0, 10, 5.0), deadline=at(12))])).axis
    assert short.hours < 13
    assert [name for _, name in short.ticks] == ["Tue 1 Dec", "06:00", "12:00"]


@pytest.mark.parametrize("name", PLANS)
def test_paper_has_room_for_some_rows_and_says_so(name: str) -> None:
    data = data_of(name)
    thinned = on_paper(data)
    assert len(thinned.jobs) == min(JOBS, len(data.jobs))
    assert len(thinned.out) == min(OUT, len(data.out))
    assert len(data.steps) <= DRAWN
    assert bool(thinned.sentences.jobs_left) is (len(data.jobs) > JOBS)
    late = [row for row in data.jobs if row.late]
    assert {row.id for row in late[:JOBS]} <= {row.id for row in thinned.jobs} or len(late) > JOBS
    for table in (thinned.budgets, thinned.months, thinned.quotas, thinned.front, thinned.approvals, thinned.moves):
        assert table is None or len(table.rows) <= PAPER_ROWS


def test_the_executive_page_is_short_whatever_the_plan() -> None:
    for name in PLANS:
        page = data_of(name).executive
        assert 1 <= len(page.steps) <= 4
        assert len(page.issues) <= 4
        assert page.budgets is None or len(page.budgets.rows) <= 4
        assert all(len(one.text) <= 140 for one in (*page.issues, *page.outages))
    page = data_of("rich").executive
    assert [one.what for one in page.issues] == ["broken", "ranker-large", "second-ranker", "poem-writer"]
    assert page.issues[1].text == "late by 26.0 h; due 2026-12-05 06:00"
    assert page.steps[0].text == "Ask head of research and finance board to approve 3 jobs for $10,630."
    assert page.steps[1].text.startswith("Start intent-model at 2026-12-01 00:00 on 8 × h100-sxm")


def test_many_left_out_are_named_in_part() -> None:
    jobs = [out(f"idea-{n}", "left out", "it does not pay", optional=True) for n in range(9)]
    told = portfolio_data(plan_of([*jobs, job("one")])).headline.details[0]
    assert told == "Left out: idea-0, idea-1, idea-2 and 6 more (it does not pay)."
    assert plural(9, "job") in portfolio_data(plan_of([*jobs, job("one")])).sentences.out


def test_how_it_was_solved_tells_what_was_considered() -> None:
    told = dict(data_of("rich").solved)
    assert told["Considered"] == (
        "12,800 configurations of all jobs, 140 on their fronts; taken out by rules of the portfolio: data residency "
        "220, spot threshold 12"
    )
    assert told["Gap"] == "0.80 %, 1.0 % asked for"
    assert told["Full model"] == "12,408 configurations × starts, 168 slots of 4.0 h"
    assert told["Bound"].startswith("$31,650; no schedule of the configurations that were considered is worth more")
    assert dict(data_of("infeasible").solved)["Objective"] == "unknown"
    hard = next(row for row in data_of("rich").jobs if row.hard)
    assert hard.name == "search-embeddings"


def test_a_plan_from_anywhere_is_printed() -> None:
    """What no solver makes, a file may hold: no time, no slot, no end."""
    made = rich()
    far = run(0, 5, 5.0).model_copy(update={"start_hours": 1e9, "hours": 1e12, "start": "soon", "end": "late"})
    calendar = made.calendar.model_copy(update={"horizon_hours": 1e13, "begins": "9990-01-01", "closed": [["a"], []]})
    empty = quota("h100-sxm at aws us-east-1", 8, 8).model_copy(update={"units": []})
    data = portfolio_data(made.model_copy(update={
        "jobs": [job("far", run=far, deadline="never")], "calendar": calendar, "quotas": [empty],
    }))  # fmt: skip
    assert (data.jobs[0].start, data.jobs[0].deadline_hours) == ("soon", None)
    assert data.steps == ()
    assert 0 < len(data.axis.ticks) <= 120
    assert data.axis.closed == ()
    nowhere = made.calendar.model_copy(update={"begins": "once", "time_zone": "Mars/Olympus"})
    assert portfolio_data(made.model_copy(update={"calendar": nowhere})).axis.ticks == ()


def test_the_data_is_json_for_other_programs() -> None:
    told = json.loads(data_json(data_of("rich")))
    assert told["headline"]["sentence"] == data_of("rich").headline.sentence
    assert told["jobs"][1]["late"] == "26.0 h"
    assert data_json(data_of("rich")) == data_json(portfolio_data(rich()))


def test_the_headline_names_the_budget_that_is_least_likely_to_hold() -> None:
    plan = rich()
    known = [one for one in plan.budgets if one.holds is not None]
    weakest = min(known, key=lambda one: one.holds or 0.0)
    told = next(text for text in portfolio_data(plan).headline.details if "least likely to hold" in text)
    assert weakest.name
    assert f"the least likely to hold is that of {weakest.name}, with " in told


def test_a_choice_from_a_plan_without_a_place_says_so() -> None:
    notes = [note for row in data_of("rich").jobs for note in row.notes]
    assert "of its plan without aws eu-central-1" in notes


def test_a_job_that_waits_for_one_without_a_plan_is_not_said_to_have_none_itself() -> None:
    plan = nothing_to_plan()
    first, second = plan.jobs
    waits = plan.model_copy(
        update={"jobs": [first.model_copy(update={"why": "waits for b, which cannot run"}), second]}
    )
    assert answer_of(waits).endswith("of all 2 jobs have no plan, or they wait for one that has none.")
    told = {"shadow": rich().shadow, "budgets": rich().budgets}
    data = portfolio_data(waits.model_copy(update=told))
    assert (data.shadow, data.budgets) == ((), None)
