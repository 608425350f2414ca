"""One score of how well money is used, and its parts."""

import math
from collections.abc import Sequence
from typing import Final

from planner.outcome.review.kpis import Efficiency, EfficiencyPart, UnitCost
from planner.spend.months import Month
from planner.spend.spans import Span, span_of
from planner.spend.store import Store
from planner.spend.sums import total

WEIGHTS: Final = {"gpu_busy": 0.35, "commitments": 0.2, "runs": 0.2, "unit_costs": 0.15, "attributed": 0.1}
"""Part → its weight. They are a convention of this tool, printed with the score: idle cards are most of what is lost,
commitments and failed runs come next, and what nobody owns nobody saves."""


def efficiency_of(store: Store, month: Month, unit_costs: Sequence[UnitCost] = ()) -> Efficiency:
    """The score of the month: product of part ^ (weight / sum of weights), over the parts that are known.

    A weighted geometric mean lets no part make up for another that is near zero (as in the Human Development Index
    since 2010: UNDP, HDR Technical notes, step 2). Parts that nothing tells are left out, and the formula says so.
    """
    span = span_of(store, month)
    of_tables = [part(store, span) for part in (_busy, _commitments, _runs, _attributed)]
    parts = [*of_tables, _targets(unit_costs)]
    known = [(part, part.value) for part in parts if part.value is not None]
    left_out = ", ".join(part.name for part in parts if part.value is None)
    without = f"; unknown and left out: {left_out}" if left_out else ""
    if not known:
        return Efficiency(score=None, formula=f"nothing is known{without}", parts=parts)
    weights = sum(part.weight for part, _ in known)
    terms = " x ".join(f"{part.name} {value:.3f}^{part.weight / weights:.3f}" for part, value in known)
    score = math.prod(value ** (part.weight / weights) for part, value in known)
    return Efficiency(score=score, formula=f"{terms} = {score:.3f}{without}", parts=parts)


def _part(name: str, value: float | None, told: str, unknown: str) -> EfficiencyPart:
    value = None if value is None or not math.isfinite(value) else min(1.0, max(0.0, value))
    return EfficiencyPart(name=name, value=value, weight=WEIGHTS[name], text=unknown if value is None else told)


def _share(part: float | None, rest: float | None) -> float | None:
    """Part / (part + rest); None where there is neither."""
    whole = (part or 0.0) + (rest or 0.0)
    return (part or 0.0) / whole if whole > 0 else None


def _busy(store: Store, span: Span) -> EfficiencyPart:
    ((busy, hours),) = store.rows(
        f"""SELECT {total("busy * gpus * minutes")} / {total("gpus * minutes")}, {total("gpus * minutes")} / 60
           FROM gpu_samples
           WHERE hour >= ? AND hour < ? AND busy IS NOT NULL AND gpus * minutes > 0""",
        span.hours(store.time_zone),
    )
    told = f"of {hours or 0:,.0f} sampled GPU-hours, share in which a kernel was running"
    return _part("gpu_busy", busy, told, "no samples of GPUs in the month")


def _commitments(store: Store, span: Span) -> EfficiencyPart:
    ((used, unused),) = store.rows(
        """SELECT sum(effective_usd) FILTER (WHERE lower(commitment_status) = 'used')::DOUBLE,
                  sum(effective_usd) FILTER (WHERE lower(commitment_status) = 'unused')::DOUBLE
           FROM allocated WHERE day >= ? AND day < ?""",
        [span.first, span.end],
    )
    told = f"effective cost of commitments that was used; ${unused or 0:,.2f} were not"
    return _part("commitments", _share(used, unused), told, "no charge says whether a commitment was used")


def _runs(store: Store, span: Span) -> EfficiencyPart:
    ((kept, failed, silent),) = store.rows(
        f"""SELECT {total("cost_usd", "status <> 'failed'")}, {total("cost_usd", "status = 'failed'")},
                  count(*) FILTER (WHERE cost_usd IS NULL)
           FROM runs WHERE day >= ? AND day < ?""",
        [span.first, span.end],
    )
    told = f"cost of runs that did not fail; ${failed or 0:,.2f} went to those that did"
    if silent:
        told += f"; {silent} runs of unknown cost do not count"
    return _part("runs", _share(kept, failed), told, "no run of the month with a known cost")


def _targets(unit_costs: Sequence[UnitCost]) -> EfficiencyPart:
    """The mean over unit costs of target / cost, at most 1 each."""
    pairs = [(kpi.target_usd, kpi.unit_cost_usd) for kpi in unit_costs]
    reached = [1.0 if cost <= target else target / cost for target, cost in pairs
               if target is not None and cost is not None]  # fmt: skip
    told = f"mean of target over cost, at most 1 each, of {len(reached)} unit costs"
    return _part("unit_costs", sum(reached) / len(reached) if reached else None, told, "no unit cost with a target")


def _attributed(store: Store, span: Span) -> EfficiencyPart:
    ((owned, nobodys),) = store.rows(
        """SELECT sum(effective_usd) FILTER (WHERE team <> '')::DOUBLE,
                  sum(effective_usd) FILTER (WHERE team = '')::DOUBLE
           FROM allocated WHERE day >= ? AND day < ?""",
        [span.first, span.end],
    )
    told = f"effective cost that a team owns; ${nobodys or 0:,.2f} nobody does"
    return _part("attributed", _share(owned, nobodys), told, "no charge in the month")
