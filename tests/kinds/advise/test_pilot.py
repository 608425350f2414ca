"""A pilot's value: the mean regret of choosing unseen, against its closed form in logits and plain draws."""

import numpy as np
import pytest
from scipy.special import expit, ndtr
from scipy.stats import norm

import planner
from planner.choose.decide import SAME_QUALITY
from planner.choose.measure import PILOT_LIMIT
from planner.kinds.advise.pilot import expected_regret

from .scenarios import scenario


@pytest.mark.parametrize(("ahead", "sd"), [(0.0, 0.5), (-0.3, 0.4), (0.2, 0.3), (-3.0, 0.2)])
def test_mean_regret(ahead: float, sd: float) -> None:
    drawn = ahead + sd * np.random.default_rng(5).normal(size=400_000)
    plain = np.maximum(expit(0.4 + drawn) - expit(0.4), 0.0).mean()
    assert expected_regret(0.4, ahead, sd) == pytest.approx(plain, abs=5e-4)


def test_small_regrets_are_those_of_a_straight_line() -> None:
    """q is linear over small steps: slope * (sd*phi(a/sd) + a*Phi(a/sd))."""
    a, sd = -0.01, 0.02
    line = 0.25 * (sd * norm.pdf(a / sd) + a * ndtr(a / sd))
    assert expected_regret(0.0, a, sd) == pytest.approx(line, rel=0.02)


def test_two_models_that_cannot_be_told_apart_call_for_a_pilot() -> None:
    plan = planner.plan(scenario(models=["qwen2.5-7b", "qwen2.5-14b"], train={"epochs": 3}))
    found = [one for one in plan.advice if one.kind == "pilot"]
    assert found
    for one in found:
        own, rival = plan.configuration(one.configuration), plan.configuration(one.becomes)
        assert own is not None
        assert rival is not None
        assert (own.model, own.method["name"]) != (rival.model, rival.method["name"]) or own.hardware != rival.hardware
        assert one.cost_usd == pytest.approx(((own.cost_usd or 0) + (rival.cost_usd or 0)) / 16)
        assert (one.cost_usd or 0) <= PILOT_LIMIT * (own.cost_usd or 0)
        assert (one.quality_change or 0) >= SAME_QUALITY
        assert set(one.decisions) & {"best", "knee"}


def test_one_candidate_needs_no_pilot() -> None:
    assert "pilot" not in {one.kind for one in planner.plan(scenario()).advice}


def test_where_quality_decides_nothing_no_pilot_is_told() -> None:
    written = scenario(models=["qwen2.5-7b", "qwen2.5-14b"], train={"epochs": 3}, objectives=["cost", "time"])
    two = scenario(hardware={"counts": [1, 8]})["hardware"]
    assert "pilot" not in {one.kind for one in planner.plan(written | {"hardware": two}).advice}
