"""How far estimates of memory and speed may be off, from rows held out of their own fit (DOMAIN 12)."""

from typing import Final

import numpy as np

from planner.catalog.constants import Band
from planner.catalog.rows import Floats
from planner.estimate import bands
from planner.estimate.pairs import Facts

UNCALIBRATED_SD: Final = 0.25
"""Step time before any measurement, as ln (DOMAIN 2.3)."""
CARD_SD: Final = {"R": 0.0, "C": 0.1, "M": 0.2, "E": 0.2}
"""What it adds that a card's sustained rate is read or guessed, by the tag of its row of utilisation.csv [E]."""
TAKEN_OVER_SD: Final = 0.2
"""What it adds that a method has no rows of its own and is taken like another [E]."""


def speed_sd(facts: Facts) -> Floats:
    """(stacks, methods, gpus) standard deviation of ln step time.

    The band of the method, and on top what no row has narrowed: the spread of a stack that
    is in none, of a card whose rate is not measured, of a method that is taken like another. Where a user's own runs on
    a stack and card gave a band, that one counts alone.
    """
    catalog, calibration = facts.catalog, facts.calibration
    measured = calibration.known.get("throughput/stack", ())
    stacks = np.array([0.0 if s.id in measured else facts.stack.speed_sd[i] for i, s in enumerate(catalog.stacks)])
    methods = np.array([0.0 if m.id == m.like else TAKEN_OVER_SD for m in catalog.methods])
    cards = np.array([CARD_SD[gpu.utilisation_tag] for gpu in catalog.gpus])
    groups = np.array([_group_sd(facts, method.like) for method in catalog.methods])
    sds = bands.combined(groups[None, :, None], stacks[:, None, None], methods[None, :, None], cards[None, None, :])
    own = np.array(
        [[_sd(calibration.own_band("throughput", s.id, gpu.id)) for gpu in catalog.gpus] for s in catalog.stacks]
    )
    return np.where(np.isnan(own)[:, None, :], sds, own[:, None, :])


def memory_sd(facts: Facts) -> Floats:
    """(stacks, methods) standard deviation of ln peak memory; a band from a user's runs on the stack counts alone."""
    band = facts.calibration.band("memory", "complete")  # a plan knows all of a job's conditions
    sds = np.full(len(facts.catalog.methods), bands.MEMORY_SD if band is None else band.sd)
    own = np.array([_sd(facts.calibration.own_band("memory", stack.id)) for stack in facts.catalog.stacks])
    return np.where(np.isnan(own)[:, None], sds[None], own[:, None])


def _sd(band: Band | None) -> float:
    return np.nan if band is None else band.sd


def _group_sd(facts: Facts, method: str) -> float:
    band = facts.calibration.band("throughput", method)
    return UNCALIBRATED_SD if band is None else band.sd
