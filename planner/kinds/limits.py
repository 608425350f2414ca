"""The limits of a scenario, and which combinations of a chunk break them.

A plain limit bounds the median. With a confidence p the quantile of that probability is bounded: median * exp(z_p *
sigma) <= limit, with the spread of that very combination (DOMAIN 11, T-11.6). `constraints.confidence` is a limit of
its own: bounded is the probability that cost, time and emissions keep to theirs together (`estimate.together`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from planner.catalog.rows import Bools, Floats
from planner.estimate.together import Kept
from planner.outcome.limit_words import BOUNDED
from planner.scenario.blocks import CarbonLimit, CostLimit, TimeLimit
from planner.scenario.fine_tune import FineTune
from planner.units import duration, kilograms, share_text, usd

TOGETHER: Final = "constraints.confidence"
"""Name of the limit on the probability that the others hold together."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: what it bounds, from which side, and how a person writes it."""

    name: str
    """Dotted path in the scenario."""
    value: float
    unit: str
    upper: bool
    """True: figures above it break it, and a larger limit is weaker."""
    text: str
    confidence: float | None = None
    """Probability with which the figure keeps to it; None bounds the median."""
    of_confidence: bool = False
    """The same limit seen the other way: bounded is the probability of keeping to `value`, and it is `confidence`."""

    def figure(self, median: Floats, sd: Floats) -> Floats:
        """What is held against the limit: the median, its quantile, or the probability of keeping to the value."""
        if self.confidence is None:
            return median
        if not self.of_confidence:
            return quantile(median, sd, self.confidence)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(ndtr(np.log(self.value / median) / sd))

    def broken(self, figure: Floats) -> Bools:
        """Rows whose figure breaks the limit; an unknown figure breaks nothing."""
        with np.errstate(invalid="ignore"):
            return figure > self.bound if self.upper else figure < self.bound

    @property
    def rests_on_spread(self) -> bool:
        """Whether more than the median decides, so that a combination with better medians may still break it."""
        return self.confidence is not None or self.name == TOGETHER

    @property
    def bound(self) -> float:
        """The number that figures are compared with."""
        return self.confidence if self.of_confidence and self.confidence is not None else self.value

    def seen_as_confidence(self) -> "Limit":
        """The same limit, its confidence being what may be lowered; a limit without one stays as it is."""
        return replace(self, of_confidence=True, upper=False) if self.confidence is not None else self


def quantile(median: Floats, sd: Floats, probability: float) -> Floats:
    """The value a lognormal figure stays under with this probability: median * exp(z_p * sigma)."""
    return np.asarray(median * np.exp(ndtri(probability) * sd))


def scenario_limits(scenario: FineTune) -> tuple[Limit, ...]:
    """The limits in the order in which a combination is held against them."""
    c, floor = scenario.constraints, scenario.quality.floor
    margin = f"{share_text(c.memory_margin)} of memory kept free"
    limits = [Limit("constraints.memory_margin", c.memory_margin, "share", upper=False, text=margin)]
    if floor is not None and floor.points is not None:
        text = f"{floor.points:g} points or more"
        limits.append(Limit("quality.floor.points", floor.points, "points", upper=False, text=text))
    if floor is not None and floor.q is not None:
        limits.append(Limit("quality.floor.q", floor.q, "q", upper=False, text=f"q {floor.q:g} or more"))
    if c.max_cost_usd is not None:
        value, sure = _read(c.max_cost_usd)
        limits.append(_upper("constraints.max_cost", value, "usd", f"at most {usd(value)}", sure))
    if c.deadline_hours is not None:
        value, sure = _read(c.deadline_hours)
        limits.append(_upper("constraints.deadline", value, "hours", f"within {_hours(value)}", sure))
    if c.max_carbon_kg is not None:
        value, sure = _read(c.max_carbon_kg)
        limits.append(_upper("constraints.max_carbon", value, "kg", f"at most {kilograms(value)} CO2e", sure))
    if c.confidence is not None:
        limits.append(_together(c.confidence, [BOUNDED[limit.name] for limit in limits if limit.name in BOUNDED]))
    return tuple(limits)


def kept_limits(limits: Iterable[Limit]) -> Kept:
    """The limits on cost, time and emissions, as what is to be kept together."""
    value = {limit.name: limit.value for limit in limits}
    return Kept(
        max_cost_usd=value.get("constraints.max_cost"),
        deadline_hours=value.get("constraints.deadline"),
        max_carbon_kg=value.get("constraints.max_carbon"),
    )


def _together(confidence: float, bounded: list[str]) -> Limit:
    *first, last = bounded
    names = f"{', '.join(first)} and {last} within their limits together" if first else f"{last} within its limit"
    text = f"{names} with {percent(confidence)} confidence"
    return Limit(TOGETHER, confidence, "probability", upper=False, text=text)


def _read(written: float | CostLimit | TimeLimit | CarbonLimit) -> tuple[float, float | None]:
    """Limit and confidence as written."""
    match written:
        case CostLimit():
            return written.usd, written.confidence
        case TimeLimit():
            return written.hours, written.confidence
        case CarbonLimit():
            return written.kg, written.confidence
        case _:
            return written, None


def _hours(value: float) -> str:
    """Whole hours as people write them."""
    return f"{value:.0f} h" if value == int(value) and 1 <= value < 72 else duration(value)


def _upper(name: str, value: float, unit: str, text: str, confidence: float | None) -> Limit:
    said = text if confidence is None else f"{text} with {percent(confidence)} confidence"
    return Limit(name, value, unit, upper=True, text=said, confidence=confidence)


def percent(share: float) -> str:
    """A probability for people: 90 %, 99.5 %."""
    return f"{100 * share:.3g} %"


def broken_limits(limits: tuple[Limit, ...], figures: Mapping[str, Floats]) -> dict[str, Bools]:
    """Limit → rows that break it; `figures` holds the bounded figure of every limit, by the limit's name."""
    return {limit.name: limit.broken(figures[limit.name]) for limit in limits}
