"""From which volume on renting is cheaper than an API: both worked out over volumes of the same traffic."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.kinds.serving.by_api import ApiRow
from planner.kinds.serving.cascades import FirstTier
from planner.kinds.serving.describe import known
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.sized import sized_for
from planner.kinds.serving.table import Table, training_usd
from planner.outcome.serving_findings import Crossover
from planner.units import significant

VOLUMES: Final = tuple(10.0 ** (-2.0 + 4.0 * step / 40) for step in range(41))
"""Multiples of the traffic that a curve shows: a hundredth to a hundred times."""
_HALVINGS: Final = 40


def rented_usd(problem: Problem, table: Table, row: int, volumes: Sequence[float]) -> list[float]:
    """What a month of a rented way costs at multiples of the traffic, replicas and a first tier sized anew."""
    same, tier = table.rented.take(np.full(len(volumes), row)), table.tiers[row]
    cost = sized_for(problem, same, np.array(volumes)).cost_usd + training_usd(problem, same)
    return [usd + (0.0 if tier is None else tier.usd_at(v)) for usd, v in zip(cost.tolist(), volumes, strict=True)]


def api_usd(row: ApiRow, tier: FirstTier | None, volume: float) -> float:
    """The same of an API: tokens and embeddings grow with the traffic, upkeep and a deployment do not."""
    own = (row.cost_usd - row.fixed_usd) * volume + row.fixed_usd
    return own + (0.0 if tier is None else tier.usd_at(volume))


def crossover(problem: Problem, table: Table, rented: int, api: int, ids: dict[int, str]) -> Crossover:
    """The volume from which on the rented way is cheaper, by bisection between two volumes of the curve."""
    by_api, tier = table.apis[api - len(table.rented)], table.tiers[api]
    per_month = problem.space.traffic.requests_per_month

    def gap(volume: float) -> float:
        return rented_usd(problem, table, rented, [volume])[0] - api_usd(by_api, tier, volume)

    ours = rented_usd(problem, table, rented, VOLUMES)
    theirs = [api_usd(by_api, tier, volume) for volume in VOLUMES]
    cheaper = [mine <= api for mine, api in zip(ours, theirs, strict=True)]
    at = math.nan
    if cheaper[-1] and not cheaper[0]:
        # Replicas come in steps, so that costs may cross several times: the last crossing counts.
        last = max(i for i, yes in enumerate(cheaper) if not yes)
        low, high = VOLUMES[last], VOLUMES[last + 1]
        for _ in range(_HALVINGS):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if gap(middle) > 0 else (low, middle)
        at = high * per_month
    return Crossover(
        rented=ids[rented],
        api=ids[api],
        requests_per_month=known(at),
        volumes=[volume * per_month for volume in VOLUMES],
        rented_usd=[known(value) for value in ours],
        api_usd=[known(value) for value in theirs],
        text=_text(by_api.choice.api.id, at, cheaper, per_month),
    )


def _text(api: str, at: float, cheaper: list[bool], per_month: float) -> str:
    if all(cheaper):
        return f"renting costs less than {api} at every volume looked at"
    most = significant(VOLUMES[-1] * per_month, 2)
    if not any(cheaper):
        return f"{api} costs less than renting up to {most} requests a month, the most that was looked at"
    if math.isnan(at):
        upto = significant(VOLUMES[max(i for i, yes in enumerate(cheaper) if yes)] * per_month, 2)
        return f"renting costs less than {api} at some volumes up to {upto} requests a month, and more beyond"
    side = "above" if per_month > at else "below"
    return (
        f"renting costs less than {api} from {significant(at, 3)} requests a month on; the traffic of "
        f"{significant(per_month, 3)} is {side} that"
    )
