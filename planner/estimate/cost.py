"""What a run costs on an offer: billed compute, storage, egress and expected re-runs (DESIGN rule 1, DOMAIN 7)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Offers
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

IMAGE_GB: Final = 20.0
"""Container image and environment kept on disk (DOMAIN 7: 10 to 20 GB) [E]."""
KEPT_CHECKPOINTS: Final = 2.0
FORGIVEN_S: Final = 1e-6
"""Seconds over a whole step that are not billed as another one: float noise."""
BYTES_PER_TOKEN: Final = 4.0
"""Text plus token ids of a dataset, per token [E]."""


def billed_hours(hours: Floats, granularity_s: Floats, minimum_s: Floats, sessions: Floats | float = 1.0) -> Floats:
    """Hours on the bill: rounded up to the provider's step, at least its minimum.

    A session that is cut short is rounded too; on average each further session adds half a step. What float noise is
    forgiven (a microsecond) does not depend on the step: of two steps the one that divides the other bills no more.
    """
    seconds = np.maximum(hours * SECONDS_PER_HOUR, minimum_s)
    rounded = np.ceil((seconds - FORGIVEN_S) / granularity_s) * granularity_s
    return (rounded + (sessions - 1.0) * granularity_s / 2.0) / SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Cost:
    """USD by part; compute is what is billed for the machine."""

    compute: Floats
    storage: Floats
    egress: Floats
    reruns: Floats

    @property
    def total(self) -> Floats:
        """What the job costs."""
        return self.compute + self.storage + self.egress + self.reruns


def labour_usd(setup_hours: float, usd_per_hour: float) -> float:
    """Engineering time of setting a job up, in USD; beside the cost of the job (DESIGN rule 1, DOMAIN 7)."""
    return setup_hours * usd_per_hour


def management_usd(percent: float, cost_usd: float, labour_cost_usd: float) -> float:
    """Management as a percentage of what is managed: the job and the engineering time, in USD."""
    return percent / 100.0 * (cost_usd + labour_cost_usd)


def stored_gb(tokens: Floats, weights_gb: Floats, checkpoint_gb: Floats) -> Floats:
    """GB kept on disk while the job runs: data, weights, two checkpoints, image."""
    return tokens * BYTES_PER_TOKEN / 1e9 + weights_gb + KEPT_CHECKPOINTS * checkpoint_gb + IMAGE_GB


def price_job(
    compute_usd: Floats,
    wall_hours: Floats,
    disk_gb: Floats,
    artifact_gb: Floats,
    expected_reruns: Floats,
    offers: Offers,
) -> Cost:
    """Cost of a job whose machine hours are billed with `compute_usd`; re-runs repeat the compute, not the storage."""
    return Cost(
        compute=compute_usd,
        storage=disk_gb * offers.storage_usd_per_gb_month * wall_hours / HOURS_PER_MONTH,
        egress=artifact_gb * offers.egress_usd_per_gb + np.zeros_like(compute_usd),
        reruns=expected_reruns * compute_usd,
    )
