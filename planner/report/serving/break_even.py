"""Renting against an API: from which volume on which is cheaper, as lines over the volume."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.serving_findings import Crossover
from planner.outcome.serving_plan import ServingPlan
from planner.report.data.serving_parts import BreakEven, BreakEvenRow, CostLinePoints, CrossPoint
from planner.report.names import shorten
from planner.report.serving.rows import serving_row, short_name, volume
from planner.units import usd

MOST_LINES: Final = 6
"""Lines that a chart can bear; more pairs stand in the table alone."""
LONGEST: Final = 300


def break_even_of(plan: ServingPlan) -> BreakEven:
    """The pairs in the plan's order; of the lines as many as a chart bears."""
    lines: dict[str, CostLinePoints] = {}
    crossings = []
    for one in plan.crossovers:
        new = [id_ for id_ in (one.rented, one.api) if id_ not in lines]
        if len(lines) + len(new) > MOST_LINES:
            continue
        lines |= {id_: _line(one, id_, plan) for id_ in new}
        if (found := _crossing(one)) is not None:
            crossings.append(found)
    now = plan.traffic.requests_per_month
    return BreakEven(
        lines=tuple(line for line in lines.values() if len(line.points) > 1),
        crossings=tuple(crossings),
        rows=tuple(_row(one, plan) for one in plan.crossovers),
        now=now,
        now_text="" if now is None else f"this traffic: {volume(now)}",
    )


def _line(one: Crossover, id_: str, plan: ServingPlan) -> CostLinePoints:
    rented = id_ == one.rented
    costs = one.rented_usd if rented else one.api_usd
    points = [(v, cost) for v, cost in zip(one.volumes, costs, strict=False) if cost is not None and v > 0 and cost > 0]
    return CostLinePoints(id_, _name(id_, plan), rented, tuple(sorted(points)))


def _name(id_: str, plan: ServingPlan) -> str:
    found = plan.configuration(id_)
    return shorten(id_, 12) if found is None else short_name(serving_row(found))


def _crossing(one: Crossover) -> CrossPoint | None:
    """Where the lines cross: the cost there by straight lines between the points of the API's curve, on a log scale."""
    import numpy as np

    at = one.requests_per_month
    known = [(v, c) for v, c in zip(one.volumes, one.api_usd, strict=False) if c is not None and v > 0 and c > 0]
    if at is None or not known or not min(known)[0] <= at <= max(known)[0]:
        return None
    volumes, costs = np.log(np.array(sorted(known))).T
    usd_there = float(np.exp(np.interp(np.log(at), volumes, costs)))
    return CrossPoint(at, usd_there, f"{volume(at)}, {usd(usd_there)}")


def _row(one: Crossover, plan: ServingPlan) -> BreakEvenRow:
    at = one.requests_per_month
    untold = "every volume looked at" if _always(one) else "nowhere within the curve"
    where = untold if at is None else volume(at)
    return BreakEvenRow(
        rented_id=shorten(one.rented), rented=_name(one.rented, plan), api_id=shorten(one.api),
        api=_name(one.api, plan),
        volume=where, text="" if at is not None else shorten(one.text, LONGEST),
    )  # fmt: skip


def _always(one: Crossover) -> bool:
    """Whether renting is cheaper at every volume of the curve."""
    pairs = list(zip(one.rented_usd, one.api_usd, strict=False))
    return bool(pairs) and all(mine is not None and api is not None and mine <= api for mine, api in pairs)


def break_even_sentence(found: BreakEven, crossovers: Sequence[Crossover], recommended: str = "") -> str:
    """The recommended way and the first pair in words, and on which side of them this traffic lies."""
    if not found.rows:
        return ""
    own = next((at for at, row in enumerate(found.rows) if row.rented_id == recommended), 0)
    return " ".join(_told(found, found.rows[at], crossovers[at]) for at in dict.fromkeys((own, 0)))


def _told(found: BreakEven, row: BreakEvenRow, pair: Crossover) -> str:
    at = pair.requests_per_month
    if at is None:
        return f"{row.rented} against the API {row.api}: {row.text or 'no break-even within the volumes looked at'}."
    told = f"{row.rented} is cheaper than the API {row.api} from {row.volume} requests a month on"
    if found.now is not None:
        told += f"; this traffic, {volume(found.now)}, lies {'above' if found.now >= at else 'below'} that"
    return f"{told}."
