"""Fronts over all ways to serve, and the decisions on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.decide import SAME_QUALITY, first_by, knee_scores
from planner.choose.pareto import front_rows
from planner.estimate.quality import LEAST_BAND

LEAST_RANGE: Final = 0.04
"""Ranges of cost and latency narrower than this, in ln, are noise to the knee."""


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways to serve as columns, (n,); NaN where a figure is unknown."""

    cost_usd: Floats
    latency_s: Floats
    quality: Floats
    carbon_kg: Floats
    feasible: Bools
    """Nothing stops it and no limit cuts it."""
    rented: Bools

    def __len__(self) -> int:
        """Number of ways."""
        return len(self.cost_usd)

    def figure(self, objective: str) -> Floats:
        """The column of an objective, as people read it."""
        columns = {"cost": self.cost_usd, "latency": self.latency_s, "quality": self.quality, "carbon": self.carbon_kg}
        return columns[objective]

    def loss(self, objectives: Sequence[str]) -> Floats:
        """(n, objectives) the same, smaller being better."""
        columns = [-self.quality if name == "quality" else self.figure(name) for name in objectives]
        return np.stack(columns, axis=1) if columns else np.empty((len(self), 0))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A way that was chosen for a reason."""

    name: str
    row: int
    rule: str
    within_noise: tuple[int, ...] = ()
    undefined: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Partial:
    """A front over fewer objectives, of ways that do not know all."""

    objectives: tuple[str, ...]
    rows: Ints


def front_of(ways: Ways, objectives: Sequence[str]) -> Ints:
    """Undominated feasible ways that know all objectives, cheapest first; of equals the first."""
    losses = ways.loss(objectives)
    rows = np.flatnonzero(ways.feasible & np.isfinite(losses).all(axis=1))
    kept = rows[front_rows(losses[rows])]
    return kept[np.lexsort((kept, *losses[kept].T[::-1]))]


def partial_fronts(ways: Ways, objectives: Sequence[str]) -> list[Partial]:
    """For each set of objectives that is all some feasible way knows: the front over it, of all ways that know these.

    A way with an unknown objective is on no full front (DESIGN rule 2); here it is held against others over what it
    knows. Fronts without such a way are left out.
    """
    known = np.isfinite(ways.loss(objectives))
    lacking = ways.feasible & ~known.all(axis=1) & known.any(axis=1)
    found = []
    for mask in np.unique(known[lacking], axis=0):
        names = tuple(name for name, knows in zip(objectives, mask, strict=True) if knows)
        rows = front_of(ways, names)
        if lacking[rows].any():
            found.append(Partial(names, rows))
    return sorted(found, key=lambda one: (-len(one.objectives), one.objectives))


def decide_among(
    ways: Ways, front: Ints, objectives: Sequence[str], cost_sd: Floats, latency_sd: Floats
) -> list[Chosen]:
    """Cheapest, fastest, best, greenest and the knee of a front; `cost_sd`, `latency_sd`: spreads of its points, ln.

    Only what the scenario names as an objective is decided on. `best` is the cheapest of those within 0.01 of the
    highest quality.
    """
    if not len(front):
        return []
    cost, latency, quality = (ways.figure(name)[front] for name in ("cost", "latency", "quality"))
    carbon = ways.carbon_kg[front]
    known = [np.nan_to_num(column, nan=np.inf) for column in (cost, latency, -quality, carbon)]
    found = []
    if "cost" in objectives:
        at = first_by(known[0], known[1], known[2])
        found.append(_lowest("cheapest", "cost", "lowest cost of a month", front, at, cost, cost_sd))
    if "latency" in objectives:
        at = first_by(known[1], known[0], known[2])
        found.append(
            _lowest("fastest", "latency", "shortest p95 time to the last token", front, at, latency, latency_sd)
        )
    if "quality" in objectives:
        peers = np.flatnonzero(quality.max() - quality <= SAME_QUALITY)
        at = int(peers[first_by(known[0][peers], known[1][peers])])
        rule = (
            f"cheapest of the {len(peers)} points within {SAME_QUALITY:g} of the highest quality"
            if len(peers) > 1
            else "highest quality"
        )
        noise = np.flatnonzero(np.abs(quality - quality[at]) < LEAST_BAND)
        found.append(Chosen("best", int(front[at]), rule, tuple(int(front[i]) for i in noise if i != at), of="quality"))
    if "carbon" in objectives:
        found.append(Chosen("greenest", int(front[first_by(known[3], known[0])]), "lowest emissions", of="carbon"))
    losses = scaled(ways, front, objectives)
    scores, undefined = knee_scores(losses)
    at = first_by(-scores, np.linalg.norm(losses, axis=1))
    rule = (
        "no knee: fewer than three distinct points or a straight front; the point nearest to the ideal"
        if undefined
        else "giving up a little on any objective buys least elsewhere"
    )
    return [*found, Chosen("knee", int(front[at]), rule, undefined=undefined, of="trade-off")]


def scaled(ways: Ways, rows: Ints, objectives: Sequence[str]) -> Floats:
    """(rows, objectives) losses in 0..1, all but quality on a log scale; a range inside the noise stays small."""
    columns = []
    for name in objectives:
        values = ways.figure(name)[rows]
        loss, width = (-values, LEAST_BAND) if name == "quality" else (np.log(np.maximum(values, 1e-12)), LEAST_RANGE)
        columns.append((loss - loss.min()) / max(float(np.ptp(loss)), width))
    return np.stack(columns, axis=1)


def _lowest(name: str, of: str, rule: str, front: Ints, at: int, values: Floats, sd: Floats) -> Chosen:
    """The lowest, with the points whose difference to it is within one standard deviation of the two together."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(values / values[at])
    close = np.flatnonzero((gap <= np.hypot(sd, sd[at])) & (np.arange(len(front)) != at))
    return Chosen(name, int(front[at]), rule, tuple(int(front[i]) for i in close), of=of)
