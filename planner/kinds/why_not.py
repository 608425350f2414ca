"""Why a configuration is not the plan's choice: the best of what is asked about, held against front and limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Catalog, Floats, Ints
from planner.estimate.joined import join
from planner.estimate.training import MARGIN, OUT_OF_MEMORY
from planner.kinds.asked import LONGEST, Meant, Outside, at_values, find_id, meant_by, read_question, refuse_name
from planner.kinds.describe import describe
from planner.kinds.evaluate import as_chunk, reason, shape_block
from planner.kinds.held_against import looked_at
from planner.kinds.limits import Limit
from planner.kinds.naming import offer_identity, recipe_identity
from planner.kinds.problem import Problem
from planner.outcome import Plan
from planner.outcome.why_not import Excess, Looked, Verdict, WhyNot
from planner.scenario.fine_tune import FineTune
from planner.space.identity import canonical, configuration_id
from planner.units import duration, gib, kilograms, share_text, usd

_HASH: Final = frozenset("0123456789abcdef")
_RECIPES_AT_ONCE: Final = 256
_UNITS: Final[Mapping[str, Callable[[float], str]]] = {
    "usd": usd,
    "hours": duration,
    "share": lambda v: share_text(v, 1),
    "points": lambda v: f"{v:g} points",
    "q": lambda v: f"q {v:.3f}",
    "kg": kilograms,
    "probability": lambda v: share_text(v, 1),
}


@dataclass(frozen=True, slots=True)
class _All:
    """Everything that is asked about, estimated: one entry per combination that rules leave."""

    row: Ints
    losses: Floats
    stop: Ints
    over_gib: Floats
    """Peak less what the card has."""
    broken: Mapping[str, np.ndarray]
    needed: Mapping[str, Floats]


def why_not(problem: Problem, scenario: FineTune, catalog: Catalog, plan: Plan, asked: str) -> WhyNot:
    """The answer to a question in words, or to an id of the plan or of the scenario's grid."""
    known = _on_plan(plan, asked)
    if known is not None:
        return known
    meant: Meant | Outside | None
    if _is_id(asked):
        meant = find_id(problem, asked)
        if meant is None:
            text = f"no combination of the scenario has an id that begins with {asked}"
            return WhyNot(asked=asked, matched=0, feasible=0, verdict="outside", text=text)
    else:
        if "=" not in asked and "," not in asked and len(asked) <= LONGEST:
            refuse_name(asked, list(plan.decisions))
        pattern = read_question(asked, catalog, problem)
        problem = at_values(problem, pattern)
        meant = meant_by(pattern, problem, scenario, catalog)
    if isinstance(meant, Outside):
        return _outside(asked, meant)
    everything = _estimated(problem, meant)
    if not len(everything.row):
        rules = problem.space.rules
        line = () if rules is None else (rules.turn_off,)
        return _outside(asked, Outside("include and exclude rules of the scenario cut it", line))
    return _answer(problem, plan, asked, everything)


def _is_id(asked: str) -> bool:
    return 4 <= len(asked) <= 12 and set(asked) <= _HASH


def _outside(asked: str, found: Outside) -> WhyNot:
    text = f"outside the scenario's space: {found.why}"
    return WhyNot(asked=asked, matched=0, feasible=0, verdict="outside", text=text, lets_in=list(found.lets_in))


def _on_plan(plan: Plan, asked: str) -> WhyNot | None:
    """The answer for an id or decision of the front itself."""
    id_ = plan.decisions.get(asked, asked)
    found = plan.configuration(id_) if asked in plan.decisions or _is_id(asked) else None
    if found is None:
        return None
    verdict: Verdict = "unknown" if any(c.id == found.id for c in plan.beside) else "dominated"
    looked = looked_at(plan, found, [], verdict)
    return WhyNot(
        asked=asked, matched=1, feasible=int(verdict != "unknown"), verdict=looked.verdict,
        text=f"{looked.id} {looked.text}: {looked.reason}", looked=[looked],
    )  # fmt: skip


