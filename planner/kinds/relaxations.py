"""What to relax when nothing is feasible: one limit, one confidence, or one choice that the scenario closed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.rows import Catalog
from planner.choose.exact import Found, search
from planner.estimate.together import MEDIAN
from planner.kinds.evaluate import parts
from planner.kinds.limits import TOGETHER, Limit, percent
from planner.kinds.problem import Problem
from planner.kinds.together_relaxed import limits_enough
from planner.outcome import Relaxation
from planner.scenario.fine_tune import FineTune
from planner.scenario.hardware import Hardware
from planner.space.offers import SWITCHES, Market, filter_words, open_market
from planner.space.patterns import read_rules
from planner.space.resolve import Space
from planner.space.rules import apply_rules
from planner.units import duration, kilograms, share_text, usd

MOST_COMBINATIONS = 2_000_000
"""Combinations that are looked at again for one relaxation; larger spaces are told so."""

_WORDS: Mapping[str, Callable[[float], str]] = {
    "usd": usd,
    "hours": duration,
    "share": lambda value: share_text(value, 1),
    "points": lambda value: f"{value:g} points",
    "q": lambda value: f"q {value:.3f}",
    "kg": kilograms,
    "probability": percent,
}
_STEP = {"usd": 0.01, "hours": 0.1, "share": 0.001, "points": 0.01, "q": 0.001, "kg": 0.1, "probability": 0.01}


def relaxations(problem: Problem, found: Found, scenario: FineTune, catalog: Catalog) -> tuple[list[Relaxation], str]:
    """Every single change that lets something through, and what was not tried for the size of the space.

    Limits first, smallest change first; then the choices that the scenario closed.
    """
    named = [r for limit in problem.limits if (r := weaker(limit, found.relaxed)) is not None]
    skipped = []
    together = next((limit.value for limit in problem.limits if limit.name == TOGETHER), None)
    if together is not None and problem.space.combinations > MOST_COMBINATIONS:
        skipped.append("one limit, the others kept with it")
    elif together is not None:
        enough = limits_enough(problem, together)
        named += [r for limit in problem.limits if (r := weaker(limit, enough, together)) is not None]
    confident = [limit for limit in problem.limits if limit.confidence is not None]
    if confident and problem.space.combinations > MOST_COMBINATIONS:
        skipped.append("confidence")
    elif confident:
        seen = replace(problem, limits=tuple(limit.seen_as_confidence() for limit in problem.limits))
        upwards = {limit.name: limit.upper for limit in seen.limits}
        again = search((part.chunk for part in parts(seen)), len(seen.objectives), upwards)
        named += [r for limit in seen.limits if limit.of_confidence and (r := _less_sure(limit, again)) is not None]
    named.sort(key=lambda relaxation: 1.0 if relaxation.change is None else relaxation.change)
    for closed in _closed(scenario.hardware, problem.space.market):
        space = _new_offers(problem.space, closed.opened, scenario, catalog)
        if space is not None and space.walked > MOST_COMBINATIONS:
            skipped.append(closed.constraint)
        elif space is not None:
            named += _opened(replace(problem, space=space), closed)
    note = f"not tried for the size of the space: relaxing {', '.join(dict.fromkeys(skipped))}" if skipped else ""
    return named, note


def weaker(limit: Limit, relaxed: Mapping[str, tuple[float, int]], together: float | None = None) -> Relaxation | None:
    """The value of a limit that lets something through, where it alone stands in the way.

    With `together` that is the confidence in all limits at once.
    """
    if limit.name not in relaxed:
        return None
    needed, words = _rounded(relaxed[limit.name][0], limit.unit, up=limit.upper), _WORDS[limit.unit]
    verb = "raise" if limit.upper else "lower"
    if limit.name == TOGETHER and needed < MEDIAN:
        text = f"take {TOGETHER} out: together the limits hold with {words(needed)} at most"
        return Relaxation(constraint=TOGETHER, limit=limit.value, needed=None, unit="", change=None, text=text)
    sure = "" if limit.confidence is None else f" at {percent(limit.confidence)} confidence"
    sure = sure if together is None else f" at {percent(together)} confidence in all limits together"
    return Relaxation(
        constraint=limit.name,
        limit=limit.value,
        needed=needed,
        unit=limit.unit,
        change=abs(needed - limit.value) / max(abs(limit.value), 1e-9),
        text=f"{verb} {limit.name} from {words(limit.value)} to {words(needed)}{sure}",
    )


def _less_sure(limit: Limit, found: Found) -> Relaxation | None:
    """The confidence at which something would pass, if that is worth the name."""
    if limit.name not in found.relaxed:
        return None
    needed = _rounded(found.relaxed[limit.name][0], "probability", up=False)
    if needed < MEDIAN:
        return None
    return Relaxation(
        constraint=f"{limit.name}.confidence",
        limit=limit.bound,
        needed=needed,
        unit="probability",
        change=(limit.bound - needed) / limit.bound,
        text=f"lower the confidence of {limit.name} from {percent(limit.bound)} to {percent(needed)}",
    )


def _rounded(value: float, unit: str, *, up: bool) -> float:
    """A needed value rounded to the side that still lets the combination through."""
    step = _STEP[unit]
    steps = np.ceil(value / step - 1e-9) if up else np.floor(value / step + 1e-9)
    return round(float(steps * step), 6)


@dataclass(frozen=True, slots=True)
class _Closed:
    """A choice the scenario closed, and the hardware block with it open."""

    constraint: str
    opened: Hardware
    text: str
    """What to do; `{name}` is filled with the provider or region of the cheapest combination it lets in."""


def _closed(hardware: Hardware, market: Market) -> Iterator[_Closed]:
    for tier in ("spot", "on_demand"):
        if tier not in hardware.tiers:
            opened = hardware.model_copy(update={"tiers": [*hardware.tiers, tier]})
            yield _Closed("hardware.tiers", opened, f"add {tier} to hardware.tiers")
    for name in SWITCHES:
        if name in market.removed:
            opened = hardware.model_copy(update={"allow": [*hardware.allow, name]})
            yield _Closed(
                "hardware.allow", opened, f"add {name} to hardware.allow ({filter_words(name, market.stale_months)})"
            )
    for name in ("providers", "regions"):
        if getattr(hardware, name) != "any":
            opened = hardware.model_copy(update={name: "any"})
            yield _Closed(f"hardware.{name}", opened, f"add {{name}} to hardware.{name}")


def _new_offers(space: Space, opened: Hardware, scenario: FineTune, catalog: Catalog) -> Space | None:
    """The same recipes on the offers that come in, under the scenario's rules; None where none do."""
    market = open_market(opened, catalog, space.market.stale_months)
    had = set(_keys(space.market))
    new = market.restricted(np.array([key not in had for key in _keys(market)], bool))
    rules = None
    if len(new.offers) and (scenario.include or scenario.exclude):
        axes = space.recipes.axes
        include = read_rules(scenario.include, "include", catalog, axes, _silent)
        exclude = read_rules(scenario.exclude, "exclude", catalog, axes, _silent)
        rules, new = apply_rules(include, exclude, space.recipes, new, _silent, _silent)
        if rules is None:
            return None
    return replace(space, market=new, rules=rules) if len(new.offers) else None


