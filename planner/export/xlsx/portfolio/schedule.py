"""The sheets Schedule and Months: where, when and at what cost each job runs, and in which months that is paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from planner.export.xlsx.cells import (
    Cell,
    Sheet,
    down,
    formula,
    given,
    letter,
    literal,
    number,
    or_unknown,
    point,
    text,
)
from planner.outcome.portfolio import JobPlan, PortfolioPlan

SCHEDULE: Final = "Schedule"
MONTHS: Final = "Months"
FIRST: Final = 4
"""Row of the first job, on both."""
FIRST_MONTH: Final = 4
"""Column of the first month."""
_HEADINGS: Final = (
    ("name", "Job"), ("team", "Team"), ("kind", "Kind"), ("status", "Status"), ("what", "What"), ("where", "Where"),
    ("start", "Start"), ("end", "End"), ("hours", "Hours"), ("gpus", "GPUs"), ("gpu_hours", "GPU hours"),
    ("cost", "Cost"), ("low", "5 %"), ("high", "95 %"), ("value", "Value"), ("priority", "Priority"),
    ("deadline", "Deadline"), ("late_hours", "Hours late"), ("late_day", "Cost of a day late"),
    ("lateness", "Cost of lateness, with priority"), ("quality", "Quality"), ("carbon", "Carbon, kg"),
    ("open", "Counts as planned"), ("why", "Why it does not run"),
)  # fmt: skip
_COLUMNS: Final = {key: place for place, (key, _) in enumerate(_HEADINGS, 1)}


@dataclass(frozen=True, slots=True)
class Jobs:
    """Where the numbers of jobs stand."""

    count: int
    months: tuple[str, ...]
    """Those of the calendar, and all others in which a job is paid."""

    def column(self, key: str) -> str:
        """All jobs' cells of a heading."""
        return _down(SCHEDULE, _COLUMNS[key], self.count)

    def cell(self, key: str, place: int) -> str:
        """The cell of a job."""
        return point(SCHEDULE, FIRST + place, _COLUMNS[key])

    def month(self, month: str) -> str:
        """What all jobs pay in a month."""
        return _down(MONTHS, FIRST_MONTH + self.months.index(month), self.count)

    def all_months(self) -> str:
        """What all jobs pay in all months."""
        return _down(MONTHS, 3, self.count)


def _down(sheet: str, column: int, count: int) -> str:
    return f"{sheet}!${letter(column)}${FIRST}:${letter(column)}${FIRST + max(count, 1) - 1}"


def schedule_of(plan: PortfolioPlan) -> tuple[Sheet, Jobs]:
    """The sheet, a row for each job."""
    sheet = Sheet(SCHEDULE, (34, 18, 12, 12, 40, 44, 26, 26, *[12] * 15, 60), (FIRST, 2))
    sheet.head("Schedule", f"From {plan.calendar.begins} to {plan.calendar.ends}, in {plan.calendar.time_zone}; USD.")
    sheet.header(*(words for _, words in _HEADINGS))
    for job in plan.jobs:
        sheet.add(*_row(job, sheet.next))
    paid = {month for job in plan.jobs if job.run is not None for month in job.run.cost_by_month_usd}
    jobs = Jobs(len(plan.jobs), tuple(sorted({*plan.calendar.months, *paid})))
    if plan.jobs:
        sheet.add(text("All", "header"), *[None] * (_COLUMNS["cost"] - 2),
                  formula(f"SUM({down(_COLUMNS['cost'], FIRST, FIRST + jobs.count - 1)})", "total"))  # fmt: skip
    return sheet, jobs


def _row(job: JobPlan, row: int) -> Iterator[Cell | None]:
    run, chosen = job.run, job.chosen

    def at(key: str) -> str:
        return f"{letter(_COLUMNS[key])}{row}"

    yield from (text(words) for words in (job.name, job.team, job.kind, job.status))
    yield from (text(words) for words in (("", "") if chosen is None else (chosen.what, chosen.where)))
    yield from (text(words) for words in (("", "") if run is None else (run.start, run.end)))
    yield None if run is None else number(run.hours)
    yield None if chosen is None else number(chosen.gpus)
    yield None if run is None or chosen is None else formula(f"{at('hours')}*{at('gpus')}", "count")
    yield None if run is None else given(run.cost_usd)
    yield from (None, None) if run is None else (number(run.cost_usd_lo), number(run.cost_usd_hi))
    yield None if job.value_usd is None else number(job.value_usd)
    yield number(job.priority)
    yield text(job.deadline)
    yield None if run is None else number(run.late_hours)
    yield number(job.late_usd_per_day)
    yield None if run is None else formula(f"{at('priority')}*{at('late_day')}/24*{at('late_hours')}")
    yield from (None, None) if run is None else (number(run.quality), number(run.carbon_kg))
    yield formula(f'IF(OR({at("status")}="done",{at("status")}="failed"),0,1)', "count")
    yield text(job.why)


def months_of(plan: PortfolioPlan, jobs: Jobs) -> Sheet:
    """The sheet: a job's cost of each month is its part of it, times its cost; below, the sums of teams."""
    months = jobs.months
    sheet = Sheet(MONTHS, (34, 18, 16, *[14] * len(months)), (FIRST, FIRST_MONTH))
    sheet.head("Months", "What is paid in which month: the part of a job's cost that falls into it, of its cost now.")
    sheet.header("Job", "Team", "All", *months)
    for place, job in enumerate(plan.jobs):
        row = sheet.next
        spans = f"{letter(FIRST_MONTH)}{row}:{letter(FIRST_MONTH + max(len(months), 1) - 1)}{row}"
        parts = (_part(job, month, jobs.cell("cost", place)) for month in months)
        sheet.add(text(job.name), text(job.team), formula(f"SUM({spans})"), *parts)
    if not plan.jobs:
        return sheet
    sheet.add()
    sheet.header("By team, what is done among it, failed attempts not", "", "All", *months)
    for team in dict.fromkeys(job.team for job in plan.jobs):
        row = sheet.next
        mine = f"EXACT({jobs.column('team')},$B{row})"
        sums = (formula(or_unknown(f"SUMPRODUCT({mine}*{jobs.month(month)})")) for month in months)
        sheet.add(text("of no team" if not team else ""), text(team),
                  formula(or_unknown(f"SUMPRODUCT({mine}*{jobs.all_months()})"), "total"), *sums)  # fmt: skip
    return sheet


def _part(job: JobPlan, month: str, cost: str) -> Cell:
    """The part of the cost that falls into a month, which stays when the cost is changed."""
    run = job.run
    if run is None or not run.cost_usd:
        return number(0.0)
    return formula(f"{cost}*{literal(run.cost_by_month_usd.get(month, 0.0) / run.cost_usd)}")
