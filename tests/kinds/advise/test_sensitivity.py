"""Sensitivity: ends of the bands and break points, against the whole search done again with the input moved."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.kinds.advise.sensitivity import flip_words
from planner.kinds.advise.tried import estimate, stand_on
from planner.kinds.decision_notes import decisions
from planner.kinds.decisions import front_points
from planner.kinds.describe import describe
from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem, search_problem
from planner.outcome import Configuration, Flip, Plan, Sway
from planner.planning import read_scenario

from .scenarios import scenario

MIXED = scenario(
    models=["llama-3.1-8b", "qwen2.5-7b", "qwen3-8b"],
    methods=["lora", "qlora"],
    hardware={
        "gpus": ["l4", "l40s", "a100-80gb-sxm", "h100-sxm"],
        "counts": [1, 2, 4, 8],
        "providers": "any",
        "regions": "any",
        "tiers": ["on_demand", "spot"],
    },
    dataset={"samples": 50_000},
    axes={"dataset.share": [0.5, 1.0]},
)
NEAR = 1.015
"""Factor on either side of a break point: its own precision is 1 %."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planner.plan(MIXED)


def own(plan: Plan) -> Configuration:
    assert plan.sensitivity is not None
    found = plan.configuration(plan.sensitivity.configuration)
    assert found is not None
    return found


def priced(plan: Plan, factor: float) -> tuple[dict[str, Any], Catalog]:
    catalog, c = load_catalog(), own(plan)
    o = catalog.offers
    mine = (o.provider == o.providers.index(c.offer.provider)) & (o.instance == c.offer.instance) & (
        o.gpu_count == c.hardware.count
    ) & (o.spot == (c.offer.tier == "spot"))  # fmt: skip
    price = np.where(mine, o.price_usd_per_hour * factor, o.price_usd_per_hour)
    return MIXED, replace(catalog, offers=replace(o, price_usd_per_hour=price))


def preempted(plan: Plan, factor: float) -> tuple[dict[str, Any], Catalog]:
    catalog = load_catalog()
    o = catalog.offers
    return MIXED, replace(catalog, offers=replace(o, preemption_per_hour=o.preemption_per_hour * factor))


def longer(plan: Plan, factor: float) -> tuple[dict[str, Any], Catalog]:
    tokens = {"mean": 400 * factor, "p95": 1200 * factor}
    return MIXED | {"dataset": {"samples": 50_000, "tokens_per_sample": tokens}}, load_catalog()


def chosen(
    written: dict[str, Any], catalog: Catalog, change: Callable[[Problem], Problem] = lambda p: p
) -> Configuration:
    """The knee of the whole space, searched again."""
    ready = read_scenario(written, catalog)
    problem, found, _ = search_problem(
        change(build_problem(ready.scenario, ready.space, ready.catalog)), ready.scenario
    )
    points = front_points(problem, found.front)
    at = {d.name: d.point for d in decisions(points, ready.scenario)[0]}
    return describe(problem, found.front[[at["knee"]]])[0]


def known(written: dict[str, Any], catalog: Catalog, c: Configuration) -> list[Configuration]:
    """Everything that is left of a scenario with the model, card, seller and region of a configuration."""
    machine = {"gpus": [c.hardware.gpu], "providers": [c.offer.provider], "regions": [c.offer.region]}
    ready = read_scenario(written | {"models": [c.model], "hardware": MIXED["hardware"] | machine}, catalog)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    return describe(problem, np.arange(problem.space.walked))


def faster(plan: Plan, factor: float) -> Callable[[Problem], Problem]:
    """Another sustained rate of the decided card with its stack and method, put in where the estimator reads it."""

    def change(problem: Problem) -> Problem:
        facts, c = problem.facts, own(plan)
        at = (
            next(i for i, m in enumerate(facts.catalog.methods) if m.id == c.method["name"]),
            next(i for i, s in enumerate(facts.catalog.stacks) if s.id == c.stack),
            next(i for i, g in enumerate(facts.catalog.gpus) if g.id == c.hardware.gpu),
        )
        peak = facts.eligibility.peak_flops_s.copy()
        peak[at] *= factor
        return replace(problem, facts=replace(facts, eligibility=replace(facts.eligibility, peak_flops_s=peak)))

    return change


MOVES: dict[str, Callable[[Plan, float], tuple[dict[str, Any], Catalog]]] = {
    "price": priced, "preemption": preempted, "tokens": longer,
}  # fmt: skip


def again(plan: Plan, moved: str, factor: float) -> Configuration:
    if moved == "speed":
        return chosen(MIXED, load_catalog(), faster(plan, factor))
    return chosen(*MOVES[moved](plan, factor))


def same_but_region(a: Configuration, b: Configuration) -> bool:
    offers = [c.offer.model_copy(update={"region": "", "country": ""}) for c in (a, b)]
    return (a.model, a.method, a.stack, a.axes, a.hardware) == (b.model, b.method, b.stack, b.axes, b.hardware) and (
        offers[0].provider, offers[0].instance, offers[0].tier
    ) == (offers[1].provider, offers[1].instance, offers[1].tier)  # fmt: skip


def sways(plan: Plan) -> dict[str, Sway]:
    assert plan.sensitivity is not None
    return {one.input: one for one in plan.sensitivity.inputs}


def test_every_input_is_there_and_the_widest_comes_first(plan: Plan) -> None:
    assert set(sways(plan)) == {"price", "speed", "preemption", "tokens", "gain"}
    assert plan.sensitivity is not None
    widths = [abs(np.log((s.cost_usd_high or 1) / (s.cost_usd_low or 1))) for s in plan.sensitivity.inputs]
    assert widths == sorted(widths, reverse=True)


