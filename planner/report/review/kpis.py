"""The section `kpis`: what a unit costs, against its target, and the efficiency score with its formula."""

from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.kpis import Efficiency, UnitCost
from planner.report.data.review_parts import Cell, ReviewSection, Table, Tone
from planner.report.names import listed, plural, shorten
from planner.report.review.words import (
    PER,
    alike,
    cell,
    change_text,
    columns,
    count,
    named,
    per_unit,
    row,
    said,
    trend_note,
    trend_text,
)
from planner.units import significant, usd

STANDS: Final[dict[str, tuple[str, Tone]]] = {
    "over": ("above the warning level", "bad"), "warning": ("above the target", "warn"), "ok": ("on target", "good"),
    "no_target": ("no target", ""), "unknown": ("unknown", ""),
}  # fmt: skip


def unit_of(per: str) -> str:
    """`1k_tokens` as `1,000 tokens`."""
    return PER.get(per, named(per))


def kpi_section(review: Review) -> ReviewSection:
    """Unit costs, and the score."""
    tables = [_costs(review)] if review.unit_costs else []
    if review.efficiency.parts:
        tables.append(_parts(review.efficiency))
    known = bool(review.unit_costs) or review.efficiency.score is not None
    return ReviewSection("kpis", "Unit costs and efficiency", kpi_sentence(review), says=known, tables=tuple(tables))


def kpi_sentence(review: Review) -> str:
    """Which unit costs miss their targets, and the score."""
    missed = [one for one in review.unit_costs if one.status in ("over", "warning")]
    told = [f"{named(one.name)} at {per_unit(one.unit_cost_usd)} a {unit_of(one.per)}" for one in missed[:3]]
    more = f" and {len(missed) - 3:,} more" if len(missed) > 3 else ""
    if missed:
        sentence = (
            f"{len(missed):,} of {plural(len(review.unit_costs), 'unit cost')} {'is' if len(missed) == 1 else 'are'} "
            f"above target: {listed(told)}{more}."
        )
    elif review.unit_costs:
        targets = [one for one in review.unit_costs if one.target_usd is not None and one.unit_cost_usd is not None]
        sentence = "No unit cost is above its target." if targets else "No unit cost with a target is known."
    else:
        sentence = "The scenario names no unit cost."
    return f"{sentence} {score_sentence(review.efficiency)}"


def score_sentence(efficiency: Efficiency) -> str:
    """The score, or that there is none."""
    if efficiency.score is None:
        return "The efficiency score is unknown: nothing tells any of its parts."
    return f"The efficiency score is {significant(efficiency.score, 2)} of 1."


def _costs(review: Review) -> Table:
    numbers = ("A unit costs", "Month before", "Change", "Target", "Trend")
    return Table(
        "unit-costs", "Unit costs", columns("Unit cost", *numbers, "Stands", numbers=numbers),
        tuple(_cost(one) for one in review.unit_costs),
        note="A trend is told where Mann-Kendall's test finds one at p < 0.05; its slope is Sen's, as a share of the "
             "median week.",
    )  # fmt: skip


def _cost(one: UnitCost) -> tuple[Cell, ...]:
    words, tone = STANDS[one.status]
    where = shorten(one.where, 80)
    basis = f"{usd(one.cost_usd)} for {count(one.units)}" if one.units is not None else ""
    now, before, target, warn_usd = alike(one.unit_cost_usd, one.before_usd, one.target_usd, one.warn_usd)
    warn = f"warning from {warn_usd}" if one.warn_usd is not None else ""
    return (
        cell(named(one.name), f"per {unit_of(one.per)}{f', {where}' if where else ''}"),
        cell(now, basis), cell(before),
        cell(change_text(one.unit_cost_usd, one.before_usd)),
        cell("none" if one.target_usd is None else target, warn),
        cell(trend_text(one.trend) or "unknown", trend_note(one.trend)), Cell(words, said(one.note), tone),
    )  # fmt: skip


def _parts(efficiency: Efficiency) -> Table:
    rows = tuple(
        (cell(named(p.name), said(p.text)), *row("unknown" if p.value is None else significant(p.value, 2),
                                                   f"{p.weight:g}"))
        for p in efficiency.parts
    )  # fmt: skip
    return Table(
        "efficiency", "What the score is made of", columns("Part", "Value, 0 to 1", "Weight",
                                                          numbers=("Value, 0 to 1", "Weight")), rows,
        note=f"Formula: {said(efficiency.formula)}. A part that nothing tells is left out.",
    )  # fmt: skip
