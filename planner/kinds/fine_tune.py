"""The kind `FineTune`: what it expands, which estimates it asks for, and how the answer becomes a plan."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from planner.catalog.architecture import build_architectures
from planner.catalog.rows import Catalog, Floats, Ints
from planner.choose.decide import Decision, Points, beats, decide
from planner.choose.exact import Chunk, Found, search
from planner.estimate import bands
from planner.estimate.baseline import build_baseline, choose_benchmark
from planner.estimate.eligibility import build_eligibility
from planner.estimate.lengths import Lengths
from planner.estimate.pairs import build_facts
from planner.kinds.assumptions import assumptions, sources
from planner.kinds.describe import describe
from planner.kinds.evaluate import Problem, chunks, evaluate, reason
from planner.kinds.limits import scenario_limits
from planner.outcome import (
    CatalogReference, Configuration, Constraint, DecisionNote, Metadata, Pairing, Plan, PlannerReference, Reference,
    Relaxation, Search,
)  # fmt: skip
from planner.scenario.blocks import TokensPerSample
from planner.scenario.fine_tune import FineTune
from planner.space.offers import FILTERS
from planner.space.resolve import Space
from planner.units import duration, significant, usd

Progress = Callable[[int, int], None]
"""Called with combinations done and in all."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the plan must say about where it comes from; read at the edge, never here."""

    path: str
    digest: str
    version: str


def build_problem(scenario: FineTune, space: Space, catalog: Catalog) -> Problem:
    """Everything that does not depend on the chunk."""
    tokens = scenario.dataset.tokens_per_sample
    lengths = (
        Lengths.from_numbers(tokens.mean, tokens.p95)
        if isinstance(tokens, TokensPerSample)
        else Lengths.from_numbers(tokens, None)
    )
    benchmark = space.benchmark or choose_benchmark(catalog, space.task, space.recipes.models)
    return Problem(
        space=space,
        facts=build_facts(catalog, build_architectures(catalog.models), build_eligibility(catalog)),
        lengths=lengths,
        baseline=build_baseline(catalog, space.task, benchmark, allow_prior=scenario.quality.allow_prior),
        limits=scenario_limits(scenario),
        margin=scenario.constraints.memory_margin,
        objectives=tuple(scenario.objectives),
    )


def plan_fine_tune(
    scenario: FineTune, space: Space, catalog: Catalog, origin: Origin, warnings: list[str], progress: Progress | None
) -> Plan:
    """The exact front of a scenario, its decisions, and everything that explains them."""
    problem = build_problem(scenario, space, catalog)
    found = search(_walk(problem, progress), len(problem.objectives), {limit.name: limit.upper for limit in problem.limits})
    front = found.front[np.lexsort(found.front_losses.T[::-1])] if len(found.front) else found.front
    configurations = describe(problem, front)
    beside = describe(problem, _shortest(found.beside))
    points = _points(problem, front) if len(front) else None
    chosen = decide(points, scenario.objectives) if points is not None else []
    return Plan(
        api_version="planner/v1",
        kind="FineTune",
        metadata=Metadata(**scenario.metadata.model_dump()),
        scenario=Reference(path=origin.path, digest=origin.digest),
        catalog=CatalogReference(as_of=catalog.as_of, digest=catalog.digest),
        planner=PlannerReference(version=origin.version),
        search=Search(strategy="exact", covered=found.covered, evaluated=found.covered, pruned=0),
        objectives=list(scenario.objectives),
        front=configurations,
        beside=beside,
        decisions={d.name: configurations[d.point].id for d in chosen},
        decision_notes={d.name: _note(d, points, configurations) for d in chosen} if points is not None else {},
        pairings=_pairings(chosen, points, configurations, scenario.objectives) if points is not None else [],
        feasible=found.feasible,
        infeasible=_infeasible(found),
        constraints=[
            Constraint(
                name=limit.name, limit=limit.value, unit=limit.unit, text=limit.text, cuts=found.cuts[limit.name],
                cuts_alone=found.cuts_alone[limit.name],
            )
            for limit in problem.limits
        ],
        removed_offers={FILTERS[name]: n for name, n in space.market.removed.items()} | space.removed_models
        | {f"no spot price known: {name}": n for name, n in space.market.unpriced_spot.items()},
        inactive_axes=inactive_axes(problem),
        relaxations=[] if found.feasible else _relaxations(problem, found),
        assumptions=assumptions(scenario, problem, configurations),
        warnings=warnings,
        sources=sources(catalog),
        cloud=[[abs(v) for v in row] for row in np.round(found.cloud, 6).tolist()],
    )  # fmt: skip


