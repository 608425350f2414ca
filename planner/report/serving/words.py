"""The sentences of a serving report, computed from the data they stand beside."""

from collections.abc import Callable, Sequence
from typing import Final

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.report.data.report_data import Headline
from planner.report.data.rows import Figure
from planner.report.data.serving_rows import ServingDecision, ServingRow
from planner.report.names import capital, clean, listed, plural, shorten
from planner.report.serving.cheaper import cheaper_api_sentence, cheaper_sentence
from planner.report.serving.latency import target_words
from planner.report.serving.rows import API, asked_text
from planner.units import money, seconds, significant, usd

_MEANING: Final = {
    "knee": ", the point where giving up a little on one objective buys least on the others",
    "cheapest": " configuration",
    "fastest": " configuration",
    "best": " configuration by predicted quality",
    "cheapest API": "; nothing of known latency meets every constraint",
}


def answer(c: ServingConfiguration, row: ServingRow) -> str:
    """`Rent 6 machines of 1 × l40s at nebius …` or `Use gpt-4o-mini by the API of openai`, with what it costs."""
    spent = f"about {row.cost.text} a month, {row.per_1k.text} per 1,000 requests"
    unknown = row.latency.value is None
    fast = "how fast it answers is not known" if unknown else f"p95 {row.latency.text} to the last token"
    settings = f", {row.settings}" if row.settings else ""
    if row.way == API:
        return f"Use {row.model} by the API of {row.offer}{settings}: {spent}, {fast}."
    count = 0 if c.capacity is None else c.capacity.machines_peak
    machines = f"{count:,} machine{'' if count == 1 else 's'} of {row.machine}" if count else row.machine
    where = ", ".join(filter(None, [row.offer, row.tier]))
    return f"Rent {machines} ({where}) and serve {row.model}{settings}: {spent}, {fast}."


def headline(plan: ServingPlan, decisions: Sequence[ServingDecision]) -> Headline:
    """Rent or call an API, what and how many, at what cost and how fast."""
    if not decisions:
        return _nothing(plan)
    pick = decisions[0]
    row = pick.row
    chosen = plan.configuration(row.id)
    sentence = answer(chosen, row) if chosen is not None else row.what
    details = [_meaning(pick)]
    details += list(filter(None, [cheaper_sentence(decisions), cheaper_api_sentence(decisions)]))
    details += [f"{capital(one.name)}: {one.met}." for one in pick.latencies if one.met]
    others = [f"the {d.name} costs {d.row.cost.text} and takes {_takes(d.row)}" for d in decisions[1:]]
    if others:
        details.append(f"{capital(listed(others))}.")
    figures = (
        ("Cost a month", row.cost.text, band(row.cost)),
        ("Per 1,000 requests", row.per_1k.text, _per_token(row)),
        ("p95 to the last token", row.latency.text, band(row.latency)),
        ("Quality q, 0 to 1", row.quality.text, band(row.quality)),
        ("Replicas", row.replicas, f"{row.machines} machines in the busiest hour")
        if row.replicas else ("Replicas", "none", "the provider runs them"),
    )  # fmt: skip
    return Headline(sentence, tuple(details), figures)


def _meaning(pick: ServingDecision) -> str:
    """What the recommended decision is, and by which other names."""
    first, *others = pick.row.roles
    also = f"; it is also the {listed(others)}" if others else ""
    undefined = next((why.removeprefix(f"{first}: ") for why in pick.why if why.startswith(f"{first}: no {first}")), "")
    if undefined:
        return f"This is the {first}{also}. {capital(undefined)}."
    return f"This is the {first}{_MEANING.get(first, '')}{also}."


def _per_token(row: ServingRow) -> str:
    return f"{row.per_mtok_input} in, {row.per_mtok_output} out per million tokens"


def _takes(row: ServingRow) -> str:
    return "an unknown time" if row.latency.value is None else row.latency.text


def band(figure: Figure) -> str:
    """The 90 % band, else how far to trust the figure."""
    return f"90 % band {figure.band}" if figure.band else figure.label


