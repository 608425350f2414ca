"""What levers do to decisions, in money, latency and quality."""

import math

import numpy as np

from planner.estimate.serving.levers import payback_months, return_on_investment
from planner.kinds.serving.describe import known
from planner.kinds.serving.levered import Pair, pairs_of
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.table import Table
from planner.outcome.serving_findings import LeverEffect
from planner.space.serving.levers import named
from planner.units import usd

MONTHS = 12
"""Over which a return on what was spent once is told."""


def lever_effects(problem: Problem, table: Table, ids: dict[int, str], decisions: dict[str, int]) -> list[LeverEffect]:
    """What each lever does to each decision: the same way with it and without it, both of the table.

    `ids` by row: all neighbours of decisions are listed.
    """
    return [
        _effect(problem, table, ids, decision, row, pair)
        for decision, row in decisions.items()
        for pair in pairs_of(problem, table, row)
    ]


def _effect(problem: Problem, table: Table, ids: dict[int, str], decision: str, row: int, pair: Pair) -> LeverEffect:
    ways, with_it, without = table.ways, pair.with_it, pair.without
    block = named(problem.scenario.levers).get(pair.lever)
    upfront = 0.0 if block is None else block.upfront
    saving = float(ways.cost_usd[without] - ways.cost_usd[with_it])
    payback, returned = math.nan, math.nan
    if upfront > 0:
        spent, saved = np.array(upfront), np.array(saving)
        payback = float(payback_months(spent, saved))
        returned = float(return_on_investment(spent, saved, MONTHS))
    payback = payback if math.isfinite(payback) else math.nan
    other = without if pair.with_it == row else with_it
    return LeverEffect(
        decision=decision,
        lever=pair.lever,
        with_id=ids[with_it],
        without_id=ids[without],
        pulled=with_it == row,
        saving_usd_per_month=known(saving),
        latency_change_s=known(float(ways.latency_s[with_it] - ways.latency_s[without])),
        quality_change=known(float(ways.quality[with_it] - ways.quality[without])),
        upfront_usd=upfront or None,
        payback_months=known(payback),
        roi_12_months=known(returned),
        text=_text(pair.lever, saving, upfront, payback) + _limits(table, other, pulled=with_it == row),
    )


def _text(lever: str, saving: float, upfront: float, payback: float) -> str:
    name = lever.replace("_", " ")
    if math.isnan(saving):
        return f"{name}: what it saves is unknown"
    told = f"{name} saves {usd(saving)} a month" if saving > 0 else f"{name} costs {usd(-saving)} more a month"
    if saving == 0:
        told = f"{name} saves nothing here"
    if upfront > 0:
        told += f", {usd(upfront)} once" + (
            f": paid back in {payback:.1f} months" if not math.isnan(payback) else ": never paid back"
        )
    return told


def _limits(table: Table, other: int, *, pulled: bool) -> str:
    """A neighbour that is not possible is said to be so."""
    if table.ways.feasible[other]:
        return ""
    return f"; {'without' if pulled else 'with'} it a limit or a target is missed"
