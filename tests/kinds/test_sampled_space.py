"""Spaces that are sampled from the start: against the exact front, with rules, limits and axes that do not apply."""

from typing import Any

import numpy as np
import pytest

import planner
from planner.choose.indicators import share_of_box
from planner.choose.progress import Tick
from planner.errors import SetupError
from planner.kinds.coarse import coarse_points
from planner.kinds.explorer import Explorer
from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem
from planner.kinds.variables import FIRST_AXIS, MACHINE, METHOD, OFFER, around, whole_space
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario

EVALUATIONS = 200
SAMPLED = {"strategy": "sampled", "evaluations": EVALUATIONS}
FEW = SAMPLED | {"evaluations": 40}


def scenario(**changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "sampled"},
        "models": ["llama-3.1-8b", "qwen2.5-7b", "mistral-7b-v0.3"],
        "methods": ["qlora", "lora", "full"],
        "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
        "axes": {"method.rank": [4, 8, 16, 64], "train.epochs": [1, 2, 3, 4], "train.max_seq_len": [512, 1024, 2048]},
        "hardware": {
            "gpus": ["l4", "l40s", "a100-80gb", "h100-sxm"],
            "counts": [1, 2, 8],
            "providers": ["gcp", "runpod", "aws"],
        },
    } | changes


def problem(**changes: Any) -> Problem:
    ready = read_scenario(scenario(**changes))
    return build_problem(ready.scenario, ready.space, ready.catalog)


def planned(asked: dict[str, Any]) -> Plan:
    return plan_ready(read_scenario(asked), brief=True)


def losses(p: Plan) -> Any:
    return np.array([[c.cost_usd, c.hours, -(c.quality or 0.0)] for c in p.front], np.float64)


def share_of_exact(sampled: Plan, exact: Plan) -> float:
    best = losses(exact)
    box = best.min(axis=0), best.max(axis=0)
    return share_of_box(losses(sampled), *box) / share_of_box(best, *box)


@pytest.fixture(scope="module")
def exact() -> Plan:
    return planned(scenario())


@pytest.fixture(scope="module")
def sampled() -> Plan:
    return planned(scenario(search=SAMPLED))


def test_close_to_the_exact_front_with_few_evaluations(exact: Plan, sampled: Plan) -> None:
    assert share_of_exact(sampled, exact) >= 0.995
    assert sampled.search.evaluated <= 9 * EVALUATIONS
    assert sampled.search.covered == exact.search.covered


def test_the_plan_says_what_was_done(sampled: Plan) -> None:
    s = sampled.search
    assert s.strategy.startswith("sampled: ")
    assert (s.exact, s.sampler, s.seed, s.polish) == (False, "nsga2", 1, "slsqp")
    assert s.evaluated == s.coarse + s.sampled + s.polished
    assert s.evaluated == sampled.feasible + sampled.unknown + sum(sampled.infeasible.values())
    assert 0 < s.coarse <= 4 * EVALUATIONS
    assert 0 < s.sampled <= EVALUATIONS
    assert 0 < s.polished <= 4 * EVALUATIONS
    assert s.stopped in {"limit", "exhausted"}
    assert s.hypervolume_by_generation == sorted(s.hypervolume_by_generation)
    assert s.hypervolume is not None
    assert s.hypervolume_of_grid is not None
    assert s.hypervolume_by_generation[0] == s.hypervolume_of_grid <= s.hypervolume


def test_what_the_coarse_pass_has_tried_uses_up_no_evaluations(sampled: Plan) -> None:
    assert (sampled.search.stopped, sampled.search.sampled) == ("limit", EVALUATIONS)
    explorer = Explorer(whole_space(problem()), counted_grid=False)
    points = coarse_points(explorer.layout, 100)
    explorer.evaluate(points[:60])
    assert explorer.fresh(points).tolist() == [False] * 60 + [True] * (len(points) - 60)


def test_a_sampled_configuration_is_what_the_exact_plan_says_of_it(exact: Plan, sampled: Plan) -> None:
    of = {c.id: c for c in exact.front}
    both = [(c, of[c.id]) for c in sampled.front if c.id in of]
    assert len(both) > 5
    for mine, theirs in both:
        assert (mine.cost_usd, mine.hours, mine.quality) == (theirs.cost_usd, theirs.hours, theirs.quality)


