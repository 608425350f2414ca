"""What could make a decision wrong, and how much of that one measured training step takes away; from a plan alone.

A comparison has a median gap and a spread, both on ln. The chance of a wrong choice after a measurement is its mean
over what the measurement may show, given that the better side is then taken (preposterior analysis).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.special import ndtr, ndtri

from planner.catalog.preemption import WAIT_HOURS
from planner.choose.decide import RESIDUAL_SD, SAME_QUALITY
from planner.estimate import bands
from planner.estimate.spot import best_interval_hours, certain_hours
from planner.estimate.spot_spread import ln_spread, sd_hours
from planner.outcome import Configuration, Figure, Plan
from planner.units import Z90

CALIBRATED_SD: Final = 0.10
"""Spread of the step time on a card and stack after one run on them, ln (DOMAIN 2.3) [E]."""
MEASURED_MEMORY_SD: Final = 0.02
"""Spread of the peak after it was measured with the same settings: libraries, fragmentation, ln [E]."""
EQUALLY_SURE: Final = 0.005
"""Spreads that differ by no more are the same: then the decision itself is measured, not its rival."""
SHARDED: Final = ("zero1", "zero2", "fsdp", "fsdp_offload", "tp", "pp")
"""Ways of spreading a model whose peak a one-GPU run shows in part only."""
_DRAWS: Final = ndtri((np.arange(2001) + 0.5) / 2001)
"""Equally likely standard-normal values."""

Kind = Literal["memory", "cost", "time", "budget", "deadline", "quality"]


@dataclass(frozen=True, slots=True)
class Risk:
    """One way in which a decision may be wrong."""

    kind: Kind
    now: float
    """Probability that it is."""
    after: float | None
    """The same after one run of `measure`, in the mean over what it may show; None where no GPU helps."""
    measure: Configuration | None
    """What to run; None where no GPU helps."""
    rival: Configuration | None = None
    """What would be the right choice instead; None where a limit would be broken."""
    limit: float | None = None
    """The limit that would be broken: GiB, USD or hours."""
    sd: float = 0.0
    """Spread, on ln, of what is measured: today."""
    other_sd: float = 0.0
    """The same of the rival's side, which was left unmeasured."""

    @property
    def gain(self) -> float:
        """Probability that the measurement takes away."""
        return 0.0 if self.after is None else self.now - self.after


def wrong(gap: float, sd: float) -> float:
    """Chance that a figure of median gap `gap` above another is below it; both on ln."""
    return float(ndtr(-gap / sd)) if sd > 0 else float(gap < 0)


def wrong_after(gap: float, sd: float, left_sd: float) -> float:
    """Mean chance of a wrong choice once a measurement has left `left_sd` of the spread `sd`."""
    if left_sd >= sd:
        return wrong(gap, sd)
    seen = np.abs(gap + math.sqrt(sd**2 - left_sd**2) * _DRAWS)
    return float(ndtr(-seen / max(left_sd, 1e-9)).mean())


def band_sd(low: float | None, high: float | None) -> float | None:
    """Spread on ln of a figure with this 90 % band; None where it is unknown."""
    return math.log(high / low) / (2 * Z90) if low and high else None


def speed_sd(c: Configuration) -> float:
    """Spread of the step time, ln: what the band of the hours leaves after overhead, spot luck and token counts.

    Undoes `Joined.spreads`. Token counts are taken as typed in: tokenised ones leave a little more to the speed.
    """
    total = band_sd(c.hours_lo, c.hours_hi)
    if total is None or not c.hours:
        return CALIBRATED_SD
    running = _running(c)
    rest = ((1 - running) * bands.OVERHEAD_SD) ** 2 + _luck_sd(c) ** 2
    speed = (total**2 - rest) / max(running, 1e-6) ** 2 - bands.TOKENS_SD**2
    return math.sqrt(max(speed, CALIBRATED_SD**2))


