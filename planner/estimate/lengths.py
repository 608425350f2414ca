"""Sample lengths: what truncation, padding and packing make of a dataset (DOMAIN 1.3).

Whatever the source (numbers, a file of lengths, the data itself), a dataset is a sorted list of lengths with weights,
and every figure comes from that list; no formula assumes a family.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Floats
from planner.estimate.bands import TOKENS_SD
from planner.traffic.lengths import TYPICAL_SIGMA, lognormal_sigma

QUANTILES: Final = 4096
MOST_POINTS: Final = 65_536
"""Different lengths kept of a file; more are merged with their neighbours."""
PACKING_EFFICIENCY: Final = 0.97
"""Filled share of packed sequences; first-fit-decreasing reaches 0.95 to 0.99 (DOMAIN 1.3)."""


@dataclass(frozen=True)
class Lengths:
    """Sorted sample lengths in tokens, and how much of the data each stands for."""

    sorted_tokens: Floats
    weights: Floats | None = None
    """Share of the samples that each length stands for, adding up to 1; None where all stand for the same."""
    sd: float = TOKENS_SD
    """Standard deviation of ln of the number of tokens: how far the counts themselves are to be trusted."""

    @classmethod
    def from_numbers(cls, mean: float, p95: float | None) -> "Lengths":
        """Lengths that are lognormal through a mean and a 95th percentile (or a default spread).

        The list is rescaled so that its mean is exact.
        """
        sigma = TYPICAL_SIGMA if p95 is None else lognormal_sigma(mean, p95)
        levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
        raw = np.exp(sigma * ndtri(levels))
        return cls(np.maximum(1.0, raw * (mean / raw.mean())))

    @classmethod
    def from_counts(cls, tokens: Floats, samples: Floats, sd: float) -> "Lengths":
        """Lengths that were counted: ascending, with the number of samples of each.

        Exact up to 65,536 different lengths. Beyond, neighbours are merged at their common mean, which keeps the
        number of tokens; the longest stays alone, since it sets the memory of padded batches.
        """
        if len(tokens) > MOST_POINTS:
            starts = np.linspace(0, len(tokens) - 1, MOST_POINTS).astype(np.int64)
            merged = np.add.reduceat(samples, starts)
            tokens, samples = np.add.reduceat(tokens * samples, starts) / merged, merged
        return cls(tokens, samples / samples.sum(), sd)

    def _mean(self, values: Floats) -> float:
        return float(values.mean() if self.weights is None else values @ self.weights)

    @cached_property
    def _levels(self) -> Floats:
        """Share of the samples below each length and, last, below any."""
        if self.weights is None:
            return np.linspace(0.0, 1.0, len(self.sorted_tokens) + 1)
        sums = np.concatenate([[0.0], np.cumsum(self.weights)])
        levels: Floats = sums / sums[-1]
        return levels

    @property
    def longest(self) -> float:
        """Longest sample, in tokens."""
        return float(self.sorted_tokens[-1])

    @cached_property
    def whole_mean(self) -> float:
        """Mean length before truncation, in tokens."""
        return self._mean(self.sorted_tokens)

    @cached_property
    def p95(self) -> float:
        """Length that 95 % of the samples do not exceed, before truncation, in tokens."""
        if self.weights is None:
            return float(np.quantile(self.sorted_tokens, 0.95))
        return float(self.sorted_tokens[np.searchsorted(self._levels[1:], 0.95 - 1e-12)])

    def cut(self, limit: float) -> Floats:
        """Lengths after truncation at `limit` tokens."""
        return np.minimum(self.sorted_tokens, limit)

    def mean(self, limit: float) -> float:
        """E[min(l, limit)] in tokens."""
        return self._mean(self.cut(limit))

    def kept_share(self, limit: float) -> float:
        """Share of all tokens that survive truncation at `limit`."""
        return self.mean(limit) / self.whole_mean

    def cut_share(self, limit: float) -> float:
        """Share of the samples that lose their end at `limit` tokens."""
        return self._mean((self.sorted_tokens > limit).astype(np.float64))

    def attended(self, limit: float) -> float:
        """E[l^2]/E[l] in tokens: the length a token attends over when documents do not see each other."""
        lengths = self.cut(limit)
        return self._mean(lengths**2) / self._mean(lengths)

    def longest_of(self, batch: int, limit: float) -> float:
        """Expected longest of `batch` draws, in tokens; exact for this list (DOMAIN 1.3)."""
        return float((self.cut(limit) * np.diff(self._levels**batch)).sum())

    def padding_efficiency(self, batch: int, limit: float) -> float:
        """Useful share of a batch padded to its longest sample: E[l] / E[max of `batch` draws]."""
        return self.mean(limit) / self.longest_of(batch, limit)


def optimizer_steps(samples_per_epoch: Floats, epochs: Floats, global_batch: Floats) -> Floats:
    """Optimizer steps of a run; `samples_per_epoch` counts packed sequences when packing (DOMAIN 1.3)."""
    return np.maximum(1.0, np.ceil(samples_per_epoch * epochs / global_batch))
