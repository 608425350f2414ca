"""The quality prior (DOMAIN 4.2): which model, method, data and epochs promise more. A ranking, not a measurement.

Everything is in logits of q, where q = (score - chance)/(ceiling - chance). A tuned q is never benchmark points.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, logit, ndtr

from planner.catalog.rows import Bools, Floats

LABEL: Final = "prior: ranking only"
GAIN, GAIN_SD = 1.0, 0.7
"""Largest gain from tuning, a_task, in logits (DOMAIN 4.2) [E]."""
HALF_DATA: Final = 300.0
"""Examples D_h that set the scale of the gain (DOMAIN 4.2) [E]."""
GAIN_EXPONENT: Final = 0.3
REPEAT: Final = 3.0
"""R_sft: how fast repeated epochs stop adding (DOMAIN 4.1) [E]."""
CAPACITY_WEIGHT: Final = 0.2
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

    @property
    def logit(self) -> Floats:
        """Predicted logit of q."""
        return self.base + self.gain + self.method - self.capacity - self.overfit

    @property
    def q(self) -> Floats:
        """Predicted q, 0 to 1."""
        return expit(self.logit)

    def band(self, z: float) -> tuple[Floats, Floats]:
        """Central band of q at `z` standard deviations, never narrower than the least band of a prior."""
        sd = np.sqrt(self.base_sd**2 + self.method_sd**2 + (GAIN_SD / GAIN * self.gain) ** 2)
        low, high = expit(self.logit - z * sd), expit(self.logit + z * sd)
        return (
            np.clip(np.minimum(low, self.q - LEAST_BAND), 0.0, 1.0),
            np.clip(np.maximum(high, self.q + LEAST_BAND), 0.0, 1.0),
        )


def probability_better(
    difference: Floats, gain_difference: Floats, base_sd_a: Floats, base_sd_b: Floats, method_sd_a: Floats,
    method_sd_b: Floats, same_model: Bools, same_method: Bools,
) -> Floats:  # fmt: skip
    """P(A better than B) in logits; what A and B share (task, model, method) cancels in the paired difference."""
    variance = (
        np.where(same_model, 0.0, base_sd_a**2 + base_sd_b**2)
        + np.where(same_method, 0.0, method_sd_a**2 + method_sd_b**2)
        + (GAIN_SD / GAIN * gain_difference) ** 2
    )
    sd = np.sqrt(np.maximum(variance, 1e-18))
    return np.where(np.abs(difference) < 1e-12, 0.5, ndtr(difference / sd))


def base_logit(q: Floats) -> Floats:
    """Logit of a starting q."""
    return logit(q)
