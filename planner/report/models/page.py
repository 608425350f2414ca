"""Plan → quality against cost across its models: what each promises, what that costs, and how it runs."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan
from planner.report.data.models import Cell, Models, ModelTrust
from planner.report.data.models import ModelRow as Printed
from planner.report.models.marks import chart_rule, chart_text, dots_of, drawn_of, marks_of
from planner.report.models.text import details_of, figures_of, lead_of
from planner.report.names import clean, listed, plural, shorten
from planner.report.sections.rows import (
    band_text,
    machine_text,
    method_text,
    offer_text,
    quality_text,
    roles_of,
    settings_text,
    untuned_q,
)
from planner.units import duration, gib, significant, usd

PAPER_ROWS: Final = 60
NEAR_Q: Final = 0.01
"""Difference in q that is not worth money: the least that advice lists."""
_CENTS: Final = 0.1
"""USD below which whole cents say too little."""
LEAST_GAIN: Final = 1e-4
"""Gain of q below which a price of it would mean nothing."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What a plan knows of one model."""

    model: str
    front: tuple[Configuration, ...]
    others: tuple[Configuration, ...]
    """Beside the front, or near a decision; looked at only where the front holds none."""
    jobs: tuple[ManagedJob, ...]

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        """The front's, or else the others."""
        return self.front or self.others

    @property
    def best(self) -> Configuration | None:
        """The cheapest within `NEAR_Q` of the highest expected quality; None where no quality is known."""
        known = [(c.quality, c) for c in self.configurations if c.quality is not None]
        highest = max((q for q, _ in known), default=0.0)
        near = [c for q, c in known if q >= highest - NEAR_Q]
        return min(near, key=lambda c: (_up(c.cost_usd), -(c.quality or 0.0), c.id), default=None)


def model_performance(plan: Plan) -> Models:
    """Every model that the plan holds, with its best configurations; empty for a plan without any."""
    pools = _pools(plan)
    if not pools:
        return Models()
    roles = roles_of(plan.decisions)
    places = _places(plan)
    rows = tuple(row for pool in pools for row in _rows(pool, roles, places))
    paper, rule = _paper(rows)
    known = marks_of([(shorten(pool.model, 40), c) for pool in pools if (c := pool.best) is not None])
    marks = drawn_of(known)
    dots = dots_of([c for pool in pools for c in pool.front], {mark.id for mark in marks})
    return Models(
        lead=lead_of(rows, known),
        details=details_of(plan, rows, known),
        figures=figures_of(rows),
        rows=rows,
        on_paper=paper,
        paper_rule=rule,
        trust=tuple(_trust(pools)),
        marks=marks,
        dots=dots,
        chart=chart_text(known),
        chart_rule=chart_rule(marks, dots, len(known), len(pools)),
    )


def _pools(plan: Plan) -> list[Pool]:
    """The models, the highest expected quality first, unknown last."""
    jobs = plan.managed.jobs if plan.managed is not None else []
    others = list({c.id: c for c in (*plan.alternatives.configurations, *plan.beside)}.values())
    names = dict.fromkeys([*(c.model for c in (*plan.front, *others)), *(job.model for job in jobs)])
    pools = [
        Pool(
            name,
            tuple(c for c in plan.front if c.model == name),
            tuple(c for c in others if c.model == name),
            tuple(job for job in jobs if job.model == name),
        )
        for name in names
    ]
    return sorted(pools, key=_order)


def _order(pool: Pool) -> tuple[float, float, str]:
    best = pool.best
    if best is not None:
        return -(best.quality or 0.0), _up(best.cost_usd), pool.model
    told = [job.quality for job in pool.jobs if job.quality is not None]
    return (-max(told), math.inf, pool.model) if told else (math.inf, math.inf, pool.model)


def _places(plan: Plan) -> dict[str, str]:
    """Id → where in the plan a configuration stands."""
    near = {c.id: "near a decision" for c in plan.alternatives.configurations}
    beside = {c.id: "beside the front" for c in plan.beside}
    return near | beside | {c.id: "front" for c in plan.front}


def _rows(pool: Pool, roles: dict[str, tuple[str, ...]], places: dict[str, str]) -> list[Printed]:
    picked: dict[str, list[str]] = {}
    found = pool.configurations
    for name, c in (
        ("cheapest", _least(found, lambda c: c.cost_usd)),
        ("fastest", _least(found, lambda c: c.hours)),
        ("best", pool.best),
    ):
        if c is not None:
            picked.setdefault(c.id, []).append(name)
    shown = [c for c in found if c.id in picked or c.id in roles] or list(found[:1])
    rows = [
        _row(c, places[c.id], roles.get(c.id, ()), ", ".join(picked.get(c.id, ())))
        for c in sorted(shown, key=lambda c: (_up(c.cost_usd), _up(c.hours), c.id))
    ]
    job = min(pool.jobs, key=lambda job: (_up(job.cost_usd), job.id), default=None)
    return rows if job is None else [*rows, _managed(job, found[0] if found else None)]


def _least(found: Sequence[Configuration], figure: Callable[[Configuration], float | None]) -> Configuration | None:
    known = [c for c in found if figure(c) is not None]
    return min(known, key=lambda c: (_up(figure(c)), _up(c.cost_usd), c.id), default=None)


