"""How the decisions scale with the number of GPUs: rows for the table, points for the charts, and the sentence."""

from planner.outcome import Plan, ScalingPoint
from planner.report.data.bars import Scale, ScalePoint
from planner.report.names import clean, shorten
from planner.report.sections.rows import roles_of
from planner.units import duration, gib, significant, usd


def scales_of(plan: Plan) -> tuple[Scale, ...]:
    """One scale per distinct job, under the decisions that are one of its points, in the order these are told."""
    jobs: dict[tuple[object, ...], dict[int, list[str]]] = {}
    points_of: dict[tuple[object, ...], list[ScalingPoint]] = {}
    tiers: dict[tuple[object, ...], str] = {}
    for id_, roles in roles_of(plan.decisions).items():
        points = sorted((p for p in plan.scaling if p.decision == roles[0]), key=lambda p: p.count)
        chosen = next((c for c in plan.front if c.id == id_), None)
        if points and chosen is not None:
            key: tuple[object, ...] = (
                chosen.offer.tier,
                *((p.gpu, p.provider, p.count, p.cost_usd, p.hours) for p in points),
            )
            points_of[key], tiers[key] = points, chosen.offer.tier.replace("_", " ")
            jobs.setdefault(key, {}).setdefault(chosen.hardware.count, []).extend(roles)
    found = []
    for key, named in jobs.items():
        points = points_of[key]
        what = f"{points[0].gpu}, {points[0].provider}, {tiers[key]}"
        names = [name for roles in named.values() for name in roles]
        found.append(Scale(", ".join(names), shorten(what), _points(points, named)))
    return tuple(found)


def _points(points: list[ScalingPoint], named: dict[int, list[str]]) -> tuple[ScalePoint, ...]:
    run = [p for p in points if p.hours is not None]
    first = run[0] if run else None
    return tuple(_point(p, first, ", ".join(named.get(p.count, ())), alone=len(run) < 2) for p in points)


def _point(p: ScalingPoint, first: ScalingPoint | None, names: str, *, alone: bool) -> ScalePoint:
    speed = first.hours / p.hours if first is not None and first.hours and p.hours and not alone else None
    more = p.count / first.count if first is not None else 1.0
    return ScalePoint(
        count=p.count,
        region="" if p.region in ("", "any") else shorten(p.region, 24),
        hours=duration(p.hours) if p.hours is not None else "",
        cost=usd(p.cost_usd) if p.cost_usd is not None or p.hours is not None else "",
        memory=gib(p.memory_gib) if p.memory_gib is not None else "",
        speed=f"{significant(speed, 2)} ×" if speed is not None else "",
        share=f"{100 * speed / more:.0f} %" if speed is not None else "",
        remark=names or clean(p.reason),
        own=bool(names),
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
    name = scale.name.partition(", ")[0]
    cards = f"{high.count / low.count:g}"
    return (
        f"The {name} job ({scale.what}) takes {low.hours} on {_gpus(low.count)} and {high.hours} on "
        f"{_gpus(high.count)}: {high.speed.removesuffix(' ×')} times as fast on {cards} times the "
        f"cards ({high.share} of ideal), for {high.cost} instead of {low.cost}{_but(high)}."
    )


def _but(p: ScalePoint) -> str:
    return "" if p.feasible else f"; {_gpus(p.count)} would not be feasible ({p.remark})"


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
