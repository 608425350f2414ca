"""Jobs as rows: those that run with where, when and what for; the others with why."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.portfolio import Approval, Chosen, JobPlan, PortfolioPlan, Run
from planner.report.data.portfolio_parts import JobRow, OutRow, Standing
from planner.report.data.review_parts import Table
from planner.report.names import plural, shorten, signed
from planner.report.portfolio.approvals import approver_of, state_of
from planner.report.portfolio.words import (
    LONGEST,
    NAME,
    columns,
    hours_after,
    late_text,
    left_text,
    row,
    some,
    team_of,
    when_text,
)
from planner.report.sections.rows import figure_of, quality_text
from planner.report.serving.rows import words
from planner.units import duration, significant, usd

STANDINGS: Final[dict[str, Standing]] = {"started": "running", "done": "done"}
"""Status → how it stands; all else is planned."""
KINDS: Final = {"FineTune": "fine-tuning", "Serving": "serving"}
MOVES: Final = 300
"""Moved jobs that a page lists."""
REASONS: Final = 3
"""Reasons why configurations were passed over, of a job."""


def rows_of(plan: PortfolioPlan) -> tuple[JobRow, ...]:
    """Those that run, in the plan's order, which is that of their starts."""
    runs = [one for one in plan.jobs if one.run is not None]
    return tuple(_row(f"job-{place}", one, plan) for place, one in enumerate(runs, 1))


def _row(id_: str, one: JobPlan, plan: PortfolioPlan) -> JobRow:
    run, chosen = one.run, one.chosen
    assert run is not None
    return JobRow(
        id=id_,
        name=shorten(one.name, NAME),
        team=team_of(one.team),
        kind=KINDS.get(one.kind, shorten(one.kind, NAME)),
        standing=STANDINGS.get(one.status, "planned"),
        what="unknown" if chosen is None else shorten(chosen.what or chosen.model, 90) or "unknown",
        where="unknown" if chosen is None else _where(chosen),
        provider="unknown" if chosen is None else shorten(chosen.provider, 30) or "unknown",
        start=when_text(run.start),
        end=when_text(run.end),
        start_hours=run.start_hours,
        hours=figure_of(duration, run.hours, None, None, ""),
        cost=figure_of(usd, run.cost_usd, run.cost_usd_lo, run.cost_usd_hi, ""),
        quality=figure_of(quality_text, run.quality, None, None, ""),
        late=late_text(run.late_hours),
        late_hours=run.late_hours,
        deadline=when_text(one.deadline) if one.deadline else "",
        hard=one.hard,
        deadline_hours=hours_after(plan.calendar, one.deadline) if one.deadline else None,
        approver="" if one.approval is None else _approver(one.approval),
        notes=tuple(_notes(one, chosen, run)),
        moved=run.moved,
        before=shorten(signed(run.before), 120),
    )


def _approver(asked: Approval) -> str:
    """Who is asked, or who gave it."""
    name = approver_of(asked)
    return name if asked.open else f"{name}: {state_of(asked)}"


def _where(chosen: Chosen) -> str:
    return shorten(signed(chosen.where), 90) or shorten(f"{chosen.provider} {chosen.region}", 90) or "unknown"


def _notes(one: JobPlan, chosen: Chosen | None, run: Run) -> list[str]:
    """What a reader asks of a row: why here, why now."""
    told = [] if one.priority == 1 else [f"priority {significant(one.priority, 2)}"]
    if one.optional:
        told.append(f"optional, worth {usd(one.value_usd)} to you")
    if chosen is not None and chosen.decisions:
        told.append(f"{some([words(name) for name in chosen.decisions])} of its own plan")
    if chosen is not None and chosen.avoids:
        told.append(f"of its plan without {shorten(chosen.avoids, 60)}")
    waits = one.waits_for.split("; ")
    if after := [name for name in one.after if f"after {name}" not in waits]:
        told.append(f"after {some(after, 3)}")
    if one.waits_for:
        told.append(f"not sooner: {shorten(one.waits_for, 90)}")
    off = run.mean_rate_cost_usd - run.cost_usd
    if usd(run.mean_rate_cost_usd) != usd(run.cost_usd):
        told.append(f"its hours cost {usd(abs(off))} {'less' if off > 0 else 'more'} than at a mean rate")
    return told


def out_of(plan: PortfolioPlan) -> tuple[OutRow, ...]:
    """Those that do not run, as written."""
    return tuple(
        OutRow(
            name=shorten(one.name, NAME),
            team=team_of(one.team),
            state="failed" if one.status == "failed" else "left out",
            why=shorten(one.why, LONGEST) or "no reason is told",
            value=usd(one.value_usd),
            passed_over=_passed_over(one),
        )
        for one in plan.jobs
        if one.run is None
    )


def _passed_over(one: JobPlan) -> str:
    reasons = sorted(one.passed_over.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{shorten(reason, 60)} {count:,}" for reason, count in reasons[:REASONS]]
    left = len(reasons) - REASONS
    return "; ".join([*told, *([f"{plural(left, 'more reason')}"] if left > 0 else [])])


def out_sentence(out: Sequence[OutRow]) -> str:
    """How many do not run: by whose fault."""
    left, failed = (sum(one.state == state for one in out) for state in ("left out", "failed"))
    told = [
        f"{plural(left, 'job')} {'is' if left == 1 else 'are'} left out" if left else "",
        f"{plural(failed, 'job')} failed: {'its' if failed == 1 else 'their'} own scenario has no plan, the others "
        "are planned without it" if failed else "",
    ]  # fmt: skip
    return f"{'; '.join(filter(None, told))}." if out else ""


def moves_of(plan: PortfolioPlan, rows: Sequence[JobRow]) -> Table | None:
    """Jobs that an earlier plan has elsewhere or at another time."""
    moved = [one for one in rows if one.moved]
    if not moved:
        return None
    shown = [
        row(one.name, one.team, f"{one.where}, {one.start}", one.before or "the plan does not say")
        for one in moved[:MOVES]
    ]
    return Table("moves", "Jobs that moved", columns("Job", "Team", "Now", "Before"), tuple(shown),
                 note=left_text(len(moved), len(shown), "jobs that moved are listed"))  # fmt: skip


def moves_sentence(plan: PortfolioPlan) -> str:
    """How many moved, and what a move has to be for; empty of a portfolio that does not run yet."""
    moved = plan.totals.moved
    if not plan.calendar.now and not moved:
        return ""
    since = f"At {when_text(plan.calendar.now)}, " if plan.calendar.now else ""
    if not moved:
        # Whether there was an earlier plan, the plan does not say.
        return (
            f"{since}no job that is still to come stands elsewhere or at another time than in an earlier plan, if "
            "there is one; what failed is planned anew."
        )
    stand = "stands" if moved == 1 else "stand"
    return (
        f"{since}{plural(moved, 'job')} {stand} elsewhere or at another time than in the earlier plan. Each move "
        "counts against the schedule at the scenario's cost of moving, so a job moves where that gains more, or where "
        "it cannot stay."
    )
