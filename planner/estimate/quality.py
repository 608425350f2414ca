"""The quality prior (DOMAIN 4.2): which model, method, data and epochs promise more. A ranking, not a measurement.

Everything is in logits of q, where q = (score - chance)/(ceiling - chance). A tuned q is never benchmark points.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, logit

from planner.catalog.rows import Bools, Floats
from planner.estimate.evidence import RESIDUAL_SD

LABEL: Final = "prior: ranking only"
GAIN, GAIN_SD = 1.0, 0.7
"""Largest gain from tuning, a_task, in logits (DOMAIN 4.2) [E]."""
HALF_DATA: Final = 300.0
"""Examples D_h that set the scale of the gain (DOMAIN 4.2) [E]."""
GAIN_EXPONENT: Final = 0.3
REPEAT: Final = 3.0
"""R_sft: how fast repeated epochs stop adding (DOMAIN 4.1) [E]."""
CAPACITY_WEIGHT, CAPACITY_SD = 0.2, 0.15
"""kappa and its spread (DOMAIN 4.2) [E]."""
RUN_SD: Final = 0.1
"""What two runs of one recipe differ by: evaluation error and seeds, in logits (DOMAIN 4.3: no gain below it) [E]."""
LOSS_NATS: Final = 1.0
"""First-epoch loss per trained token, in nats (DOMAIN 4.2, case T-4.4) [E]."""
BITS_PER_NAT: Final = 1.4427
OVERFIT_WEIGHT: Final = 0.02
BASE_SD: Final = 0.6
"""Spread of a model's true starting point around its matched benchmark, in logits (DOMAIN 4.2) [E]."""
LEAST_BAND: Final = 0.15
"""Half-width that a prior's band has at least, in q (DOMAIN 4.3)."""
_EPS: Final = 0.005


def normalised(points: Floats, chance: float, ceiling: float) -> Floats:
    """Q in 0..1 from benchmark points (0 to 100), clipped off both ends."""
    return np.clip((points - chance) / (ceiling - chance), _EPS, 1 - _EPS)


def effective_examples(unique: Floats, epochs: Floats, repeat: float = REPEAT) -> Floats:
    """Examples that repeated epochs are worth: U*(1 + R*(1 - exp(-(E-1)/R))) (Muennighoff 2023; for SFT R=3 [E]).

    Below one epoch only the part that was seen counts.
    """
    repeated = unique * (1.0 + repeat * (1.0 - np.exp(-(np.maximum(epochs, 1.0) - 1.0) / repeat)))
    return repeated * np.minimum(epochs, 1.0)


def data_gain(examples: Floats) -> Floats:
    """Gain from `examples` effective examples, in logits: a*(1 - (1 + D/D_h)^-b)."""
    return GAIN * (1.0 - (1.0 + examples / HALF_DATA) ** -GAIN_EXPONENT)


def information_bits(trained_tokens: Floats) -> Floats:
    """Information in the trained tokens of one epoch, in bits."""
    return trained_tokens * LOSS_NATS * BITS_PER_NAT


def capacity_penalty(trained_tokens: Floats, p_lora: Floats, trains_all: Bools) -> Floats:
    """Loss when an adapter is too small for the data: kappa * max(0, ln(bits / (2 * P_lora))), in logits."""
    ratio = information_bits(trained_tokens) / (2.0 * np.maximum(p_lora, 1.0))
    return np.where(trains_all, 0.0, CAPACITY_WEIGHT * np.maximum(0.0, np.log(np.maximum(ratio, 1e-12))))


def epochs_allowed(examples: Floats) -> Floats:
    """Epochs before overfitting sets in: 5 under 1,000 examples, 3 from 10,000, log-linear between."""
    return 5.0 - 2.0 * np.clip(np.log10(np.maximum(examples, 1.0)) - 3.0, 0.0, 1.0)


def overfit_penalty(examples: Floats, epochs: Floats) -> Floats:
    """Loss from too many epochs: gamma * max(0, E - E_ok)^2, in logits."""
    return OVERFIT_WEIGHT * np.maximum(0.0, epochs - epochs_allowed(examples)) ** 2


@dataclass(frozen=True, slots=True)
class QualityTerms:
    """The prior term by term, in logits, and the spread of each part (shared parts cancel between candidates)."""

    base: Floats
    base_sd: Floats
    gain: Floats
    method: Floats
    method_sd: Floats
    capacity: Floats
    overfit: Floats
    offset: float = 0.0
    """What the user's own evaluations add, the same for every candidate (DOMAIN 4.2: u_dataset)."""
    offset_sd: float = math.nan
    """What is not known of it; NaN where there is no evaluation."""

    @property
    def logit(self) -> Floats:
        """Predicted logit of q."""
        return self.base + self.gain + self.method - self.capacity - self.overfit + self.offset

    @property
    def q(self) -> Floats:
        """Predicted q, 0 to 1."""
        return expit(self.logit)

    def band(self, z: float) -> tuple[Floats, Floats]:
        """Central band of q at `z` standard deviations.

        A prior's is never narrower than its least band. After evaluations of the user's own it is as wide as the next
        of them may lie off, and never wider than the prior's.
        """
        sd = np.sqrt(self.base_sd**2 + self.method_sd**2 + (GAIN_SD / GAIN * self.gain) ** 2)
        if not math.isnan(self.offset_sd):
            sd = np.minimum(sd, math.hypot(self.offset_sd, RESIDUAL_SD))
        low, high = expit(self.logit - z * sd), expit(self.logit + z * sd)
        if not math.isnan(self.offset_sd):
            return low, high
        return (
            np.clip(np.minimum(low, self.q - LEAST_BAND), 0.0, 1.0),
            np.clip(np.maximum(high, self.q + LEAST_BAND), 0.0, 1.0),
        )


def paired_sd(gain: Floats, capacity: Floats, overfit: Floats, base: Floats, method: Floats) -> Floats:
    """Spread of the difference between two candidates, in logits, from the differences of their terms.

    What the two share cancels: `base` and `method` are 0 where model or method are the same. A gain is known to 70 %,
    the penalties to their whole size, and two training runs of one recipe differ by evaluation and seed noise.
    """
    return np.sqrt(
        RUN_SD**2
        + base**2
        + method**2
        + (GAIN_SD / GAIN * gain) ** 2
        + (CAPACITY_SD / CAPACITY_WEIGHT * capacity) ** 2
        + overfit**2
    )


def base_logit(q: Floats) -> Floats:
    """Logit of a starting q."""
    return logit(q)
