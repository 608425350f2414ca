"""How likely budgets hold, from the bands of costs, and the margin that a probability asks for.

A cost is lognormal around its estimate, with the deviation of ln cost that its 90 % band says. Part of its variance is
an error that all jobs share: the utilisation that machines reach. DOMAIN.md section 12 has 0.25 for that, beside 0.15
for tokens and 0.15 for overhead, which are each job's own: 58 % of the variance is shared. Taking jobs as independent
would be optimistic, as their errors would cancel in the sum.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.portfolio.chance import drawn_together, mean_cost, needed_budget, needed_together
from planner.choose.portfolio.instance import Budget
from planner.kinds.portfolio.options import Option

SHARED_VARIANCE: Final = 0.25**2 / (0.25**2 + 0.15**2 + 0.15**2)
"""Share of the variance of ln cost that all jobs have in common."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of several runs, and how far each may be off. (n,) arrays."""

    medians_usd: Floats
    sigma: Floats
    """Deviation of ln cost; NaN unknown."""

    @property
    def known(self) -> bool:
        """Whether every band is known."""
        return bool(np.isfinite(self.sigma).all())

    @property
    def own(self) -> Floats:
        """(n,) deviation of each by itself."""
        return self.sigma * math.sqrt(1.0 - SHARED_VARIANCE)

    @property
    def shared(self) -> Floats:
        """(n,) deviation with all others."""
        return self.sigma * math.sqrt(SHARED_VARIANCE)

    def needed_usd(self, probability: float, seed: int) -> float:
        """What the sum keeps below with a probability; NaN where a band is unknown."""
        if not self.known:
            return math.nan
        return needed_together(self.medians_usd, self.own, self.shared, probability, seed) if len(self.sigma) else 0.0

    def holds(self, limit_usd: float, seed: int) -> float:
        """Probability that the sum stays within a limit; NaN where a band is unknown."""
        if not self.known:
            return math.nan
        if not len(self.sigma):
            return float(limit_usd >= -1e-9)
        drawn = drawn_together(self.medians_usd, self.own, self.shared, seed)
        return float((drawn <= limit_usd + 1e-9 * (1 + abs(limit_usd))).mean())

    def band_usd(self, seed: int) -> tuple[float, float]:
        """Central 90 % band of the sum; NaN where a band is unknown."""
        if not self.known:
            return math.nan, math.nan
        if not len(self.sigma):
            return 0.0, 0.0
        drawn = drawn_together(self.medians_usd, self.own, self.shared, seed)
        low, high = np.quantile(drawn, [0.05, 0.95]).tolist()
        return low, high


def costs_of(spent: Sequence[tuple[float, float]]) -> Costs:
    """Costs from pairs of USD and the deviation of its ln; what costs nothing has none."""
    some = [(usd, sigma) for usd, sigma in spent if usd]
    return Costs(np.array([usd for usd, _ in some], float), np.array([sigma for _, sigma in some], float))


def first_margins(
    budgets: Sequence[Budget], by_team: Mapping[str, Sequence[Option]], probability: float
) -> dict[str, float]:
    """Margin of each budget to begin with: that of a sum of many costs, whose own errors have become their means.

    exp(own^2 / 2) x exp(z x shared), with the median deviation of what its jobs may choose: the least that a sum of any
    number of them asks for, so that the schedules found with it are as full as can be. What a schedule needs in fact
    widens it.
    """
    return {budget.name: _of_many(_middle(_sigmas(budget, by_team)), probability) for budget in budgets}


def last_margins(
    budgets: Sequence[Budget], by_team: Mapping[str, Sequence[Option]], probability: float
) -> dict[str, float]:
    """The margin of the least certain cost, alone or among many: as if all errors were shared."""
    margins = {}
    for budget in budgets:
        most = float(_sigmas(budget, by_team).max(initial=0.0))
        margins[budget.name] = max(needed_budget(1.0, most, probability), _of_many(most, probability))
    return margins


def _of_many(sigma: float, probability: float) -> float:
    own, shared = sigma * math.sqrt(1.0 - SHARED_VARIANCE), sigma * math.sqrt(SHARED_VARIANCE)
    return mean_cost(1.0, own) * needed_budget(1.0, shared, probability)


def _middle(values: Floats) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _sigmas(budget: Budget, by_team: Mapping[str, Sequence[Option]]) -> Floats:
    mine = [option for team, options in by_team.items() if budget.team in ("", team) for option in options]
    found = np.array([option.sigma for option in mine if option.cost_usd > 0], float)
    return np.asarray(found[np.isfinite(found)])