def _walk(problem: Problem, progress: Progress | None) -> Iterator[Chunk]:
    done, total = 0, problem.space.combinations
    for _, chunk in chunks(problem):
        yield chunk
        done += len(chunk.row)
        if progress is not None:
            progress(done, total)


def _shortest(rows: Ints, limit: int = 200) -> Ints:
    """At most `limit` rows beside the front, evenly spread; the candidates file has them all."""
    return rows if len(rows) <= limit else rows[np.linspace(0, len(rows) - 1, limit).astype(np.int64)]


def _points(problem: Problem, rows: Ints) -> Points:
    """The front as columns for decisions."""
    recipe_rows, offer = np.divmod(rows, problem.offers)
    unique, r = np.unique(recipe_rows, return_inverse=True)
    parts: list[dict[str, Floats]] = []
    for start in range(0, len(unique), 256):
        evaluated = evaluate(problem, unique[start : start + 256])
        mine = np.flatnonzero((r >= start) & (r < start + 256))
        at = r[mine] - start, offer[mine]
        offers, facts, recipes, q = problem.space.market.offers, problem.facts, evaluated.recipes, evaluated.quality
        gpu, method = offers.gpu[at[1]], np.array([m.index for m in problem.space.recipes.methods])[recipes.method[at[0]]]
        stack = recipes.stack[at[0]]
        price_sd = np.array([bands.PRICE_SD[word] for word in offers.confidence[at[1]].tolist()])
        parts.append({
            "row": mine, "cost_usd": evaluated.joined.cost.total[at], "hours": evaluated.joined.timing.hours.total[at],
            "quality": q.q[at[0]], "quality_logit": q.logit[at[0]], "carbon_kg": evaluated.joined.carbon_kg[at],
            "gain": q.gain[at[0]], "base_sd": q.base_sd[at[0]], "method_sd": q.method_sd[at[0]],
            "speed_sd": bands.combined(facts.gpu["sigma_ln"][gpu], facts.stack_sigma[stack, method]),
            "own_sd": bands.combined(price_sd, np.where(offers.spot[at[1]], bands.SPOT_SD, 0.0)),
            "model": recipes.model[at[0]], "method": method, "machine": (gpu * 1000 + stack) * 1000 + method,
        })  # fmt: skip
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns.pop("row"), kind="stable")
    return Points(**{name: column[order] for name, column in columns.items()})  # type: ignore[arg-type]


def _note(decision: Decision, points: Points, front: list[Configuration]) -> DecisionNote:
    """The rule in words, and what is too close to call."""
    c = front[decision.point]
    text = (
        f"{decision.name}: {c.model} by {c.method['name']} on {c.hardware.count}x {c.hardware.gpu} "
        f"({c.offer.provider} {c.offer.region}, {c.offer.tier.replace('_', '-')}), {usd(c.cost_usd)}, {duration(c.hours)}, "
        f"q {significant(c.quality if c.quality is not None else float('nan'), 2)}; {decision.rule}"
    )
    if len(decision.within_noise):
        n = len(decision.within_noise)
        text += f"; {n} other point{'s' if n > 1 else ''} of the front cannot be told from it on that"
    return DecisionNote(text=text, within_noise=[front[i].id for i in decision.within_noise])


