"""What shadow prices say, in sentences."""

import math
from collections.abc import Sequence
from typing import Final

from planner.choose.portfolio.shadow import PoolPrice
from planner.kinds.portfolio.shared import ALL, WHOLE
from planner.kinds.portfolio.uses import Prices
from planner.outcome.portfolio import BudgetLine, QuotaUse, ShadowWords
from planner.units import duration, significant, usd

LABEL: Final = (
    "From the linear relaxation, in which jobs may be split, at the margin: what a little more of one thing would add "
    "to value less cost less lateness. Whole jobs go in steps, so this is no promise; and a job that alone needs more "
    "of a limit than there is takes no part in it."
)
NOTHING_BINDS: Final = "In the relaxation no budget, quota or other shared limit binds: a little more is worth nothing."
NO_SCHEDULE: Final = "Not computed: there is no schedule."
NOT_FOUND: Final = "Not computed: the time did not suffice for prices that are near enough to their bound."
_LEAST: Final = 5e-4
"""Dollars below which a price is rounding."""


def shadow_words(
    budgets: Sequence[BudgetLine], quotas: Sequence[QuotaUse], prices: Prices | None, *, has_schedule: bool
) -> ShadowWords:
    """A sentence for each limit that binds, the largest price first; of equal ones as they stand in the plan."""
    if prices is None:
        return ShadowWords(label=LABEL, sentences=[NOT_FOUND if has_schedule else NO_SCHEDULE])
    found = [(line.worth_per_usd, _budget(line)) for line in budgets if _counts(line.worth_per_usd)]
    found += [(use.worth_per_gpu_hour_usd, _quota(use)) for use in quotas if _counts(use.worth_per_gpu_hour_usd)]
    if _counts(prices.carbon_kg):
        found.append((prices.carbon_kg, f"1 kg more CO2e for all jobs would be worth {_money(prices.carbon_kg)}."))
    named = {use.name for use in quotas}
    found += [
        (pool.usd_per_unit / pool.bound_hours, _one(pool))
        for pool in prices.pools.values()
        if pool.pool not in named and pool.bound_hours and _counts(pool.usd_per_unit)
    ]
    found.sort(key=lambda of: -(of[0] or 0.0))
    return ShadowWords(label=LABEL, sentences=[sentence for _, sentence in found] or [NOTHING_BINDS])


def _counts(price: float | None) -> bool:
    return price is not None and math.isfinite(price) and price > _LEAST


def _budget(line: BudgetLine) -> str:
    where = f"in {line.month}" if line.month else f"over {WHOLE}"
    return f"$1 more for {line.team or ALL} {where} would be worth {_money(line.worth_per_usd)}."


def _quota(use: QuotaUse) -> str:
    what, _, rest = use.name.partition(" ")
    card = "GPU" if what == "GPUs" else what
    hours = duration(use.bound_hours)
    return (
        f"One more {card} {rest} for an hour is worth {_money(use.worth_per_gpu_hour_usd)} on the mean of the {hours} "
        f"in which all are taken; all the time, {usd(use.worth_per_gpu_usd)}."
    )


def _one(pool: PoolPrice) -> str:
    name = pool.pool.partition(",")[0]
    return (
        f"A second {name} for an hour is worth {_money(pool.usd_per_unit / pool.bound_hours)} "
        f"on the mean of {duration(pool.bound_hours)} in which it is taken; all the time, {usd(pool.usd_per_unit)}."
    )


def _money(price: float | None) -> str:
    """A price with three digits where cents would hide it."""
    return usd(price) if price is None or price >= 0.1 else f"${significant(price, 2)}"
