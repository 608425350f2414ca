"""What a figure gained or lost, split by what moved it; and whether the bands can tell the two sides apart."""

import math
from typing import Final

import numpy as np
from scipy.special import logit, ndtr

from planner.choose.decide import RESIDUAL_SD, TOO_CLOSE
from planner.estimate.quality import paired_sd
from planner.outcome import FIGURES, FIGURES_OF, Choice, Configuration, Delta, Figure, ManagedJob
from planner.outcome.serving_configuration import ServingConfiguration
from planner.units import Z90

LEAST_Q: Final = 1e-4
"""Bands of q end at 0 and 1, whose logits are infinite."""
SUMS: Final = ("cost_usd", "hours", "carbon_kg")
"""Figures of jobs that can be added up over scenarios."""
MONTHLY: Final = ("cost_usd_per_month", "carbon_kg_per_month")
"""The same of what is served: what runs on is no part of what a job costs."""
ADDED_UP: Final = frozenset((*SUMS, *MONTHLY))


def changed(locked: Figure, base: Figure, repriced: Figure, head: Figure, *, has_lock: bool, chance: Figure) -> Delta:
    """The way from base to head in its fixed order: planner, prices, scenario.

    `locked` is the figure in the base's lock, `base` what this planner says of the same, `repriced` that on the head's
    prices. Without a lock the way begins at `base`, and what the planner changed is unknown.
    """
    before = locked if has_lock else base
    total = _less(head, before)
    close = chance is not None and max(chance, 1.0 - chance) < TOO_CLOSE
    return Delta(
        before=before,
        after=head,
        planner=_less(base, locked) if has_lock else None,
        prices=_less(repriced, base),
        scenario=_less(head, repriced),
        total=total,
        chance_higher=chance,
        within_noise=bool(close and total),
    )


def appeared(after: Figure, *, sums: bool) -> Delta:
    """The figure of a scenario that the base does not have."""
    whole = after if sums else None
    return Delta(before=None, after=after, planner=None, prices=None, scenario=whole, total=whole)


def vanished(before: Figure, *, sums: bool) -> Delta:
    """The figure of a scenario that the head does not have."""
    whole = None if before is None or not sums else -before
    return Delta(before=before, after=None, planner=None, prices=None, scenario=whole, total=whole)


def chance_higher(before: Choice | None, after: Choice | None, figure: str) -> Figure:
    """Probability that a figure of `after` is really above that of `before`; None where one is unknown.

    Errors that both share cancel: speed where card, stack and method are the same, all of them where only the offer
    differs in its price; of two jobs at services all of them where the service bills the same tokens by another price.
    """
    a, b = figures_of(before)[figure], figures_of(after)[figure]
    if before is None or after is None or a is None or b is None:
        return None
    if a == b:
        return 0.5
    if figure == "quality":
        return _quality(before, after)
    if a <= 0 or b <= 0:
        return None
    if _recipe(before) == _recipe(after):
        sd = 0.0
    elif isinstance(before, Configuration) and isinstance(after, Configuration) and _machine(before) == _machine(after):
        sd = RESIDUAL_SD
    else:
        sd = math.hypot(_sd(before, figure), _sd(after, figure))
    return _above(math.log(b / a), sd)


def names_of(*kinds: str) -> tuple[str, ...]:
    """The figures of scenarios of these kinds, each once; those of a FineTune where nothing is known of the kind."""
    known = [FIGURES_OF[kind] for kind in kinds if kind in FIGURES_OF] or [FIGURES]
    return tuple(dict.fromkeys(name for names in known for name in names))


def figures_of(chosen: Choice | None) -> dict[str, Figure]:
    """All figures; None where nothing is chosen, for what nobody tells of a managed service, and of another kind."""
    return {name: getattr(chosen, name, None) for name in names_of(*FIGURES_OF)}


def _quality(before: Choice, after: Choice) -> Figure:
    if before.quality is None or after.quality is None:
        return None
    if isinstance(before, ServingConfiguration) or isinstance(after, ServingConfiguration):
        # The same model at the same precision with the same levers answers alike, wherever it runs.
        alike = _answers(before) == _answers(after)
        sd = 0.0 if alike else math.hypot(_quality_sd(before), _quality_sd(after))
        return _above(_logit(after.quality) - _logit(before.quality), sd)
    same_model, same_method = before.model == after.model, before.method.get("name") == after.method.get("name")
    if same_model and same_method and isinstance(before, Configuration) and isinstance(after, Configuration):
        one, other = (_terms(c) for c in (before, after))
        if all(one[name] == other[name] for name in one):
            return 0.5
        zero = np.zeros(1)
        gain, capacity, overfit = (np.array([other[n] - one[n]]) for n in ("gain", "capacity", "overfit"))
        sd = float(paired_sd(gain, capacity, overfit, zero, zero)[0])
    else:
        sd = math.hypot(_quality_sd(before), _quality_sd(after))
    return _above(_logit(after.quality) - _logit(before.quality), sd)


def _above(gap: float, sd: float) -> Figure:
    """P(gap + noise > 0); None where the noise is unknown."""
    if math.isnan(sd):
        return None
    return float(gap > 0) if sd == 0 else float(ndtr(gap / sd))


def _logit(q: float) -> float:
    return float(logit(min(max(q, LEAST_Q), 1.0 - LEAST_Q)))


def _terms(c: Configuration) -> dict[str, float]:
    return {name: float(c.quality_parts.get(name) or 0.0) for name in ("gain", "capacity", "overfit")}


def _quality_sd(c: Choice) -> float:
    if c.quality_lo is None or c.quality_hi is None:
        return math.nan
    return (_logit(c.quality_hi) - _logit(c.quality_lo)) / (2 * Z90)


def _sd(c: Choice, figure: str) -> float:
    """Spread of a figure's band, ln."""
    low, high = getattr(c, f"{figure}_lo"), getattr(c, f"{figure}_hi")
    if low is None or high is None or low <= 0:
        return math.nan
    return math.log(high / low) / (2 * Z90)


def _machine(c: Configuration) -> tuple[str, str, str]:
    return c.hardware.gpu, c.stack, str(c.method.get("name"))


def _answers(c: Choice) -> tuple[object, ...]:
    """What the quality of answers rests on."""
    return (c.model, c.precision, tuple(c.levers)) if isinstance(c, ServingConfiguration) else (c,)


def _recipe(c: Choice) -> tuple[object, ...]:
    """What a figure rests on beside prices: of two with the same, errors are shared whole."""
    if isinstance(c, ServingConfiguration):
        place = None if c.offer is None else (c.offer.provider, c.offer.instance, c.offer.region, c.offer.tier)
        replicas = None if c.capacity is None else (c.capacity.replica_hours, c.capacity.machines_peak)
        return c.way, _answers(c), c.engine, c.scaling, c.machine, place, replicas, c.latencies
    if isinstance(c, ManagedJob):
        return c.provider, c.offered, c.model, c.method, c.axes, c.billed_tokens
    offer = c.offer
    same_offer = (offer.provider, offer.service, offer.instance, offer.region, offer.tier)
    return c.model, c.method, c.stack, c.train, c.axes, c.hardware, same_offer


def _less(a: Figure, b: Figure) -> Figure:
    return None if a is None or b is None else a - b