def _pairings(
    chosen: list[Decision], points: Points, front: list[Configuration], objectives: list[str]
) -> list[Pairing]:
    """How likely each decision beats each other one, per objective."""
    distinct = list(dict.fromkeys(d.point for d in chosen))
    found = []
    for i, a in enumerate(distinct):
        for b in distinct[i + 1 :]:
            chances = {name: float(beats(points, a, np.array([b]), name)[0]) for name in objectives}
            found.append(
                Pairing(
                    a=front[a].id, b=front[b].id,
                    probability={name: None if np.isnan(p) else round(p, 4) for name, p in chances.items()},
                )
            )  # fmt: skip
    return found


def _infeasible(found: Found) -> dict[str, int]:
    """Counts by the first reason met, largest first."""
    counts = {reason(code): n for code, n in found.stops.items() if code} | {
        name: n for name, n in found.first_broken.items() if n
    }
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def inactive_axes(problem: Problem) -> list[str]:
    """Axes along which the quality estimate never changes (DESIGN rule 8)."""
    space = problem.space.recipes
    rows = np.arange(min(len(space), 20_000))
    evaluated = _quality_only(problem, rows)
    quiet = []
    for a, axis in enumerate(space.axes):
        if len(axis.values) < 2:
            continue
        recipes, q = evaluated
        others = np.concatenate(
            [np.stack([recipes.model, recipes.method, recipes.stack], axis=1), np.delete(recipes.axis_codes, a, axis=1)], axis=1
        )
        _, group = np.unique(others, axis=0, return_inverse=True)
        known = np.isfinite(q)
        top = np.full(group.max() + 1, -np.inf)
        low = np.full(group.max() + 1, np.inf)
        np.maximum.at(top, group[known], q[known])
        np.minimum.at(low, group[known], q[known])
        if not (top - low > 1e-9).any():
            quiet.append(axis.path)
    return quiet


def _quality_only(problem: Problem, rows: Ints) -> tuple["object", Floats]:
    from planner.estimate.pairs import build_workload
    from planner.estimate.prior import quality_terms

    recipes = problem.space.recipes.take(rows)
    work = build_workload(recipes, problem.lengths)
    return recipes, quality_terms(recipes, work, problem.baseline, problem.space.recipes.methods, problem.facts).q


def _relaxations(problem: Problem, found: Found) -> list[Relaxation]:
    """Every limit that alone stands in the way, with the value that would let something through, smallest change first."""
    relaxations = []
    for limit in problem.limits:
        if limit.name not in found.relaxed:
            continue
        needed, _ = found.relaxed[limit.name]
        needed = _rounded(needed, limit.unit, limit.upper)
        change = abs(needed - limit.value) / max(abs(limit.value), 1e-9)
        verb = "raise" if limit.upper else "lower"
        words = {
            "usd": usd, "hours": duration, "share": lambda v: f"{v:.1%}", "points": lambda v: f"{v:g} points",
            "q": lambda v: f"q {v:.3f}", "kg": lambda v: f"{significant(v)} kg",
        }[limit.unit]  # fmt: skip
        relaxations.append(
            Relaxation(
                constraint=limit.name, limit=limit.value, needed=needed, unit=limit.unit, change=change,
                text=f"{verb} {limit.name} from {words(limit.value)} to {words(needed)}",
            )
        )  # fmt: skip
    return sorted(relaxations, key=lambda r: r.change)


def _rounded(value: float, unit: str, upper: bool) -> float:  # noqa: FBT001
    """A needed value rounded to the side that still lets the combination through."""
    step = {"usd": 0.01, "hours": 0.01, "share": 0.001, "points": 0.01, "q": 0.001, "kg": 0.01}[unit]
    steps = np.ceil(value / step - 1e-9) if upper else np.floor(value / step + 1e-9)
    return round(float(steps * step), 6)
