"""Polish: better without being worse anywhere, inside the box and the limits, with or without slopes."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.choose.refine import Evaluate, Method, polish

ONE, STEP = np.ones(2), np.full(2, 1e-3)


def bowl(points: Floats) -> tuple[Floats, Floats]:
    """Two bowls next to each other: the best points lie between (0.2, 0.5) and (0.6, 0.5)."""
    x, y = points.T
    return np.stack([(x - 0.2) ** 2 + (y - 0.5) ** 2, (x - 0.6) ** 2 + (y - 0.5) ** 2], axis=1), np.empty((len(x), 0))


def limited(points: Floats) -> tuple[Floats, Floats]:
    return bowl(points)[0], (0.7 - points[:, 1])[:, None]


def stairs(points: Floats) -> tuple[Floats, Floats]:
    """No slope anywhere."""
    losses, violations = bowl(points)
    return np.ceil(losses * 40), violations


def test_slopes_lead_to_the_front() -> None:
    found = polish(np.array([0.4, 0.9]), bowl, ONE, STEP, 1)
    assert found.method == "slsqp"
    assert found.x[1] == pytest.approx(0.5, abs=5e-3)
    assert 0.2 <= found.x[0] <= 0.6


@pytest.mark.parametrize("evaluate", [bowl, limited, stairs])
@pytest.mark.parametrize("start", [(0.4, 0.95), (0.9, 0.75), (0.0, 1.0), (0.3, 0.7)])
def test_nothing_gets_worse(evaluate: Evaluate, start: tuple[float, float]) -> None:
    before, _ = evaluate(np.array([start]))
    found = polish(np.array(start), evaluate, ONE, STEP, 1)
    losses, violations = evaluate(found.x[None])
    assert (losses[0] <= before[0] + 1e-9).all()
    assert (violations <= 1e-9).all()
    assert (found.losses == losses[0]).all()
    assert ((found.x >= 0) & (found.x <= 1)).all()


def test_without_slopes_evolution_finds_a_lower_step() -> None:
    found = polish(np.array([0.4, 1.0]), stairs, ONE, STEP, 1)
    assert found.method == "differential_evolution"
    assert (found.losses < stairs(np.array([[0.4, 1.0]]))[0][0]).all()


def test_one_variable_without_slopes() -> None:
    def flat(points: Floats) -> tuple[Floats, Floats]:
        return np.ceil(np.abs(points - 0.4) * 10), np.empty((len(points), 0))

    found = polish(np.array([0.95]), flat, np.ones(1), np.full(1, 1e-3), 1)
    assert found.method == "bounded"
    assert found.losses[0] <= 2


def test_an_optimum_stays() -> None:
    found = polish(np.array([0.2, 0.5]), bowl, ONE, STEP, 1)
    assert found.method == "none"
    assert found.x.tolist() == [0.2, 0.5]


def test_unknown_losses_are_left_alone() -> None:
    def half(points: Floats) -> tuple[Floats, Floats]:
        losses, violations = bowl(points)
        losses[points[:, 1] < 0.6] = np.nan
        return losses, violations

    found = polish(np.array([0.4, 0.9]), half, ONE, STEP, 1)
    assert np.isfinite(found.losses).all()
    assert found.x[1] >= 0.6


@pytest.mark.parametrize("by", ["slsqp", "differential_evolution", "dual_annealing"])
@pytest.mark.parametrize("evaluate", [bowl, limited, stairs])
def test_every_method_by_name(by: Method, evaluate: Evaluate) -> None:
    start = np.array([0.4, 0.95])
    before, _ = evaluate(start[None])
    found = polish(start, evaluate, ONE, STEP, 1, by)
    losses, violations = evaluate(found.x[None])
    assert found.method == by or (by == "slsqp" and evaluate is stairs)
    assert (losses[0] <= before[0] + 1e-9).all()
    assert losses[0].sum() < before[0].sum() - 0.05
    assert (violations <= 1e-9).all()
    again = polish(start, evaluate, ONE, STEP, 1, by)
    assert (again.x == found.x).all()
