"""The month against the one before, by team and service."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Ints
from planner.outcome.review.kpis import Driver, MonthChange
from planner.spend.drivers.effects import effects_of
from planner.spend.months import Month
from planner.spend.spans import Span, before_of, span_of
from planner.spend.store import Store
from planner.spend.sums import total

MOST: Final = 50
"""Drivers that are told; the others are summed up in one more."""
_PARTS: Final = ("before_usd", "after_usd", "price_usd", "volume_usd", "mix_usd", "other_usd")
_ITEMS: Final = f"""
    WITH charges AS (
        SELECT team, service, sku, gpu, meter, day >= $first AS _now, effective_usd AS usd,
               CASE WHEN category = 'Usage' AND class <> 'Correction' THEN coalesce(gpu_hours, quantity) END AS _amount,
               CASE WHEN _amount IS NULL THEN '' WHEN gpu_hours IS NOT NULL THEN 'GPU-hours' ELSE unit END AS measure
        FROM allocated
        WHERE (day >= $first AND day < $end) OR (day >= $first_before AND day < $end_before))
    SELECT dense_rank() OVER (ORDER BY team, service) - 1 AS driver,
           dense_rank() OVER (ORDER BY team, service, measure) - 1 AS group, team, service,
           {total("_amount", "NOT _now")} AS quantity_before,
           {total("_amount", "_now")} AS quantity_after,
           coalesce(sum(usd) FILTER (WHERE NOT _now), 0)::DOUBLE AS cost_before,
           coalesce(sum(usd) FILTER (WHERE _now), 0)::DOUBLE AS cost_after
    FROM charges GROUP BY team, service, sku, gpu, meter, measure, _amount IS NULL
    ORDER BY driver, measure, sku, gpu, meter, _amount IS NULL"""


def change_of(store: Store, month: Month) -> MonthChange | None:
    """Effective cost of the month less that of the one before, of as many days where the month is not over.

    Items are SKUs, cards and meters of a team and service; their quantity is GPU-hours where a charge has them, else
    what was used in its unit. Credits, taxes, purchases and corrections have none. None where nothing is charged in the
    month before.
    """
    now, before = span_of(store, month), before_of(store, month)
    if before is None or not now.days:
        return None
    found = _items(store, now, before)
    drivers = _drivers(found)
    total = {name: sum(_number(driver, name) for driver in drivers) for name in _PARTS}
    rest = drivers[MOST:]
    told = drivers[:MOST] + ([_together(rest)] if rest else [])
    return MonthChange(before=str(month.later(-1)), after=str(month), **total, drivers=told)


def _drivers(found: Mapping[str, Any]) -> list[Driver]:
    """By team and service, the largest change first."""
    group = np.asarray(found["group"], np.int64)
    costs, quantities = (
        [np.ma.filled(np.ma.asarray(found[f"{what}_{when}"], np.float64), np.nan) for when in ("before", "after")]
        for what in ("cost", "quantity")
    )
    groups = int(group.max(initial=-1)) + 1
    effects = effects_of(group, groups, quantities[0], costs[0], quantities[1], costs[1])
    driver = np.asarray(found["driver"], np.int64)
    number = int(driver.max(initial=-1)) + 1
    driver_of, first = np.zeros(groups, np.int64), np.unique(driver, return_index=True)[1]
    driver_of[group] = driver

    def summed(values: NDArray[Any], places: Ints) -> list[float]:
        # Sums of money are exact to 1e-9; what is less is the rounding of doubles. No zero is negative.
        sums = np.bincount(places, weights=values, minlength=number)
        return (np.round(sums, 9) + 0.0).tolist()  # type: ignore[no-any-return]

    made = [
        Driver(
            what=f"{team or 'unattributed'}, {service or 'no service'}", before_usd=before, after_usd=after,
            price_usd=price if compared else None, volume_usd=volume if compared else None,
            mix_usd=mix if compared else None, other_usd=other,
        )
        for team, service, before, after, price, volume, mix, other, compared in zip(
            found["team"][first], found["service"][first], *(summed(cost, driver) for cost in costs),
            *(summed(part, driver_of) for part in (effects.price, effects.volume, effects.mix, effects.other)),
            summed(effects.compared, driver_of), strict=True,
        )
    ]  # fmt: skip
    return sorted(made, key=lambda driver: (-abs(driver.after_usd - driver.before_usd), driver.what))


def _together(drivers: Sequence[Driver]) -> Driver:
    compared = any(driver.price_usd is not None for driver in drivers)
    sums = {name: sum(_number(driver, name) for driver in drivers) for name in _PARTS}
    unknown = {} if compared else dict.fromkeys(("price_usd", "volume_usd", "mix_usd"))
    return Driver(what=f"{len(drivers)} others", **(sums | unknown))


def _number(driver: Driver, name: str) -> float:
    return getattr(driver, name) or 0.0


def _items(store: Store, now: Span, before: Span) -> Mapping[str, Any]:
    days = {"first": now.first, "end": now.end, "first_before": before.first, "end_before": before.end}
    return store.connection.execute(_ITEMS, days).fetchnumpy()