def _row(c: Configuration, where: str, roles: tuple[str, ...], picked: str) -> Printed:
    m, w = c.memory_gib, c.work
    gpus = c.hardware.count * c.hardware.nodes
    gain = _gain(c.quality, untuned_q(c))
    speed = w.tokens_per_s_per_gpu * gpus
    return Printed(
        id=clean(c.id),
        model=shorten(c.model, 40),
        where=where,
        roles=roles,
        picked=picked,
        method=method_text(c.method),
        settings=settings_text(c),
        machine=f"{machine_text(c)}, {offer_text(c)}, {c.offer.tier.replace('_', ' ')}",
        base=_base(c),
        quality=_quality(c.quality, c.quality_lo, c.quality_hi, c.quality_label),
        gain=_gained(gain),
        cost=Cell(usd(c.cost_usd), _band(c.cost_usd_lo, c.cost_usd_hi, usd), c.cost_usd),
        gain_cost=_gain_cost(gain, c.cost_usd),
        hours=Cell(duration(c.hours), _band(c.hours_lo, c.hours_hi, duration), c.hours),
        speed=Cell(_rate(speed), f"{_rate(w.tokens_per_s_per_gpu)} per GPU" if gpus > 1 else "", speed),
        memory=Cell(gib(m.total), f"of {gib(m.usable)}", m.total),
        filled=Cell(f"{100 * m.total / m.usable:.0f} %" if m.usable > 0 else "unknown", "",
                    m.total / m.usable if m.usable > 0 else None),
    )  # fmt: skip


def _managed(job: ManagedJob, sibling: Configuration | None) -> Printed:
    """A job at a service, which tells neither time, nor speed, nor machine; where tuning starts its `sibling` says."""
    gain = _gain(job.quality, None if sibling is None else untuned_q(sibling))
    untold = Cell("not told")
    blank = untold if sibling is None and job.quality is not None else Cell("unknown")
    each = _gain_cost(gain, job.cost_usd)
    least = "at least " if job.cost_usd_at_least and job.cost_usd is not None else ""
    return Printed(
        id="",
        model=shorten(job.model, 40),
        where="managed service",
        roles=(),
        picked="",
        method=method_text(job.method),
        settings="",
        machine=shorten(job.provider, 40),
        base=blank if sibling is None else _base(sibling),
        quality=_quality(job.quality, job.quality_lo, job.quality_hi, job.quality_label),
        gain=blank if gain is None else _gained(gain),
        cost=Cell(f"{least}{usd(job.cost_usd)}", _band(job.cost_usd_lo, job.cost_usd_hi, usd), job.cost_usd),
        gain_cost=blank
        if gain is None
        else replace(each, text=f"{least}{each.text}")
        if each.value is not None
        else each,
        hours=untold,
        speed=untold,
        memory=untold,
        filled=untold,
    )


def _base(c: Configuration) -> Cell:
    points, start = c.quality_parts.get("points"), untuned_q(c)
    if points is None:
        return Cell("unknown", "" if start is None else f"q {quality_text(start)}, regressed")
    return Cell(f"{points:.1f}", "" if start is None else f"q {quality_text(start)}", points)


def _quality(value: float | None, low: float | None, high: float | None, label: str) -> Cell:
    if value is None:
        return Cell("unknown")
    return Cell(quality_text(value), ", ".join(filter(None, [_band(low, high, quality_text), _word(label)])), value)


def _word(label: str) -> str:
    """The first word of a label: prior, calibrated, extrapolated."""
    return clean(label).split(";")[0].split(":")[0].split(" ")[0]


def _gain(quality: float | None, start: float | None) -> float | None:
    return None if quality is None or start is None else quality - start


def _gained(gain: float | None) -> Cell:
    if gain is None:
        return Cell("unknown")
    return Cell(f"{'+' if gain > 0 else ''}{gain:.2f}", "", gain)


def _gain_cost(gain: float | None, cost: float | None) -> Cell:
    if gain is None or cost is None:
        return Cell("unknown")
    if gain < LEAST_GAIN:
        return Cell("no gain")
    each = cost / (100 * gain)
    told = usd(each) if each >= _CENTS else f"${significant(each, 2)}"
    return Cell(told, f"+{significant(gain / cost, 2)} per $1" if cost > 0 else "", each)


def _rate(value: float) -> str:
    """Three significant digits: `157,000`."""
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 100 else significant(value, 3)


def _band(low: float | None, high: float | None, say: Callable[[float | None], str]) -> str:
    return "" if low is None or high is None or low == high else band_text(say(low), say(high))


def _trust(pools: Sequence[Pool]) -> Iterable[ModelTrust]:
    """Models by what their expected quality rests on; those of one label together."""
    by_label: dict[str, list[str]] = {}
    for pool in pools:
        label = next((c.quality_label for c in pool.configurations), next((j.quality_label for j in pool.jobs), ""))
        by_label.setdefault(clean(label) or "unknown", []).append(shorten(pool.model, 40))
    for label, names in by_label.items():
        yield ModelTrust(listed(names), label)


def _paper(rows: tuple[Printed, ...]) -> tuple[tuple[Printed, ...], str]:
    """What fits on paper: all, or of every model the decisions and its best; at most `PAPER_ROWS`."""
    if len(rows) <= PAPER_ROWS:
        return rows, ""
    best = [row for row in rows if row.roles or "best" in row.picked.split(", ")][:PAPER_ROWS]
    return tuple(best), (
        f"On paper stand {len(best)} of {plural(len(rows), 'row')}: the decisions, and each model's best, "
        "highest expected quality first. The HTML report and report.json have them all."
    )


def _up(value: float | None) -> float:
    """Unknown sorts last."""
    return math.inf if value is None else value
