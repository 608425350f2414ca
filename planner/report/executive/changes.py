"""What happens if we wait or cut: from the plan's front, limits, advice and sensitivity, and from nothing else."""

import math
from collections.abc import Iterator
from typing import Final

from planner.outcome import Advice, Configuration, Flip, Plan, Sway
from planner.outcome.limit_words import BOUNDED
from planner.report.data.advice_rows import changes_of
from planner.report.data.executive import Told
from planner.report.executive.sure import told_already
from planner.report.names import capital, clean, listed, shorten, signed
from planner.report.sections.rows import machine_text, method_text, offer_text
from planner.units import chance_text, duration, quality_q, significant, usd

MOST: Final = 4
_ERR: Final = "If an estimate is off"
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
LONGEST: Final = 240
"""Characters of a change or a flip; a longer one is not told, rather than cut inside."""
PRACTICALLY: Final = 0.05
"""Share by which settings of two jobs differ that are practically the same."""
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
    named = listed(["emissions" if name == "carbon" else clean(name) for name in plan.objectives])
    theirs = " or ".join(named.rsplit(" and ", 1))
    unknown = f"{plan.unknown:,} keep to every limit, but their {theirs} is unknown." if plan.unknown else ""
    return tuple(filter(None, [f"What cut most, by the first reason met: {told}." if told else "", unknown]))


def in_words(text: str) -> str:
    """A sentence of the planner with its limits told as people call them."""
    told = clean(text)
    for name, words in _LIMITS.items():
        told = told.replace(f"{name}.confidence", f"the confidence in {words}").replace(name, words)
    return signed(told)


def _size(change: float | None) -> str:
    """How large the change of a limit is."""
    if change is None:
        return ""
    return f", {100 * change:,.0f} %" if change < 1 else f", {1 + change:,.1f} times as much"


def _wait(plan: Plan, c: Configuration) -> Iterator[Told]:
    """How long the start may wait for the deadline's sake; a plan knows no prices of tomorrow."""
    limit = next((one.limit for one in plan.constraints if one.name == "constraints.deadline"), None)
    unsaid = "How prices will move is not known."
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
    if not within:
        if least.id != c.id:
            yield Told("With half the money", f"{usd(most)} is too little: the cheapest costs {usd(least.cost_usd)}.")
        return
    best = max(within, key=lambda one: (one.quality is not None, one.quality or 0.0, -(one.hours or 0.0)))
    yield Told("With half the money", f"At most {usd(most)} buys {_short(best)}: {_figures(best)}.")


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
    yield Told("Without spot", f"On demand, the nearest is{_whose(one, c)} {_short(one)}: {_figures(one)}.")


def _whose(one: Configuration, mine: Configuration) -> str:
    return "" if one.offer.seller == mine.offer.seller else " at another provider:"


def _advice(plan: Plan, c: Configuration) -> Iterator[Told]:
    """Single changes that save, surest and largest first as the plan has them."""
    mine = [
        one
        for one in plan.advice
        if one.configuration == c.id and one.fits and one.kind != "pilot"
        and len(clean(one.change)) <= LONGEST and not told_already(plan, c, one)
    ]  # fmt: skip
    for one in mine[:MOST_ADVICE]:
        saved = _saved(one)
        if saved:
            sure = "" if one.confidence is None else f"; {chance_text(one.confidence)} sure{_of(one)}"
            sure += "; the scenario does not list it" if one.opens else ""
            yield Told(_KINDS.get(one.kind, "One change"), f"{capital(signed(clean(one.change)))}: {saved}{sure}.")


def _saved(one: Advice) -> str:
    gained: list[str] = []
    lost: list[str] = []
    for value, show, better, worse in (
        (one.cost_saved_usd, usd, "less", "more"),
        (one.hours_saved, duration, "less", "more"),
        (one.quality_change, _q, "higher", "lower"),
    ):
        if value is not None and show(abs(value)) != show(0.0):
            (gained if value > 0 else lost).append(f"{show(abs(value))} {better if value > 0 else worse}")
    return ", but ".join(filter(None, [listed(gained), listed(lost)]))


def _of(one: Advice) -> str:
    """What it is that sure to be."""
    better = {"cost": "cheaper", "time": "faster", "quality": "better"}.get(one.saves)
    return f" to be {better}" if better else ""


def _q(value: float) -> str:
    return f"q {value:.3f}"


def _flip(plan: Plan, c: Configuration) -> Iterator[Told]:
    """The smallest change of an input that makes another configuration the right one."""
    s = plan.sensitivity
    if s is None or s.configuration != c.id:
        return
    flips = [(one, f) for one in s.inputs for f in (one.flips_below, one.flips_above) if f is not None]
    if not flips:
        reach = f"between {s.least_factor:g} and {s.most_factor:g} times its value"
        yield Told(_ERR, f"None alone, {reach}, makes another choice right.")
        return
    worth = [pair for pair in flips if len(clean(pair[1].text)) <= LONGEST and not _same_job(plan, c, pair[1])]
    if worth:
        sway, flip = min(worth, key=lambda pair: max(pair[1].factor, 1 / pair[1].factor))
        yield Told(_ERR, f"{_if(sway, flip)}.")


def _if(sway: Sway, flip: Flip) -> str:
    """`At 0.950 times the speed of b200 with unsloth and LoRA, the knee becomes …`."""
    what, factor = clean(sway.what), significant(flip.factor)
    lead = f"If tuning gains {factor} times the quality" if sway.input == "gain" else f"At {factor} times the {what}"
    becomes = clean(flip.text).removeprefix(what).partition(": ")[2]
    return f"{lead}, {signed(becomes)}" if becomes else capital(signed(clean(flip.text)))


def _same_job(plan: Plan, c: Configuration, flip: Flip) -> bool:
    """Whether what becomes right is practically what is right: the same but for settings by a hair."""
    other = plan.configuration(flip.becomes)
    if other is None or (other.model, other.method, other.stack, other.hardware, other.offer.instance,
                         other.offer.seller, other.offer.region, other.offer.tier) != (
        c.model, c.method, c.stack, c.hardware, c.offer.instance, c.offer.seller, c.offer.region, c.offer.tier
    ):  # fmt: skip
        return False
    return other.axes.keys() == c.axes.keys() and all(_near(c.axes[path], other.axes[path]) for path in c.axes)


def _near(mine: object, theirs: object) -> bool:
    if isinstance(mine, int | float) and isinstance(theirs, int | float):
        return math.isclose(mine, theirs, rel_tol=PRACTICALLY)
    return mine == theirs


def _short(c: Configuration) -> str:
    return f"{shorten(c.model, 40)} by {method_text(c.method)} on {machine_text(c)} ({offer_text(c)})"


def _figures(c: Configuration) -> str:
    return f"{usd(c.cost_usd)}, {duration(c.hours)}, q {quality_q(c.quality)}"
