"""The sentences of a report, computed from the data they stand beside."""

from planner.outcome import Plan
from planner.outcome.plan import PlanHead
from planner.report.data.bars import Bar
from planner.report.data.managed_rows import managed_headline
from planner.report.data.report_data import Headline, Sentences
from planner.report.data.rows import Decision, Figure, Row
from planner.report.names import clean, listed, plural, shorten
from planner.report.sections.search_words import constraints_text, unknown_text
from planner.report.sections.thinning import thinning_texts
from planner.units import duration, significant, usd

PRIOR = "prior: ranking only"
_CALLED = {
    "topsis": "best by your weights (topsis)", "lexicographic": "best by your order (lexicographic)",
    "epsilon": "best within your bounds (epsilon)",
}  # fmt: skip
"""Decisions whose own names say nothing to a reader, in words."""
REMOVED = "Default filters left these out before the search, so that nothing stale or doubtful wins by default."


def headline(plan: Plan, decisions: tuple[Decision, ...]) -> Headline:
    """Which configuration, at what cost, in what time, and how far to trust the quality."""
    if not decisions:
        return _nothing(plan)
    pick = decisions[0]
    row = pick.row
    settings, caveat = f" ({row.settings})" if row.settings else "", _no_knee(plan, row)
    sentence = (
        f"Fine-tune {row.model} with {row.method}{settings} on {row.machine} ({row.offer}, {row.tier}): "
        f"{outlay(row.cost.value, row.hours.value)}."
    )
    details = [caveat or f"This is the {called(pick)}{_meaning(pick.name)}.", _trust(row)]
    others = [f"the {called(d)} {_takes(d.row)}" for d in decisions[1:]]
    if others:
        details.append(f"{listed(others)}.".replace("the ", "The ", 1))
    figures = (
        ("Cost", row.cost.text, _band(row.cost)),
        ("Time", row.hours.text, _band(row.hours)),
        ("Quality q, 0 to 1", row.quality.text, row.quality.label),
        ("Memory per GPU", row.memory.text, _band(row.memory)),
    )
    return Headline(sentence, tuple(details), figures, caveat)


def outlay(cost_usd: float | None, hours: float | None) -> str:
    """`about $4.43 and 28 min from request to finished artifact`; what is unknown is told as that."""
    known = [usd(cost_usd)] if cost_usd is not None else []
    known += [f"{duration(hours)} from request to finished artifact"] if hours is not None else []
    if not known:
        return "its cost and its time are unknown"
    unsaid = ", its cost is unknown" if cost_usd is None else ", its time is unknown" if hours is None else ""
    return f"about {' and '.join(known)}{unsaid}"


def _takes(row: Row) -> str:
    cost = f"costs {row.cost.text}" if row.cost.value is not None else "has an unknown cost"
    time = f"takes {row.hours.text}" if row.hours.value is not None else "takes nobody knows how long"
    return f"{cost} and {time}"


def called(decision: Decision) -> str:
    """A decision by all its names, those that a scenario asks for told by what they go by."""
    return listed([_CALLED.get(name, name) for name in decision.row.roles]) or decision.name


def calibrated_text(plan: PlanHead) -> str:
    """How many runs of the user's the figures rest on; empty for none."""
    c = plan.calibration
    if c is None:
        return ""
    first, last = clean(c.first), clean(c.last)
    dates = "" if not first else f" of {first}" if first == last else f" from {first} to {last}"
    return f"Calibrated with {plural(c.runs, 'run')} of yours{dates} ({shorten(c.file, 80)})."


def _band(figure: Figure) -> str:
    return f"90 % band {figure.band}" if figure.band else figure.label


def _meaning(name: str) -> str:
    return {
        "knee": ", the point where giving up a little on one objective buys least on the others",
        "cheapest": " configuration",
        "fastest": " configuration",
        "best": " configuration by predicted quality",
    }.get(name, "")


