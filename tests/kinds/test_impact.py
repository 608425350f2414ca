"""What each axis does to a decision: held against every combination, estimated one by one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import planner
from planner.kinds.describe import describe
from planner.kinds.impact import MOST_VALUES, RULED_OUT, impact
from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem
from planner.outcome import Configuration
from planner.outcome.impact import AxisTrial, Impact
from planner.planning import read_scenario


def scenario(**changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "impact"},
        "models": ["llama-3.1-8b"],
        "methods": ["lora"],
        "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
        "axes": {"method.rank": [4, 64], "train.epochs": [1, 2, 4], "train.max_seq_len": [1024, 8192]},
        "hardware": {"gpus": ["l4"], "counts": [1, 2], "providers": ["gcp"], "regions": ["us-central1"]},
    } | changes


def space(**changes: Any) -> tuple[Problem, Callable[[int], Impact | None]]:
    """A problem, and the impact on the combination in some place of its space."""
    ready = read_scenario(scenario(**changes))
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    rows = np.arange(problem.space.walked)
    return problem, lambda place: impact(problem, ready.scenario, ready.catalog, rows, {"fastest": 0, "knee": place})


def moved(recipe: int, **changes: Any) -> Impact:
    """The impact on a recipe of a space on its first offer."""
    problem, at = space(**changes)
    found = at(recipe * problem.offers)
    assert found is not None
    return found


def same_but(c: Configuration, own: Configuration, trial: AxisTrial) -> bool:
    ours, theirs = (
        (x.model, x.method["name"], x.stack, x.hardware.gpu, x.hardware.count, x.offer.instance, x.offer.tier)
        for x in (own, c)
    )
    return ours == theirs and c.axes == {**own.axes, trial.axis: trial.value}


@pytest.mark.parametrize("place", [0, -1])
def test_each_trial_is_that_combination_of_the_whole_space(place: int) -> None:
    problem, at = space()
    whole = describe(problem, np.arange(problem.space.walked))
    own, found = whole[place], at(place)
    assert found is not None
    assert (found.decision, found.configuration, found.left_out) == ("knee", own.id, [])
    assert [(t.axis, t.value) for t in found.trials] == [
        ("method.rank", 4), ("method.rank", 64), ("train.epochs", 1), ("train.epochs", 2), ("train.epochs", 4),
        ("train.max_seq_len", 1024), ("train.max_seq_len", 8192),
    ]  # fmt: skip
    for trial in found.trials:
        (there,) = [c for c in whole if same_but(c, own, trial)]
        assert trial.own == (there.id == own.id)
        told = (trial.cost_usd, trial.hours, trial.quality, trial.memory_gib)
        assert told == pytest.approx((there.cost_usd, there.hours, there.quality, there.memory_gib.total), rel=1e-9)
        assert not trial.stopped_by


def test_what_may_not_be_run_says_why() -> None:
    found = moved(
        0,
        axes={"train.epochs": [1, 40], "train.max_seq_len": [512, 131_072], "dataset.share": [0.5, 0.25]},
        exclude=[{"dataset.share": 0.25, "train.epochs": 1}],
        constraints={"max_cost": "$15"},
    )
    why = {(t.axis, t.value): t.stopped_by for t in found.trials}
    assert why == {
        ("train.epochs", 1): "", ("train.epochs", 40): "constraints.max_cost", ("train.max_seq_len", 512): "",
        ("train.max_seq_len", 131_072): "out of memory", ("dataset.share", 0.5): "", ("dataset.share", 0.25): RULED_OUT,
    }  # fmt: skip
    (none,) = [t for t in found.trials if t.value == 131_072]
    assert (none.cost_usd, none.hours, none.quality) == (None, None, None)
    assert none.memory_gib is not None


def test_an_axis_of_another_method_is_left_out() -> None:
    found = moved(-1, methods=["lora", "freeze"], axes={"method.rank": [4, 64], "train.epochs": [1, 2]})
    assert found.left_out == ["method.rank"]
    assert [(t.axis, t.value, t.own) for t in found.trials] == [("train.epochs", 1, False), ("train.epochs", 2, True)]


def test_a_long_axis_is_thinned_with_its_ends_and_the_own_value_kept() -> None:
    found = moved(2, axes={"dataset.samples": {"from": 1000, "to": 31_000, "step": 1000}})
    values = [t.value for t in found.trials]
    assert values == sorted(values)
    assert len(values) == MOST_VALUES + 1
    assert (values[0], values[-1]) == (1000, 31_000)
    assert sum(t.own for t in found.trials) == 1


def test_a_plan_has_it_of_its_knee_and_none_without_axes_or_decisions() -> None:
    plan = planner.plan(scenario(axes={"train.epochs": [1, 2]}))
    assert plan.impact is not None
    own = plan.configuration(plan.decisions["knee"])
    assert own is not None
    assert (plan.impact.decision, plan.impact.configuration) == ("knee", own.id)
    mine = {(t.cost_usd, t.hours, t.quality) for t in plan.impact.trials if t.own}
    assert mine == {(own.cost_usd, own.hours, own.quality)}
    assert space(axes={})[1](0) is None
    ready = read_scenario(scenario())
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    assert impact(problem, ready.scenario, ready.catalog, np.arange(0), {}) is None
