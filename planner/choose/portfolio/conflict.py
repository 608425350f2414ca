"""Why nothing fits: a smallest set of constraints in conflict.

QuickXplain (Junker, AAAI 2004): constraints are lifted by halves, so few are tried one by one. What is found is
irreducible: lift any one of it and the rest of it can be kept.

First the required jobs that it takes are looked for, all else held: where these are few, little is left to solve. Where
they are many, as under a budget that all of them share, they stand together, and the rest is looked for with all of
them held. They are taken to be many where each of some quarters of them is needed; what is said is proven still.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic

from planner.choose.portfolio.aggregate import cannot_run
from planner.choose.portfolio.dominated import undominated
from planner.choose.portfolio.freeing import Freed, freed, unknown
from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import Instance
from planner.choose.portfolio.lifting import Constraint, Lift, lifts
from planner.choose.portfolio.solve import can_run

_MOST_JOBS = 8
"""Required jobs that are named one by one."""
_JOBS = 0.45
"""Share of the time of the search for these jobs."""
_QUARTERS = 3
"""Quarters of the required jobs that are tried."""
_CHECK = 0.25
"""Share of the time left that one set of constraints may take."""
_SEARCH = 0.7
"""Share of the time for what is in conflict; the rest is for what would free it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot be kept together."""

    members: tuple[Freed, ...]
    """With what would free each; empty where a schedule is possible, or nothing is proven."""
    infeasible: bool
    """Proven that all together cannot be kept."""
    smallest: bool
    """Proven that none of the members can be spared."""
    together: int = 0
    """Required jobs that are in conflict with the members as a whole, too many to be members themselves; else 0."""


def conflict(instance: Instance, time_limit_s: float = 60.0, seed: int = 0) -> Conflict:
    """A smallest set of constraints that no schedule keeps together; the horizon and starts on slots always hold.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
    """
    return _Filter(instance, monotonic(), time_limit_s, seed).run()


class _TooManyError(Exception):
    """More members than are named one by one."""


class _Filter:
    def __init__(self, instance: Instance, now: float, time_limit_s: float, seed: int) -> None:
        self.instance, self.seed = _needed_only(instance), seed
        self.until, self.end = now + _SEARCH * time_limit_s, now + time_limit_s
        self.lifts: dict[Constraint, Lift] = dict(lifts(self.instance))
        self.sure = True
        self.found, self.most = 0, len(self.lifts)
        """Members that were found one by one, and the most of them."""

    def run(self) -> Conflict:
        jobs = [constraint for constraint in self.lifts if constraint.kind == "required"]
        others = [constraint for constraint in self.lifts if constraint.kind != "required"]
        if not self._impossible([*others, *jobs], share=1.0):
            return Conflict((), infeasible=False, smallest=False)
        self.sure = True
        named = self._jobs(jobs, others)
        held = jobs if named is None else named
        members = self._smallest(others, held, grown=True) if others else []
        return Conflict(
            tuple(self._freed(self._with([*members, *held]), [*members, *(named or ())])),
            infeasible=True, smallest=self.sure, together=len(jobs) if named is None else 0,
        )  # fmt: skip

    def _jobs(self, jobs: list[Constraint], others: list[Constraint]) -> list[Constraint] | None:
        """The required jobs that are in conflict with all else; None where they are many, or the time is up."""
        if len(jobs) <= 1:
            return jobs
        until, now = self.until, monotonic()
        self.found, self.most, self.until = 0, _MOST_JOBS, now + _JOBS * (until - now)
        try:
            found = self._smallest(self._fewer(jobs, others), others, grown=True)
        except _TooManyError:
            found = jobs
        self.most, self.until = len(self.lifts), until
        if len(found) <= _MOST_JOBS:
            return found
        self.sure = True
        return None

    def _fewer(self, jobs: list[Constraint], others: list[Constraint]) -> list[Constraint]:
        """Jobs that are in conflict with all else; raises _TooManyError where no quarter of them can be spared."""
        if len(jobs) <= 2 * _MOST_JOBS:
            return jobs
        quarter = len(jobs) // 4
        for i in range(_QUARTERS):
            rest = jobs[: i * quarter] + jobs[(i + 1) * quarter :]
            if self._impossible([*others, *rest]):
                return rest
        raise _TooManyError

    def _freed(self, kept: Instance, members: list[Constraint]) -> Iterator[Freed]:
        """Each member with the least change of it alone that would do, as far as the time suffices."""
        for i, member in enumerate(members):
            left = (self.end - monotonic()) / (len(members) - i)
            yield freed(kept, member, self.lifts[member], left, self.seed) if left > 0 else unknown(member)

    def _smallest(self, some: list[Constraint], kept: list[Constraint], *, grown: bool) -> list[Constraint]:
        """Members of `some` that with `kept` are in conflict."""
        if grown and self._impossible(kept):
            return []
        if len(some) == 1:
            self.found += 1
            if self.found > self.most:
                raise _TooManyError
            return some
        if monotonic() >= self.until:
            self.sure = False
            return some
        half = len(some) // 2
        second = self._smallest(some[half:], kept + some[:half], grown=True)
        first = self._smallest(some[:half], kept + second, grown=bool(second))
        return first + second

    def _with(self, kept: list[Constraint]) -> Instance:
        """The instance with only these constraints."""
        held, instance = set(kept), self.instance
        for constraint, lift in self.lifts.items():
            if constraint not in held:
                instance = lift(instance)
        return instance

    def _impossible(self, kept: list[Constraint], share: float = _CHECK) -> bool:
        """Whether it is proven that these cannot be kept together."""
        now = monotonic()
        if now >= self.until:
            self.sure = False
            return False
        instance = _needed_only(self._with(kept))
        if not instance.jobs:
            return False
        full = build(instance)
        if cannot_run(full):
            return True
        found = can_run(full.only(undominated(full)), now + share * (self.until - now), self.seed)
        if found.columns is None and found.bound > -math.inf:
            self.sure = False
        return found.columns is None and found.bound == -math.inf


def _needed_only(instance: Instance) -> Instance:
    """Without the optional jobs that no required one follows: they can stay out, unless quality is asked of all."""
    if instance.quality is not None:
        return instance
    needed = {job.name for job in instance.jobs if job.required}
    while more := {after.first for after in instance.orders if after.job in needed} - needed:
        needed |= more
    return replace(
        instance,
        jobs=tuple(job for job in instance.jobs if job.name in needed),
        orders=tuple(after for after in instance.orders if after.job in needed),
        exclusives=tuple(
            replace(exclusive, jobs=tuple(name for name in exclusive.jobs if name in needed))
            for exclusive in instance.exclusives
        ),
    )