def _silent(*_: object) -> None:
    """What rules say about offers that are only looked at; the scenario's own were complained about before."""


def _keys(market: Market) -> list[tuple[object, ...]]:
    o = market.offers
    columns = (o.provider, o.service, o.instance, o.region, o.tier, o.gpu, o.gpu_count)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _opened(problem: Problem, closed: _Closed) -> list[Relaxation]:
    """The relaxation, if among the offers it lets in something is feasible with every objective known."""
    best_cost, best_offer = np.inf, -1
    for part in parts(problem):
        chunk = part.chunk
        passes = (chunk.stop == 0) & np.isfinite(chunk.losses).all(axis=1)
        for broken in chunk.broken.values():
            passes &= ~broken
        cost = np.where(passes, chunk.ties[:, 0], np.inf)
        at = int(np.argmin(cost))
        if passes[at] and (best_offer < 0 or cost[at] < best_cost):
            best_cost, best_offer = float(cost[at]), int(chunk.row[at] % problem.offers)
    if best_offer < 0:
        return []
    offers = problem.space.market.offers
    region = str(offers.region[best_offer])
    name = offers.providers[offers.provider[best_offer]] if closed.constraint == "hardware.providers" else region
    text = f"set {closed.constraint} to any" if name == "any" else closed.text.format(name=name)
    return [Relaxation(constraint=closed.constraint, limit=None, needed=None, unit="", change=None, text=text)]