def flips(plan: Plan) -> list[tuple[str, Flip]]:
    return [
        (name, flip)
        for name, sway in sways(plan).items()
        for flip in (sway.flips_below, sway.flips_above)
        if flip is not None and name != "gain"
    ]


def test_the_decision_flips_where_a_new_search_says_so(plan: Plan) -> None:
    """Short of the break point the whole search still takes the decision; past it, what was named, or nearly."""
    found = flips(plan)
    assert len({name for name, _ in found}) >= 2
    for name, flip in found:
        up = flip.factor > 1
        before, past = (flip.factor / NEAR, flip.factor * NEAR) if up else (flip.factor * NEAR, flip.factor / NEAR)
        assert same_but_region(again(plan, name, before), own(plan)), (name, flip)
        assert not same_but_region(again(plan, name, past), own(plan)), (name, flip)


def test_costs_at_the_ends_are_those_of_the_changed_catalog(plan: Plan) -> None:
    """Price alone, so that the decided combination can be found by its id in a plan with that price."""
    sway, c = sways(plan)["price"], own(plan)
    for factor, cost in ((sway.low_factor, sway.cost_usd_low), (sway.high_factor, sway.cost_usd_high)):
        written, catalog = priced(plan, factor)
        everything = known(written, catalog, c)
        assert next(x for x in everything if x.id == c.id).cost_usd == pytest.approx(cost)


def test_tokens_at_the_ends_are_those_of_the_changed_scenario(plan: Plan) -> None:
    sway, c = sways(plan)["tokens"], own(plan)
    for factor, hours, q in (
        (sway.low_factor, sway.hours_low, sway.quality_low), (sway.high_factor, sway.hours_high, sway.quality_high)
    ):  # fmt: skip
        written, catalog = longer(plan, factor)
        mine = next(x for x in known(written, catalog, c) if same_but_region(x, c))
        assert mine.hours == pytest.approx(hours, rel=1e-6)
        assert mine.quality == pytest.approx(q, rel=1e-9)


def test_a_front_of_one_point_never_flips_by_price() -> None:
    alone = planner.plan(scenario())
    sway = sways(alone)["price"]
    assert sway.flips_below is None
    assert sway.flips_above is None
    assert "preemption" not in sways(alone)


def test_a_limit_that_breaks_is_a_flip() -> None:
    free = planner.plan(scenario())
    cost = free.front[0].cost_usd
    assert cost is not None
    tight = sways(planner.plan(scenario(constraints={"max_cost": cost * 1.1})))["price"]
    assert tight.flips_above is not None
    assert tight.flips_above.becomes == ""
    assert 1.09 < tight.flips_above.factor < 1.15
    assert tight.flips_above.text.endswith("nothing is feasible any more")


def test_padded_batches_are_chosen_anew_for_other_lengths() -> None:
    written = scenario(train={"packing": False})
    sway = sways(planner.plan(written))["tokens"]
    for factor, cost in ((sway.low_factor, sway.cost_usd_low), (sway.high_factor, sway.cost_usd_high)):
        tokens = {"mean": 400 * factor, "p95": 1200 * factor}
        (then,) = planner.plan(written | {"dataset": {"samples": 100_000, "tokens_per_sample": tokens}}).front
        assert then.cost_usd == pytest.approx(cost)


@pytest.mark.real
def test_points_between_the_values_of_an_axis_are_held_too() -> None:
    written = scenario(axes={"train.epochs": {"between": [1, 4]}}, search={"evaluations": 60})
    between = planner.plan(written)
    s = between.sensitivity
    assert s is not None
    c = between.configuration(s.configuration)
    assert c is not None
    assert s.cost_usd == pytest.approx(c.cost_usd)
    assert between.advice
    for one in between.advice:
        before = between.configuration(one.configuration)
        assert before is not None
        assert (one.cost_usd or 0) + (one.cost_saved_usd or 0) == pytest.approx(before.cost_usd)


def test_a_flip_is_told_in_other_words_than_the_decision_itself() -> None:
    """Another instance with the same cards of the same seller, and another share of the data, are named."""
    ready = read_scenario(MIXED)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    rows = np.arange(0, problem.space.walked, 7)
    tried = stand_on(problem, rows)
    held_ = estimate(problem, tried.recipes, np.arange(len(rows)), tried.offer)
    o, r = held_.picked.joined.offers, held_.picked.block.recipes
    told = [flip_words(held_, 0, k) for k in range(len(rows))]
    same_recipe = (r.model == r.model[0]) & (r.method == r.method[0]) & (r.stack == r.stack[0])
    share = r.columns["dataset.share"]
    other_share = np.flatnonzero(same_recipe & (share != share[0]))
    assert len(other_share)
    assert all("data share 1 instead of 0.5" in told[k] for k in other_share)
    seller = (o.gpu == o.gpu[0]) & (o.gpu_count == o.gpu_count[0]) & (o.provider == o.provider[0])
    machine = seller & (o.service == o.service[0]) & (o.region == o.region[0]) & (o.spot == o.spot[0])
    for k in np.flatnonzero(same_recipe & machine & (o.instance != o.instance[0])):
        assert f"{o.instance[k]} instead of {o.instance[0]}" in told[k]
    everything = [(told[k], k) for k in np.flatnonzero(same_recipe & machine) if k]
    assert all(words != told[0] for words, _ in everything)
