"""Sampled search of a space with Optuna: generations are asked for, estimated as arrays, and told back.

A point that was tried before is told what it came to then: it is neither evaluated nor counted again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.choose.indicators import share_of_box
from planner.choose.pareto import front_rows, spread
from planner.choose.progress import Report
from planner.choose.results import Results
from planner.choose.samplers import GENERATION_KEYS, distribution, make_sampler, quiet
from planner.choose.variables import Tried
from planner.space.samplers import SAMPLERS

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial, Trial

PATIENCE = 5
"""Generations over which the hypervolume must grow, or in which something new must be asked for, to go on."""
MOST_ASKED = 20
"""Points asked for at most, as multiples of the evaluations, where many of them do not count."""
MOST_SNAPSHOTS = 128
"""Fronts that are remembered; of more generations every second one, then every fourth."""

MOST_SEEDS = 50
"""Known points that the sampler is told of, evenly spread."""
RENEWED = 20
"""Generations after which a genetic sampler goes on from the best points of all, and one that no result steers from
none: each trial that Optuna keeps makes the next one slower to ask for."""
HOPELESS = 1e30
"""Loss that a sampler without constraints is told of what breaks a limit or is unknown: worse than any other."""

Stop = Literal["limit", "converged", "exhausted", "told"]
"""Evaluations used up; hypervolume does not grow; nothing new is asked for; another process said so."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to sample."""

    evaluations: int
    seed: int
    sampler: str = "nsga2"
    population: int | None = None
    """Points asked for at a time; None for what suits the sampler."""
    converged_below: float | None = None
    """Share of the hypervolume that `PATIENCE` generations must add."""


class Ledger(Protocol):
    """Where points are kept beyond this process."""

    def pull(self) -> Floats:
        """(n, variables) points that came in since the last pull; this process's own may be among them."""
        ...

    def push(self, results: Results) -> None:
        """Keep points of a generation."""
        ...

    def told_to_stop(self) -> bool:
        """Whether the process that leads has ended the search."""
        ...


@dataclass(slots=True)
class Sampling:
    """How a sampled search went."""

    stopped: Stop = "limit"
    generations: int = 0
    evaluations: int = 0
    """Points that count: new ones, each once."""
    stored: int = 0
    """Those of them that came from a ledger."""
    fronts: list[Floats] = field(default_factory=list)
    """Losses of the front of what was known, with what was stored, and after some of the generations."""


def sample(
    space: Tried, objectives: int, settings: Settings, known: Results | None = None, start: Floats | None = None,
    ledger: Ledger | None = None, report: Report | None = None,
) -> Sampling:  # fmt: skip
    """Search until the evaluations are used up or nothing is gained; `space` sees every point, and each one once.

    `known` are results to begin with that cost nothing, `start` points to try first. Seeded and alone, it asks for the
    same points every time.
    """
    with quiet():
        return _Search(space, objectives, settings, ledger).run(known, start, report)