def _no_knee(plan: Plan, row: Row) -> str:
    """That the front has no knee, where the recommended point is called so; empty where it has."""
    note = plan.decision_notes.get("knee")
    if "knee" not in row.roles or note is None or not note.undefined:
        return ""
    return f"The front has no knee, strictly: {clean(note.rule.removeprefix('no knee: '))}."


def _trust(row: Row) -> str:
    if row.quality.value is None:
        return "Its quality is unknown."
    if PRIOR in row.quality.label:
        return (
            f"Its predicted quality is q = {row.quality.text} on a scale from 0 (chance) to 1 ({row.quality.label}): "
            "it orders candidates and promises no benchmark score."
        )
    return f"Its predicted quality is q = {row.quality.text} on a scale from 0 to 1 ({row.quality.label})."


def unknown_objective(plan: Plan) -> str:
    """How many combinations meet every constraint but have an unknown objective, and how to know it."""
    told = f"{plan.unknown:,} of {plural(plan.search.covered, 'combination')} meet every constraint, but "
    unscored = sorted({c.model for c in plan.beside if c.quality is None})
    if not unscored:
        return f"{told}an objective of theirs is unknown; the best stand beside the front."
    return (
        f"{told}their quality is unknown: no score for {clean(listed(unscored))}. Give the model a base_score, "
        "set quality.allow_prior: true, or leave quality out of the objectives."
    )


def _nothing(plan: Plan) -> Headline:
    n = plan.search.covered + (plan.managed.covered if plan.managed is not None else 0)
    services = managed_headline(plan)
    if services is not None:
        return Headline(*services, ())
    if plan.unknown:
        return Headline(
            "There is no front: of all that meets every constraint an objective is unknown.",
            (unknown_objective(plan),), (),
        )  # fmt: skip
    details = []
    if plan.infeasible:
        reason, count = max(plan.infeasible.items(), key=lambda item: item[1])
        details.append(f"Most were cut by {clean(reason)} ({count:,}).")
    if plan.relaxations:
        details.append(f"The smallest change that makes something feasible: {clean(plan.relaxations[0].text)}.")
    else:
        details.append("No change of a single constraint makes anything feasible.")
    return Headline(
        f"Nothing is feasible: none of {plural(n, 'combination')} meets every constraint.", tuple(details), ()
    )


def sentences(
    plan: Plan, front: tuple[Row, ...], cloud: tuple[tuple[float, float], ...],
    memory: tuple[Bar, ...], cost: tuple[Bar, ...], time: tuple[Bar, ...],
) -> Sentences:  # fmt: skip
    """What each figure shows."""
    paper, table, screen = thinning_texts(front, cloud, plan.objectives)
    return Sentences(
        front=_front(front, cloud),
        memory=_memory(memory),
        cost=_share(cost, "compute", "of the cost"),
        time=_share(time, "training", "of the wall-clock time"),
        constraints=constraints_text(plan),
        removed=REMOVED if plan.removed else "",
        unpriced=_unpriced(plan),
        beside=_beside(plan),
        chances=_chances(plan),
        unknown=unknown_text(plan),
        inactive=_inactive(plan),
        paper=paper,
        paper_table=table,
        screen_table=screen,
    )


def _front(front: tuple[Row, ...], cloud: tuple[tuple[float, float], ...]) -> str:
    costs = [row.cost.value for row in front if row.cost.value is not None]
    hours = [row.hours.value for row in front if row.hours.value is not None]
    if not costs or not hours:
        return f"The front holds {plural(len(front), 'configuration')}."
    text = (
        f"The front holds {plural(len(front), 'configuration')}: "
        f"cost runs from {usd(min(costs))} to {usd(max(costs))}, "
        f"time from {duration(min(hours))} to {duration(max(hours))}"
    )
    cheap = min(front, key=lambda row: (row.cost.value is None, row.cost.value or 0.0))
    fast = min(front, key=lambda row: (row.hours.value is None, row.hours.value or 0.0))
    if cheap is not fast and cheap.cost.value and fast.cost.value and cheap.hours.value and fast.hours.value:
        text += (
            f"; the fastest costs {significant(fast.cost.value / cheap.cost.value, 2)} times the cheapest and is "
            f"{significant(cheap.hours.value / fast.hours.value, 2)} times as fast"
        )
    known = [row.quality.value for row in front if row.quality.value is not None]
    if known:
        text += f". Predicted quality q runs from {significant(min(known), 2)} to {significant(max(known), 2)}"
    if cloud:
        text += f". The grey dots are a sample of {plural(len(cloud), 'dominated combination')}"
    return f"{text}. Nearer to the lower left is better."


