"""What happens if we wait or cut: from the plan's front, limits, advice and sensitivity, and from nothing else."""

from collections.abc import Iterator
from typing import Final

from planner.outcome import Advice, Configuration, Flip, Plan
from planner.outcome.limit_words import BOUNDED
from planner.report.advice_rows import changes_of
from planner.report.executive_data import Told
from planner.report.names import capital, clean, listed, shorten
from planner.report.rows import machine_text, method_text, offer_text
from planner.units import chance_text, duration, quality_q, usd

MOST: Final = 4
MOST_ADVICE: Final = 2
MOST_REASONS: Final = 3
_KINDS: Final = {
    "epochs": "Less training", "dataset": "Less data", "method": "Other method", "stack": "Other software",
} | dict.fromkeys(("gpu", "count", "region", "tier", "provider"), "Other machine")  # fmt: skip
"""What kinds of advice are called."""
_LIMITS: Final = {name: f"the limit on {bounded}" for name, bounded in BOUNDED.items()} | {
    "constraints.memory_margin": "the memory kept free", "quality.floor.points": "the floor of quality in points",
    "quality.floor.q": "the floor of quality", "constraints.confidence": "the confidence in all limits together",
}  # fmt: skip
CUT: Final = 0.5
"""Share of the recommended cost that a cut leaves."""
SAME_QUALITY: Final = 0.01
"""Difference in q below which two configurations are as good, as in the choice of the best."""


def changes(plan: Plan, c: Configuration) -> tuple[Told, ...]:
    """At most `MOST` changes of what is asked for or of what is paid, and what follows."""
    advice = [*_advice(plan, c)]
    found = [*_wait(plan, c), *_cut(plan, c), *_without_spot(plan, c), *advice[:1], *_flip(plan, c), *advice[1:]]
    return tuple(found[:MOST])


def ways_out(plan: Plan) -> tuple[Told, ...]:
    """What would make something feasible, where nothing is: relaxations, then what frees memory."""
    told = [Told("One change", f"{capital(in_words(r.text))}{_size(r.change)}.") for r in plan.relaxations]
    if plan.managed is not None:
        told += [
            Told("Managed service", f"{capital(in_words(r.text))}{_size(r.change)}.") for r in plan.managed.relaxations
        ]
    told += [Told("Memory", f"{capital(row.change)}: {row.verdict}.") for row in changes_of(plan).advice if row.verdict]
    return tuple(told[:MOST])


def reasons(plan: Plan) -> tuple[str, ...]:
    """What cut the combinations, where nothing is feasible: the commonest first."""
    common = sorted(plan.infeasible.items(), key=lambda item: -item[1])[:MOST_REASONS]
    told = listed([f"{shorten(in_words(reason), 60)} ({count:,})" for reason, count in common])
    unknown = f"{plan.unknown:,} keep to every limit, but an objective of theirs is unknown." if plan.unknown else ""
    return tuple(filter(None, [f"What cut most, by the first reason met: {told}." if told else "", unknown]))


def in_words(text: str) -> str:
    """A sentence of the planner with its limits told as people call them."""
    told = clean(text)
    for name, words in _LIMITS.items():
        told = told.replace(f"{name}.confidence", f"the confidence in {words}").replace(name, words)
    return told


def _size(change: float | None) -> str:
    """How large the change of a limit is."""
    if change is None:
        return ""
    return f", {100 * change:,.0f} %" if change < 1 else f", {1 + change:,.1f} times as much"


def _wait(plan: Plan, c: Configuration) -> Iterator[Told]:
    """How long the start may wait for the deadline's sake; a plan knows no prices of tomorrow."""
    limit = next((one.limit for one in plan.constraints if one.name == "constraints.deadline"), None)
    unsaid = "What prices will do is no part of a plan."
    if limit is None:
        yield Told("If we wait", f"The scenario sets no deadline. {unsaid}")
    elif c.hours_hi is not None and c.hours_hi < limit:
        yield Told(
            "If we wait",
            f"The deadline leaves {duration(limit - c.hours_hi)} to start in, even if the run takes the "
            f"{duration(c.hours_hi)} at which its band ends. {unsaid}",
        )
    elif c.hours is not None:
        median = f"{duration(limit - c.hours)} to start in" if c.hours < limit else "no time to wait"
        end = "how long it may take at most is unknown" if c.hours_hi is None else "where the band ends, none"
        yield Told("If we wait", f"In the median the deadline leaves {median}; {end}. {unsaid}")


