"""What an offer adds to a machine, as a vector: which offers others make pointless, and the best that any could be.

Every figure of a job (hours, billed hours, USD, kg, what stops it) is monotone in each term of the vector while the
machine and everything in `keys` stay the same: `joined` only adds, multiplies by what is not negative, takes maxima,
rounds up, and adds up the rates of a rate plan over the billed hours. So an offer that is no worse than another in
every term gives no worse a job, whatever the recipe; and the best value of each term, put together, bounds every job
from below.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from planner.catalog.rate_plans import FLAT
from planner.catalog.rows import Bools, Floats, Ints, Offers
from planner.estimate.duration import cores

LOWER = (
    "price_usd_per_hour", "minimum_s", "queue_s", "boot_s", "image_pull_s", "preemption_per_hour", "wait_hours",
    "storage_usd_per_gb_month", "egress_usd_per_gb",
)  # fmt: skip
"""Terms of which less is no worse."""
HIGHER = ("weights_gb_per_s", "vcpus", "max_run_hours", "memory_gib", "egress_free_gb")
"""Terms of which more is no worse."""
CARBON = ("grid_kg_per_kwh", "pue")
"""Terms that move emissions alone; less is no worse."""
SHARED = ("spot_twin_usd_per_hour",)
"""Terms of runs that are shared with a spot twin; less is no worse."""
_USD = ("price_usd_per_hour", "storage_usd_per_gb_month", "egress_free_gb")
"""Terms that move no hours; egress has several prices."""
SPREADS = (
    "preemption_cv", "queue_s", "boot_s", "image_pull_s", "preemption_per_hour", "wait_hours", "weights_gb_per_s",
    "vcpus",
)  # fmt: skip
"""What the spreads of hours and cost depend on, beside the confidence of the price; they are monotone in none of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the figures of a search depend on."""

    carbon: bool
    """Emissions are an objective or limited."""
    shared: bool
    """Some recipe shares its run with a spot twin."""
    spreads: bool
    """Some limit asks for a confidence, so that spreads decide what passes."""


@dataclass(frozen=True, slots=True)
class Machines:
    """Offers in groups: the same shape, tier and keys; in each the offers that no other makes pointless."""

    shape: Ints
    """(machines,) shape of each."""
    size: Ints
    """(machines,) offers of each, pointless ones counted."""
    best: Offers
    """(machines,) the best value of each term among the offers of the machine: no offer, but none is better."""
    member: Ints
    """(machines,) an offer of each, for what all its offers have in common."""
    offers: Ints
    """Offers worth a look, machine by machine, ascending within each."""
    first: Ints
    """(machines + 1,) where the offers of each machine start."""

    def __len__(self) -> int:
        """Number of machines."""
        return len(self.shape)

    def of(self, machines: Ints) -> tuple[Ints, Ints]:
        """Every offer worth a look of these machines: which of `machines` it belongs to, and the offer."""
        counts = self.first[machines + 1] - self.first[machines]
        which = np.repeat(np.arange(len(machines)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, self.offers[self.first[machines][which] + within]


def group_offers(offers: Offers, shape_of_offer: Ints, asked: Asked, marks: Ints) -> Machines:
    """Group offers into machines; `marks` keeps apart what include and exclude rules treat apart, a code per offer."""
    terms = _terms(offers, asked)
    keys = np.column_stack([shape_of_offer, offers.spot, marks, np.isnan(terms) @ (1 << np.arange(terms.shape[1]))])
    keys = np.column_stack([keys, *_rate_plans(offers, asked)])
    if asked.spreads:
        _, label = np.unique(offers.confidence, return_inverse=True)
        spreads = np.column_stack(
            [label.reshape(-1), *(np.nan_to_num(getattr(offers, n), nan=-1.0) for n in spread_by(offers))]
        )
        keys = np.column_stack([keys, spreads])
    keys = np.column_stack([keys, _steps(offers, keys)])
    _, machine = np.unique(keys, axis=0, return_inverse=True)
    machine = machine.reshape(-1)
    order = np.argsort(machine, kind="stable")
    edges = np.flatnonzero(np.diff(machine[order], prepend=-1, append=len(offers)))
    groups = [order[a:b] for a, b in pairwise(edges.tolist())]
    steps = offers.granularity_s if asked.carbon else np.where(_unpriced(offers, asked), 1.0, offers.granularity_s)
    kept = [rows[_worth_a_look(np.nan_to_num(terms[rows]), steps[rows])] for rows in groups]
    return Machines(
        shape=np.array([shape_of_offer[rows[0]] for rows in groups], np.int64),
        size=np.array([len(rows) for rows in groups], np.int64),
        best=_best(offers, groups),
        member=np.array([rows[0] for rows in groups], np.int64),
        offers=np.concatenate(kept) if kept else np.empty(0, np.int64),
        first=np.cumsum([0, *(len(rows) for rows in kept)]),
    )


def spread_by(offers: Offers) -> tuple[str, ...]:
    """What spreads depend on; where long runs are split, the number of their starts too."""
    return (*SPREADS, "max_run_hours") if offers.terms.splits_long_runs else SPREADS


def _terms(offers: Offers, asked: Asked) -> Floats:
    """(offers, terms) the vector, less is no worse; NaN where a term is unknown."""
    less = LOWER + CARBON * asked.carbon + SHARED * asked.shared
    # Where a figure is unknown whatever the offer, what only that figure depends on tells no two offers apart.
    unpriced, unmetered = _unpriced(offers, asked), np.isnan(offers.grid_kg_per_kwh)
    billing = () if asked.carbon else ("minimum_s",)  # emissions count billed hours
    effective = {
        name: np.where(unpriced, 0.0, getattr(offers, name))
        for name in ("storage_usd_per_gb_month", "egress_free_gb", *SHARED, *billing)
    }
    # A tier of egress that is dearer in no part of the month is no worse, whatever is sent.
    effective["egress_usd_per_gb"] = np.where(unpriced[:, None], 0.0, offers.egress_usd_per_gb)
    effective |= {
        "pue": np.where(unmetered, 0.0, offers.pue),
        "vcpus": cores(offers),
        "max_run_hours": np.where(np.isnan(offers.max_run_hours), np.inf, offers.max_run_hours),
    }
    # On demand nothing is preempted, unless part of the run is left to the spot twin.
    if not asked.shared:
        for name in ("preemption_per_hour", "wait_hours"):
            effective[name] = np.where(offers.spot, getattr(offers, name), 0.0)
    columns = [effective.get(name, getattr(offers, name)) for name in less]
    columns += [-effective.get(name, getattr(offers, name)) for name in HIGHER]
    return np.column_stack(columns)


def _rate_plans(offers: Offers, asked: Asked) -> list[Floats | Ints]:
    """What rate plans need alike: the plans; of a shared run all that moves hours too.

    The longer the first part of it takes, the later, and maybe the cheaper, does the second one begin.
    """
    if not asked.shared:
        return [offers.rate] if (offers.rate != FLAT).any() else []
    some = (offers.rate != FLAT) | (offers.spot_twin_rate != FLAT)
    if not some.any():
        return []
    moving = [
        name for name in (*LOWER, *HIGHER, "granularity_s") if getattr(offers, name).ndim == 1 and name not in _USD
    ]
    held = (np.where(some, np.nan_to_num(getattr(offers, name), nan=-1.0), 0.0) for name in moving)
    return [offers.rate, offers.spot_twin_rate, *held]


def _steps(offers: Offers, keys: Floats) -> Floats:
    """(offers,) 0, or the billing step where the smallest step of offers that are alike does not divide the others."""
    _, alike = np.unique(keys, axis=0, return_inverse=True)
    alike = alike.reshape(-1)
    least = np.full(alike.max(initial=-1) + 1, np.inf)
    np.minimum.at(least, alike, offers.granularity_s)
    odd = np.zeros(len(least), bool)
    np.logical_or.at(odd, alike, np.mod(offers.granularity_s, least[alike]) != 0)
    return np.where(odd[alike], offers.granularity_s, 0.0)


def _worth_a_look(terms: Floats, granularity_s: Floats) -> Bools:
    """Offers that no other is at least as good as in every term; of equal ones the first.

    A billing step is at least as good as one that it divides: rounded up to it, no time is longer.
    """
    no_worse = (terms[:, None] <= terms[None]).all(axis=2)
    no_worse &= np.mod(granularity_s[None], granularity_s[:, None]) == 0
    earlier = np.arange(len(terms))[:, None] < np.arange(len(terms))[None]
    pointless: Bools = (no_worse & (~no_worse.T | earlier)).any(axis=0)
    return ~pointless


def _best(offers: Offers, groups: list[Ints]) -> Offers:
    """One row per group with the best value of each term; what is unknown is unknown in the whole group."""
    found = offers.take(np.array([rows[0] for rows in groups], np.int64))
    lower = (*LOWER, *CARBON, *SHARED, "granularity_s")
    best: dict[str, Any] = {
        name: np.array([getattr(offers, name)[rows].min(axis=0) for rows in groups]) for name in lower
    }
    best |= {name: np.array([getattr(offers, name)[rows].max() for rows in groups]) for name in HIGHER}
    best["vcpus"] = np.array([cores(offers)[rows].max() for rows in groups])
    return replace(found, **best)


def _unpriced(offers: Offers, asked: Asked) -> Bools:
    """Offers on which no job has a known cost; one that a spot twin can run whole needs no price of its own."""
    return np.asarray(np.isnan(offers.price_usd_per_hour) & (not asked.shared))