def _running(c: Configuration) -> float:
    """Share of the hours that grows with the step time."""
    return (c.hour_parts.train + c.hour_parts.evaluate + c.hour_parts.preemption) / (c.hours or 1.0)


def _luck_sd(c: Configuration, objective: Literal["cost", "time"] = "time") -> float:
    """Spread on ln that the luck of a spot machine adds to hours or cost, as `Joined.luck` has it; 0 on demand."""
    rate, parts = c.offer.preemption_per_hour, c.hour_parts
    if not rate or not parts.preemption or not c.hours:
        return 0.0
    work = parts.train + parts.evaluate
    wait = WAIT_HOURS if c.offer.preemption_wait_hours is None else c.offer.preemption_wait_hours
    worked = (work + parts.checkpoints + parts.preemption) / (1.0 + rate * wait)
    waited = rate * worked * wait
    lost = max(0.0, worked - work - _saving_hours(c, work, rate))
    billed, wall = sd_hours(np.array(worked), np.array(lost), np.array(rate), wait)
    if objective == "time":
        return float(ln_spread(np.array(c.hours), np.array(lost + waited), wall))
    return float(ln_spread(np.array(c.hours - parts.queue - waited), np.array(lost), billed))


def _saving_hours(c: Configuration, work: float, rate: float) -> float:
    """Hours of a spot run that writing checkpoints takes for certain: at the best interval, or as often as asked."""
    saving, interval = c.hour_parts.checkpoints, c.train.get("checkpoint_interval_hours")
    save = np.array(saving / math.ceil(float(c.train["epochs"])))
    if not interval or not math.isclose(float(best_interval_hours(np.array(rate), save)), interval, rel_tol=1e-3):
        return saving
    return float(certain_hours(np.array(work), np.array(float(interval)), save)) - work


def memory_risk(c: Configuration) -> Risk:
    """That the run does not fit on its card.

    One GPU shows what a whole model keeps for its activations and logits, but not the layers that sharding gathers nor
    the buffers between cards: so much of the spread is left.
    """
    m = c.memory_gib
    sd = band_sd(m.total_lo, m.total_hi) or bands.MEMORY_SD
    unseen = (m.temporary + m.context) / m.total if c.hardware.parallelism in SHARDED else 0.0
    left = math.hypot(MEASURED_MEMORY_SD, sd * unseen)
    gap = math.log(m.usable / m.total)
    return Risk("memory", wrong(gap, sd), wrong_after(gap, sd, left), c, limit=m.usable, sd=sd)


def limit_risks(plan: Plan, c: Configuration) -> Iterator[Risk]:
    """That the run breaks the budget or the deadline."""
    limits: tuple[tuple[str, Kind, Figure, Figure, Figure], ...] = (
        ("constraints.max_cost", "budget", c.cost_usd, c.cost_usd_lo, c.cost_usd_hi),
        ("constraints.deadline", "deadline", c.hours, c.hours_lo, c.hours_hi),
    )
    for name, kind, value, low, high in limits:
        limit = next((x.limit for x in plan.constraints if x.name == name), None)
        sd = band_sd(low, high)
        if limit and value and sd:
            speed = speed_sd(c)
            known = _running(c) ** 2 * (speed**2 - CALIBRATED_SD**2)
            left = math.sqrt(max(sd**2 - known, 0.0))
            gap = math.log(limit / value)
            yield Risk(kind, wrong(gap, sd), wrong_after(gap, sd, left), c, limit=limit, sd=speed)


def choice_risks(plan: Plan, c: Configuration) -> Iterator[Risk]:
    """That a rival is really cheaper or faster, so that the decision should have been the rival."""
    for objective, rival in rivals(plan, c):
        risk = against(c, rival, objective)
        if risk is not None:
            yield risk


