"""Polishing a point of a front over its continuous variables with SciPy, its choices held fixed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import differential_evolution, dual_annealing, minimize, minimize_scalar

from planner.catalog.rows import Floats

Method = Literal["slsqp", "differential_evolution", "dual_annealing"]
"""Gradient, genetic, annealing."""
Evaluate = Callable[[Floats], tuple[Floats, Floats]]
"""(n, d) points of the unit cube → (n, objectives) losses and (n, limits) violations, above 0 broken."""

STEPS, LOOKS = 6, 16
"""Iterations of a gradient method per point, and evaluations it may take with its line searches [E]."""
GENERATIONS, CROWD = 8, 5
"""Generations, and points per variable, of differential evolution where gradients lead nowhere [E]."""
ANNEALED = 120
"""Evaluations of dual annealing per point, one at a time [E]."""
LEAST = 1e-9
"""Smallest gain that counts, and largest breach that does not, in units of `width`."""
_PENALTY = 1e3
_UNKNOWN = 1e6


class _EnoughError(Exception):
    """A gradient method has used up its evaluations."""


@dataclass(frozen=True, slots=True)
class Polished:
    """A better point, or the same."""

    x: Floats
    losses: Floats
    method: str
    """What found it: `slsqp`, `bounded`, `differential_evolution`, `dual_annealing`, or `none`."""


class _Merit:
    """One number per point: the sum of changes in units of `width`, to be made small while no objective gets worse."""

    def __init__(self, evaluate: Evaluate, at: Floats, width: Floats, step: Floats) -> None:
        self.evaluate, self.at, self.width, self.step = evaluate, at, width, step
        self.best, self.best_merit = np.empty(0), -LEAST
        self.looks = 0
        self._key = b""
        self._away = step
        self._values: tuple[Floats, Floats] = (np.empty(0), np.empty((0, 0)))

    def terms(self, points: Floats) -> tuple[Floats, Floats]:
        """(n,) merit and (n, m) terms that must not be above 0: objectives that got worse, limits that are broken."""
        losses, violations = self.evaluate(np.clip(points, 0.0, 1.0))
        change = (losses - self.at) / self.width
        change = np.where(np.isfinite(change), change, _UNKNOWN)
        merit, terms = change.sum(axis=1), np.concatenate([change, np.nan_to_num(violations)], axis=1)
        good = np.where((terms <= LEAST).all(axis=1), merit, np.inf)
        at = int(np.argmin(good))
        if good[at] < self.best_merit:
            self.best, self.best_merit = np.clip(points[at], 0.0, 1.0), float(good[at])
        return merit, terms

    def penalised(self, points: Floats) -> Floats:
        """(n,) merit with broken terms added at a price."""
        merit, terms = self.terms(points)
        return np.asarray(merit + _PENALTY * np.maximum(terms, 0.0).sum(axis=1))

    def around(self, x: Floats) -> tuple[Floats, Floats]:
        """Merit and terms at x (first row) and one step from it along each axis, all in one evaluation."""
        if x.tobytes() != self._key:
            self.looks += 1
            if self.looks > LOOKS:
                raise _EnoughError
            away = np.where(x + self.step <= 1.0, self.step, -self.step)
            self._values = self.terms(np.concatenate([x[None], x[None] + np.diag(away)]))
            self._key, self._away = x.tobytes(), away
        return self._values

    def slope(self, x: Floats) -> Floats:
        """Gradient of the merit."""
        merit, _ = self.around(x)
        return np.asarray((merit[1:] - merit[0]) / self._away)

    def slopes(self, x: Floats) -> Floats:
        """(m, d) gradients of the terms, negated: SLSQP wants them above 0."""
        _, terms = self.around(x)
        return np.asarray(-((terms[1:] - terms[0]) / self._away[:, None]).T)


def polish(start: Floats, evaluate: Evaluate, width: Floats, step: Floats, seed: int, by: Method = "slsqp") -> Polished:
    """Improve the objectives of a point without making any of them worse or breaking a limit.

    `width` is one unit of each objective, `step` the distance over which each variable's slope is taken. Where SLSQP
    finds nothing better (steps and plateaus have no slope), a bounded search along one variable or differential
    evolution over several comes after it; the other two methods stand alone.
    """
    before, _ = evaluate(start[None])
    merit = _Merit(evaluate, before[0], width, step)
    method: str = by
    match by:
        case "slsqp":
            _slsqp(merit, start)
            if not len(merit.best):
                method = "bounded" if len(start) == 1 else "differential_evolution"
                _bounded(merit) if len(start) == 1 else _evolved(merit, start, seed)
        case "differential_evolution":
            _evolved(merit, start, seed)
        case "dual_annealing":
            _annealed(merit, start, seed)
    if not len(merit.best):
        return Polished(start, before[0], "none")
    return Polished(merit.best, evaluate(merit.best[None])[0][0], method)


def _slsqp(merit: _Merit, start: Floats) -> None:
    search: Any = minimize  # SciPy's stubs know neither these constraints nor, below, vectorised functions
    with suppress(_EnoughError):
        search(
            lambda x: float(merit.around(x)[0][0]),
            start,
            jac=merit.slope,
            method="SLSQP",
            bounds=[(0.0, 1.0)] * len(start),
            constraints=[{"type": "ineq", "fun": lambda x: -merit.around(x)[1][0], "jac": merit.slopes}],
            options={"maxiter": STEPS, "ftol": 1e-7},
        )


def _bounded(merit: _Merit) -> None:
    minimize_scalar(
        lambda x: float(merit.penalised(np.array([[x]]))[0]),
        bounds=(0.0, 1.0),
        method="bounded",
        options={"maxiter": 2 * LOOKS},
    )


def _evolved(merit: _Merit, start: Floats, seed: int) -> None:
    search: Any = differential_evolution
    search(
        lambda x: merit.penalised(x.T),
        [(0.0, 1.0)] * len(start),
        x0=start,
        maxiter=GENERATIONS,
        popsize=CROWD,
        rng=np.random.default_rng(seed),
        polish=False,
        vectorized=True,
        updating="deferred",
    )


def _annealed(merit: _Merit, start: Floats, seed: int) -> None:
    search: Any = dual_annealing
    search(
        lambda x: float(merit.penalised(x[None])[0]),
        [(0.0, 1.0)] * len(start),
        x0=start,
        maxfun=ANNEALED,
        rng=np.random.default_rng(seed),
        no_local_search=True,
    )
