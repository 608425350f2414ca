"""Which levers are pulled together: every subset of those that a scenario names, and what each means for a request."""

from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

from planner.scenario.levers import Lever, Levers

Way = Literal["rented", "api"]
ONLY_RENTED: Final = frozenset({"speculative", "adapters"})
"""Levers that mean nothing to an API."""


@dataclass(frozen=True, slots=True)
class LeverSet:
    """Levers that are pulled together, by name; the empty set is the plain way."""

    names: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether a lever is pulled."""
        return name in self.names

    def without(self, name: str) -> "LeverSet":
        """The same but for one."""
        return LeverSet(tuple(one for one in self.names if one != name))


def named(levers: Levers) -> dict[str, Lever]:
    """Levers that a scenario names, by name, in the order of the schema."""
    found = {name: getattr(levers, name) for name in Levers.model_fields}
    return {name: lever for name, lever in found.items() if lever is not None}


def lever_sets(levers: Levers, way: Way) -> tuple[LeverSet, ...]:
    """Every subset of the levers that mean something to this way to serve; those that are always pulled are in all."""
    mine = {name: lever for name, lever in named(levers).items() if way == "rented" or name not in ONLY_RENTED}
    choices = [((name,),) if lever.always else ((), (name,)) for name, lever in mine.items()]
    return tuple(LeverSet(tuple(name for part in parts for name in part)) for parts in product(*choices))
