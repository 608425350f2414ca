"""Sample lengths: what truncation, padding and packing make of a dataset (DOMAIN 1.3).

Whatever the source (numbers now, a file of lengths alike), a dataset is a sorted list of lengths of equal weight,
and every figure comes from that list; no formula assumes a family.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Floats

QUANTILES: Final = 4096
DEFAULT_SIGMA: Final = 0.8
"""Spread of ln length where only a mean is known (instruction data; the case of DOMAIN T-1.21) [E]."""
PACKING_EFFICIENCY: Final = 0.97
"""Filled share of packed sequences; first-fit-decreasing reaches 0.95 to 0.99 (DOMAIN 1.3)."""
_Z95: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Lengths:
    """Sorted sample lengths in tokens, each standing for an equal share of the data."""

    sorted_tokens: Floats

    @classmethod
    def from_numbers(cls, mean: float, p95: float | None) -> "Lengths":
        """Lengths that are lognormal through a mean and a 95th percentile (or a default spread).

        ln(p95/mean) = z*sigma - sigma^2/2 has a solution up to p95/mean = exp(z^2/2) = 3.87; a heavier tail is
        given the largest sigma that has one. The list is rescaled so that its mean is exact.
        """
        sigma = DEFAULT_SIGMA
        if p95 is not None:
            gap = max(0.0, _Z95**2 - 2 * np.log(max(p95 / mean, 1.0)))
            sigma = float(_Z95 - np.sqrt(gap))
        levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
        raw = np.exp(sigma * ndtri(levels))
        return cls(np.maximum(1.0, raw * (mean / raw.mean())))

    def cut(self, limit: float) -> Floats:
        """Lengths after truncation at `limit` tokens."""
        return np.minimum(self.sorted_tokens, limit)

    def mean(self, limit: float) -> float:
        """E[min(l, limit)] in tokens."""
        return float(self.cut(limit).mean())

    def kept_share(self, limit: float) -> float:
        """Share of all tokens that survive truncation at `limit`."""
        return float(self.cut(limit).sum() / self.sorted_tokens.sum())

    def attended(self, limit: float) -> float:
        """E[l^2]/E[l] in tokens: the length a token attends over when documents do not see each other."""
        lengths = self.cut(limit)
        return float((lengths**2).sum() / lengths.sum())

    def longest_of(self, batch: int, limit: float) -> float:
        """Expected longest of `batch` draws, in tokens; exact for this list (DOMAIN 1.3)."""
        lengths = self.cut(limit)
        edges = np.linspace(0.0, 1.0, len(lengths) + 1) ** batch
        return float((lengths * np.diff(edges)).sum())

    def padding_efficiency(self, batch: int, limit: float) -> float:
        """Useful share of a batch padded to its longest sample: E[l] / E[max of `batch` draws]."""
        return self.mean(limit) / self.longest_of(batch, limit)


def optimizer_steps(samples_per_epoch: Floats, epochs: Floats, global_batch: Floats) -> Floats:
    """Optimizer steps of a run; `samples_per_epoch` counts packed sequences when packing (DOMAIN 1.3)."""
    return np.maximum(1.0, np.ceil(samples_per_epoch * epochs / global_batch))
