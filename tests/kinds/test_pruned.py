"""The pruned search against every combination evaluated: same front, same rows beside it, all rows accounted for."""

import datetime as dt
from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.catalog.loader import load_catalog
from planner.catalog.rate_plans import FLAT, Monthly, Weekly
from planner.catalog.rows import Ints, Offers
from planner.catalog.terms import Terms
from planner.choose.exact import Found, search
from planner.estimate.joined import join
from planner.estimate.offer_vector import CARBON, HIGHER, LOWER, SHARED, Asked, group_offers, spread_by
from planner.kinds.evaluate import parts, pick, shape_block
from planner.kinds.limits import TOGETHER, Limit
from planner.kinds.problem import Problem
from planner.kinds.pruned import PrunedSearch
from planner.kinds.searching import build_problem
from planner.planning import read_scenario
from planner.scenario.rules import Rule
from planner.scenario.time_rates import BEST
from planner.space.axes import Axis
from planner.space.offers import Market, Shapes
from planner.space.patterns import read_rules
from planner.space.recipes import RecipeSpace
from planner.space.rules import Rules, apply_rules

SCENARIO = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "pruned"},
    "models": ["llama-3.1-8b", "qwen2.5-7b", "llama-3.2-1b", "yi-6b"],
    "methods": ["qlora", "lora", "full"],
    "dataset": {"samples": 20000, "tokens_per_sample": {"mean": 400, "p95": 1200}},
    "hardware": {"gpus": ["l4", "a100-80gb", "h100-sxm", "t4"], "counts": [1, 2, 8], "tiers": ["on_demand", "spot"]},
}
AXES = {
    "method.rank": (8, 64),
    "dataset.share": (0.25, 0.5, 1.0),
    "train.epochs": (1, 2, 5),
    "train.max_seq_len": (512, 4096),
    "train.spot_share": (0.0, 0.5, 1.0),
    "train.checkpoint_interval_hours": (0.25, 1000.0),
    "train.expected_reruns": (0.0, 1.5),
    "train.packing": (True, False),
}
VALUES: dict[str, Any] = {
    "price_usd_per_hour": [0.5, 1.0, 1.0, 3.0, np.nan],
    "spot_twin_usd_per_hour": [0.2, 0.9, np.nan],
    "granularity_s": [1.0, 60.0, 90.0, 600.0, 3600.0],
    "minimum_s": [0.0, 60.0, 3600.0],
    "queue_s": [0.0, 600.0, 36000.0],
    "boot_s": [30.0, 300.0],
    "image_pull_s": [60.0, 600.0],
    "weights_gb_per_s": [0.1, 1.0],
    "max_run_hours": [np.nan, 0.5, 2.0, 48.0],
    "preemption_per_hour": [0.05, 0.25, 1.0, 20.0],
    "wait_hours": [0.0, 1.0, 3.6],
    "storage_usd_per_gb_month": [0.0, 0.1],
    "egress_usd_per_gb": [[0.0, 0.0, 0.0], [0.12, 0.11, 0.05], [0.12, 0.1, 0.1], [0.06, 0.2, 0.05]],
    "egress_free_gb": [0.0, 0.1, 20.0],
    "vcpus": [2.0, 8.0, 64.0, np.nan],
    "memory_gib": [12.0, 128.0, np.nan],
    "grid_kg_per_kwh": [0.02, 0.4, np.nan],
    "pue": [1.1, 1.5],
    "preemption_cv": [np.nan, 0.3],
    "rate": [FLAT, FLAT, 0, 1, 2],
    "spot_twin_rate": [FLAT, FLAT, 0, 1],
}
WEEKEND = Weekly(edges=(0.0, 120.0), factors=(1.0, 0.4), words="", source="")
NIGHTS = Weekly(edges=(0.0, 1.0, 3.0, 90.0), factors=(0.5, 1.5, 1.0, 0.2), words="", source="")
MONTH = Monthly(edges=(0.0, 0.001, 0.01), factors=(1.0, 0.8, 0.4), provider="gcp", gpus=(), words="", source="")
RATES = (WEEKEND, NIGHTS, MONTH)
MONDAY = dt.datetime(2026, 11, 30, 22, 30, tzinfo=dt.UTC)

