"""What a run costs on an offer: billed compute, storage, egress and expected re-runs (DESIGN rule 1, DOMAIN 7)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Offers
from planner.catalog.terms import Terms
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


def tax_usd(percent: float, cost_usd: float) -> float:
    """Tax on the bill, in USD; beside the cost of the job, never inside (DESIGN rule 1)."""
    return percent / 100.0 * cost_usd


def stored_gb(
    tokens: Floats, weights_gb: Floats, checkpoint_gb: Floats, checkpoints: float = KEPT_CHECKPOINTS
) -> Floats:
    """GB kept on disk while the job runs: data, weights, checkpoints (two by default), image."""
    return tokens * BYTES_PER_TOKEN / 1e9 + weights_gb + checkpoints * checkpoint_gb + IMAGE_GB


def kept_gb_hours(tokens: Floats, weights_gb: Floats, checkpoint_gb: Floats, terms: Terms) -> Floats:
    """GB times hours on disk outside of the run: checkpoints after it, weights and data since the run before."""
    after = terms.checkpoints * checkpoint_gb * terms.retained_hours
    cached = tokens * BYTES_PER_TOKEN / 1e9 + weights_gb
    return after + cached * (terms.cached_hours or 0.0)


def egress_usd(artifact_gb: Floats, offers: Offers) -> Floats:
    """USD for sending an artifact out, tier by tier of the month's traffic (DOMAIN 7); (recipes, offers).

    Without a word on what was sent before, the job starts where what each provider gives away is used up.
    """
    terms, usd = offers.terms, np.zeros_like(artifact_gb)
    sent = terms.egress_sent_gb or 0.0
    free: Floats | float = 0.0 if terms.egress_sent_gb is None else offers.egress_free_gb
    reached = sent + artifact_gb
    furthest = np.fmax.reduce(reached, axis=None, initial=0.0)
    for k, start in enumerate(terms.egress_from_gb):
        if k and start >= furthest:
            break
        end = terms.egress_from_gb[k + 1] if k + 1 < len(terms.egress_from_gb) else np.inf
        within = np.minimum(reached, end) - np.maximum(np.maximum(start, sent), free)
        usd = usd + np.maximum(within, 0.0) * offers.egress_usd_per_gb[:, k]
    return usd


def price_job(
    compute_usd: Floats,
    wall_hours: Floats,
    disk_gb: Floats,
    artifact_gb: Floats,
    expected_reruns: Floats,
    offers: Offers,
    kept_gb_hours: Floats | float = 0.0,
) -> Cost:
    """Cost of a job whose machine hours are billed with `compute_usd`; re-runs repeat the compute, not the storage."""
    return Cost(
        compute=compute_usd,
        storage=disk_gb * offers.storage_usd_per_gb_month * wall_hours / HOURS_PER_MONTH
        + kept_gb_hours * offers.storage_usd_per_gb_month / HOURS_PER_MONTH,
        egress=egress_usd(artifact_gb, offers),
        reruns=expected_reruns * compute_usd,
    )