def test_twice_the_same() -> None:
    first, second = (planned(scenario(search=FEW)).model_dump_json() for _ in range(2))
    assert first == second


def test_progress_is_told_stage_by_stage() -> None:
    ticks: list[Tick] = []
    ready = read_scenario(scenario(search=FEW))
    plan_ready(ready, ticks.append, brief=True)
    assert list(dict.fromkeys(tick.stage for tick in ticks)) == ["grid", "sampling", "polish"]
    for stage in ("grid", "sampling", "polish"):
        done = [tick.done for tick in ticks if tick.stage == stage]
        assert done == sorted(done)
        assert done[-1] <= next(tick.total for tick in ticks if tick.stage == stage)
    assert ticks[-1].front > 1
    assert 0 < (ticks[-1].hypervolume() or 0) <= 1


def test_a_missing_package_is_told_before_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.choose.samplers.find_spec", lambda _name: None)
    told: list[Tick] = []
    ready = read_scenario(scenario(search={"strategy": "sampled", "sampler": "gp"}))
    with pytest.raises(SetupError, match="gp needs torch"):
        plan_ready(ready, told.append)
    assert not told


def test_without_polish_and_with_a_threshold() -> None:
    p = planned(scenario(search=SAMPLED | {"polish": "none", "converged_below": "20%", "evaluations": 2000}))
    assert (p.search.stopped, p.search.polished) == ("converged", 0)
    assert "polish" not in p.search.strategy
    assert p.search.sampled < 2000


def test_rules_and_limits_are_kept() -> None:
    p = planned(
        scenario(
            search=FEW,
            exclude=[{"gpu": "h100*"}, {"method": "lora", "method.rank": 64}],
            constraints={"max_cost": 8, "deadline": "12 h"},
        )
    )
    assert p.front
    for c in p.front:
        assert not c.hardware.gpu.startswith("h100")
        assert not (c.method["name"] == "lora" and c.axes["method.rank"] == 64)
        assert (c.cost_usd or 1e9) <= 8
        assert (c.hours or 1e9) <= 12


@pytest.mark.parametrize("sampler", ["nsga3", "tpe", "qmc", "random"])
def test_other_samplers(exact: Plan, sampler: str) -> None:
    p = planned(scenario(search={"strategy": "sampled", "evaluations": 40, "sampler": sampler}))
    assert p.search.sampler == sampler
    assert share_of_exact(p, exact) >= 0.8


def test_cmaes_over_numbers() -> None:
    one = {"models": ["qwen2.5-7b"], "methods": ["lora"], "objectives": ["cost"]}
    best = planned(scenario(**one)).front[0]
    p = planned(scenario(**one, search=SAMPLED | {"sampler": "cmaes"}))
    assert p.front[0].cost_usd == pytest.approx(best.cost_usd, rel=0.02)


def test_an_axis_of_a_million_values() -> None:
    long = {"from": 0.000001, "to": 1, "step": 0.000001}
    p = planned(scenario(models=["qwen2.5-7b"], methods=["lora"], axes={"dataset.share": long},
                              search={"evaluations": 200}))  # fmt: skip
    shares = [c.axes["dataset.share"] for c in p.front]
    assert len(set(shares)) > 5
    for share in shares:
        assert share * 1e6 == pytest.approx(round(share * 1e6), abs=1e-6)


def test_a_space_too_large_to_count_is_sampled() -> None:
    many = {"from": 0.001, "to": 1, "step": 0.001}
    axes = {"train.epochs": {"from": 0.01, "to": 10, "step": 0.01}, "dataset.share": many, "method.rank": [8, 16]}
    p = planned(scenario(axes=axes, search={"evaluations": 60, "polish": "none"}))
    assert p.search.strategy.startswith("sampled")
    assert p.search.covered > 10**8 > 10**5 * p.search.evaluated / 100
    assert len(p.front) > 20


def test_nothing_feasible() -> None:
    p = planner.plan(scenario(search=FEW, constraints={"max_cost": 0.01}))
    assert not p.front
    assert p.search.hypervolume is None
    assert p.relaxations[0].constraint == "constraints.max_cost"


