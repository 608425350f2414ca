"""Exact search: every combination is looked at once, chunk by chunk, with a running front."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.pareto import front_rows

CLOUD_POINTS = 400
"""Dominated feasible points kept for charts: those with the smallest hash of their row, so a fair sample."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some combinations, one row each; rows are numbered through the whole space."""

    row: Ints
    losses: Floats
    """(n, objectives), minimised; NaN unknown."""
    stop: Ints
    """What stops the combination, whatever the limits; 0 nothing."""
    broken: Mapping[str, Bools]
    """Limit → rows that break it."""
    needed: Mapping[str, Floats]
    """Limit → the value at which the row would just pass."""


@dataclass(slots=True)
class Found:
    """What an exact search found."""

    front: Ints
    front_losses: Floats
    beside: Ints
    """Best rows among those with an unknown objective, per pattern of what is unknown."""
    covered: int
    feasible: int
    stops: dict[int, int]
    """Rows by what stops them, limits not asked."""
    first_broken: dict[str, int]
    """Rows by the first limit they break, nothing else stopping them."""
    cuts: dict[str, int]
    cuts_alone: dict[str, int]
    relaxed: dict[str, tuple[float, int]]
    """Limit → nearest value at which some row passes everything else, and that row; only limits that stand alone."""
    cloud: Floats


@dataclass(slots=True)
class _Running:
    rows: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    losses: Floats | None = None

    def merge(self, rows: Ints, losses: Floats) -> None:
        """Keep the front of what is kept and what comes."""
        kept = front_rows(losses)
        rows, losses = rows[kept], losses[kept]
        if self.losses is not None:
            rows, losses = np.concatenate([self.rows, rows]), np.concatenate([self.losses, losses])
            kept = front_rows(losses)
            rows, losses = rows[kept], losses[kept]
        self.rows, self.losses = rows, losses


def search(chunks: Iterable[Chunk], objectives: int, relaxes_upwards: Mapping[str, bool]) -> Found:
    """Walk through all chunks; `relaxes_upwards` says for each limit whether a larger value is the weaker one."""
    front = _Running()
    beside: dict[int, _Running] = {}
    found = Found(
        front=front.rows, front_losses=np.empty((0, objectives)), beside=front.rows, covered=0, feasible=0, stops={},
        first_broken=dict.fromkeys(relaxes_upwards, 0), cuts=dict.fromkeys(relaxes_upwards, 0),
        cuts_alone=dict.fromkeys(relaxes_upwards, 0), relaxed={}, cloud=np.empty((0, objectives)),
    )  # fmt: skip
    sample = _Sample(objectives)
    for chunk in chunks:
        found.covered += len(chunk.row)
        passes = _count(chunk, found, relaxes_upwards)
        unknown = np.isnan(chunk.losses)
        known = ~unknown.any(axis=1)
        good = np.flatnonzero(passes & known)
        found.feasible += len(good)
        if len(good):
            front.merge(chunk.row[good], chunk.losses[good])
            sample.add(chunk.row[good], chunk.losses[good])
        odd = np.flatnonzero(passes & ~known)
        patterns = unknown[odd] @ (1 << np.arange(objectives))
        for code in np.flatnonzero(np.bincount(patterns, minlength=1)):
            seen = [i for i in range(objectives) if not code >> i & 1]
            if not seen:
                continue
            mine = odd[patterns == code]
            beside.setdefault(int(code), _Running()).merge(chunk.row[mine], chunk.losses[mine][:, seen])
    found.front = front.rows
    found.front_losses = front.losses if front.losses is not None else found.front_losses
    found.beside = np.sort(np.concatenate([r.rows for r in beside.values()])) if beside else found.beside
    found.cloud = sample.losses[~np.isin(sample.rows, found.front)]
    return found


def _count(chunk: Chunk, found: Found, relaxes_upwards: Mapping[str, bool]) -> Bools:
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
        rows = np.flatnonzero(alone & np.isfinite(chunk.needed[name]))
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
