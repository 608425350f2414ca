"""Counts that a log of any length fits into."""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Floats
from planner.traffic.block import NOBODY, OTHERS, Codes, Names
from planner.traffic.lengths import TokenLengths
from planner.traffic.traffic import Shares, Times

MOST_LISTED: Final = 20
"""Names that are listed with their shares."""
_STEP: Final = 0.002
"""Width of a bin of times, in ln: quantiles are within 0.1 %."""
_LEAST_S: Final = 1e-6
_BINS: Final = math.ceil(math.log(7 * 86_400.0 / _LEAST_S) / _STEP) + 2


@dataclass(slots=True)
class LengthCounts:
    """How many requests have each number of tokens; exact."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(4096, dtype=np.int64))

    def add(self, tokens: Floats) -> None:
        """Count whole numbers of tokens."""
        if not tokens.size:
            return
        found = np.bincount(tokens.astype(np.int64))
        if found.size > self.counts.size:
            grown = np.zeros(max(found.size, 2 * self.counts.size), dtype=np.int64)
            grown[: self.counts.size] = self.counts
            self.counts = grown
        self.counts[: found.size] += found

    def lengths(self) -> TokenLengths:
        """Mean and quantiles: the smallest length that so many requests stay at or below."""
        total = int(self.counts.sum())
        if not total:
            return TokenLengths.unknown()
        sums = np.cumsum(self.counts)
        p50, p95, p99 = (float(np.searchsorted(sums, math.ceil(q * total))) for q in (0.5, 0.95, 0.99))
        mean = float(np.arange(self.counts.size) @ self.counts) / total
        return TokenLengths(mean, p50, p95, p99, float(np.flatnonzero(self.counts)[-1]))


@dataclass(slots=True)
class TimeCounts:
    """How many requests took how long, in bins of 0.2 %."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_BINS, dtype=np.int64))

    def add(self, seconds: Floats) -> None:
        """Count times, NaN left out."""
        known = seconds[~np.isnan(seconds)]
        if known.size:
            bins = np.log(np.maximum(known, _LEAST_S) / _LEAST_S) / _STEP
            self.counts += np.bincount(bins.astype(np.int64), minlength=_BINS)

    def times(self) -> Times | None:
        """The quantiles, at the middle of their bin; None where no time was written."""
        total = int(self.counts.sum())
        if not total:
            return None
        sums = np.cumsum(self.counts)
        p50, p95, p99 = (
            _LEAST_S * math.exp((float(np.searchsorted(sums, math.ceil(q * total))) + 0.5) * _STEP)
            for q in (0.5, 0.95, 0.99)
        )
        return Times(p50, p95, p99, total)


@dataclass(slots=True)
class NameCounts:
    """Requests and tokens by name."""

    requests: Floats = field(default_factory=lambda: np.zeros(16))
    tokens: Floats = field(default_factory=lambda: np.zeros(16))

    def add(self, codes: Codes, tokens: Floats) -> None:
        """Count requests with these names and tokens."""
        size = max(self.requests.size, int(codes.max(initial=0)) + 1)
        if size > self.requests.size:
            self.requests, self.tokens = (
                np.pad(column, (0, 2 * size - column.size)) for column in (self.requests, self.tokens)
            )
        self.requests += np.bincount(codes, minlength=self.requests.size)
        self.tokens += np.bincount(codes, weights=np.nan_to_num(tokens), minlength=self.tokens.size)

    def shares(self, names: Names) -> Shares | None:
        """Shares of the most frequent names; None where no request has one."""
        named = {code: name for name, code in names.items() if code > NOBODY}
        total, tokens = float(self.requests.sum()), float(self.tokens.sum())
        order = sorted((c for c in named if self.requests[c]), key=lambda c: (-self.requests[c], named[c]))
        if not order:
            return None
        listed = order[:MOST_LISTED]
        shares = tuple(float(self.requests[code]) / total for code in listed)
        return Shares(
            names=tuple(named[code] for code in listed),
            requests=shares,
            tokens=tuple(float(self.tokens[code]) / tokens if tokens else math.nan for code in listed),
            different=len(order) + bool(self.requests[OTHERS]),
            others=max(0.0, 1.0 - sum(shares)),
        )
