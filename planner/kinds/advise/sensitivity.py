"""How a decision moves with its inputs: both ends of each band, and the factor from which on it is another."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.decide import Points
from planner.choose.pareto import front_rows
from planner.estimate import bands
from planner.estimate.quality import GAIN, GAIN_SD
from planner.estimate.spot_spread import RATE_SD
from planner.kinds.advise.machines import machine_words
from planner.kinds.advise.rivals import Field, field
from planner.kinds.advise.shifts import INPUTS, Case, Input, shifted
from planner.kinds.advise.tried import Tried, taken
from planner.kinds.naming import recipe_identity
from planner.kinds.problem import Problem
from planner.outcome.method_words import method_name
from planner.outcome.sensitivity import Flip, Sensitivity, Sway
from planner.outcome.settings_words import setting_words, value_words
from planner.units import Z90, significant

Decide = Callable[[Points], Mapping[str, int]]
"""Points of a front → decision → point."""
DEFAULT: Final = "knee"
"""The decision that is tried; the first there is where this is none."""
MOST_FACTOR: Final = 4.0
"""How far an input is moved, up and down."""
SCAN: Final = (1.08, 1.25, 1.7, 2.6, MOST_FACTOR)
"""Factors tried one after the other; the flip is then found between two of them."""
_DEAR_SCAN: Final = (1.25, 2.0, MOST_FACTOR)
"""The same where each one is estimated from the start."""
_BISECTIONS: Final = 6
"""Halvings of the factor's range in which it flips: the widest step of the scan comes down to 1 %."""
_DEAR_BISECTIONS: Final = 4


def sensitivity(problem: Problem, front: Ints, decisions: Mapping[str, int], decide: Decide) -> Sensitivity | None:
    """Sensitivity of the default decision; None where there is none. `decisions` holds rows of the search."""
    if not decisions:
        return None
    name = DEFAULT if DEFAULT in decisions else next(iter(decisions))
    ground = field(problem, front, decisions[name], np.array(list(decisions.values()), np.int64))
    trial = _Trial(ground, name, decide, tuple(problem.objectives))
    inputs = [sway for moved in INPUTS if (sway := trial.sway(moved)) is not None]
    inputs.sort(key=lambda s: -_swing(s))
    own, points = ground.own, ground.tried.points
    return Sensitivity(
        decision=name,
        configuration=ground.tried.id_of(own),
        cost_usd=float(points.cost_usd[own]),
        hours=float(points.hours[own]),
        quality=_known(points.quality[own]),
        least_factor=1.0 / MOST_FACTOR,
        most_factor=MOST_FACTOR,
        points=len(points),
        note=ground.note,
        inputs=inputs,
    )


