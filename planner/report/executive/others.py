"""What could be chosen instead of the recommendation, and what each costs more or less."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan
from planner.outcome.service_words import service_cost, service_text
from planner.report.certainty import TOO_CLOSE
from planner.report.data.executive import OtherChoice
from planner.report.names import clean, listed, shorten
from planner.report.sections.rows import machine_text, method_text, offer_text, quality_text, roles_of, settings_text
from planner.units import chance_text, duration, usd

MOST: Final = 4
"""Rows of the table."""
MOST_NEAR: Final = 1
"""Of these, plans that are nearly as good, of another kind."""
PILOT: Final = "to try first"
_SMALL: Final = "Small print says how much more or less than the recommendation"
_GOES_BY: Final = {"cheapest": "cost", "fastest": "time", "best": "quality", "greenest": "carbon"}
_BETTER: Final = {"cost": "cheaper", "time": "faster", "quality": "better", "carbon": "lower in emissions"}


def other_choices(plan: Plan, mine: Configuration) -> tuple[tuple[OtherChoice, ...], str]:
    """The other decisions, the cheapest managed service and near plans of another kind; and what the table says."""
    roles = roles_of(plan.decisions)
    by_id = {c.id: c for c in plan.front}
    rows = [
        _row(listed(list(names)), by_id[id_], mine, _sure(plan, id_, names, mine))
        for id_, names in roles.items()
        if id_ in by_id and id_ != mine.id
    ]
    services = _service(plan, mine)
    rows = [*rows[: MOST - len(services)], *services]
    near = _near(plan, mine, set(roles), min(MOST_NEAR, MOST - len(rows)))
    alike = Counter((row.what, row.where) for row in (*rows, *near, _row("", mine, mine, "")))
    return tuple(_apart(row, alike[row.what, row.where]) for row in (*rows, *near)), _note(rows, near, plan)


def other_services(plan: Plan, mine: ManagedJob) -> tuple[tuple[OtherChoice, ...], str]:
    """The other managed jobs on a front, where no machine is feasible; and what the table says."""
    managed = plan.managed
    jobs = [] if managed is None else [job for job in managed.jobs if job.on_front and job.id != mine.id]
    rows = tuple(_job("managed service", job, mine.cost_usd, mine.quality) for job in jobs[:MOST])
    return rows, f"{_SMALL}." if rows else "No other managed service is on a front."


def _note(rows: list[OtherChoice], near: list[OtherChoice], plan: Plan) -> str:
    if not rows and not near:
        why = "it is the only point of the front" if len(plan.front) == 1 else "every decision is this one"
        return f"There is no other choice: {why}."
    others = any(row.name != PILOT for row in near)
    return f"{_SMALL}; what begins with “other” is nearly as good." if others else f"{_SMALL}."


def _row(name: str, c: Configuration, mine: Configuration, sure: str) -> OtherChoice:
    what = f"{shorten(c.model, 32)}, {method_text(c.method)}"
    settings = settings_text(c)
    return OtherChoice(
        name=shorten(name, 48),
        what=f"{what} ({shorten(settings, 44)})" if settings and settings != settings_text(mine) else what,
        where=f"{machine_text(c)}, {offer_text(c)}, {c.offer.tier.replace('_', ' ')}",
        instance=shorten(c.offer.instance or "", 40),
        cost=usd(c.cost_usd),
        cost_more=_more(c.cost_usd, mine.cost_usd, usd, "more", "less"),
        time=duration(c.hours),
        time_more=_more(c.hours, mine.hours, duration, "more", "less"),
        quality=quality_text(c.quality),
        quality_more=_more(c.quality, mine.quality, _q, "higher", "lower"),
        sure=sure,
    )


def _apart(row: OtherChoice, alike: int) -> OtherChoice:
    """The row with its instance, where another looks like it."""
    return replace(row, where=f"{row.where}, {row.instance}") if alike > 1 and row.instance else row


def _service(plan: Plan, mine: Configuration) -> list[OtherChoice]:
    """The cheapest job at a managed service."""
    job = plan.cheapest_service
    return [] if job is None else [_job("managed service", job, mine.cost_usd, mine.quality)]


def _job(name: str, job: ManagedJob, cost_usd: float | None, quality: float | None) -> OtherChoice:
    """A managed job beside a recommendation of that cost and quality; its time is told by nobody."""
    return OtherChoice(
        name=name,
        what=shorten(service_text(job), 60),
        where="no machine to rent",
        cost=service_cost(job),
        cost_more=_more(job.cost_usd, cost_usd, usd, "more", "less"),
        time="not told",
        time_more="",
        quality=quality_text(job.quality),
        quality_more=_more(job.quality, quality, _q, "higher", "lower"),
        sure="",
    )


def _near(plan: Plan, mine: Configuration, told: set[str], most: int) -> list[OtherChoice]:
    """Plans of another kind than the recommendation that are nearly as good, by the plan's own search for them."""
    roles = [name for name, id_ in plan.decisions.items() if id_ == mine.id]
    found: dict[str, OtherChoice] = {}
    for pilot in plan.advice:
        c = plan.configuration(pilot.becomes) if pilot.kind == "pilot" and pilot.configuration == mine.id else None
        if c is not None and c.id not in told and c.id != mine.id:
            found[c.id] = _row(PILOT, c, mine, "")
    for one in plan.alternatives.found:
        c = plan.configuration(one.id)
        if one.decision in roles and c is not None and c.id not in told and c.id not in found:
            found[c.id] = _row(f"other {listed([clean(kind) for kind in one.kinds])}", c, mine, "")
    return list(found.values())[: max(most, 0)]


def _sure(plan: Plan, id_: str, names: tuple[str, ...], mine: Configuration) -> str:
    """How likely another decision beats the recommendation in what it is named for."""
    for pair in plan.pairings:
        if {pair.a, pair.b} == {id_, mine.id}:
            chances = {by: p if pair.a == id_ else 1.0 - p for by, p in pair.probability.items() if p is not None}
            goes_by = [_GOES_BY[name] for name in names if name in _GOES_BY]
            return ", ".join(_chance(chances[by], by) for by in goes_by if by in chances)
    return ""


def _chance(p: float, by: str) -> str:
    """`91 % likely cheaper`; between two and three fifths nobody can tell."""
    if max(p, 1.0 - p) < TOO_CLOSE:
        return f"{by} too close to call"
    return f"{chance_text(p)} likely {_BETTER[by]}"


def _q(value: float) -> str:
    """A difference in q; what is less than a hundredth is noise, and told as that."""
    return "under 0.01" if 1e-9 < value < 0.01 else f"{value:.2f}"


def _more(
    theirs: float | None, mine: float | None, show: Callable[[float], str], more: str, less: str
) -> str:  # fmt: skip
    """`$6.12 less`, `same`; empty where one of the two is unknown."""
    if theirs is None or mine is None:
        return ""
    told = show(abs(theirs - mine))
    return "same" if told == show(0.0) else f"{told} {more if theirs > mine else less}"
