"""PortfolioPlan → PortfolioData: all formatting is decided here, nothing is computed in a template."""

from dataclasses import replace

from planner.outcome.portfolio import PortfolioPlan
from planner.report.charts.portfolio_budgets import budgets_left
from planner.report.charts.portfolio_gantt import gantt_left
from planner.report.data.portfolio import PortfolioData, PortfolioSentences
from planner.report.portfolio.approvals import approvals_of, approvals_sentence
from planner.report.portfolio.axis import axis_of
from planner.report.portfolio.budgets import (
    budgets_legend,
    budgets_of,
    budgets_sentence,
    bullets_of,
    months_of,
    months_sentence,
)
from planner.report.portfolio.executive import executive_of
from planner.report.portfolio.gantt import gantt_legend, gantt_sentence
from planner.report.portfolio.head import (
    NOTHING,
    carbon_sentence,
    has_schedule,
    headline,
    money_text,
    note_of,
    solved_of,
)
from planner.report.portfolio.jobs import moves_of, moves_sentence, out_of, out_sentence, rows_of
from planner.report.portfolio.quotas import quotas_of, quotas_sentence, shadow_of, shadow_sentence, steps_of
from planner.report.portfolio.schedules import (
    conflict_of,
    conflict_sentence,
    dots_of,
    front_legend,
    front_of,
    front_sentence,
    outages_of,
    outages_sentence,
)
from planner.report.portfolio.words import left_text, when_text
from planner.report.sections.caveats import assumed, warnings_of
from planner.report.sections.details import command_of
from planner.report.sections.title import labels_of, sources_of, title_head


def portfolio_data(plan: PortfolioPlan) -> PortfolioData:
    """All that a report of this portfolio prints."""
    rows, out, whole = rows_of(plan), out_of(plan), plan
    plan = _of_a_schedule(whole)
    axis, bullets, steps = axis_of(plan.calendar, rows), bullets_of(plan), steps_of(plan)
    dots = dots_of(plan)
    screen, paper, small = (gantt_left(rows, form) for form in ("screen", "paper", "small"))
    data = PortfolioData(
        title=title_head(plan, [("Seed", str(plan.proof.seed))]),
        feasible=bool(rows),
        headline=headline(plan),
        period=f"{when_text(plan.calendar.begins)} to {when_text(plan.calendar.ends)}, {axis.title}",
        jobs=rows,
        out=out,
        axis=axis,
        budgets=budgets_of(plan),
        bullets=bullets,
        months=months_of(plan),
        quotas=quotas_of(plan),
        steps=steps,
        shadow=shadow_of(plan),
        front=front_of(plan),
        dots=dots,
        outages=outages_of(plan),
        conflict=conflict_of(plan),
        approvals=approvals_of(plan),
        moves=moves_of(plan, rows),
        solved=solved_of(plan),
        solved_note=note_of(plan),
        assumptions=tuple(map(assumed, plan.assumptions)),
        sources=sources_of(plan),
        warnings=tuple(dict.fromkeys(warnings_of(plan.warnings))),
        labels=labels_of(plan),
        money=money_text(plan),
        command=command_of(plan),
        sentences=PortfolioSentences(
            gantt=gantt_sentence(plan, rows),
            gantt_legend=gantt_legend(rows, axis) if rows else "",
            gantt_screen=screen,
            gantt_paper=paper,
            gantt_small=small,
            out=out_sentence(out),
            budgets=budgets_sentence(plan),
            budgets_chart=budgets_left(bullets),
            budgets_legend=budgets_legend(bullets) if bullets else "",
            months=months_sentence(plan),
            quotas=quotas_sentence(plan),
            quotas_chart=left_text(len(plan.quotas), len(steps), "quotas are drawn, the tightest"),
            shadow=shadow_sentence(plan),
            front=front_sentence(plan),
            front_legend=front_legend(dots) if dots else "",
            outages=outages_sentence(plan),
            conflict=conflict_sentence(plan),
            approvals=approvals_sentence(plan),
            moves=moves_sentence(plan),
            carbon=carbon_sentence(plan),
        ),
    )
    return replace(data, executive=executive_of(whole, data))


def _of_a_schedule(plan: PortfolioPlan) -> PortfolioPlan:
    """The plan without figures that say nothing for want of a schedule: what nobody uses is kept and worth nothing.

    What runs already counts, with or without a schedule for the rest.
    """
    if has_schedule(plan) and (plan.totals.runs or plan.proof.status != NOTHING):
        return plan
    nothing: dict[str, object] = {"shadow": plan.shadow.model_copy(update={"sentences": []})}
    if not plan.totals.runs:
        nothing |= {"budgets": [], "team_months": [], "quotas": []}
    return plan.model_copy(update=nothing)
