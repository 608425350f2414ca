"""How the decisions scale with the number of GPUs: rows for the table, points for the charts, and the sentence."""

from planner.outcome import Plan, ScalingPoint
from planner.report.data import Scale, ScalePoint
from planner.report.names import clean, shorten
from planner.report.rows import roles_of
from planner.units import duration, gib, significant, usd


def scales_of(plan: Plan) -> tuple[Scale, ...]:
    """One scale per distinct decision, in the order in which decisions are told."""
    found = []
    for id_, roles in roles_of(plan.decisions).items():
        points = [point for point in plan.scaling if point.decision == roles[0]]
        chosen = next((c for c in plan.front if c.id == id_), None)
        if points and chosen is not None:
            what = f"{points[0].gpu}, {points[0].provider}, {chosen.offer.tier.replace('_', ' ')}"
            found.append(Scale(", ".join(roles), shorten(what), _points(points, chosen.hardware.count)))
    return tuple(found)


def _points(points: list[ScalingPoint], own: int) -> tuple[ScalePoint, ...]:
    first = next((p for p in points if p.hours is not None), None)
    return tuple(_point(p, first, own) for p in sorted(points, key=lambda p: p.count))


def _point(p: ScalingPoint, first: ScalingPoint | None, own: int) -> ScalePoint:
    speed = first.hours / p.hours if first is not None and first.hours and p.hours else None
    more = p.count / first.count if first is not None else 1.0
    return ScalePoint(
        count=p.count,
        region="" if p.region in ("", "any") else shorten(p.region, 24),
        hours=duration(p.hours) if p.hours is not None else "",
        cost=usd(p.cost_usd) if p.cost_usd is not None or p.hours is not None else "",
        memory=gib(p.memory_gib) if p.memory_gib is not None else "",
        speed=f"{significant(speed, 2)} ×" if speed is not None else "",
        share=f"{100 * speed / more:.0f} %" if speed is not None else "",
        remark="chosen" if p.count == own else clean(p.reason),
        own=p.count == own,
        feasible=p.feasible,
        hours_value=p.hours,
        cost_value=p.cost_usd,
        hours_ideal=None if first is None or first.hours is None else first.hours / more,
        cost_ideal=None if first is None else first.cost_usd,
    )


def scaling_sentence(scales: tuple[Scale, ...]) -> str:
    """What more GPUs buy the first decision that could have them."""
    if not scales:
        return ""
    for scale in scales:
        run = [p for p in scale.counts if p.hours_value and p.cost_value is not None]
        if len(run) > 1:
            return f"{_told(scale, run[0], run[-1])}{_cheapest(run)}{_more_than_ideal(scales)}"
    return "No provider of a decision offers the same card in another number that could run the job."


def _told(scale: Scale, low: ScalePoint, high: ScalePoint) -> str:
    cards = f"{high.count / low.count:g}"
    return (
        f"The {scale.name} job ({scale.what}) takes {low.hours} on {_gpus(low.count)} and {high.hours} on "
        f"{_gpus(high.count)}: {high.speed.removesuffix(' ×')} times as fast on {cards} times the "
        f"cards ({high.share} of ideal), for {high.cost} instead of {low.cost}."
    )


def _cheapest(run: list[ScalePoint]) -> str:
    able = [p for p in run if p.feasible] or run
    best = min(able, key=lambda p: p.cost_value or 0.0)
    return f" It is cheapest on {_gpus(best.count)}, at {best.cost}." if best not in (run[0], run[-1]) else ""


def _more_than_ideal(scales: tuple[Scale, ...]) -> str:
    better = any(
        p.hours_value and p.hours_ideal and p.hours_value < 0.98 * p.hours_ideal
        for scale in scales
        for p in scale.counts
    )
    return " Where a point beats ideal, more cards hold a larger micro-batch or recompute less." if better else ""


def _gpus(count: int) -> str:
    return "1 GPU" if count == 1 else f"{count} GPUs"
