"""Several plans → Collection: one line for each, sums, and what it takes to hold them against each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan
from planner.outcome.service_words import service_cost, service_text
from planner.outcome.sides import decided, service_of
from planner.outcome.spending import Spending
from planner.report.data.collection import Collection, CollectionSentences, Compared, Member, State
from planner.report.data.cost_centre import CostReport
from planner.report.data.rows import Figure
from planner.report.names import clean, shorten
from planner.report.sections.rows import band_text, quality_text, roles_of, row_of
from planner.report.several.compare import SPELT, Chances, compared, decisions_sentence, legend_sentence
from planner.report.several.compare_facts import facts_of
from planner.report.several.cost_centre import cost_report
from planner.report.several.sums import sums_by, total_of, totals_sentence
from planner.report.several.words import headline, title, warnings
from planner.units import duration, kilograms, usd

COMPARED: Final = 20
"""Plans that are held against each other at most."""
YARDSTICK: Final = "quality.baseline"
"""The assumption that says what quality is measured by."""
SERVICE: Final = "service"


def chosen_of(plan: Plan, decision: str | None) -> tuple[str, Configuration | ManagedJob | None]:
    """What is shown of a plan and what it is called: the decision of this name, by default the recommended one.

    A plan that no machine answers shows the cheapest managed service.
    """
    name = decision or next((names[0] for names in roles_of(plan.decisions).values()), "")
    machine = decided(plan, name)
    if machine is not None:
        return name, machine
    service = service_of(plan, name)
    return (SERVICE, service) if service is not None else ("", None)


def member_of(plan: Plan, decision: str | None = None, link: str = "") -> Member:
    """A plan as one of several."""
    name, chosen = chosen_of(plan, decision)
    machine = chosen if isinstance(chosen, Configuration) else None
    roles = roles_of(plan.decisions)
    rows = [row_of(found, names) for id_, names in roles.items() if (found := plan.configuration(id_)) is not None]
    reason = "" if chosen is not None else _why_none(plan, decision)
    return Member(
        id="",
        name=shorten(plan.metadata.name, 80) or "unnamed",
        team=shorten(plan.metadata.team or "", 60),
        cost_centre=shorten(plan.metadata.cost_centre or "", 60),
        model="" if chosen is None else shorten(chosen.model, 60),
        scenario=shorten(plan.scenario.path, 80),
        state="infeasible" if chosen is None else "planned",
        reason=reason,
        decision=clean(name),
        what=_what(chosen),
        cost=_figure(usd, chosen, "cost_usd"),
        cost_at_least=isinstance(chosen, ManagedJob) and chosen.cost_usd_at_least and chosen.cost_usd is not None,
        hours=_figure(duration, chosen, "hours"),
        quality=_figure(quality_text, chosen, "quality"),
        carbon=_figure(kilograms, chosen, "carbon_kg"),
        link=link,
        facts=facts_of(plan, chosen),
        yardstick=next((shorten(a.value, 80) for a in plan.assumptions if a.key == YARDSTICK), ""),
        tokens=machine.work.useful_tokens if machine else None,
        as_of=clean(plan.catalog.as_of),
        planner=clean(plan.planner.version),
        decisions=tuple(rows),
    )


def absent(name: str, scenario: str, reason: str, state: State = "failed") -> Member:
    """A scenario without a plan."""
    unknown = Figure("unknown", "", "", None, None, None)
    return Member(
        id="", name=shorten(name, 80) or "unnamed", team="", cost_centre="", model="", scenario=shorten(scenario, 80),
        state=state, reason=shorten(reason, 300), decision="", what="", cost=unknown, hours=unknown, quality=unknown,
        carbon=unknown,
    )  # fmt: skip


def collection(
    members: Sequence[Member], chances: Chances | None = None, spending: Spending | None = None,
    labels: Sequence[Mapping[str, str]] = (),
) -> Collection:  # fmt: skip
    """All that a report of these plans prints, in the order in which they are given.

    `chances` say how likely one's figures are above another's (see `compare`); `labels` are those of the plans.
    """
    few, spelt = len(members) <= COMPARED, len(members) <= SPELT
    numbered = tuple(
        replace(one, id=f"plan-{number}", number="" if spelt else str(number)) for number, one in enumerate(members, 1)
    )
    total = total_of(numbered)
    return Collection(
        title=title(numbered),
        feasible=any(one.state == "planned" for one in numbered),
        headline=headline(numbered, total),
        labels=tuple((shorten(key), shorten(value, 200)) for key, value in _common(labels)),
        members=numbered,
        has_carbon=any(one.carbon.value is not None for one in numbered),
        total=total,
        teams=sums_by(numbered, "team"),
        cost_centres=sums_by(numbered, "cost_centre"),
        models=sums_by(numbered, "model"),
        compared=compared(numbered, chances or {}) if few else Compared(),
        spend=CostReport() if spending is None else cost_report(numbered, spending),
        warnings=warnings(numbered),
        sentences=CollectionSentences(
            decisions=decisions_sentence(numbered) if few else "",
            legend=legend_sentence(numbered) if few else "",
            totals=totals_sentence(numbered, total),
        ),
    )


def _why_none(plan: Plan, decision: str | None) -> str:
    if decision is not None and plan.decisions:
        there = ", ".join(name for names in roles_of(plan.decisions).values() for name in names)
        return f"no decision is called {decision}; there is {there}"
    relaxed = next((clean(relaxation.text) for relaxation in plan.relaxations), "")
    first = "no front: an objective is unknown" if plan.unknown else "nothing is feasible"
    return shorten("; ".join(filter(None, [first, relaxed])), 300)


def _what(chosen: Configuration | ManagedJob | None) -> str:
    if isinstance(chosen, ManagedJob):
        return shorten(service_text(chosen), 120)
    return "" if chosen is None else row_of(chosen).what


def _figure(say: Callable[[float | None], str], chosen: Configuration | ManagedJob | None, name: str) -> Figure:
    """A figure of what is chosen; managed services tell no time and no emissions."""
    value, low, high = (getattr(chosen, f"{name}{end}", None) for end in ("", "_lo", "_hi"))
    known = value is not None and low is not None and high is not None
    text = service_cost(chosen) if isinstance(chosen, ManagedJob) and name == "cost_usd" else say(value)
    band = band_text(say(low), say(high)) if known and low != high else ""
    return Figure(text, band, clean(getattr(chosen, f"{name}_label", "") or ""), value, low, high)


def _common(labels: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Labels that all have with the same value."""
    shared = set(labels[0].items()) if labels else set()
    for each in labels[1:]:
        shared &= set(each.items())
    return sorted(shared)
