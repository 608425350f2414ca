"""A serving plan on one page, for who decides: rent or call an API, what it costs and delivers, what may go wrong."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.report.charts.theme import SERIES
from planner.report.data.executive import CostLine, CostOverview, KeyFigure, NextStep, OtherChoice, Segment, Told
from planner.report.data.serving import ServingData, ServingExecutive
from planner.report.data.serving_parts import LeverRow, TargetLine
from planner.report.data.serving_rows import ServingDecision, ServingRow
from planner.report.names import capital, clean, listed, plural, shorten
from planner.report.serving.bars import COST_TERMS
from planner.report.serving.cheaper import cheaper_api_sentence, cheaper_sentence
from planner.report.serving.rows import API, asked_text, money, share, volume
from planner.report.serving.words import answer, in_currency
from planner.units import share_text, significant, usd

MOST_OTHERS: Final = 5
MOST_LEVERS: Final = 4
MOST_RISKS: Final = 4
MOST_TARGETS: Final = 4
_SEEN: Final = {"ttft": "the first token", "itl": "each further token", "total": "the whole answer"}
"""Latencies as a reader sees them."""
MOST_LETTERS: Final = 110
"""Of a configuration in a row."""
LONGEST: Final = 140
"""Characters of a cell."""


def executive_of(plan: ServingPlan, data: ServingData) -> ServingExecutive:
    """The page; the first decision is what is recommended."""
    pick = data.decisions[0] if data.decisions else None
    chosen = None if pick is None else plan.configuration(pick.row.id)
    if pick is None or chosen is None:
        return ServingExecutive(
            question=_question(plan, data.targets), searched=_searched(plan), answer=data.headline.sentence,
            sure=data.headline.details, risks=_risks(data, None, None), steps=_steps_out(data),
        )  # fmt: skip
    return ServingExecutive(
        question=_question(plan, data.targets),
        searched=_searched(plan),
        answer=answer(chosen, pick.row),
        sure=tuple(filter(None, [data.headline.details[0], cheaper_sentence(data.decisions), *_whys(pick)])),
        figures=tuple(KeyFigure(*figure) for figure in data.headline.figures[:4]),
        costs=_costs(chosen, plan),
        delivers=_delivers(pick, chosen),
        rent_or_api=_rent_or_api(data),
        others=_others(data, pick),
        others_note=_others_note(data),
        levers=_levers(data, pick),
        risks=_risks(data, pick, chosen),
        steps=_steps(data, pick),
    )


def _question(plan: ServingPlan, targets: Sequence[TargetLine]) -> str:
    requests = plan.traffic.requests_per_month
    many = "an unknown number of requests" if requests is None else f"{volume(requests)} requests"
    asked = [f"{_SEEN[t.latency]} within {asked_text(t.seconds)} ({t.share})" for t in targets[:MOST_TARGETS]]
    within = f", {listed(asked)}" if asked else ""
    return f"What does it cost to answer {many} a month{within}: on rented machines, or by an API?"


def _searched(plan: ServingPlan) -> str:
    return f"{plural(plan.search.covered, 'combination')} of model, machine, price, API and lever were compared."


def _whys(pick: ServingDecision) -> list[str]:
    """What it is besides the first of its names, which the headline explains."""
    return [f"{capital(why)}." for why in pick.why if not why.startswith(pick.row.roles[0])]


def _costs(c: ServingConfiguration, plan: ServingPlan) -> CostOverview:
    known = {label: value for name, label in COST_TERMS.items() if (value := getattr(c.cost_parts, name))}
    whole, start, lines = sum(known.values()), 0.0, []
    for label, value in known.items():
        part = 100 * value / whole if whole > 0 else 0.0
        bar = Segment(round(start, 2), round(part, 2)) if part > 0 else None
        told = "" if not part else f"{part:.0f} %" if part >= 1 else "< 1 %"
        lines.append(CostLine(label, money(value), _own(value, plan), told, bar, SERIES[label] if bar else ""))
        start += part
    extras = {shorten(plan.tax_name, 40) or "tax": c.cost_parts.tax, "set-up, once": c.cost_parts.upfront}
    largest = max(known, key=lambda label: known[label]) if whole > 0 else ""
    return CostOverview(
        sentence=f"{capital(largest)} {'make' if largest.endswith('s') else 'makes'} up "
        f"{share(known[largest] / whole)} of a month." if largest else "",
        currency=clean(plan.currency.code) if plan.currency is not None else "",
        parts=tuple(lines),
        total=CostLine("Cost a month", usd(c.cost_usd_per_month), _own(c.cost_usd_per_month, plan), ""),
        extras=tuple(CostLine(name, money(value), _own(value, plan), "on top")
                     for name, value in extras.items() if value),
        notes=tuple(filter(None, [f"{capital(clean(c.cost_usd_per_month_label))}." if c.cost_usd_per_month_label
                                  else ""])),
    )  # fmt: skip


def _own(value_usd: float | None, plan: ServingPlan) -> str:
    return "" if plan.currency is None or value_usd is None else in_currency(value_usd, plan)


def _delivers(pick: ServingDecision, c: ServingConfiguration) -> tuple[str, ...]:
    """How fast it answers, against what was asked; how good; and what runs."""
    row = pick.row
    asked = [f"{one.name} {one.met}" for one in pick.latencies if one.met]
    total = next(one for one in pick.latencies if one.name.endswith("last token"))
    first = next(one for one in pick.latencies if one.name.endswith("first token"))
    told = [
        f"In the busiest hour 95 % of the requests see their first token within {first.p95} and their last within "
        f"{total.p95}." if "unknown" not in (first.p95, total.p95) else "How fast it answers is not known.",
        f"Targets: {listed(asked)}." if asked else "No latency target was set.",
        f"Predicted quality is q = {row.quality.text} ({row.quality.label.partition('; ')[0]})."
        if row.quality.value is not None
        else "Its quality is unknown.",
    ]  # fmt: skip
    if row.replicas:
        run = f"{row.replicas} replica{' runs' if row.replicas == '1' else 's run'}"
        busiest = f", and to {share(c.capacity.load)} in the busiest hour" if c.capacity is not None else ""
        told.append(f"{run}, used to {row.utilisation} on average{busiest}.")
    return tuple(told)


def _rent_or_api(data: ServingData) -> tuple[str, ...]:
    found = [data.sentences.break_even] if data.sentences.break_even else []
    rented = [d for d in data.decisions if d.row.way != API]
    apis = [d for d in data.decisions if d.row.way == API and d.row.cost.value is not None]
    known = [d for d in rented if d.row.cost.value is not None]
    if known and apis:
        a = min(known, key=lambda d: d.row.cost.value or 0.0)
        b = min(apis, key=lambda d: d.row.cost.value or 0.0)
        found.insert(0, f"Renting starts at {a.row.cost.text} a month ({a.row.model}), an API at {b.row.cost.text} "
                        f"({b.row.model}).")  # fmt: skip
    found.append(cheaper_api_sentence(data.decisions))
    return tuple(filter(None, found))


def _others(data: ServingData, pick: ServingDecision) -> tuple[OtherChoice, ...]:
    return tuple(_other(one, pick.row) for one in data.decisions[1 : MOST_OTHERS + 1])


def _other(one: ServingDecision, own: ServingRow) -> OtherChoice:
    row = one.row
    return OtherChoice(
        name=one.name, what=shorten(f"{row.model}{f', {row.settings}' if row.settings else ''}", MOST_LETTERS),
        where=", ".join(filter(None, [row.machine if row.way != API else "", row.offer, row.tier, _waits(one)])),
        cost=row.cost.text, cost_more=_more(row.cost.value, own.cost.value),
        time=row.latency.text, time_more=_more(row.latency.value, own.latency.value),
        quality=row.quality.text, quality_more="", sure="",
    )  # fmt: skip


def _waits(one: ServingDecision) -> str:
    """`12 % of the requests wait for a cold start`; empty where none does."""
    many, found, _ = one.cold.partition(" of the requests")
    return f"{many}{found} wait for a cold start" if found else ""


def _more(value: float | None, own: float | None) -> str:
    """`2.1 times`, `18 % less`; empty where one of them is unknown."""
    if value is None or not own:
        return ""
    ratio = value / own
    if abs(ratio - 1) < 0.005:
        return "the same"
    return (
        f"{significant(ratio, 2)} times"
        if ratio >= 2
        else f"{share_text(abs(ratio - 1))} {'more' if ratio > 1 else 'less'}"
    )


def _others_note(data: ServingData) -> str:
    left = len(data.decisions) - 1 - MOST_OTHERS
    told = f"{left:,} more in the technical report. " if left > 0 else ""
    return f"{told}The front holds {plural(len(data.front), 'configuration')}; all are in the technical report."


def _levers(data: ServingData, pick: ServingDecision) -> tuple[Told, ...]:
    """What the levers of the recommended decision save, those in use among them."""
    shown = [row for row in data.levers if pick.row.roles[0] in row.decisions]
    return tuple(
        Told(
            capital(row.lever),
            f"{'in use' if row.pulled else 'not in use'}; {', '.join(filter(None, [_saves(row), *_moves(row)]))}"
            f"{f', paid back in {row.payback}' if row.payback.endswith('months') else ''}",
        )
        for row in shown[:MOST_LEVERS]
    )


def _moves(row: LeverRow) -> list[str]:
    """What it does to latency and quality, where it does anything."""
    told = (("latency", row.latency), ("quality", row.quality))
    return [f"{name} {change}" for name, change in told if change != "same"]


def _saves(row: LeverRow) -> str:
    if row.saving_usd is None:
        return "what it saves is unknown"
    if row.saving == "none":
        return "saves nothing"
    return f"saves {row.saving} a month" if row.saving_usd > 0 else f"{row.saving} a month"


def _risks(data: ServingData, pick: ServingDecision | None, c: ServingConfiguration | None) -> tuple[Told, ...]:
    found = [
        Told("Target", f"{f.target} of {f.asked} lies below the least that is there, {f.floor}") for f in data.floors
    ]
    if pick is not None:
        missed = [f"{one.name} {one.met}" for one in pick.latencies if one.keeps is False]
        found += [Told("Latency", f"{told}") for told in missed]
        untold = [one.name for one in pick.latencies if one.p95 == "unknown"]
        if untold:
            found.append(Told("Latency", f"{listed(untold)} not known; measure before you promise any"))
        found += [Told("Cold start", pick.cold)] if pick.cold else []
        found += [Told("Law of latency", pick.simulation)] if pick.simulation and not pick.simulation.startswith(
            "agrees") else []  # fmt: skip
        if "prior" in pick.row.quality.label:
            found.append(Told("Quality", "ranked by published scores; try it on questions of your own"))
        if c is not None and c.offer is not None and c.offer.price_confidence != "high":
            found.append(Told("Price", f"{c.offer.price_confidence} confidence in this list price; get a quote"))
        if pick.bound_by:
            found.append(
                Told("Growth", f"a replica's capacity ends at {pick.bound_by}; more traffic needs more replicas")
            )
    notes = [text for text in data.warnings if " stands for " not in text]
    found += [Told("Note", shorten(text, LONGEST)) for text in notes[:1]]
    return tuple(found[:MOST_RISKS])


def _steps(data: ServingData, pick: ServingDecision) -> tuple[NextStep, ...]:
    row = pick.row
    found = [NextStep(f"Approve {row.cost.text} a month{f' (90 % band {row.cost.band})' if row.cost.band else ''}.")]
    if row.way == API:
        found.append(NextStep(f"Send a day of real requests to {row.model} and measure how fast it answers."))
        found.append(NextStep(f"Ask {row.offer} for rate limits that fit the busiest hour."))
    else:
        others = "" if row.machines == "1" else " before renting the others"
        found.append(NextStep(f"Run a load test on one machine ({row.machine}){others}."))
        varies = " to " in row.replicas
        run = (
            f"let the replicas follow the hours of the week, {row.replicas}"
            if varies
            else f"run {row.replicas} replica{'' if row.replicas == '1' else 's'}"
        )
        machines = f"{row.machines} machine{'' if row.machines == '1' else 's'}"
        found.append(NextStep(f"Rent {machines} at {row.offer} and {run}."))
    mine = [one for one in data.reservations if one.decision in row.roles]
    if mine:
        found.append(NextStep(f"{mine[0].text.rstrip('.')}."))
    return tuple(found)


def _steps_out(data: ServingData) -> tuple[NextStep, ...]:
    told = data.relaxations or ("Set other targets or limits, or allow other machines and APIs, and plan again.",)
    return tuple(NextStep(f"{capital(text.rstrip('.'))}.") for text in told[:3])
