"""No worse on everything at once: against drawing every error, and what must hold."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from planner.choose.decide import RESIDUAL_SD, Points, beats, quality_gap
from planner.choose.dominance import no_worse
from tests.choose.test_decide import points

DRAWS = 400_000
NEAR = 4e-3
"""Five standard errors of that many draws."""
ALL = ["cost", "time", "quality", "carbon"]
SOME = [["cost"], ["time"], ["carbon"], ["cost", "time"], ["cost", "carbon"], ["time", "carbon"], ALL[:3], ALL]


def front() -> Points:
    """Two on one machine, two on others; two with spot luck; two on one offer."""
    made = points([10.0, 11.0, 9.0, 12.0], [5.0, 4.6, 5.5, 4.0], [1.0, 1.2, 0.9, 1.0], models=[0, 1, 2, 3])
    return replace(
        made,
        carbon_kg=np.array([3.0, 3.3, 2.8, 3.1]),
        machine=np.array([0, 0, 1, 2]),
        offer=np.array([0, 0, 1, 2]),
        price_sd=np.array([0.10, 0.10, 0.25, 0.02]),
        speed_sd=np.array([0.30, 0.30, 0.20, 0.25]),
        luck_sd=np.array([0.0, 0.1, 0.2, 0.0]),
        hours_luck_sd=np.array([0.0, 0.3, 0.4, 0.0]),
        luck_covariance=np.array([0.0, 0.02, 0.06, 0.0]),
    )


def drawn(p: Points, a: int, b: int, objectives: list[str]) -> float:
    rng = np.random.default_rng(11)
    own = {a: rng.standard_normal(DRAWS), b: rng.standard_normal(DRAWS)}
    same_machine, same_offer = p.machine[a] == p.machine[b], p.offer[a] == p.offer[b]
    residual = RESIDUAL_SD * rng.standard_normal(DRAWS)
    errors: dict[str, Any] = dict.fromkeys(("cost", "time", "carbon"), 0.0)
    for point, sign in ((a, 1.0), (b, -1.0)):
        speed = residual * (sign > 0) if same_machine else p.speed_sd[point] * own[point]
        lost, waits, price = rng.standard_normal((3, DRAWS))
        product = p.luck_sd[point] * p.hours_luck_sd[point]
        alike = p.luck_covariance[point] / product if product else 0.0
        errors["carbon"] = errors["carbon"] + sign * (speed + p.luck_sd[point] * lost)
        errors["time"] = errors["time"] + sign * (
            speed + p.hours_luck_sd[point] * (alike * lost + np.sqrt(1 - alike**2) * waits)
        )
        errors["cost"] = errors["cost"] + sign * (
            speed + p.luck_sd[point] * lost + (0.0 if same_offer else p.price_sd[point] * price)
        )
    holds = np.ones(DRAWS, bool)
    for name in objectives:
        if name == "quality":
            gap, sd = quality_gap(p, a, np.array([b]))
            holds &= gap[0] + sd[0] * rng.standard_normal(DRAWS) >= 0
        else:
            values = p.figure(name)
            holds &= np.log(values[a] / values[b]) + errors[name] <= 0
    return float(holds.mean())


@pytest.mark.parametrize("objectives", SOME, ids="-".join)
def test_against_drawing_every_error(objectives: list[str]) -> None:
    p = front()
    for a, b in combinations(range(4), 2):
        assert no_worse(p, a, np.array([b]), objectives)[0] == pytest.approx(drawn(p, a, b, objectives), abs=NEAR)


@pytest.mark.parametrize("objective", ["cost", "time", "carbon", "quality"])
def test_one_objective_is_what_pairings_tell(objective: str) -> None:
    p, others = front(), np.array([1, 2, 3])
    unequal = p.figure(objective)[others] != p.figure(objective)[0]
    mine, told = no_worse(p, 0, others, [objective]), beats(p, 0, others, objective)
    assert mine[unequal] == pytest.approx(told[unequal], abs=1e-6)


def test_equal_by_construction_is_no_worse_for_certain() -> None:
    """The same model and method have the same quality, and a figure of the same machine and offer is one figure."""
    p = points([10.0, 20.0], [5.0, 5.0], [1.0, 1.0], models=[0, 0])
    assert beats(p, 0, np.array([1]), "quality")[0] == 0.5
    assert no_worse(p, 0, np.array([1]), ["quality"])[0] == 1.0
    assert no_worse(p, 0, np.array([1]), ["time", "quality"])[0] == 1.0
    clear = replace(p, cost_usd=np.array([10.0, 90.0]))
    assert no_worse(clear, 0, np.array([1]), ["cost", "time", "quality"])[0] > 0.99
    assert no_worse(clear, 1, np.array([0]), ["cost", "time", "quality"])[0] < 0.01
