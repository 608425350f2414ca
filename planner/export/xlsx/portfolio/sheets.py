"""All sheets of a portfolio: the schedule and its months are numbers of the plan, sums over them are formulas."""

from collections.abc import Callable, Mapping
from typing import Final

from planner.errors import InputError
from planner.export.xlsx.cells import MOST_COLUMNS, Cell, Sheet, Style, formula, given, letter, number, or_unknown, text
from planner.export.xlsx.portfolio.schedule import Jobs, months_of, schedule_of
from planner.outcome.portfolio import Approval, BudgetLine, JobPlan, PortfolioPlan

SUMMARY: Final = "Summary"
BUDGETS: Final = "Budgets"
QUOTAS: Final = "Quotas"
APPROVALS: Final = "Approvals"
_VALUE: Final = 2


def portfolio_sheets(plan: PortfolioPlan) -> list[Sheet]:
    """The sheets; raises InputError for a plan beyond what a workbook holds."""
    schedule, jobs = schedule_of(plan)
    slots = max((max(len(one.used), len(one.units)) for one in plan.quotas), default=0)
    if max(slots, len(jobs.months)) + 10 > MOST_COLUMNS:
        message = f"{slots:,} slots or {len(jobs.months):,} months: more than the columns of a sheet"
        raise InputError(message)
    months = months_of(plan, jobs)
    sheets = [_summary(plan, jobs), schedule, _budgets(plan, jobs), months, _quotas(plan), _approvals(plan, jobs)]
    return [*sheets, _notes(plan)]


def _summary(plan: PortfolioPlan, jobs: Jobs) -> Sheet:
    sheet = Sheet(SUMMARY, (44, 20, 60), (4, 2))
    sheet.head(
        f"Portfolio {plan.metadata.name}",
        "Sums are formulas on the sheet Schedule: change a cost or a status there, and they follow. The planner finds "
        "times and places; a workbook does not.",
    )
    sheet.header("Totals", "", "")
    runs, cost = f"ISNUMBER({jobs.column('cost')})*1", jobs.column("cost")
    totals: Mapping[str, tuple[str, Style]] = {
        "Jobs": (f"ROWS({cost})", "count"),
        "of them run, have started or are done": (f"COUNT({cost})", "count"),
        "left out": (f'COUNTIF({jobs.column("status")},"left out")', "count"),
        "failed": (f'COUNTIF({jobs.column("status")},"failed")', "count"),
        "Cost": (f"SUM({cost})", "total"),
        "Value of what runs": (f"SUMPRODUCT({runs},{jobs.column('value')})", "money"),
        "Late jobs": (f'COUNTIF({jobs.column("late_hours")},">0")', "count"),
        "Hours late": (f"SUM({jobs.column('late_hours')})", "count"),
        "Cost of lateness, with priorities": (f"SUM({jobs.column('lateness')})", "money"),
        "Mean quality, by priority": (
            f"SUMPRODUCT({jobs.column('priority')},{jobs.column('quality')})"
            f"/SUMPRODUCT(ISNUMBER({jobs.column('quality')})*1,{jobs.column('priority')})", "count",
        ),
        "Carbon, kg": (
            f'IF(COUNT({jobs.column("carbon")})<COUNT({cost}),"unknown",SUM({jobs.column("carbon")}))', "count"
        ),
        "GPU hours": (f"SUM({jobs.column('gpu_hours')})", "count"),
    }  # fmt: skip
    if jobs.count:
        for words, (of, style) in totals.items():
            sheet.add(text(words), formula(or_unknown(of), style))
    sheet.add()
    sheet.header("Of the planner, not recomputed", "", "")
    total, proof = plan.totals, plan.proof
    sheet.add(text("Cost, 5 % and 95 % of all draws"), number(total.cost_usd_lo), number(total.cost_usd_hi))
    sheet.add(text("Worth: value less cost and lateness, with priorities"), number(proof.objective_usd))
    sheet.add(text("No schedule is worth more than"), number(proof.bound_usd))
    sheet.add(text("Proven gap"), number(proof.gap, "drawn_share"), text(proof.status))
    sheet.add(text("The last job ends"), text(total.finish))
    sheet.add(text("Time zone"), text(plan.calendar.time_zone))
    return sheet


def _budgets(plan: PortfolioPlan, jobs: Jobs) -> Sheet:
    """What is planned of each budget, by formula, beside its limit."""
    sheet = Sheet(BUDGETS, (44, 22, 12, *[16] * 9), (4, 2))
    sheet.head(
        "Budgets",
        "Planned: of the sheet Months, jobs that are done or failed left out; these stand in spent before. What is "
        "held, whether it holds, and what a dollar more is worth are the planner's.",
    )
    sheet.header("Budget", "Team", "Month", "Limit", "Spent before", "Planned", "Spent", "Left", "Used", "Held",
                 "Probability that it holds", "Worth of $1 more")  # fmt: skip
    for budget in plan.budgets:
        _add_budget(sheet, budget, jobs)
    return sheet


