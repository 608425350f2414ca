"""The change of a cost, told apart into price, volume, mix and other."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints

MOST_GROWTH: Final = 1e4
"""A quantity that grew further is hardly of the same unit; at its old price nothing could be said of it."""


@dataclass(frozen=True, slots=True)
class Effects:
    """(G,) USD each, by group; the four make the change of the group's cost."""

    price: Floats
    volume: Floats
    mix: Floats
    other: Floats
    compared: Ints
    """Items that were bought before and after."""


def effects_of(
    group: Ints, groups: int, quantity_before: Floats, cost_before: Floats, quantity_after: Floats, cost_after: Floats
) -> Effects:
    """Effects by group, of items whose quantities in a group have the same unit.

    The columns are (I,), one row per item; NaN is an unknown quantity and counts as none. With q, c and p = c / q of an
    item before (0) and after (1), and Q, C and P = C / Q of those of the group that were bought in both months:

        price  = sum (p1 - p0) q1         what is bought now, at the new prices less at the old
        volume = (Q1 - Q0) P0             more or less of everything, at the old average price
        mix    = sum p0 q1 - Q1 P0        what is bought now, at its own old prices less at their average
        other  = sum c1 - sum c0          of all else: new, gone, without a quantity

    so that price + volume + mix + other = sum c1 - sum c0 over all items. It is the sales price variance, sales
    quantity variance and sales mix variance of cost accounting, on costs (Horngren, Datar and Rajan, Cost Accounting,
    chapters on flexible budgets and on sales-mix analysis), with last month in the place of the budget.
    """
    with np.errstate(invalid="ignore"):
        both = (quantity_before > 0) & (quantity_after > 0) & (quantity_after <= MOST_GROWTH * quantity_before)

    def summed(values: Floats, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
        return np.asarray(np.bincount(group[rows], weights=values[rows], minlength=groups), np.float64)

    ratio = np.divide(quantity_after, quantity_before, out=np.zeros(len(group)), where=both)
    at_old_prices = summed(cost_before * ratio, both)
    before, after = summed(cost_before, both), summed(cost_after, both)
    bought_before, bought_after = summed(quantity_before, both), summed(quantity_after, both)
    growth = np.divide(bought_after, bought_before, out=np.ones(groups), where=bought_before > 0)
    return Effects(
        price=after - at_old_prices,
        volume=before * (growth - 1.0),
        mix=at_old_prices - before * growth,
        other=summed(cost_after, ~both) - summed(cost_before, ~both),
        compared=np.bincount(group[both], minlength=groups),
    )