class _Search:
    """A search in progress: Optuna's study, in memory, and what every point came to."""

    def __init__(self, space: Tried, objectives: int, settings: Settings, ledger: Ledger | None) -> None:
        self.space, self.settings, self.ledger = space, settings, ledger
        self.facts = SAMPLERS[settings.sampler]
        self.population = settings.population or self.facts.batch
        self.genetic = settings.sampler in GENERATION_KEYS
        self.free = [(i, v) for i, v in enumerate(space.variables) if v.free]
        self.ranges: dict[str, BaseDistribution] = {v.name: distribution(v) for _, v in self.free}
        self.low = np.array([v.low for v in space.variables])
        self.objectives = objectives
        self.memory: dict[bytes, tuple[list[float], list[float]]] = {}
        self.how = Sampling()
        self.front = np.empty((0, objectives))
        self.front_points = np.empty((0, len(space.variables)))
        self.worst = np.zeros(objectives)
        self.recent: list[Floats] = []
        self.stride = 1
        self.generation = 0
        self.idle = self.asked = 0

    def run(self, known: Results | None, start: Floats | None, report: Report | None) -> Sampling:
        self.study = self._study(0)
        if known is not None and len(known.points):
            self._remember(known, new=np.zeros(len(known.points), bool))
            seeds = known.take(spread(np.arange(len(known.points)), known.losses, MOST_SEEDS))
            self._add(seeds.points)
        self._snapshot()
        self._pull()
        if self.how.stored:
            # The same seed would ask for the same points once more.
            self._renew()
            self._snapshot()
        for point in [] if start is None else start:
            self.study.enqueue_trial({v.name: int(point[i]) if v.whole else float(point[i]) for i, v in self.free})
        while (stop := self._stop()) is None:
            self._generation()
            self.how.generations += 1
            self._snapshot()
            if (self.genetic or not self.facts.steered) and self.how.generations % RENEWED == 0:
                self._renew()
            if report is not None:
                report(self.how.evaluations, self.front)
            self._pull()
        self.how.stopped = stop
        if self.how.fronts and self.how.fronts[-1] is not self.front:
            self.how.fronts.append(self.front)
        return self.how

    def _study(self, further: int) -> "Study":
        """A study in memory; `further` sets its random numbers apart from those of others."""
        import optuna

        sampler = make_sampler(self.settings.sampler, (self.settings.seed + further) % 2**32, self.population)
        return optuna.create_study(sampler=sampler, directions=["minimize"] * self.objectives)

    def _renew(self) -> None:
        """Go on in a new study: a genetic sampler from the best points, one that learns from all of them."""
        before = self.study.get_trials(deepcopy=False)
        self.study, self.generation = self._study(self.how.stored + self.asked), 0
        if self.genetic:
            self._add(self._best())
        elif self.facts.steered:
            self.study.add_trials(before)

    def _best(self) -> Floats:
        """Points of the front, evenly spread, and the least broken ones where those are few."""
        points = self.front_points[spread(np.arange(len(self.front)), self.front, MOST_SEEDS)]
        if len(points) < MOST_SEEDS:
            taken = {point.tobytes() for point in points}
            others = sorted((key for key in self.memory if key not in taken), key=lambda key: sum(
                max(excess, 0.0) for excess in self.memory[key][1]
            ))[: MOST_SEEDS - len(points)]  # fmt: skip
            more = np.array([np.frombuffer(key) for key in others]).reshape(-1, points.shape[1])
            points = np.concatenate([points, more])
        return points

    def _stop(self) -> Stop | None:
        if self.how.evaluations >= self.settings.evaluations:
            return "limit"
        most = MOST_ASKED * max(self.settings.evaluations, self.population)
        if self.idle >= PATIENCE * self.population or self.asked >= most or (not self.free and self.how.generations):
            return "exhausted"
        if self.ledger is not None and self.ledger.told_to_stop():
            return "told"
        return "converged" if self._converged() else None

    def _converged(self) -> bool:
        below = self.settings.converged_below
        if below is None or len(self.recent) <= PATIENCE or not len(self.recent[0]):
            return False
        ideal, nadir = self.front.min(axis=0), self.front.max(axis=0)
        now, before = (share_of_box(front, ideal, nadir) for front in (self.front, self.recent[0]))
        return now - before < below * now

    def _generation(self) -> None:
        """Ask, evaluate and tell once."""
        size = min(self.population, self.settings.evaluations - self.how.evaluations)
        trials = [self.study.ask(self.ranges) for _ in range(size)]
        points = np.tile(self.low, (size, 1))
        for row, trial in enumerate(trials):
            for i, variable in self.free:
                points[row, i] = trial.params[variable.name]
        points = self.space.canonical(points)
        results, new = self._try(points)
        for trial, key in zip(trials, _keys(points), strict=True):
            loss, violation = self.memory[key]
            self._limit(trial, violation)
            self.study.tell(trial, loss)
        self.generation = self._generation_of(trials[-1].number)
        if self.ledger is not None and new.any():
            self.ledger.push(results.take(np.flatnonzero(new)))
        # Counted in points, for where little is left of the evaluations few are asked for at a time.
        self.idle = 0 if len(new) else self.idle + size
        self.asked += size

    def _try(self, points: Floats) -> tuple[Results, Bools]:
        """Evaluate those of the canonical points that are not known yet, each once; and say which of them count."""
        unseen: dict[bytes, int] = {}
        for row, key in enumerate(_keys(points)):
            if key not in self.memory:
                unseen.setdefault(key, row)
        rows = np.array(list(unseen.values()), np.int64)
        if not len(rows):
            return Results(points[:0], np.empty((0, self.objectives)), np.empty((0, 0))), np.zeros(0, bool)
        new = self.space.fresh(points[rows])
        found = Results(points[rows], *self.space.evaluate(points[rows]))
        return Results(found.points, *self._remember(found, new)), new

    def _remember(self, found: Results, new: Bools) -> tuple[Floats, Floats]:
        """Know these points from now on; returns what the sampler is told of them: nothing but finite numbers."""
        finite: Bools = np.isfinite(found.losses)
        if finite.any(axis=0).all():
            highest = np.where(finite, found.losses, -np.inf).max(axis=0)
            self.worst = np.maximum(self.worst, highest) if self.memory else highest
        hopeless: Bools = np.asarray(~finite.all(axis=1))
        losses = np.where(finite, found.losses, self.worst)
        violations = np.where(np.isfinite(found.violations), found.violations, 0.0)
        if not self.facts.limits:
            losses = np.where((hopeless | (violations > 0).any(axis=1))[:, None], HOPELESS, losses)
        violations = np.concatenate([violations, hopeless[:, None].astype(float)], axis=1)
        for key, loss, violation in zip(_keys(found.points), losses.tolist(), violations.tolist(), strict=True):
            self.memory[key] = (loss, violation)
        self.how.evaluations += int(new.sum())
        good = found.losses[found.are_good]
        if len(good):
            front = np.concatenate([self.front, good])
            kept = front_rows(front)
            if len(kept) != len(self.front) or (kept >= len(self.front)).any():
                self.front = front[kept]
                self.front_points = np.concatenate([self.front_points, found.points[found.are_good]])[kept]
        return losses, violations

    def _pull(self) -> None:
        """Take over what others have tried: their points, never their figures."""
        if self.ledger is None:
            return
        points = self.ledger.pull()
        if not len(points):
            return
        before = self.how.evaluations
        found, _ = self._try(self.space.canonical(points))
        self.how.stored += self.how.evaluations - before
        self._add(found.points)

    def _add(self, points: Floats) -> None:
        """Tell the sampler of known points that it did not ask for; to a genetic one they are of this generation."""
        from optuna.trial import create_trial

        key = GENERATION_KEYS.get(self.settings.sampler)
        trials: list[FrozenTrial] = []
        for point in points:
            losses, violations = self.memory[point.tobytes()]
            trial = create_trial(
                params={v.name: int(point[i]) if v.whole else float(point[i]) for i, v in self.free},
                distributions=dict(self.ranges),
                values=losses,
                system_attrs={key: self.generation} if key else {},
            )
            self._limit(trial, violations)
            trials.append(trial)
        self.study.add_trials(trials)

    def _limit(self, trial: "Trial | FrozenTrial", violations: list[float]) -> None:
        if self.facts.limits:
            for limit, excess in enumerate(violations):
                trial.set_constraint(str(limit), excess)

    def _generation_of(self, trial: int) -> int:
        """The generation that a trial of a genetic sampler belongs to."""
        attributes: dict[str, Any] = self.study.get_trials(deepcopy=False)[trial].system_attrs
        return int(attributes.get(GENERATION_KEYS[self.settings.sampler], 0)) if self.genetic else 0

    def _snapshot(self) -> None:
        self.recent = [*self.recent[-PATIENCE:], self.front]
        if self.how.generations % self.stride:
            return
        self.how.fronts.append(self.front)
        if len(self.how.fronts) > MOST_SNAPSHOTS:
            self.how.fronts = self.how.fronts[::2]
            self.stride *= 2


def _keys(points: Floats) -> Iterator[bytes]:
    """Rows as keys; canonical points are equal exactly when their keys are."""
    return (row.tobytes() for row in points)