def _nothing(plan: ServingPlan) -> Headline:
    if plan.beside:
        told = "There is no front: of all that meets every constraint an objective is unknown."
        return Headline(told, ("The best of them stand beside the front.",), ())
    details = []
    if plan.infeasible:
        reason, count = max(plan.infeasible.items(), key=lambda item: item[1])
        details.append(f"Most were cut by {clean(reason)} ({count:,}).")
    details += [f"The target of {asked_text(f.target_s)} for the {target_words(f.target)} lies below the least that is "
                f"physically there, {seconds(f.floor_s)}." for f in plan.floors]  # fmt: skip
    if plan.relaxations:
        details.append(f"The smallest change that makes something feasible: {clean(plan.relaxations[0].text)}.")
    else:
        details.append("No change of a single constraint makes anything feasible.")
    whole = plural(plan.search.covered, "combination")
    return Headline(f"Nothing is feasible: none of {whole} meets every constraint.", tuple(details), ())


def front_sentence(front: Sequence[ServingRow], beside: Sequence[ServingRow], cloud: int) -> str:
    """From where to where cost, latency and quality run, and what stands apart for want of a latency."""
    text = f"The front holds {plural(len(front), 'configuration')}"
    spans = [
        _span("cost", [row.cost for row in front], usd, " a month"),
        _span("p95 time to the last token", [row.latency for row in front], seconds),
        _span("predicted quality q", [row.quality for row in front], lambda value: significant(value, 2)),
    ]
    told = [span for span in spans if span]
    text += f": {', '.join(told)}" if told else ""
    apart = sum(row.latency.value is None and row.cost.value is not None for row in beside)
    if apart:
        stand = "stands at the top at its" if apart == 1 else "stand at the top at their"
        text += f". {apart:,} more of unknown latency {stand} cost"
    if cloud:
        text += f". The grey dots are a sample of {plural(cloud, 'dominated combination')}"
    return f"{text}. Nearer to the lower left is better."


def _span(what: str, figures: Sequence[Figure], say: Callable[[float | None], str], after: str = "") -> str:
    values = [f.value for f in figures if f.value is not None]
    if not values:
        return ""
    low, high = say(min(values)), say(max(values))
    return f"{what} is {low}{after}" if low == high else f"{what} runs from {low} to {high}{after}"


def beside_sentence(plan: ServingPlan) -> str:
    """Why these decide nothing."""
    if not plan.beside:
        return ""
    reasons = sorted({shorten(reason, 120) for c in plan.beside for reason in c.unknown})
    why = f" ({'; '.join(reasons[:3])})" if reasons else ""
    partial = ""
    fronts = [f for f in plan.partial_fronts if f.ids]
    if fronts:
        told = [f"{len(f.ids):,} are undominated by {listed([clean(name) for name in f.objectives])}" for f in fronts]
        partial = f" Over what is known, {listed(told)}."
    return (
        f"These have an unknown objective{why}, so they dominate nothing and none of them is the cheapest, fastest, "
        f"best or knee.{partial}"
    )


def trust_text(decisions: Sequence[ServingDecision]) -> str:
    """How far to trust the quality of the decisions."""
    told = []
    known = {d.name: d.row.quality.label.split("; ") for d in decisions if d.row.quality.label}
    for part in dict.fromkeys(part for parts in known.values() for part in parts):
        of = [name for name, parts in known.items() if part in parts]
        told.append(part if len(of) == len(known) else f"{part} ({', '.join(of)})")
    return "; ".join(told)


def money_text(plan: ServingPlan, decisions: Sequence[ServingDecision]) -> str:
    """The cost of every decision in the scenario's currency, and the tax on it; empty where it names neither."""
    c, told = plan.currency, []
    if c is not None and decisions:
        costs = [f"{d.name} {in_currency(d.row.cost.value, plan)}" for d in decisions]
        rate = f"1 {clean(c.code)} = {significant(c.usd_per_unit, 5)} USD on {clean(c.as_of)}"
        told.append(f"In {clean(c.code)} a month: {', '.join(costs)} ({rate}, {shorten(c.source, 60)}).")
    taxes = [(d.name, found.cost_parts.tax) for d in decisions if (found := plan.configuration(d.row.id)) is not None]
    if plan.tax_name and taxes:
        told.append(f"{shorten(plan.tax_name, 40)} comes on top: {', '.join(f'{n} {usd(tax)}' for n, tax in taxes)}.")
    return " ".join(told)


def in_currency(value_usd: float | None, plan: ServingPlan) -> str:
    """Money in the scenario's currency; in USD where it names none."""
    c = plan.currency
    if c is None:
        return usd(value_usd)
    return money(None if value_usd is None else value_usd / c.usd_per_unit, clean(c.code))