def _estimated(problem: Problem, meant: Meant) -> _All:
    market, rules, n = problem.space.market, problem.space.rules, problem.offers
    offers = market.offers.take(meant.offers)
    shape = market.shape_of_offer[meant.offers]
    usable = problem.facts.gpu["usable_gib"][offers.gpu]
    found: list[_All] = []
    for start in range(0, len(meant.recipes), _RECIPES_AT_ONCE):
        rows = meant.recipes[start : start + _RECIPES_AT_ONCE]
        block = shape_block(problem, rows)
        joined = join(block.shaped.columns, offers, shape)
        chunk = as_chunk(problem, joined, block.quality.q[:, None], block.recipes.model[:, None], rows)
        kept = np.ones(joined.stop.size, bool)
        if rules is not None:
            r, o = np.divmod(np.arange(joined.stop.size), len(offers))
            kept = rules.keeps(block.recipes, r, meant.offers[o])
        row = (rows[:, None] * n + meant.offers[None]).ravel()
        found.append(
            _All(
                row[kept], chunk.losses[kept], chunk.stop[kept], (joined.memory_gib - usable).ravel()[kept],
                {name: hit[kept] for name, hit in chunk.broken.items()},
                {name: figure[kept] for name, figure in chunk.needed.items()},
            )
        )  # fmt: skip
    return _All(
        np.concatenate([part.row for part in found]),
        np.concatenate([part.losses for part in found]),
        np.concatenate([part.stop for part in found]),
        np.concatenate([part.over_gib for part in found]),
        {name: np.concatenate([part.broken[name] for part in found]) for name in found[0].broken},
        {name: np.concatenate([part.needed[name] for part in found]) for name in found[0].needed},
    )


def _answer(problem: Problem, plan: Plan, asked: str, e: _All) -> WhyNot:
    runs = e.stop == 0
    kept = runs.copy()
    for hit in e.broken.values():
        kept &= ~hit
    known = np.isfinite(e.losses).all(axis=1)
    feasible = kept & known
    stopped = _stopped(e, runs)
    looked: list[Looked]
    if feasible.any():
        looked = _best(problem, plan, e, np.flatnonzero(feasible))
    elif kept.any():
        at = int(np.flatnonzero(kept)[0])
        looked = [looked_at(plan, describe(problem, e.row[[at]])[0], [], "unknown")]
    elif runs.any():
        looked = [_over_limits(problem, plan, e, np.flatnonzero(runs))]
    else:
        looked = [_stops(problem, plan, e)]
    n, several = len(e.row), len(e.row) > 1
    lead = f"{n:,} combinations are meant, {int(feasible.sum()):,} of them feasible; " if several else ""
    told = "; ".join(f"{_by(x)}{x.id} {x.text}: {x.reason}" for x in looked)
    return WhyNot(
        asked=asked, matched=n, feasible=int(feasible.sum()), verdict=looked[0].verdict, text=lead + told,
        looked=looked, stopped=stopped,
    )  # fmt: skip


def _by(looked: Looked) -> str:
    return f"best by {' and '.join(looked.best_by)}: " if looked.best_by else ""


def _stopped(e: _All, runs: np.ndarray) -> dict[str, int]:
    """Counts by the first reason met."""
    counts: dict[str, int] = {}
    for code, n in zip(*np.unique(e.stop[~runs], return_counts=True), strict=True):
        counts[reason(int(code))] = int(n)
    left = runs.copy()
    for name, hit in e.broken.items():
        if n := int((left & hit).sum()):
            counts[name] = n
        left &= ~hit
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _best(problem: Problem, plan: Plan, e: _All, rows: Ints) -> list[Looked]:
    """The best of the feasible ones by each objective, each told once."""
    best: dict[int, list[str]] = {}
    for i, name in enumerate(problem.objectives):
        others = [e.losses[rows, j] for j in range(e.losses.shape[1]) if j != i]
        order = np.lexsort((*others[::-1], e.losses[rows, i]))
        best.setdefault(int(rows[order[0]]), []).append(name)
    found = []
    for k, names in best.items():
        c = describe(problem, e.row[[k]])[0]
        found.append(looked_at(plan, c, names if len(rows) > 1 else [], "dominated"))
    return found