def _swing(sway: Sway) -> float:
    low, high = sway.cost_usd_low, sway.cost_usd_high
    return abs(float(np.log(high / low))) if low and high else 0.0


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class _Trial:
    """One decision on its ground."""

    ground: Field
    name: str
    decide: Decide
    objectives: tuple[str, ...]

    def sway(self, moved: Input) -> Sway | None:
        """The input at the ends of its band and where the decision flips; None where it means nothing here."""
        ground, own = self.ground, self.ground.own
        if moved == "preemption" and not ground.tried.picked.joined.offers.spot.any():
            return None
        low, high = self._ends(moved)
        below, above = (shifted(ground.tried, own, moved, [factor])[0].points for factor in (low, high))
        return Sway(
            input=moved,
            what=self._what(moved),
            low_factor=low,
            high_factor=high,
            cost_usd_low=_known(below.cost_usd[own]),
            cost_usd_high=_known(above.cost_usd[own]),
            hours_low=_known(below.hours[own]),
            hours_high=_known(above.hours[own]),
            quality_low=_known(below.quality[own]),
            quality_high=_known(above.quality[own]),
            flips_below=self._flip(moved, up=False),
            flips_above=self._flip(moved, up=True),
        )

    def _ends(self, moved: Input) -> tuple[float, float]:
        """Factors at the 5 % and 95 % ends of what is known of an input."""
        tried, own = self.ground.tried, self.ground.own
        offers = tried.picked.joined.offers
        if moved == "gain":
            width = Z90 * GAIN_SD / GAIN
            return max(0.0, 1.0 - width), 1.0 + width
        known = float(offers.preemption_cv[own])
        sd = {
            "price": bands.PRICE_SD[str(offers.confidence[own])],
            "speed": float(tried.points.speed_sd[own]),
            "preemption": RATE_SD if np.isnan(known) else float(np.sqrt(np.log1p(known**2))),
            "tokens": tried.problem.lengths.sd,
        }[moved]
        low, high = bands.band(1.0, sd)
        return float(low), float(high)

    def _what(self, moved: Input) -> str:
        tried, own = self.ground.tried, self.ground.own
        offers, catalog = tried.picked.joined.offers, tried.problem.facts.catalog
        recipes, r = tried.picked.block.recipes, int(tried.picked.recipe[own])
        tier = str(offers.tier[own]).replace("_", " ")
        method = method_name(tried.problem.space.recipes.methods[int(recipes.method[r])].name)
        machine = f"{offers.providers[offers.provider[own]]} {offers.instance[own]} ({tier})"
        card, stack = catalog.gpus[offers.gpu[own]].id, catalog.stacks[int(recipes.stack[r])].id
        return {
            "price": f"price of {machine}",
            "speed": f"speed of {card} with {stack} and {method}",
            "preemption": "preemption rate of all spot machines",
            "tokens": "tokens per sample",
            "gain": "what tuning gains in quality",
        }[moved]

    def _flip(self, moved: Input, *, up: bool) -> Flip | None:
        """The nearest factor on one side, as far as the scan sees, at which the decision is another."""
        dear = moved == "tokens" and not self.ground.tried.picked.block.shaped.work.packed.all()
        steps = _DEAR_SCAN if dear else SCAN
        factors = list(steps) if up else [1.0 / step for step in steps]
        stays, flips, becomes = 1.0, 0.0, -1
        for factor, point in zip(factors, self._each(moved, factors, one_by_one=dear), strict=False):
            if self._is_other(point):
                flips, becomes = factor, point
                break
            stays = factor
        if not flips:
            return None
        for _ in range(_DEAR_BISECTIONS if dear else _BISECTIONS):
            middle = float(np.sqrt(stays * flips))
            point = self._decided(shifted(self.ground.tried, self.ground.own, moved, [middle])[0])
            if self._is_other(point):
                flips, becomes = middle, point
            else:
                stays = middle
        return self._told(moved, flips, becomes)

    def _each(self, moved: Input, factors: list[float], *, one_by_one: bool) -> Iterator[int]:
        tried, own = self.ground.tried, self.ground.own
        if one_by_one:
            yield from (self._decided(shifted(tried, own, moved, [factor])[0]) for factor in factors)
        else:
            yield from (self._decided(case) for case in shifted(tried, own, moved, factors))

    def _decided(self, case: Case) -> int:
        """The point that is decided on under a shift; -1 where nothing is feasible."""
        rows = np.flatnonzero(case.passes)
        if not len(rows):
            return -1
        p = taken(case.points, rows)
        columns: dict[str, Floats] = {"cost": p.cost_usd, "time": p.hours, "quality": -p.quality, "carbon": p.carbon_kg}
        losses = np.stack([columns[name] for name in self.objectives], axis=1)
        left = front_rows(losses, np.stack([p.cost_usd, p.hours], axis=1))
        return int(rows[left[self.decide(taken(p, left))[self.name]]])

    def _is_other(self, point: int) -> bool:
        """Whether a point is another configuration than the own one; another region of the same machine is not."""
        own = self.ground.own
        if point == own:
            return False
        if point < 0:
            return True
        picked, o = self.ground.tried.picked, self.ground.tried.picked.joined.offers
        columns = (picked.recipe, o.gpu, o.gpu_count, o.provider, o.service, o.instance, o.spot, o.term)
        return any(column[point] != column[own] for column in columns)

    def _told(self, moved: Input, factor: float, point: int) -> Flip:
        tried = self.ground.tried
        lead = f"{self._what(moved)} x{significant(factor)}"
        if point < 0:
            return Flip(factor=factor, becomes="", text=f"{lead}: nothing is feasible any more")
        words = flip_words(tried, self.ground.own, point)
        return Flip(factor=factor, becomes=tried.id_of(point), text=f"{lead}: the {self.name} becomes {words}")


def flip_words(tried: Tried, own: int, point: int) -> str:
    """A point in words that tell it from the own one: with the settings, stack or instance that only they differ in."""
    words, other = _words(tried, point), tried.picked.joined.offers
    told = _other_settings(tried, own, point)
    if words == _words(tried, own) and other.instance[point] != other.instance[own]:
        told.append(f"{other.instance[point]} instead of {other.instance[own]}")
    return f"{words}; {', '.join(told)}" if told else words


def _words(tried: Tried, point: int) -> str:
    picked, catalog = tried.picked, tried.problem.facts.catalog
    r, recipes = int(picked.recipe[point]), picked.block.recipes
    method = method_name(tried.problem.space.recipes.methods[int(recipes.method[r])].name)
    machine = machine_words(picked.joined.offers, point, catalog)
    return f"{catalog.models[recipes.model[r]].id} by {method} on {machine}"


def _other_settings(tried: Tried, own: int, point: int) -> list[str]:
    """`data share 1 instead of 0.5`, of the same model and method; of others they are not to be compared."""
    problem, recipes = tried.problem, tried.picked.block.recipes
    r, mine = int(tried.picked.recipe[point]), int(tried.picked.recipe[own])
    now, was = (recipe_identity(problem, recipes, row) for row in (r, mine))
    if (now["model"], now["method"]["name"]) != (was["model"], was["method"]["name"]):
        return []
    told = [
        f"{setting_words(name.removeprefix('dataset_'), value)} instead of {value_words(before)}"
        for block in ("method", "train")
        for name, value in now[block].items()
        if (before := was[block].get(name)) != value and name != "alpha"
    ]
    return told if now["stack"] == was["stack"] else [*told, f"{now['stack']} instead of {was['stack']}"]