def rivals(plan: Plan, c: Configuration) -> Iterator[tuple[Literal["cost", "time"], Configuration]]:
    """Front points that would take the decision's place if one comparison came out the other way.

    Any point may turn out cheapest, or fastest. `best` is the cheapest of its peers. The knee, or a point that is no
    decision, is lost when a point that is no worse on the two other objectives is no worse on the third either.
    """
    names = {name for name, id_ in plan.decisions.items() if id_ == c.id}
    peers = (
        set(plan.decision_notes["best"].within_noise) if "best" in names and "best" in plan.decision_notes else set()
    )
    clear = names & {"cheapest", "fastest", "best"}
    for r in plan.front:
        if r.id == c.id or None in (r.cost_usd, r.hours, c.cost_usd, c.hours):
            continue
        as_good = (r.quality or 0.0) >= (c.quality or 0.0) - SAME_QUALITY
        cheaper = (r.cost_usd or 0.0) <= (c.cost_usd or 0.0)
        faster = (r.hours or 0.0) <= (c.hours or 0.0)
        if "cheapest" in names or r.id in peers or (not clear and as_good and faster and not cheaper):
            yield "cost", r
        if "fastest" in names or (not clear and as_good and cheaper and not faster):
            yield "time", r


def against(c: Configuration, rival: Configuration, objective: Literal["cost", "time"]) -> Risk | None:
    """Risk that `rival` beats `c`, and what is left of it when the less certain of the two speeds is measured.

    The spread of the difference is that of `decide.beats`: what both share cancels.
    """
    mine, theirs = (c.cost_usd, rival.cost_usd) if objective == "cost" else (c.hours, rival.hours)
    if not mine or not theirs or mine == theirs:
        return None
    rest = _luck_sd(c, objective) ** 2 + _luck_sd(rival, objective) ** 2
    if objective == "cost" and not _same_offer(c, rival):
        rest += bands.PRICE_SD[c.offer.price_confidence] ** 2 + bands.PRICE_SD[rival.offer.price_confidence] ** 2
    a, b = speed_sd(c), speed_sd(rival)
    gap = math.log(theirs / mine)
    if _same_machine(c, rival):
        now = wrong(gap, math.sqrt(rest + RESIDUAL_SD**2))
        return Risk(objective, now, now, c, rival, sd=RESIDUAL_SD, other_sd=RESIDUAL_SD)
    less_sure, other = (c, b) if a > b - EQUALLY_SURE else (rival, a)
    sd, left = math.sqrt(rest + a**2 + b**2), math.sqrt(rest + other**2 + CALIBRATED_SD**2)
    return Risk(objective, wrong(gap, sd), wrong_after(gap, sd, left), less_sure, rival, sd=max(a, b), other_sd=other)


def _same_machine(a: Configuration, b: Configuration) -> bool:
    """Whether two share their speed error, as in `decide.Points.machine`."""
    return (a.hardware.gpu, a.stack, a.method["name"]) == (b.hardware.gpu, b.stack, b.method["name"])


def _same_offer(a: Configuration, b: Configuration) -> bool:
    return all(
        getattr(a.offer, name) == getattr(b.offer, name)
        for name in ("provider", "instance", "region", "tier", "service")
    )


def quality_risk(plan: Plan, c: Configuration) -> Risk | None:
    """That another decision is really the better model, or that a cheaper one is no worse.

    Quality decides `best` and, beside cost and time, the knee; a point that is only cheapest or fastest it does not.
    """
    names = {name for name, id_ in plan.decisions.items() if id_ == c.id}
    worst: Risk | None = None
    for pair in plan.pairings:
        p = pair.probability.get("quality")
        rival = plan.configuration(pair.b if pair.a == c.id else pair.a)
        if c.id not in (pair.a, pair.b) or p is None or rival is None or rival.quality == c.quality:
            continue
        counts = "best" in names or ("knee" in names and (rival.cost_usd or math.inf) < (c.cost_usd or 0.0))
        now = 1.0 - p if pair.a == c.id else p
        if counts and (worst is None or now > worst.now):
            worst = Risk("quality", now, None, None, rival)
    return worst