def _over_limits(problem: Problem, plan: Plan, e: _All, rows: Ints) -> Looked:
    """The one that is over its limits by least in all, as shares of these."""
    total = np.zeros(len(rows))
    for limit in problem.limits:
        figure, hit = e.needed[limit.name][rows], e.broken[limit.name][rows]
        total += np.where(hit, np.abs(figure - limit.value) / max(abs(limit.value), 1e-9), 0.0)
    at = int(rows[int(np.argmin(np.nan_to_num(total, nan=np.inf)))])
    over = [_excess(limit, float(e.needed[limit.name][at])) for limit in problem.limits if e.broken[limit.name][at]]
    told = "; ".join(x.text for x in over)
    c = describe(problem, e.row[[at]])[0]
    return looked_at(plan, c, [], "limit", f"cut by {told}", over)


def _excess(limit: Limit, figure: float) -> Excess:
    words, gap = _UNITS[limit.unit], abs(figure - limit.value)
    sure = "" if limit.confidence is None else f" at {share_text(limit.confidence)} confidence"
    side = "over" if limit.upper else "under"
    text = f"{limit.name}: {words(figure)}{sure}, {words(gap)} {side} the limit of {words(limit.value)}"
    return Excess(name=limit.name, limit=limit.value, figure=figure, unit=limit.unit, text=text)


def _stops(problem: Problem, plan: Plan, e: _All) -> Looked:
    """The one that is nearest to running: short of least memory, or else the first."""
    short = np.flatnonzero(((e.stop == OUT_OF_MEMORY) | (e.stop == MARGIN)) & np.isfinite(e.over_gib))
    at = int(short[np.argmin(e.over_gib[short])]) if len(short) else 0
    told = f"cannot run: {reason(int(e.stop[at]))}"
    offers = problem.space.market.offers
    o = int(e.row[at] % problem.offers)
    card = problem.facts.catalog.gpus[int(offers.gpu[o])]
    if len(short):
        told += (
            f"; it takes {gib(e.over_gib[at] + card.usable_gib)} at least, "
            f"{gib(e.over_gib[at])} more than the {gib(card.usable_gib)} that a process can use of {card.id}"
        )
    if np.isfinite(e.over_gib[at]) and e.stop[at] != OUT_OF_MEMORY:
        try:
            return looked_at(plan, describe(problem, e.row[[at]])[0], [], "cannot_run", told)
        except (ValueError, OverflowError):  # nothing was even tried, so that there are no figures to describe
            pass
    recipe, offer = divmod(int(e.row[at]), problem.offers)
    return _bare(problem, recipe, offer, told, float(e.over_gib[at] + card.usable_gib))


def _bare(problem: Problem, recipe: int, offer: int, told: str, memory: float) -> Looked:
    """A configuration without figures, for want of an attempt that runs."""
    r, o = recipe_identity(problem, problem.space.recipes.take(np.array([recipe])), 0), offer_identity(problem, offer)
    tier, region = o["tier"].replace("_", " "), "" if o["region"] == "any" else f" {o['region']}"
    text = f"{r['method']['name']} {r['model']} on {o['count']}x {o['gpu']} ({o['provider']}{region}, {tier})"
    return Looked(
        id=configuration_id(canonical(r), canonical(o)), text=text, best_by=[], verdict="cannot_run", cost_usd=None,
        hours=None, quality=None, memory_gib=memory if np.isfinite(memory) else None, reason=told,
    )  # fmt: skip
