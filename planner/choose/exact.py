"""Exact search: every combination is looked at once, chunk by chunk, with a running front."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.pareto import front_rows
from planner.choose.progress import Report

CLOUD_POINTS = 400
"""Dominated feasible points kept for charts: those with the smallest hash of their row, so a fair sample."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some combinations, one row each; rows are numbered through the whole space."""

    row: Ints
    losses: Floats
    """(n, objectives), minimised; NaN unknown."""
    ties: Floats
    """(n, 2) cost and time: of rows that are equal on every objective, the smallest by these is kept."""
    stop: Ints
    """What stops the combination, whatever the limits; 0 nothing."""
    broken: Mapping[str, Bools]
    """Limit → rows that break it."""
    needed: Mapping[str, Floats]
    """Limit → the value at which the row would just pass."""

    def only(self, kept: Bools) -> "Chunk":
        """The rows of the chunk that are kept; the others are no part of the space."""
        return Chunk(
            self.row[kept], self.losses[kept], self.ties[kept], self.stop[kept],
            {name: broken[kept] for name, broken in self.broken.items()},
            {name: needed[kept] for name, needed in self.needed.items()},
        )  # fmt: skip


@dataclass(slots=True)
class Found:
    """What an exact search found. covered = feasible + unknown + stopped + cut by a limit, always."""

    front: Ints
    front_losses: Floats
    beside: Ints
    """Best rows among those with an unknown objective, per pattern of what is unknown."""
    covered: int = 0
    feasible: int = 0
    """Rows that nothing stops, no limit cuts and whose objectives are all known."""
    unknown: int = 0
    """Rows that nothing stops and no limit cuts, with an unknown objective."""
    stops: dict[int, int] = field(default_factory=dict)
    """Rows by what stops them, limits not asked."""
    first_broken: dict[str, int] = field(default_factory=dict)
    """Rows by the first limit they break, nothing else stopping them."""
    cuts: dict[str, int] = field(default_factory=dict)
    cuts_alone: dict[str, int] = field(default_factory=dict)
    relaxed: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Limit → nearest value at which some row with known objectives passes everything else, and that row."""
    cloud: Floats = field(default_factory=lambda: np.empty((0, 0)))


@dataclass(slots=True)
class _Running:
    """The front of all rows seen so far."""

    objectives: int
    rows: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    losses: Floats = field(init=False)
    ties: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def __post_init__(self) -> None:
        self.losses = np.empty((0, self.objectives))

    def merge(self, rows: Ints, losses: Floats, ties: Floats) -> None:
        """Keep the front of what is kept and what comes; among equals the cheapest, then fastest, then first row."""
        rows, losses = np.concatenate([self.rows, rows]), np.concatenate([self.losses, losses])
        ties = np.concatenate([self.ties, ties])
        nothing_known = self.objectives == 0
        kept = np.lexsort((rows, ties[:, 1], ties[:, 0]))[:1] if nothing_known else front_rows(losses, ties)
        self.rows, self.losses, self.ties = rows[kept], losses[kept], ties[kept]


def search(
    chunks: Iterable[Chunk], objectives: int, relaxes_upwards: Mapping[str, bool], report: Report | None = None
) -> Found:
    """Walk through all chunks; `relaxes_upwards` says for each limit whether a larger value is the weaker one."""
    front = _Running(objectives)
    beside: dict[int, _Running] = {}
    found = Found(front.rows, front.losses, front.rows)
    for counts in (found.first_broken, found.cuts, found.cuts_alone):
        counts.update(dict.fromkeys(relaxes_upwards, 0))
    sample = _Sample(objectives)
    for chunk in chunks:
        unknown = np.isnan(chunk.losses)
        known: Bools = np.asarray(~unknown.any(axis=1))
        passes = _count(chunk, known, found, relaxes_upwards)
        good = np.flatnonzero(passes & known)
        if len(good):
            front.merge(chunk.row[good], chunk.losses[good], chunk.ties[good])
            sample.add(chunk.row[good], chunk.losses[good])
        odd = np.flatnonzero(passes & ~known)
        found.covered += len(chunk.row)
        found.feasible += len(good)
        found.unknown += len(odd)
        patterns = unknown[odd] @ (1 << np.arange(objectives))
        for code in np.flatnonzero(np.bincount(patterns, minlength=1)).tolist():
            seen = [i for i in range(objectives) if not code >> i & 1]
            mine = odd[patterns == code]
            running = beside.setdefault(code, _Running(len(seen)))
            running.merge(chunk.row[mine], chunk.losses[mine][:, seen], chunk.ties[mine])
        if report is not None:
            report(found.covered, front.losses)
    found.front, found.front_losses = front.rows, front.losses
    if beside:
        found.beside = np.sort(np.concatenate([running.rows for running in beside.values()]))
    found.cloud = sample.losses[~np.isin(sample.rows, found.front)]
    return found


def _count(chunk: Chunk, known: Bools, found: Found, relaxes_upwards: Mapping[str, bool]) -> Bools:
    """Add the chunk to the counts; returns the rows that nothing stops and no limit cuts."""
    for code, count in enumerate(np.bincount(chunk.stop).tolist()):
        if count:
            found.stops[code] = found.stops.get(code, 0) + count
    free = chunk.stop == 0
    strikes = np.sum(list(chunk.broken.values()), axis=0) if chunk.broken else np.zeros(len(free), int)
    first: Bools = free.copy()
    for name, mask in chunk.broken.items():
        hit = mask & free
        alone = hit & (strikes == 1)
        found.cuts[name] += int(hit.sum())
        found.cuts_alone[name] += int(alone.sum())
        found.first_broken[name] += int((hit & first).sum())
        first = first & ~mask
        rows = np.flatnonzero(alone & known & np.isfinite(chunk.needed[name]))
        if len(rows):
            needed = chunk.needed[name][rows]
            at = int(np.argmin(needed) if relaxes_upwards[name] else np.argmax(needed))
            best = found.relaxed.get(name)
            nearer = best is None or (needed[at] < best[0] if relaxes_upwards[name] else needed[at] > best[0])
            if nearer:
                found.relaxed[name] = (float(needed[at]), int(chunk.row[rows[at]]))
    return first


class _Sample:
    """A fixed-size fair sample: the rows with the smallest multiplicative hash (Knuth)."""

    def __init__(self, objectives: int) -> None:
        self.rows = np.empty(0, np.int64)
        self.losses = np.empty((0, objectives))
        self._largest = np.iinfo(np.uint64).max

    def add(self, rows: Ints, losses: Floats) -> None:
        """Offer rows to the sample."""
        near = np.flatnonzero(_hash(rows) <= self._largest)
        rows = np.concatenate([self.rows, rows[near]])
        losses = np.concatenate([self.losses, losses[near]])
        kept = np.argsort(_hash(rows), kind="stable")[:CLOUD_POINTS]
        self.rows, self.losses = rows[kept], losses[kept]
        if len(self.rows) == CLOUD_POINTS:
            self._largest = int(_hash(self.rows[-1:])[0])


def _hash(rows: Ints) -> NDArray[np.uint64]:
    return (rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
