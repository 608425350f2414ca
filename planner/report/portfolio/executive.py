"""A portfolio on one page, for who decides: what runs for how much, what does not, what may go wrong, who approves."""

from typing import Final

from planner.outcome.portfolio import PortfolioPlan
from planner.report.data.executive import KeyFigure, NextStep, Told
from planner.report.data.portfolio import PortfolioData, PortfolioExecutive
from planner.report.data.review_parts import Cell, Table, Tone
from planner.report.names import at_words, capital, plural, shorten, signed
from planner.report.portfolio.approvals import approver_of, asked_of, sum_of
from planner.report.portfolio.budgets import budget_name, by_tightness, holds_text, holds_tone, over_limit, used_of
from planner.report.portfolio.head import has_schedule, out_told
from planner.report.portfolio.quotas import binds_anywhere
from planner.report.portfolio.words import columns, share, some, when_text
from planner.units import duration, usd

BUDGETS: Final = 4
ISSUES: Final = 4
OUTAGES: Final = 3
APPROVALS: Final = 4
STEPS: Final = 4
LETTERS: Final = 120
"""Of a sentence of this page that the plan brings."""
NAME: Final = 28
"""Of a name in a table: it takes one line."""


def executive_of(plan: PortfolioPlan, data: PortfolioData) -> PortfolioExecutive:
    """The page."""
    issues = _issues(plan)
    asked = asked_of(plan, open_only=True)
    return PortfolioExecutive(
        question=_question(plan, data),
        searched=_searched(plan),
        answer=at_words(data.headline.sentence, 420),
        sure=tuple(at_words(text, 200) for text in data.headline.details if text != out_told(plan))[:3],
        figures=tuple(KeyFigure(*figure) for figure in data.headline.figures[:4]),
        budgets=_budgets(plan),
        budgets_note=_budgets_note(plan),
        issues=tuple(issues[:ISSUES]),
        issues_title=_title(plan),
        issues_note=f"{len(issues) - ISSUES:,} more in the technical report." if len(issues) > ISSUES else "",
        outages=tuple(Told(one.name, at_words(one.text or one.more, LETTERS)) for one in data.outages[:OUTAGES]),
        outages_note=f"{len(data.outages) - OUTAGES:,} more in the technical report."
        if len(data.outages) > OUTAGES else "",
        approvals=tuple(
            Told(shorten(approver_of(one), NAME), f"{plural(len(jobs), 'job')} for {usd(sum_of(jobs))} "
                 f"({some([shorten(job.name, NAME) for job in jobs], 2)}){', needed' if one.enforced else ''}")
            for one, jobs in asked[:APPROVALS]
        ),
        approvals_note=f"{len(asked) - APPROVALS:,} more in the technical report." if len(asked) > APPROVALS else "",
        steps=tuple(_steps(plan)),
    )  # fmt: skip


def _question(plan: PortfolioPlan, data: PortfolioData) -> str:
    shared = [
        plural(len(plan.budgets), "budget") if plan.budgets else "",
        plural(len(plan.quotas), "quota") if plan.quotas else "",
        "deadlines" if any(one.deadline for one in plan.jobs) else "",
        "order" if any(one.after for one in plan.jobs) else "",
    ]
    told = [text for text in shared if text]
    under = f", under {', '.join(told[:-1])}{' and ' if len(told) > 1 else ''}{told[-1]}" if told else ""
    return f"How should {plural(len(plan.jobs), 'job')} run from {data.period}{under}?"


def _searched(plan: PortfolioPlan) -> str:
    p = plan.proof
    return f"{p.columns:,} configurations × starts were weighed together." if p.columns else ""


def _title(plan: PortfolioPlan) -> str:
    if not has_schedule(plan) and plan.conflict is not None and plan.conflict.parts:
        return "What is in conflict"
    return "What does not run, or runs late"