def _add_budget(sheet: Sheet, budget: BudgetLine, jobs: Jobs) -> None:
    row = sheet.next
    team = f"EXACT({jobs.column('team')},{sheet.point(row, 2)})*" if budget.team else ""
    month = jobs.month(budget.month) if budget.month in jobs.months else jobs.all_months()
    known = jobs.count and (not budget.month or budget.month in jobs.months)
    planned = f"SUMPRODUCT({team}{jobs.column('open')}*{month})" if known else "0"
    sheet.add(
        text(budget.name), text(budget.team), text(budget.month), given(budget.limit_usd),
        number(budget.spent_before_usd), formula(planned), formula(f"E{row}+F{row}"), formula(f"D{row}-G{row}"),
        formula(f'IF(D{row}>0,G{row}/D{row},"no limit")', "share"), number(budget.held_usd),
        number(budget.holds, "drawn_share"), number(budget.worth_per_usd),
    )  # fmt: skip


def _quotas(plan: PortfolioPlan) -> Sheet:
    """GPUs held and allowed in each slot; peaks and shares of them are formulas."""
    sheet = Sheet(QUOTAS, (40, 12, *[14] * 5), (4, 8))
    slots = max((max(len(one.used), len(one.units)) for one in plan.quotas), default=0)
    hours = plan.proof.slot_hours
    sheet.head("Quotas", f"GPUs in each slot of {hours:g} hours, by the hour at which it begins; as planned.")
    sheet.header("Quota", "GPUs", "Peak", "Mean share", "USD for one more GPU for an hour", "For all the time",
                 "Hours in which it binds")  # fmt: skip
    sheet.rows[-1] += [Cell(slot * hours, "header") for slot in range(slots)]
    for one in plan.quotas:
        used, may = sheet.next, sheet.next + 1
        spans = [f"H{row}:{letter(7 + max(slots, 1))}{row}" for row in (used, may)]
        sheet.add(
            text(one.name), text("held"), formula(f"MAX({spans[0]})", "count"),
            formula(f'IF(SUM({spans[1]})>0,SUM({spans[0]})/SUM({spans[1]}),"none")', "share"),
            number(one.worth_per_gpu_hour_usd), number(one.worth_per_gpu_usd), number(one.bound_hours),
            *(number(gpus) for gpus in one.used),
        )  # fmt: skip
        sheet.add(text(one.name), text("may be held"), formula(f"MAX({spans[1]})", "count"), *[None] * 4,
                  *(number(gpus) for gpus in one.units))  # fmt: skip
    return sheet


def _approvals(plan: PortfolioPlan, jobs: Jobs) -> Sheet:
    sheet = Sheet(APPROVALS, (34, 20, 30, 24, 16, 16, 14, 14, 24, 60), (4, 2))
    sheet.head(
        "Approvals", "Who has to approve what jobs cost, by the policies; enforced and open: it may not run yet."
    )
    sheet.header("Job", "Team", "Approver", "Policy", "Above", "Cost of the job", "To be approved", "Enforced", "State",
                 "What it says")  # fmt: skip
    first = sheet.next
    for place, job in enumerate(plan.jobs):
        for asked in _asked(job):
            sheet.add(
                text(job.name), text(job.team), text(asked.approver), text(asked.policy), number(asked.above_usd),
                formula(or_unknown(jobs.cell("cost", place))), number(asked.amount_usd),
                text("yes" if asked.enforced else "no"), text("open" if asked.open else f"given by {asked.given_by}"),
                text(asked.text),
            )  # fmt: skip
    if sheet.next > first:
        last = sheet.next - 1
        sheet.add(text("Still open", "header"), formula(f'COUNTIF(I{first}:I{last},"open")', "count"))
    else:
        sheet.add(text("none", "note"))
    return sheet


def _asked(job: JobPlan) -> list[Approval]:
    return [] if job.approval is None else [job.approval, *job.further_approvals]


def _notes(plan: PortfolioPlan) -> Sheet:
    sheet = Sheet("Notes", (44, 30, 12, 80), (4, 2))
    sheet.head("What was assumed, and where it comes from", "Of the planner.")
    rows: list[tuple[str, Callable[[], list[tuple[str, str, str, str]]]]] = [
        ("Shadow prices", lambda: [(plan.shadow.label, "", "", ""), *((s, "", "", "") for s in plan.shadow.sentences)]),
        ("Without a provider", lambda: [(one.text, "", "", "") for one in plan.outages]),
        ("In conflict", lambda: [(p.constraint, "", "", p.text) for p in plan.conflict.parts] if plan.conflict else []),
        ("Assumptions", lambda: [(one.key, one.value, one.tag, one.note) for one in plan.assumptions]),
        ("Warnings", lambda: [(words, "", "", "") for words in plan.warnings]),
        ("Sources", lambda: [(one.what, one.as_of, "", one.source) for one in plan.sources]),
    ]
    for title, told in rows:
        sheet.header(title, "", "", "")
        for row in told():
            sheet.add(*(text(words) for words in row))
    return sheet