def _memory(bars: tuple[Bar, ...]) -> str:
    measured = [bar for bar in bars if bar.limit]
    if not measured:
        return ""
    full = max(measured, key=lambda bar: bar.total_value / (bar.limit or 1.0))
    largest = max(full.parts, key=lambda part: part.value)
    return (
        f"The fullest card is that of the {full.name}: {full.total} of {full.limit_text} "
        f"({100 * full.total_value / (full.limit or 1.0):.0f} %), {largest.share} of it {largest.name}. "
        "The upright line marks what a process can really use on the card."
    )


def _share(bars: tuple[Bar, ...], part: str, of: str) -> str:
    shares = [p.value / bar.total_value for bar in bars for p in bar.parts if p.name == part and bar.total_value > 0]
    if not shares:
        return ""
    low, high = f"{100 * min(shares):.0f}", f"{100 * max(shares):.0f}"
    amount = f"{low} %" if low == high else f"{low} to {high} %"
    others = [
        (p.value / bar.total_value, p.name, bar.name)
        for bar in bars if bar.total_value > 0 for p in bar.parts if p.name != part
    ]  # fmt: skip
    share, name, whose = max(others, default=(0.0, "", ""))
    tail = f"; the largest other part is {name}, {100 * share:.0f} % for the {whose}" if share >= 0.01 else ""
    return f"{part.capitalize()} makes up {amount} {of} of the decisions{tail}."


def trust_text(decisions: tuple[Decision, ...]) -> str:
    """How far to trust the quality of the decisions; what is true of some alone is told with their names."""
    known = {d.name: d.row.quality.label.split("; ") for d in decisions if d.row.quality.label}
    told = []
    for part in dict.fromkeys(part for parts in known.values() for part in parts):
        of = [name for name, parts in known.items() if part in parts]
        told.append(part if len(of) == len(known) else f"{part} ({', '.join(of)})")
    return "; ".join(told)


def _unpriced(plan: Plan) -> str:
    counts = plan.unpriced_spot
    if not counts:
        return ""
    each = [f"{clean(name)} {n:,}" for name, n in counts.items()]
    offers = plural(sum(counts.values()), "offer")
    return f"No spot price is known for {offers} that could be rented on demand: {', '.join(each)}."


def _beside(plan: Plan) -> str:
    if not plan.beside:
        return ""
    reasons = sorted({clean(reason) for c in plan.beside for reason in c.unknown})
    why = f" ({'; '.join(reasons[:4])})" if reasons else ""
    return f"These have an unknown objective{why}, so they dominate nothing and decide nothing."


def _chances(plan: Plan) -> str:
    if not plan.pairings:
        return ""
    return (
        "The chance that the first is really better than the second, errors that both share cancelled, and that it is "
        "no worse on all objectives at once. Below 60 % a difference is too close to call."
    )


def _inactive(plan: Plan) -> str:
    if not plan.inactive_axes:
        return ""
    names = listed([clean(axis) for axis in plan.inactive_axes])
    one = len(plan.inactive_axes) == 1
    return (
        f"{names} {'moves' if one else 'move'} no quality estimate, so {'its' if one else 'their'} cheapest value wins "
        "by construction: not evidence that it is as good."
    )
