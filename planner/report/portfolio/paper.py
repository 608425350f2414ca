"""What paper shows of long tables of a portfolio; the page has them all."""

from dataclasses import replace
from typing import Final

from planner.report.charts.portfolio_lanes import RULE
from planner.report.data.portfolio import PortfolioData
from planner.report.data.portfolio_parts import JobRow, OutageRow
from planner.report.data.review_parts import Table

JOBS: Final = 80
"""Jobs that are printed; above them those of `RULE`, in order of start."""
OUT: Final = 40
ROWS: Final = 24
MOVED: Final = 12
"""Moved jobs of an outage."""
OUTAGES: Final = 10
SHADOW: Final = 12
MONTHS: Final = 9
"""Columns of months that a sheet has room for."""


def on_paper(data: PortfolioData) -> PortfolioData:
    """The same with tables that paper has room for; each tells what it leaves out."""
    says = data.sentences
    kept = {one.id for one in sorted(data.jobs, key=_weight)[:JOBS]}
    jobs = tuple(one for one in data.jobs if one.id in kept)
    left = len(data.jobs) - len(jobs)
    out, outages = data.out[:OUT], tuple(map(_outage, data.outages[:OUTAGES]))
    return replace(
        data,
        jobs=jobs,
        out=out,
        outages=outages,
        shadow=data.shadow[:SHADOW],
        budgets=_table(data.budgets),
        months=_table(_narrow(data.months)),
        quotas=_table(data.quotas),
        front=_table(data.front),
        conflict=_table(data.conflict),
        approvals=_table(data.approvals),
        moves=_table(data.moves),
        sentences=replace(
            says,
            jobs_left=f"On paper {len(jobs):,} of {len(data.jobs):,} jobs are listed: {RULE}." if left > 0 else "",
            out=_told(says.out, len(data.out), len(out)),
            outages=_told(says.outages, len(data.outages), len(outages)),
            shadow=_told(says.shadow, len(data.shadow), min(len(data.shadow), SHADOW)),
        ),
    )


def _weight(one: JobRow) -> tuple[float, float, float]:
    return -one.late_hours, -(one.cost.value or 0.0), one.start_hours


def _told(sentence: str, there: int, shown: int) -> str:
    return f"{sentence} On paper {shown:,} of {there:,} are printed." if there > shown else sentence


def _outage(one: OutageRow) -> OutageRow:
    left = len(one.moved) - MOVED
    if left <= 0:
        return one
    return replace(one, moved=one.moved[:MOVED], left_out=f"On paper {MOVED} of {one.moves} are printed.")


def _table(table: Table | None) -> Table | None:
    if table is None or len(table.rows) <= ROWS:
        return table
    told = f"On paper {ROWS} of {len(table.rows):,} rows are printed."
    return replace(table, rows=table.rows[:ROWS], note=f"{table.note} {told}".strip())


def _narrow(table: Table | None) -> Table | None:
    """The first months and the sum; those between are told as left out."""
    if table is None or len(table.columns) <= MONTHS + 2:
        return table
    left = len(table.columns) - MONTHS - 2
    told = f"On paper {left:,} later {'month is' if left == 1 else 'months are'} left out; All has them."
    return replace(
        table,
        columns=(*table.columns[: MONTHS + 1], table.columns[-1]),
        rows=tuple((*row[: MONTHS + 1], row[-1]) for row in table.rows),
        total=(*table.total[: MONTHS + 1], table.total[-1]) if table.total else (),
        note=f"{table.note} {told}".strip(),
    )
