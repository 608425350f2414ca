"""Quotas: what is held of each over time, where it binds, and what more of it would be worth."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.portfolio import PortfolioPlan, QuotaUse
from planner.report.data.portfolio_parts import QuotaSteps
from planner.report.data.review_parts import Cell, Table
from planner.report.names import plural, shorten
from planner.report.portfolio.words import LONGEST, NAME, RELAXED, columns, gpus, left_text, share
from planner.units import duration, usd

DRAWN: Final = 12
"""Quotas that are drawn, on a screen as on paper."""
ROWS: Final = 200
STEPS: Final = 400
"""Points of a line at most; where there are more, stretches are told by their highest use."""
SENTENCES: Final = 24
"""Sentences on shadow prices."""


def by_tightness(plan: PortfolioPlan) -> list[QuotaUse]:
    """The quotas, those first that bind longest, then those whose peak is nearest to what may be held."""
    order = {id(one): place for place, one in enumerate(plan.quotas)}
    return sorted(plan.quotas, key=lambda one: (-(one.bound_hours or 0.0), -_full(one), order[id(one)]))


def _full(one: QuotaUse) -> float:
    """The largest share of what may be held that is held in any slot."""
    shares = [used / units if units > 0 else float(used > 0) for used, units in zip(one.used, one.units, strict=False)]
    return max(shares, default=0.0)


def quotas_of(plan: PortfolioPlan) -> Table | None:
    """A line for each quota, the tightest first."""
    found = by_tightness(plan)
    if not found:
        return None
    numbers = ("Allowed", "Peak", "Held, mean", "Binds for", "One more GPU-hour", "One more GPU, all the time")
    rows = tuple(
        (
            Cell(quota_name(one)),
            Cell(_allowed(one)),
            Cell(gpus(one.peak), tone="warn" if _full(one) >= 1 else ""),
            Cell("nothing may be" if one.mean_share is None else share(one.mean_share)),
            Cell(_binds(one.bound_hours)),
            Cell(_worth(one.worth_per_gpu_hour_usd)),
            Cell(_worth(one.worth_per_gpu_usd)),
        )
        for one in found[:ROWS]
    )  # fmt: skip
    told = [
        RELAXED if any(one.worth_per_gpu_hour_usd is not None for one in found) else "",
        left_text(len(found), len(rows), "quotas are listed"),
    ]
    return Table("quotas", "Quotas", columns("Quota", *numbers, numbers=numbers), rows,
                 note=" ".join(filter(None, told)))  # fmt: skip


def quota_name(one: QuotaUse) -> str:
    """Its name in words."""
    return shorten(one.name, NAME) or "every GPU"


def _allowed(one: QuotaUse) -> str:
    low, high = gpus(min(one.units, default=0.0)), gpus(max(one.units, default=0.0))
    return low if low == high else f"{low} to {high}"


def _binds(hours: float | None) -> str:
    return "not computed" if hours is None else duration(hours) if hours else "never"


def _worth(value: float | None) -> str:
    return "not computed" if value is None else "nothing" if value < 0.005 else usd(value)


def quotas_sentence(plan: PortfolioPlan) -> str:
    """How many are full at times, and which holds most back."""
    if not plan.quotas:
        return ""
    found = by_tightness(plan)
    full = sum(_full(one) >= 1 for one in found)
    told = (
        f"{full:,} of {plural(len(found), 'quota')} {'is' if full == 1 else 'are'} full at some time"
        if full
        else "No quota is ever full"
    )
    first = found[0]
    binds = (
        f"; {quota_name(first)} binds for {duration(first.bound_hours)} in the relaxation" if first.bound_hours else ""
    )
    return f"{told}{binds}."


def steps_of(plan: PortfolioPlan) -> tuple[QuotaSteps, ...]:
    """The first quotas over time."""
    return tuple(
        QuotaSteps(quota_name(one), _sentence(one), _points(one, plan.proof.slot_hours))
        for one in by_tightness(plan)[:DRAWN]
        if one.used and one.units and max(*one.used, *one.units, 0.0) > 0
    )


def _sentence(one: QuotaUse) -> str:
    mean = f", {share(one.mean_share)} of what is allowed on average" if one.mean_share is not None else ""
    return f"At most {gpus(one.peak)} held, {_allowed(one)} allowed{mean}."


def _points(one: QuotaUse, slot_hours: float) -> tuple[tuple[float, float, float], ...]:
    """Where something changes, and the end; of too many slots stretches, each by its highest use."""
    pairs = list(zip(one.used, one.units, strict=False))
    each = -(-len(pairs) // STEPS)
    merged = [_highest(pairs[place : place + each]) for place in range(0, len(pairs), each)]
    found = [
        (round(place * each * slot_hours, 2), *pair)
        for place, pair in enumerate(merged)
        if not place or pair != merged[place - 1]
    ]
    return (*found, (round(len(pairs) * slot_hours, 2), *merged[-1]))


def _highest(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The slot that is fullest; of several the first."""
    return max(pairs, key=lambda pair: (pair[0] / pair[1] if pair[1] > 0 else float(pair[0] > 0), pair[0]))


def shadow_of(plan: PortfolioPlan) -> tuple[str, ...]:
    """What more of something would be worth, in the plan's sentences."""
    return tuple(shorten(text, LONGEST) for text in plan.shadow.sentences[:SENTENCES])


def binds_anywhere(plan: PortfolioPlan) -> bool:
    """Whether more of any budget or quota would be worth something, as far as that was computed."""
    found = [one.worth_per_usd for one in plan.budgets] + [one.worth_per_gpu_hour_usd for one in plan.quotas]
    return any(worth is not None and worth > 0 for worth in found)


def shadow_sentence(plan: PortfolioPlan) -> str:
    """What shadow prices are; empty where there is none."""
    if not plan.shadow.sentences:
        return ""
    label = shorten(plan.shadow.label, LONGEST).rstrip(".") or "from the linear relaxation, at the margin: no promise"
    left = left_text(len(plan.shadow.sentences), len(shadow_of(plan)), "are told")
    return f"Shadow prices: {label[:1].lower()}{label[1:]}. {left}".strip()
