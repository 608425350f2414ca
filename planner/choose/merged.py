"""Searches of parts of one space seen as one, and what a front is worth in its own box."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.exact import Found
from planner.choose.indicators import share_of_box
from planner.choose.pareto import front_rows
from planner.choose.running import CLOUD_POINTS

Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Volume:
    """Share of the box between ideal and nadir that a front dominates."""

    hypervolume: float
    ideal: Floats
    nadir: Floats


def volume(losses: Floats) -> Volume:
    """Hypervolume of a front in its own box."""
    ideal, nadir = losses.min(axis=0), losses.max(axis=0)
    return Volume(share_of_box(losses, ideal, nadir), ideal, nadir)


def merged(first: Found, later: Found, relaxes_upwards: Mapping[str, bool]) -> Found:
    """Two searches of parts of one space as one: counts add up, the front is that of both."""
    rows = np.concatenate([first.front, later.front])
    losses = np.concatenate([first.front_losses, later.front_losses])
    kept = front_rows(losses) if losses.shape[1] else np.arange(min(len(rows), 1))
    relaxed = dict(first.relaxed)
    for name, (value, row) in later.relaxed.items():
        known = relaxed.get(name)
        if known is None or (value < known[0] if relaxes_upwards[name] else value > known[0]):
            relaxed[name] = (value, row)
    clouds = [found.cloud for found in (first, later) if len(found.cloud)]
    return replace(
        first,
        front=rows[kept],
        front_losses=losses[kept],
        covered=first.covered + later.covered,
        feasible=first.feasible + later.feasible,
        unknown=first.unknown + later.unknown,
        stops=_sum(first.stops, later.stops),
        first_broken=_sum(first.first_broken, later.first_broken),
        cuts=_sum(first.cuts, later.cuts),
        cuts_alone=_sum(first.cuts_alone, later.cuts_alone),
        relaxed=relaxed,
        cloud=np.concatenate([cloud[: CLOUD_POINTS // len(clouds)] for cloud in clouds]) if clouds else first.cloud,
    )


def _sum(first: Mapping[Key, int], later: Mapping[Key, int]) -> dict[Key, int]:
    total = dict(first)
    for key, count in later.items():
        total[key] = total.get(key, 0) + count
    return total