TIERS = (0.0, 0.2, 5.0)
"""GB from which prices of egress change, so that adapters and whole models lie on both sides."""
TERMS = (
    Terms(egress_from_gb=TIERS, rates=RATES),
    Terms(egress_from_gb=TIERS, splits_long_runs=True, rates=RATES, start=MONDAY),
    Terms(egress_from_gb=TIERS, egress_sent_gb=0.0, retained_hours=2000.0, cached_hours=100.0, rates=RATES),
    Terms(egress_from_gb=TIERS, egress_sent_gb=3.0, splits_long_runs=True, checkpoints=4.0, rates=RATES, start=BEST),
)


@cache
def base() -> Problem:
    ready = read_scenario(SCENARIO)
    return build_problem(ready.scenario, ready.space, ready.catalog)


class Case:
    """A problem that says in a few words what it is."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def __repr__(self) -> str:
        """What tells it from others."""
        space = self.problem.space
        limits = [(limit.name, limit.bound, limit.confidence) for limit in self.problem.limits]
        axes = [axis.path for axis in space.recipes.axes]
        return (
            f"{len(space.market.offers)} offers, {axes}, {self.problem.objectives}, {limits}, {space.rules is not None}"
        )


@st.composite
def problems(draw: st.DrawFn) -> Case:
    """A small space with everything that tells offers apart."""
    problem = base()
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(2, 12))
    catalog = problem.space.market.offers
    # Near twins, or hardly ever would one offer be no worse than another in everything.
    template = {name: np.repeat(seed.choice(values)[None], count, axis=0) for name, values in VALUES.items()}
    for name in draw(st.sets(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4)):
        changed = seed.random(count) < 0.6
        template[name][changed] = seed.choice(VALUES[name], count)[changed]
    if draw(st.booleans()):
        template |= {name: seed.choice(VALUES[name], count) for name in ("rate", "spot_twin_rate")}
    cards = np.unique(catalog.gpu)[: draw(st.integers(1, 2))]
    offers = replace(
        catalog.take(np.zeros(count, np.int64)),
        **template,  # type: ignore[arg-type]
        gpu=seed.choice(cards, count),
        gpu_count=seed.choice([1, 1, 8], count),
        spot=seed.random(count) < draw(st.sampled_from([0.0, 0.4, 1.0])),
        confidence=seed.choice(draw(st.sampled_from([["high"], ["high", "low"]])), count),
        provider=seed.integers(0, 2, count),
        terms=draw(st.sampled_from(TERMS)),
    )
    pairs, shape = np.unique(np.stack([offers.gpu, offers.gpu_count], axis=1), axis=0, return_inverse=True)
    market = replace(
        problem.space.market, offers=offers, shapes=Shapes(pairs[:, 0], pairs[:, 1]), shape_of_offer=shape.reshape(-1)
    )
    chosen = draw(st.lists(st.sampled_from(sorted(AXES)), max_size=2, unique=True))
    space = problem.space.recipes
    recipes = RecipeSpace(
        models=space.models[: draw(st.integers(1, 2))],
        methods=space.methods[draw(st.sampled_from([slice(1), slice(2), slice(1, 3)]))],
        stacks=space.stacks,
        axes=tuple(Axis(path, AXES[path]) for path in chosen),
        defaults=space.defaults,
    )
    rules = None
    if draw(st.booleans()):
        rules, market = _some_rules(draw, recipes, market)
    objectives = draw(st.lists(st.sampled_from(["cost", "time", "quality", "carbon"]), min_size=1, unique=True))
    problem = replace(
        problem,
        space=replace(problem.space, recipes=recipes, market=market, rules=rules),
        objectives=tuple(objectives),
        limits=(),
    )
    return Case(replace(problem, limits=_limits(draw, problem)))


def _some_rules(draw: st.DrawFn, recipes: RecipeSpace, market: Market) -> tuple[Rules | None, Market]:
    """Exclude rules that treat offers of one machine differently, and recipes too."""
    keys = {
        "model": st.sampled_from(["llama*", "qwen2.5-7b"]),
        "method": st.sampled_from(["lora", "full"]),
        "provider": st.sampled_from(market.offers.providers[:2]),
        "tier": st.sampled_from(["spot", "on_demand"]),
    }
    written = draw(st.lists(st.fixed_dictionaries({}, optional=keys).filter(bool), min_size=1, max_size=2))
    rules: list[Rule] = [{key: [value] for key, value in one.items()} for one in written]
    patterns = read_rules(rules, "exclude", load_catalog(), recipes.axes, lambda *_: None)
    found, smaller = apply_rules([], patterns, recipes, market, lambda *_: None, lambda *_: None)
    return found, market if found is None else smaller


def _limits(draw: st.DrawFn, problem: Problem) -> tuple[Limit, ...]:
    """Limits near figures that occur, so that they cut some rows."""
    chunk = next(iter(parts(problem))).chunk
    found = [Limit("constraints.memory_margin", draw(st.sampled_from([0.0, 0.1])), "share", upper=False, text="")]
    for name, column in (("constraints.max_cost", 0), ("constraints.deadline", 1)):
        known = chunk.ties[np.isfinite(chunk.ties[:, column]), column]
        if len(known) and draw(st.booleans()):
            bound = float(np.quantile(known, draw(st.sampled_from([0.0, 0.2, 0.6]))))
            sure = draw(st.sampled_from([None, None, 0.5, 0.9]))
            found.append(Limit(name, bound, "", upper=True, text="", confidence=sure))
    if len(found) > 1 and draw(st.booleans()):
        found.append(Limit(TOGETHER, draw(st.sampled_from([0.5, 0.8, 0.95])), "probability", upper=False, text=""))
    return tuple(found)


def brute(problem: Problem) -> Found:
    upwards = {limit.name: limit.upper for limit in problem.limits}
    return search((part.chunk for part in parts(problem)), len(problem.objectives), upwards)


def figures(problem: Problem, rows: Ints) -> list[tuple[str, ...]]:
    """Recipe and figures of rows; of offers that give the same, either search may name any."""
    if not len(rows):
        return []
    columns = pick(problem, rows).figures({"cost", "time", *problem.objectives})
    named = [[repr(value) for value in columns[name].tolist()] for name in sorted(columns)]
    return sorted(zip(map(str, rows // problem.offers), *named, strict=True))


def agree(problem: Problem) -> None:
    exact, found = brute(problem), PrunedSearch(problem).run()
    assert figures(problem, found.front) == figures(problem, exact.front)
    assert figures(problem, found.beside) == figures(problem, exact.beside)
    assert found.covered == exact.covered == problem.space.combinations
    stopped = sum(n for code, n in found.stops.items() if code)
    cut, pruned = sum(found.first_broken.values()), sum(found.pruned.values())
    assert stopped + cut + found.feasible + found.unknown + pruned == found.covered
    assert (found.feasible > 0) == (exact.feasible > 0)
    assert all(0 < n <= exact.stops[code] for code, n in found.stops.items())
    if not exact.feasible:
        assert found.relaxed.keys() == exact.relaxed.keys()
        assert all(found.relaxed[name][0] == value for name, (value, _) in exact.relaxed.items())


@pytest.mark.parametrize("splits", [False, True])
def test_the_vector_of_an_offer_holds_all_that_figures_are_made_from(splits: bool) -> None:
    """Moving any other column of the offers moves no figure; moving one of the vector moves some."""
    problem, market = base(), base().space.market
    recipes = replace(problem.space.recipes, defaults={**problem.space.recipes.defaults, "train.spot_share": 0.5})
    block = shape_block(replace(problem, space=replace(problem.space, recipes=recipes)), np.arange(2))
    rng = np.random.default_rng(1)
    market = replace(market, offers=market.offers.take(np.arange(0, len(market.offers), 6)))
    market = replace(market, shape_of_offer=base().space.market.shape_of_offer[::6])
    count = len(market.offers)
    columns = VALUES | {"max_run_hours": [2.0, 48.0]}
    offers = replace(
        market.offers,
        **{name: rng.choice(values, count) for name, values in columns.items()},  # type: ignore[arg-type]
        terms=TERMS[3] if splits else replace(TERMS[3], splits_long_runs=False),
    )

    def figures(offers: Offers, *, spreads: bool) -> list[bytes]:
        joined = join(block.shaped.columns, offers, market.shape_of_offer)
        found = [joined.stop, joined.hours, joined.cost.total, joined.carbon_kg()]
        return [np.asarray(column).tobytes() for column in (joined.spreads() if spreads else found)]

    vector = {*LOWER, *HIGHER, *CARBON, *SHARED, "granularity_s", "spot", "gpu_count", "rate", "spot_twin_rate"}
    before, spread_before = figures(offers, spreads=False), figures(offers, spreads=True)
    for name in {field.name for field in fields(Offers)} - {"providers", "terms", "gpu", "confidence"}:
        moved = replace(offers, **{name: np.roll(getattr(offers, name), 1, axis=0)})
        assert (figures(moved, spreads=False) != before) == (name in vector), name
        assert figures(moved, spreads=True) == spread_before or name in {*spread_by(offers), *SHARED, "spot"}, name


def test_near_twins_are_pruned_and_odd_ones_are_not() -> None:
    twins = replace(
        base().space.market.offers.take(np.zeros(5, np.int64)),
        price_usd_per_hour=np.array([2.0, 1.0, 1.0, 0.9, 0.9]),
        granularity_s=np.array([60.0, 60.0, 60.0, 90.0, 60.0]),
        queue_s=np.array([60.0, 60.0, 60.0, 60.0, 600.0]),
    )
    asked = Asked(carbon=False, shared=False, spreads=False)
    machines = group_offers(twins, np.zeros(5, np.int64), asked, np.zeros(5, np.int64))
    assert sorted(machines.offers.tolist()) == [1, 3, 4]
    assert machines.size.sum() == 5


def test_a_later_second_part_of_a_shared_run_may_be_cheaper() -> None:
    """The slower offer is worse in every term, and its hours on demand fall into the cheap part of the week."""
    problem, space = base(), base().space
    monday = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    cheap = Weekly(edges=(0.0, 10.0), factors=(1.0, 0.1), words="", source="")
    template = space.market.offers.take(np.zeros(2, np.int64))
    alike = {name: np.repeat(np.asarray(values[:1]), 2, axis=0) for name, values in VALUES.items()}
    offers = replace(
        replace(template, **alike),  # type: ignore[arg-type]
        max_run_hours=np.full(2, np.nan),
        vcpus=np.full(2, 64.0),
        memory_gib=np.full(2, 1024.0),
        spot=np.zeros(2, bool),
        image_pull_s=np.array([60.0, 10 * 3600.0]),
        rate=np.zeros(2, np.int64),
        spot_twin_rate=np.full(2, FLAT),
        spot_twin_usd_per_hour=np.full(2, 0.01),
        terms=Terms(egress_from_gb=TIERS, rates=(cheap,), start=monday),
    )
    shapes = Shapes(offers.gpu[:1], offers.gpu_count[:1])
    market = replace(space.market, offers=offers, shapes=shapes, shape_of_offer=np.zeros(2, np.int64))
    recipes = replace(
        space.recipes, models=space.recipes.models[:1], methods=space.recipes.methods[:1],
        defaults={**space.recipes.defaults, "train.spot_share": 0.5, "train.epochs": 160.0},
    )  # fmt: skip
    shared = replace(
        problem, space=replace(space, market=market, recipes=recipes), objectives=("cost",), limits=(), archive=None
    )
    front = brute(shared).front
    assert (front % 2).tolist() == [1]
    agree(shared)


SMALL = settings(deadline=None, suppress_health_check=list(HealthCheck))


@settings(SMALL, max_examples=30)
@given(problems())
def test_pruned_finds_what_every_combination_evaluated_finds(case: Case) -> None:
    agree(case.problem)


@pytest.mark.real
@settings(SMALL, max_examples=200)
@given(problems())
def test_the_same_on_hundreds_of_spaces(case: Case) -> None:
    agree(case.problem)