def _issues(plan: PortfolioPlan) -> list[Told]:
    """Conflicts, then what failed, then what is late, then what is left out; the dearest first."""
    parts = plan.conflict.parts if plan.conflict is not None and not has_schedule(plan) else []
    found = [Told(at_words(one.constraint, 60), at_words(one.text or "it would have to go", LETTERS)) for one in parts]
    late = sorted((one for one in plan.jobs if one.run is not None and one.run.late_hours > 0),
                  key=lambda one: -(one.run.late_hours if one.run else 0.0))  # fmt: skip
    found += [
        Told(shorten(one.name, NAME), f"failed: {at_words(one.why, LETTERS)}")
        for one in plan.jobs
        if one.run is None and one.status == "failed"
    ]
    found += [
        Told(shorten(one.name, NAME), f"late by {duration(one.run.late_hours)}; due {when_text(one.deadline)}")
        for one in late
        if one.run is not None
    ]
    out = [] if parts else [one for one in plan.jobs if one.run is None and one.status != "failed"]
    out.sort(key=lambda one: -(one.value_usd or 0.0))
    found += [Told(shorten(one.name, NAME), f"left out: {at_words(one.why, LETTERS)}") for one in out]
    return found


def _budgets(plan: PortfolioPlan) -> Table | None:
    shown = by_tightness(plan)[:BUDGETS]
    if not shown or _unused(plan):
        return None
    rows = []
    for one in shown:
        over: Tone = "bad" if over_limit(one) else ""
        used = share(used_of(one, one.held_usd)) if one.limit_usd > 0 else "no limit"
        rows.append((Cell(shorten(budget_name(one), NAME)), Cell(usd(one.limit_usd)), Cell(usd(one.spent_usd)),
                     Cell(used, tone=over), Cell(holds_text(one.holds), tone=holds_tone(one.holds))))  # fmt: skip
    numbers = ("Limit", "Planned", "Used", "Holds")
    return Table("budgets", "Budgets", columns("Budget", *numbers, numbers=numbers), tuple(rows))


def _unused(plan: PortfolioPlan) -> bool:
    """Whether there is neither a schedule nor anything that runs without one."""
    return not has_schedule(plan) and not plan.totals.runs


def _budgets_note(plan: PortfolioPlan) -> str:
    if not plan.budgets:
        return "The scenario sets no budget."
    if _unused(plan):
        return "Without a schedule nothing is spent of any budget."
    left = len(plan.budgets) - BUDGETS
    return f"{plural(left, 'further budget')} {'is' if left == 1 else 'are'} less tight." if left > 0 else ""


def _steps(plan: PortfolioPlan) -> list[NextStep]:
    """What to do next: approvals, what starts first, what to mend; or what would make a schedule possible."""
    found = []
    if not has_schedule(plan) or not plan.totals.runs:
        parts = plan.conflict.parts if plan.conflict is not None else []
        told = [f"{capital(at_words(one.constraint, 70))}: {at_words(one.text, LETTERS).rstrip('.')}" for one in parts]
        found += [NextStep(f"{text}.") for text in told[: STEPS - 1]]
        found += (
            [NextStep("One of these frees this conflict; plan again, since another may lie behind it.")]
            if len(told) > 1
            else []
        )
        if not found and any(one.status == "failed" for one in plan.jobs):
            found.append(NextStep("Mend the scenarios of the jobs that failed, and plan again."))
        return found or [NextStep("Allow more time, budget or quota, or a longer horizon, and plan again.")]
    asked = asked_of(plan, open_only=True)
    if asked:
        who = list(dict.fromkeys(shorten(approver_of(one), NAME) for one, _ in asked))
        jobs = list({job.name: job for _, some_ in asked for job in some_}.values())
        found.append(NextStep(f"Ask {some(who, 3)} to approve {plural(len(jobs), 'job')} for {usd(sum_of(jobs))}."))
    ahead = [one for one in plan.jobs if one.run is not None and one.status == "runs"]
    if ahead:
        first = min(ahead, key=lambda one: one.run.start_hours if one.run else 0.0)
        start = when_text(first.run.start) if first.run else ""
        where = at_words(signed(first.chosen.where), 70) if first.chosen is not None else ""
        at_ = f" on {where}" if where else ""
        found.append(NextStep(f"Start {shorten(first.name, NAME)} at {start}{at_}."))
    failed = [shorten(one.name, NAME) for one in plan.jobs if one.status == "failed"]
    if failed:
        found.append(NextStep(f"Mend the scenario of {some(failed, 2)}, and plan again."))
    if plan.shadow.sentences and binds_anywhere(plan):
        text = at_words(plan.shadow.sentences[0], 90).rstrip(".")
        found.append(NextStep(f"Weigh what holds most back: {text[:1].lower()}{text[1:]} (from the relaxation)."))
    found.append(NextStep("When jobs have started or ended, say so under running in the scenario, and plan the rest."))
    return found[:STEPS]
