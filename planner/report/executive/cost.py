"""The cost of one configuration as a small stacked bar and a table, in USD and in the scenario's own currency."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan
from planner.report.charts.theme import SERIES
from planner.report.data.executive import CostLine, CostOverview, Segment
from planner.report.names import capital, clean, listed, shorten
from planner.report.sections.bars import COST_TERMS, price
from planner.report.sections.rows import band_text
from planner.units import money, share_text, significant, usd

_MANAGED: Final = {"training": "training", "storage": "storage", "reruns": "re-runs"}
_CENT: Final = 0.005
"""A sum below it prints as nothing, and is not nothing."""
_DEFAULTED: Final = "partial: "


def cost_overview(c: Configuration, plan: Plan) -> CostOverview:
    """Where the cost of a configuration goes, and what comes on top of it."""
    parts = {label: getattr(c.cost_parts, name) for name, label in COST_TERMS.items()}
    return _overview(plan, parts, c.cost_usd, (c.cost_usd_lo, c.cost_usd_hi), on_top(c, plan), _notes(c))


def service_overview(job: ManagedJob, plan: Plan) -> CostOverview:
    """The same of a job at a managed service."""
    parts = {label: getattr(job.cost_parts, name) for name, label in _MANAGED.items()}
    least = ["the sum is a lower bound: a minimum or a fee is not known"] if job.cost_usd_at_least else []
    told = _overview(plan, parts, job.cost_usd, (job.cost_usd_lo, job.cost_usd_hi), on_top(job, plan), least)
    if not job.cost_usd_at_least or told.total is None:
        return told
    return replace(
        told, total=_at_least(told.total), in_all=None if told.in_all is None else _at_least(told.in_all)
    )  # fmt: skip


def on_top(chosen: Configuration | ManagedJob, plan: Plan) -> dict[str, float]:
    """What comes on top of the cost, in USD, as far as it is known: labour, management and tax, of a service tax."""
    parts = chosen.cost_parts
    found = {name: getattr(parts, name, None) for name in ("labour", "management")}
    found[shorten(plan.tax_name, 40) or "tax"] = parts.tax
    return {name: value for name, value in found.items() if value is not None}


def _overview(
    plan: Plan, parts: Mapping[str, float | None], total: float | None, band: tuple[float | None, float | None],
    extras: Mapping[str, float], notes: list[str],
) -> CostOverview:  # fmt: skip
    known = {name: value for name, value in parts.items() if value is not None}
    whole, start, lines = sum(known.values()), 0.0, []
    for name, value in parts.items():
        share = 100 * value / whole if value is not None and whole > 0 else None
        bar = Segment(round(start, 2), round(share, 2)) if share else None
        lines.append(CostLine(name, price(value), _own(value, plan), _share(share), bar, SERIES[name] if bar else ""))
        start += share or 0.0
    currency, low, high = plan.currency, *band
    if currency is not None:
        rate = significant(currency.usd_per_unit, 5)
        notes = [*notes, f"1 {clean(currency.code)} = {rate} USD on {clean(currency.as_of)}"]
    return CostOverview(
        sentence=_sentence(known, whole),
        currency=clean(currency.code) if currency is not None else "",
        parts=tuple(lines),
        total=CostLine("Cost", usd(total), _own(total, plan), ""),
        band=band_text(usd(low), usd(high)) if low is not None and high is not None and low != high else "",
        extras=tuple(CostLine(name, price(value), _own(value, plan), "on top") for name, value in extras.items()),
        in_all=_line("In all", total + sum(extras.values()), plan) if extras and total is not None else None,
        notes=tuple(f"{capital(note)}." for note in notes),
    )


def _at_least(line: CostLine) -> CostLine:
    """A sum as the lower bound that it is, where it is known at all."""
    return line if line.usd == "unknown" else replace(
        line, usd=f"at least {line.usd}", own=line.own and f"at least {line.own}"
    )  # fmt: skip


def _line(name: str, value: float, plan: Plan) -> CostLine:
    return CostLine(name, usd(value), _own(value, plan), "")


def _sentence(known: Mapping[str, float], whole: float) -> str:
    """What the bar shows: the largest part, and the others that count."""
    if whole <= 0:
        return ""
    first, *rest = sorted(known, key=lambda name: -known[name])
    told = [f"{name} {share_text(known[name] / whole)}" for name in rest if known[name] / whole >= 0.01]
    others = f", {listed(told)}" if told else ""
    return f"{capital(first)} makes up {share_text(known[first] / whole)} of the cost{others}."


def _share(share: float | None) -> str:
    return "" if not share else f"{share:.0f} %" if share >= 1 else "< 1 %"


def _own(value_usd: float | None, plan: Plan) -> str:
    c = plan.currency
    if c is None or value_usd is None:
        return ""
    value, code = value_usd / c.usd_per_unit, clean(c.code)
    return f"under {money(0.01, code)}" if 0.0 < value < _CENT else money(value, code)


def _notes(c: Configuration) -> list[str]:
    """What re-runs are, and what of the cost is a default."""
    share, label = c.train.get("expected_reruns"), c.cost_usd_label
    found = [clean(label.removeprefix(_DEFAULTED))] if label.startswith(_DEFAULTED) else []
    if c.cost_parts.reruns and isinstance(share, int | float):
        found.insert(0, f"re-runs are the {share_text(share)} of a run expected for mistakes and crashes")
    return found
