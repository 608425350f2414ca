"""A plan of what is served as one of several: paid by the month, so that it is listed and part of no sum."""

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.outcome.serving_words import serving_text
from planner.report.data.collection import Member
from planner.report.data.rows import Figure
from planner.report.names import clean, shorten
from planner.report.sections.rows import roles_of
from planner.report.serving.rows import serving_row


def serving_member(plan: ServingPlan, decision: str | None = None, link: str = "") -> Member:
    """The plan in a line, with the decision of this name, by default the recommended one."""
    name = decision or next((names[0] for names in roles_of(plan.decisions).values()), "")
    chosen = plan.configuration(plan.decisions[name]) if name in plan.decisions else None
    cost, latency, quality, carbon = _figures(chosen)
    return Member(
        id="",
        name=shorten(plan.metadata.name, 80) or "unnamed",
        team=shorten(plan.metadata.team or "", 60),
        cost_centre=shorten(plan.metadata.cost_centre or "", 60),
        model="" if chosen is None else shorten(chosen.model, 60),
        scenario=shorten(plan.scenario.path, 80),
        state="infeasible" if chosen is None else "planned",
        reason="" if chosen is not None else _why_none(plan, decision),
        decision=clean(name) if chosen is not None else "",
        what="" if chosen is None else shorten(serving_text(chosen), 80),
        cost=cost,
        hours=latency,
        quality=quality,
        carbon=carbon,
        monthly=True,
        link=link,
        as_of=clean(plan.catalog.as_of),
        planner=clean(plan.planner.version),
    )


def _figures(chosen: ServingConfiguration | None) -> tuple[Figure, Figure, Figure, Figure]:
    """Cost of a month, p95 latency, quality and CO2e of a month, as a list of jobs and services shows them.

    Those of a month, and a latency, have no number that could be added to those of jobs.
    """
    if chosen is None:
        unknown = Figure("unknown", "", "", None, None, None)
        return unknown, unknown, unknown, unknown
    row = serving_row(chosen)
    return (
        _told(row.cost, "/month"),
        _told(row.latency, " p95"),
        row.quality,
        _told(row.carbon, "/month"),
    )


def _told(figure: Figure, unit: str) -> Figure:
    known = figure.value is not None
    return Figure(f"{figure.text}{unit if known else ''}", figure.band, figure.label, None, None, None)


def _why_none(plan: ServingPlan, decision: str | None) -> str:
    if decision is not None and plan.decisions:
        return f"no decision is called {clean(decision)}; there is {', '.join(map(clean, plan.decisions))}"
    relaxed = next((clean(relaxation.text) for relaxation in plan.relaxations), "")
    return shorten("; ".join(filter(None, ["nothing is feasible", relaxed])), 300)
