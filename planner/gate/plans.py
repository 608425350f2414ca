"""Plans of many scenarios: from the cache where nothing they rest on changed, else made here or beside."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Final

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.errors import PlannerError
from planner.gate.cache import PlanCache, key_of
from planner.locking.choosing import Prices
from planner.outcome import AnyPlan
from planner.planning import NO_CHANGES, AnyReady, plan_ready, read_any
from planner.processes import Lost, cores, each_apart
from planner.resources import CATALOG_DATA
from planner.scenario.compose import Changes
from planner.source import InvalidInput, Problem, in_order

WORTH_PROCESSES_S: Final = 4.0
"""Seconds of planning from which further processes gain more than they take to start."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all plans of one run have in common."""

    directory: Path = CATALOG_DATA
    as_of: str | None = None
    price_max_age_months: float = 18.0
    prices: Path | None = None
    """Snapshot whose prices count instead of the catalog's own."""

    @property
    def catalog(self) -> Catalog:
        """The catalog that this planner has."""
        return _catalog(self.directory, self.as_of, self.prices)


@dataclass(frozen=True, slots=True)
class Task:
    """One plan that is wanted."""

    path: str
    """From the root of its side."""
    file: Path
    """Where it can be read."""
    inputs: str
    """Digest of all files that it rests on."""
    prices: Prices
    changes: Changes = NO_CHANGES
    brief: bool = False
    """Whether front and decisions are enough: for comparing, not for a report."""

    def key(self, setting: Setting) -> str:
        """What the plan rests on, as one digest."""
        lock = "" if self.prices.lock is None else self.prices.lock.digest
        without = sorted(map(repr, (*self.prices.without, *self.prices.without_services)))
        return key_of(
            self.path, self.inputs, lock, *without, *self.changes.words, setting.catalog.digest,
            setting.catalog.as_of, repr(setting.price_max_age_months),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A scenario that could not be read or planned, and why."""

    problems: tuple[Problem, ...]


Made = AnyPlan | Unplanned


class Plans:
    """Plans of one run, each made once."""

    def __init__(self, setting: Setting, kept: PlanCache, tell: Callable[[int], None] | None = None) -> None:
        self.setting = setting
        self.cache = kept
        self._tell = tell
        self._made: dict[str, Made] = {}

    def of(self, tasks: Sequence[Task]) -> list[Made]:
        """The plans of these tasks, in their order."""
        keys = [self._key(task) for task in tasks]
        wanted: dict[str, Task] = {}
        for key, task in zip(keys, tasks, strict=True):
            if key in self._made or key in wanted:
                continue
            whole = task.key(self.setting)
            found = self.cache.get(whole, key) if task.brief else self.cache.get(key)
            if found is None:
                wanted[key] = task
            else:
                self._made[key] = found
        for (key, _), made in zip(wanted.items(), self._make(list(wanted.values())), strict=True):
            self._made[key] = made
            if isinstance(made, AnyPlan):
                self.cache.put(key, made)
        return [self._made[key] for key in keys]

    def _key(self, task: Task) -> str:
        """The key of a brief plan is another than that of the whole one, which will do for it too."""
        whole = task.key(self.setting)
        return key_of("brief", whole) if task.brief else whole

    def _make(self, tasks: list[Task]) -> list[Made]:
        if self._tell is not None and tasks:
            self._tell(len(tasks))
        made: list[Made] = []
        started = perf_counter()
        for task in tasks:
            made.append(make(task, self.setting))
            left = (perf_counter() - started) / len(made) * (len(tasks) - len(made))
            if left > WORTH_PROCESSES_S:
                break
        rest = tasks[len(made) :]
        workers = min(len(rest), cores()) if rest else 0
        if workers < 2:
            return made + [make(task, self.setting) for task in rest]
        found: dict[int, Made] = {}
        with closing(each_apart(partial(make, setting=self.setting), rest, workers)) as results:
            for number, one in results:
                found[number] = _unplanned(str(one), rest[number]) if isinstance(one, Lost) else one
        return made + [found[number] for number in range(len(rest))]


def make(task: Task, setting: Setting) -> Made:
    """Read and plan one scenario."""
    ready = read(task, setting)
    if isinstance(ready, Unplanned):
        return ready
    try:
        return plan_ready(ready, brief=task.brief)
    except InvalidInput as error:
        return Unplanned(error.problems)
    except PlannerError as error:
        return _unplanned(str(error), task)


def read(task: Task, setting: Setting) -> AnyReady | Unplanned:
    """Read one scenario with the prices that count for it."""
    try:
        return read_any(task.file, setting.catalog, task.changes, setting.price_max_age_months, prices=task.prices)
    except InvalidInput as error:
        errors = [problem for problem in in_order(error.problems) if problem.severity == "error"]
        return Unplanned(tuple(errors))
    except PlannerError as error:
        return _unplanned(str(error), task)


def _unplanned(why: str, task: Task) -> Unplanned:
    return Unplanned((Problem("plan", why, str(task.file)),))


@cache
def _catalog(directory: Path, as_of: str | None, prices: Path | None) -> Catalog:
    return load_catalog(as_of, directory, prices)