def _cut(plan: Plan, c: Configuration) -> Iterator[Told]:
    """The best that half the money buys of the front, and the least that anything on it costs."""
    priced = [one for one in plan.front if one.cost_usd is not None]
    if c.cost_usd is None or len(priced) < 2:
        return
    most = CUT * c.cost_usd
    least = min(priced, key=lambda one: (one.cost_usd or 0.0, one.hours or 0.0))
    within = [one for one in priced if (one.cost_usd or 0.0) <= most]
    floor = f"Nothing on the front costs less than {usd(least.cost_usd)}."
    if not within:
        if least.id != c.id:
            yield Told("With half the money", f"{usd(most)} buys nothing. {floor}")
        return
    best = max(within, key=lambda one: (one.quality is not None, one.quality or 0.0, -(one.hours or 0.0)))
    yield Told("With half the money", f"At most {usd(most)} buys {_short(best)}: {_figures(best)}. {floor}")


def _without_spot(plan: Plan, c: Configuration) -> Iterator[Told]:
    """What the same quality costs without a machine that may be taken away."""
    if c.offer.tier != "spot":
        return
    roles = [name for name, id_ in plan.decisions.items() if id_ == c.id]
    near = (plan.configuration(one.id) for one in plan.alternatives.found
            if one.decision in roles and "tier" in one.kinds)  # fmt: skip
    one = next((found for found in near if found is not None and found.offer.tier != "spot"), None)
    known = [
        other
        for other in plan.front
        if other.offer.tier == "on_demand" and other.cost_usd is not None
        and c.quality is not None and (other.quality or 0.0) >= c.quality - SAME_QUALITY
    ]  # fmt: skip
    one = one or min(known, key=lambda other: other.cost_usd or 0.0, default=None)
    if one is None:
        yield Told("Without spot", "No machine on demand on the front comes as close to this quality.")
        return
    yield Told("Without spot", f"On demand, the nearest is {_short(one)}: {_figures(one)}.")


def _advice(plan: Plan, c: Configuration) -> Iterator[Told]:
    """Single changes that save, surest and largest first as the plan has them."""
    mine = [one for one in plan.advice if one.configuration == c.id and one.fits and one.kind != "pilot"]
    for one in mine[:MOST_ADVICE]:
        saved = _saved(one)
        if saved:
            sure = "" if one.confidence is None else f", {chance_text(one.confidence)} sure"
            sure += "; the scenario does not list it" if one.opens else ""
            yield Told(_KINDS.get(one.kind, "One change"), f"{capital(shorten(one.change, 110))}: {saved}{sure}.")


def _saved(one: Advice) -> str:
    told = []
    for value, show, better, worse in (
        (one.cost_saved_usd, usd, "less", "more"),
        (one.hours_saved, duration, "less", "more"),
        (one.quality_change, _q, "higher", "lower"),
    ):
        if value is not None and show(abs(value)) != show(0.0):
            told.append(f"{show(abs(value))} {better if value > 0 else worse}")
    return ", ".join(told)


def _q(value: float) -> str:
    return f"q {value:.3f}"


def _flip(plan: Plan, c: Configuration) -> Iterator[Told]:
    """The smallest change of an input that makes another configuration the right one."""
    s = plan.sensitivity
    if s is None or s.configuration != c.id:
        return
    flips: list[Flip] = [f for one in s.inputs for f in (one.flips_below, one.flips_above) if f is not None]
    if not flips:
        reach = f"x{s.least_factor:g} and x{s.most_factor:g}"
        yield Told("If we err", f"No input alone, between {reach}, makes another one right.")
        return
    nearest = min(flips, key=lambda flip: max(flip.factor, 1 / flip.factor))
    yield Told("If we err", f"{capital(shorten(nearest.text, 170))}.")


def _short(c: Configuration) -> str:
    return f"{shorten(c.model, 40)} by {method_text(c.method)} on {machine_text(c)} ({offer_text(c)})"


def _figures(c: Configuration) -> str:
    return f"{usd(c.cost_usd)}, {duration(c.hours)}, q {quality_q(c.quality)}"
