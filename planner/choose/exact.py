"""Exact search: every combination is looked at once, or proven not to matter, chunk by chunk with a running front."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.progress import Report
from planner.choose.running import Running, Sample

Key = TypeVar("Key", int, str)


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
    """What an exact search found. covered = feasible + unknown + stopped + cut by a limit + pruned, always."""

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
    pruned: dict[str, int] = field(default_factory=dict)
    """Rule → rows that it proved to change nothing, never evaluated."""
    cloud: Floats = field(default_factory=lambda: np.empty((0, 0)))


class Walk:
    """A walk through a space; the order of its chunks does not matter."""

    def __init__(self, objectives: int, relaxes_upwards: Mapping[str, bool]) -> None:
        """`relaxes_upwards` says for each limit whether a larger value is the weaker one."""
        self.objectives, self.relaxes_upwards = objectives, relaxes_upwards
        self.front = Running(objectives)
        self.beside: dict[int, Running] = {}
        self.sample = Sample(objectives)
        self.counts = Found(self.front.rows, self.front.losses, self.front.rows)
        for counts in (self.counts.first_broken, self.counts.cuts, self.counts.cuts_alone):
            counts.update(dict.fromkeys(relaxes_upwards, 0))

    def take(self, chunk: Chunk, *, sampled: bool = True) -> None:
        """Look at some combinations; with `sampled` they may stand for the dominated ones in charts."""
        unknown = np.isnan(chunk.losses)
        known: Bools = np.asarray(~unknown.any(axis=1))
        passes = self._count(chunk, known)
        good = np.flatnonzero(passes & known)
        if len(good):
            self.front.merge(chunk.row[good], chunk.losses[good], chunk.ties[good])
            if sampled:
                self.sample.add(chunk.row[good], chunk.losses[good])
        odd = np.flatnonzero(passes & ~known)
        self.counts.covered += len(chunk.row)
        self.counts.feasible += len(good)
        self.counts.unknown += len(odd)
        patterns = unknown[odd] @ (1 << np.arange(self.objectives))
        for code in np.flatnonzero(np.bincount(patterns, minlength=1)).tolist():
            mine = odd[patterns == code]
            seen = self.seen(code)
            running = self.beside.setdefault(code, Running(len(seen)))
            running.merge(chunk.row[mine], chunk.losses[mine][:, seen], chunk.ties[mine])

    def seen(self, code: int) -> list[int]:
        """Objectives that are known where the others are not, as the bits of `code` say."""
        return [i for i in range(self.objectives) if not code >> i & 1]

    def known_fronts(self) -> Mapping[int, Floats]:
        """Pattern of unknown objectives, as bits → losses on the known ones of the front so far; 0 is the front."""
        return {0: self.front.losses} | {code: running.losses for code, running in self.beside.items()}

    def found(self) -> Found:
        """What was found."""
        found = self.counts
        order = np.argsort(self.front.rows)
        found.front, found.front_losses = self.front.rows[order], self.front.losses[order]
        if self.beside:
            found.beside = np.sort(np.concatenate([running.rows for running in self.beside.values()]))
        found.cloud = self.sample.losses[~np.isin(self.sample.rows, found.front)]
        return found

    def _count(self, chunk: Chunk, known: Bools) -> Bools:
        """Add the chunk to the counts; returns the rows that nothing stops and no limit cuts."""
        found = self.counts
        add(found.stops, {code: n for code, n in enumerate(np.bincount(chunk.stop).tolist()) if n})
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
                best = needed.min() if self.relaxes_upwards[name] else needed.max()
                self._relax(name, float(best), int(chunk.row[rows[needed == best]].min()))
        return first

    def _relax(self, name: str, value: float, row: int) -> None:
        """Remember the value nearest to the limit, of equal ones that of the first row."""
        sign = 1.0 if self.relaxes_upwards[name] else -1.0
        known = self.counts.relaxed.get(name)
        if known is None or (sign * value, row) < (sign * known[0], known[1]):
            self.counts.relaxed[name] = (value, row)


def search(
    chunks: Iterable[Chunk], objectives: int, relaxes_upwards: Mapping[str, bool], report: Report | None = None
) -> Found:
    """Walk through all chunks, one after the other."""
    walk = Walk(objectives, relaxes_upwards)
    for chunk in chunks:
        walk.take(chunk)
        if report is not None:
            report(walk.counts.covered, walk.front.losses)
    return walk.found()


def add(counts: dict[Key, int], more: Mapping[Key, int]) -> None:
    """Add counts to counts, in place."""
    for key, count in more.items():
        counts[key] = counts.get(key, 0) + count
