"""When spot machines are to be had: up- and down-times drawn from the law that public traces follow (DOMAIN 5.2).

Exponential times cover too little: the coefficient of variation of recorded up-times is 2.1, of down-times 1.8. So both
are two-phase hyperexponential with balanced means. A machine that is found at a random moment is in a long up-time more
often than in a short one: its remaining life is in either phase alike (length-biased).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import gammaincinv, ndtr

from planner.catalog.rows import Floats, Ints
from planner.estimate.spot_spread import WAIT_LEVEL_SD

UP_CV: Final = 2.1
"""Coefficient of variation of up-times; 1.4 to 4.1 by zone (DOMAIN 5.2) [R]."""
DOWN_CV: Final = 1.8
"""The same of down-times (DOMAIN 5.2) [R]."""
BLOCK: Final = 8
"""Up- and down-times that are drawn at once."""
MOST_CHANGES: Final = 2048
"""Up- and down-times after which a market is looked at no further: there is nothing to be had any more."""
MOST_TIMES: Final = 2**25
"""Up- and down-times of all markets together, a quarter of a GB; of many markets fewer of each are looked at."""


def phases(mean: Floats | float, cv: float) -> tuple[float, Floats, Floats]:
    """Probability of the first phase, and the rates of both: c2 = CV^2, p = (1 + sqrt((c2-1)/(c2+1)))/2 (DOMAIN 5.2).

    Rates are 2p/mean and 2(1-p)/mean. A CV of 1 is the exponential distribution; less is none of this family.
    """
    squared = cv**2
    p = 0.5 * (1.0 + np.sqrt(max(squared - 1.0, 0.0) / (squared + 1.0)))
    return float(p), np.asarray(2.0 * p / np.asarray(mean)), np.asarray(2.0 * (1.0 - p) / np.asarray(mean))


@dataclass(frozen=True, slots=True)
class Draws:
    """Random numbers of all markets; the same for every configuration and policy, so that these differ by no luck."""

    seed: int
    samples: int
    markets: int
    up_cv: float = UP_CV
    down_cv: float = DOWN_CV

    def normal(self, what: int) -> Floats:
        """(samples,) standard normal numbers; `what` tells uses apart."""
        return np.random.default_rng([self.seed, 1, what]).standard_normal(self.samples)

    def block(self, number: int) -> Floats:
        """(markets, samples, BLOCK) times in units of their mean; up and down in turn, the very first up a residual."""
        found = np.empty((self.markets, self.samples, BLOCK))
        for market in range(self.markets):
            rng = np.random.default_rng([self.seed, 2, market, number])
            uniform, chance = rng.random((2, self.samples, BLOCK))
            for offset, cv in ((0, self.up_cv), (1, self.down_cv)):
                p, fast, slow = phases(1.0, cv)
                first = np.full(BLOCK // 2, p)
                if number == 0 and offset == 0:
                    first[0] = 0.5
                rate = np.where(chance[:, offset::2] < first, fast, slow)
                found[market, :, offset::2] = -np.log1p(-uniform[:, offset::2]) / rate
        return found


def _levels(cv: Floats, level: Floats) -> Floats:
    """(markets, configurations, samples) gamma distributed factors with mean 1, at the quantiles `level`."""
    found = np.empty((*cv.shape, level.shape[-1]))
    for value in np.unique(cv):
        shape = max(value, 1e-3) ** -2.0
        factors = gammaincinv(shape, np.clip(level, 1e-9, 1.0 - 1e-9)) / shape
        markets, configurations = np.nonzero(cv == value)
        found[markets, configurations] = factors[markets]
    return found


class Market:
    """Spot machines of some configurations in some places: (markets, configurations, samples) sequences of changes.

    All are up at hour 0, where the place is the one of the offer itself; the others are met at a random moment.
    """

    def __init__(self, draws: Draws, rate: Floats, wait: Floats, rate_cv: Floats, *, levels: bool = True) -> None:
        """(markets, configurations) preemptions per hour, mean waits, and coefficients of variation of the rates."""
        self.draws = draws
        level = np.stack([ndtr(draws.normal(100 + m)) for m in range(draws.markets)])
        factor = _levels(rate_cv, level) if levels else np.ones((*rate.shape, draws.samples))
        spread = np.stack([draws.normal(200 + m) for m in range(draws.markets)])[:, None, :]
        longer = np.exp(WAIT_LEVEL_SD * spread - 0.5 * WAIT_LEVEL_SD**2) if levels else np.ones_like(spread)
        self.up = 1.0 / np.maximum(rate[..., None] * factor, 1e-9)
        self.down = np.maximum(wait[..., None] * longer, 1e-9) * np.ones_like(self.up)
        self.edges = np.empty((*self.up.shape, 0))
        self._blocks = 0
        self._grow()
        if draws.markets > 1:
            self._enter_elsewhere()

    def _grow(self) -> None:
        """Draw the first block, later on as many as there are."""
        means = np.tile(np.stack([self.up, self.down], axis=-1), BLOCK // 2)
        found = [self.edges]
        for _ in range(max(self._blocks, 1)):
            last = found[-1][..., -1:] if self._blocks else 0.0
            found.append(last + np.cumsum(self.draws.block(self._blocks)[:, None] * means, axis=-1))
            self._blocks += 1
        self.edges = np.concatenate(found, axis=-1)

    def _enter_elsewhere(self) -> None:
        """Other places are met at a random moment: down with the chance that they are, for a residual down-time."""
        _, fast, slow = phases(1.0, self.draws.down_cv)
        for m in range(1, self.draws.markets):
            rng = np.random.default_rng([self.draws.seed, 3, m])
            down, phase, life = rng.random((3, self.draws.samples))
            share = self.down[m] / (self.up[m] + self.down[m])
            residual = self.down[m] * -np.log1p(-life) / np.where(phase < 0.5, fast, slow)
            # A market that starts down: its first up-time has no length, then the residual down-time.
            begins = down < share
            first = self.edges[m, :, :, 0].copy()
            shift = np.where(begins, first, 0.0)
            self.edges[m] -= shift[..., None]
            waits = self.edges[m, :, :, 1].copy()
            self.edges[m, :, :, 1:] += np.where(begins, residual - waits, 0.0)[..., None]

    def next_up(self, market: int, config: Ints, sample: Ints, at: Floats) -> tuple[Floats, Floats]:
        """From when on, not before these hours, machines are to be had, and until when; infinite where never again."""
        most = min(MOST_CHANGES, MOST_TIMES // self.up.size)
        while 2 * self.edges.shape[-1] <= most and (self.edges[market, config, sample, -2] <= at).any():
            self._grow()
        last = self.edges.shape[-1] - 1
        passed = self._passed(market, config, sample, at)
        up = passed % 2 == 0
        first, second = (self.edges[market, config, sample, np.minimum(passed + k, last)] for k in (0, 1))
        known = passed + ~up <= last
        begins = np.where(known, np.where(up, at, first), np.inf)
        return begins, np.where(known, np.where(up, first, second), np.inf)

    def _passed(self, market: int, config: Ints, sample: Ints, at: Floats) -> Ints:
        """How many changes lie not after these hours, by bisection."""
        count = self.edges.shape[-1]
        low, high = np.zeros(len(at), np.int64), np.full(len(at), count)
        for _ in range(count.bit_length()):
            middle = (low + high) // 2
            before = (self.edges[market, config, sample, np.minimum(middle, count - 1)] <= at) & (middle < high)
            low, high = np.where(before, middle + 1, low), np.where(before, high, middle)
        return low
