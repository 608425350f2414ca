"""Why nothing fits: a smallest set of constraints in conflict.

QuickXplain (Junker, AAAI 2004): constraints are lifted by halves, so few are tried one by one. What is found is
irreducible: lift any one of it and the rest of it can be kept.
"""

import math
from dataclasses import dataclass, replace
from time import monotonic

from planner.choose.portfolio.dominated import undominated
from planner.choose.portfolio.freeing import Freed, freed
from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import Instance
from planner.choose.portfolio.lifting import Constraint, Lift, lifts
from planner.choose.portfolio.solve import can_run


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot be kept together."""

    members: tuple[Freed, ...]
    """With what would free each; empty where a schedule is possible, or nothing is proven."""
    infeasible: bool
    """Proven that all together cannot be kept."""
    smallest: bool
    """Proven that none of the members can be spared."""


def conflict(instance: Instance, time_limit_s: float = 60.0, seed: int = 0) -> Conflict:
    """A smallest set of constraints that no schedule keeps together; the horizon and starts on slots always hold.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
    """
    return _Filter(instance, monotonic() + time_limit_s, seed).run()


class _Filter:
    def __init__(self, instance: Instance, until: float, seed: int) -> None:
        self.instance, self.until, self.seed = _needed_only(instance), until, seed
        self.lifts: dict[Constraint, Lift] = dict(lifts(self.instance))
        self.sure = True

    def run(self) -> Conflict:
        everything = list(self.lifts)
        if not self._impossible(everything):
            return Conflict((), infeasible=False, smallest=False)
        self.sure = True
        members = self._smallest(everything, [], grown=False)
        kept = self._with(members)
        now = monotonic()
        each = max(self.until - now, 1.0) / max(len(members), 1)
        found = tuple(freed(kept, member, self.lifts[member], each, self.seed) for member in members)
        return Conflict(found, infeasible=True, smallest=self.sure)

    def _smallest(self, some: list[Constraint], kept: list[Constraint], *, grown: bool) -> list[Constraint]:
        """Members of `some` that with `kept` are in conflict."""
        if grown and self._impossible(kept):
            return []
        if len(some) == 1:
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

    def _impossible(self, kept: list[Constraint]) -> bool:
        """Whether it is proven that these cannot be kept together."""
        now = monotonic()
        if now >= self.until:
            self.sure = False
            return False
        full = build(self._with(kept))
        found = can_run(full.only(undominated(full)), now + 0.25 * (self.until - now), self.seed)
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