def test_a_handful_of_combinations() -> None:
    hardware = {"gpus": ["l4"], "counts": [1], "providers": ["gcp"], "regions": ["us-central1"]}
    few: dict[str, Any] = {"models": ["qwen2.5-7b"], "methods": ["lora"], "axes": {}, "hardware": hardware}
    p, best = planned(scenario(**few, search=SAMPLED)), planned(scenario(**few))
    assert p.search.covered == p.search.evaluated == best.search.covered < 10
    assert p.search.stopped == "exhausted"
    assert [c.id for c in p.front] == [c.id for c in best.front]


def test_points_and_rows_are_two_ways_to_write_a_combination() -> None:
    layout = whole_space(problem())
    rows = np.random.default_rng(1).integers(0, layout.problem.space.walked, 500)
    points = layout.points(rows)
    assert (layout.combinations(points) == rows).all()
    assert (layout.canonical(points) == points).all()


def test_every_offer_has_one_number_and_every_number_an_offer() -> None:
    layout = whole_space(problem())
    low, high = (np.array([getattr(v, end) for v in layout.variables]) for end in ("low", "high"))
    drawn = layout.canonical(np.random.default_rng(2).uniform(low, high, (20_000, len(low))))
    rows = layout.combinations(drawn)
    assert len(np.unique(rows)) == len(np.unique(drawn, axis=0))
    assert (layout.points(rows) == drawn).all()
    offers = layout.problem.space.market
    machine = offers.shape_of_offer[rows % layout.problem.offers]
    assert len({(a, b) for a, b in zip(drawn[:, MACHINE], machine, strict=True)}) == len(layout.offers)
    every = np.array([[0, 0, 0, m, o, 0, 0, 0] for m in range(len(layout.offers)) for o in range(int(high[OFFER]) + 1)])
    reached = layout.combinations(layout.canonical(every.astype(float))) % layout.problem.offers
    assert set(reached.tolist()) == set(range(layout.problem.offers))


def test_an_axis_that_does_not_apply_collapses() -> None:
    layout = whole_space(problem())
    full = [layout.problem.space.recipes.methods[m].name for m in layout.methods].index("full")
    point = layout.points(np.array([0]))
    point[:, METHOD] = full
    other = point.copy()
    other[:, FIRST_AXIS] = 3
    assert (layout.canonical(other) == layout.canonical(point)).all()


def test_a_point_is_estimated_and_counted_once() -> None:
    explorer = Explorer(whole_space(problem()), counted_grid=False)
    points = coarse_points(explorer.layout, 100)
    first = explorer.evaluate(points)
    size, chunks = explorer.size, len(explorer.chunks)
    again = explorer.evaluate(np.concatenate([points, points]))
    assert (explorer.size, len(explorer.chunks)) == (size, chunks) == (len(points), chunks)
    np.testing.assert_array_equal(again[0], np.concatenate([first[0], first[0]]))


@pytest.mark.parametrize("most", [1, 40, 400, 4000, pytest.param(10**6, marks=pytest.mark.real)])
def test_the_coarse_pass(most: int) -> None:
    layout = whole_space(problem())
    points = coarse_points(layout, most)
    assert len(points) <= min(most, layout.problem.space.walked)
    assert len(np.unique(points, axis=0)) == len(points)
    base = len(layout.models) * len(layout.methods) * len(layout.offers)
    if most >= base:
        assert len(np.unique(points[:, : MACHINE + 1], axis=0)) == base
    if most >= 8 * base:
        for column in range(FIRST_AXIS, points.shape[1]):
            assert {layout.variables[column].low, layout.variables[column].high} <= set(points[:, column])
    if most > 10**5:
        assert len(points) > 0.5 * layout.problem.space.walked / max(len(o) for o in layout.offers)


def test_machines_and_offers_stand_in_the_order_of_their_price() -> None:
    layout = whole_space(problem())
    price = layout.problem.space.market.offers.price_usd_per_hour
    cheapest = [price[offers[0]] for offers in layout.offers]
    assert cheapest == sorted(cheapest)
    assert all((np.diff(price[offers]) >= 0).all() for offers in layout.offers)


def test_around_a_front_its_choices_alone_are_open() -> None:
    whole = problem()
    rows = np.array([0, 5, whole.offers + 7])
    layout = around(whole, rows)
    assert (layout.combinations(layout.points(rows)) == rows).all()
    assert len(layout.models) == len(layout.methods) == 1
    assert sum(len(offers) for offers in layout.offers) == 3
    assert layout.variables[OFFER].high <= 2
