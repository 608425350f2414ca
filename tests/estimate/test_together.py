"""The chance of keeping to several limits at once: closed forms for one, a plain Monte-Carlo for two and three."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from planner.catalog.rows import Floats, Ints
from planner.estimate import bands
from planner.estimate.together import Kept, RunErrors, luck_covariance, run_errors
from planner.kinds.evaluate import Picked, pick
from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem
from planner.planning import read_scenario

SCENARIO: Mapping[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "together"},
    "models": ["llama-3.1-8b", "qwen2.5-7b"],
    "methods": ["qlora", "lora"],
    "dataset": {"samples": 200_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
    "hardware": {
        "gpus": ["l4", "l40s", "a100-80gb"], "counts": [1, 2], "providers": ["aws", "gcp"],
        "tiers": ["on_demand", "spot"],
    },
    "quality": {"task": "general"},
}  # fmt: skip
DRAWS = 200_000
NEAR = 5e-3
"""Four and a half standard errors of that many draws."""


@pytest.fixture(scope="module")
def picked() -> tuple[Problem, Ints, Picked]:
    """Every tenth combination that runs."""
    ready = read_scenario(SCENARIO)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    rows = np.arange(0, problem.space.walked, 10)
    joined = pick(problem, rows).joined
    runs = rows[(joined.stop[0] == 0) & np.isfinite(joined.cost.total[0])]
    return problem, runs, pick(problem, runs)


def figures(picked: Picked) -> dict[str, Floats]:
    return {name: column[None] for name, column in picked.figures(("cost", "time", "carbon")).items()}


def test_t_11_6_by_one_limit_alone() -> None:
    """Median 80, sigma 0.3: kept with 90 % where the limit is 117.506; the mean would be 83.682."""
    errors = RunErrors(np.array([0.2]), np.array([0.3]), np.array([0.03]))
    kept = Kept(max_cost_usd=117.506).probability(errors, {"cost": np.array([80.0])})
    assert kept[0] == pytest.approx(0.9, abs=1e-5)
    assert 80 * math.exp(0.3**2 / 2) == pytest.approx(83.682, abs=5e-4)


def test_spreads_are_those_of_the_bands(picked: tuple[Problem, Ints, Picked]) -> None:
    joined = picked[2].joined
    errors = run_errors(joined)
    hours_sd, cost_sd = joined.spreads()
    assert np.array_equal(errors.hours_sd, hours_sd)
    assert np.array_equal(errors.cost_sd, cost_sd)
    assert (errors.covariance <= hours_sd * cost_sd * (1 + 1e-12)).all()
    assert (errors.correlation > 0.2).all()


def test_against_drawing_every_shared_factor(picked: tuple[Problem, Ints, Picked]) -> None:
    """Speed, tokens, overheads and lost machines move time and cost together; the price and the grid stand alone."""
    joined, found = picked[2].joined, figures(picked[2])
    errors = run_errors(joined)
    rng = np.random.default_rng(7)
    parts = joined.timing.hours
    running = (parts.train + parts.evaluate + parts.preemption) / joined.hours
    hours_luck, billed_luck = joined.luck()
    product = hours_luck * billed_luck
    alike = np.where(product > 0, luck_covariance(joined) / np.where(product > 0, product, 1.0), 0.0)
    price_sd = np.array([bands.PRICE_SD[word] for word in joined.offers.confidence.tolist()])
    spot = np.flatnonzero(joined.offers.spot)
    for i in [*np.flatnonzero(~joined.offers.spot)[:4].tolist(), *spot[:6].tolist()]:
        speed, tokens, overhead, lost, waits, price, grid = rng.standard_normal((7, DRAWS))
        share = running[0, i]
        tokens_sd = np.broadcast_to(joined.tokens_sd, running.shape)[0, i]
        shared = share * (joined.speed_sd[0, i] * speed + tokens_sd * tokens)
        shared = shared + (1 - share) * bands.OVERHEAD_SD * overhead
        both = alike[0, i]
        hours = found["time"][0, i] * np.exp(shared + hours_luck[0, i] * (both * lost + math.sqrt(1 - both**2) * waits))
        cost = found["cost"][0, i] * np.exp(shared + billed_luck[0, i] * lost + price_sd[i] * price)
        carbon = found["carbon"][0, i] * np.exp(bands.CARBON_SD * grid)
        at = {name: column[:, [i]] for name, column in found.items()}
        mine = RunErrors(errors.hours_sd[:, [i]], errors.cost_sd[:, [i]], errors.covariance[:, [i]])
        for tight in (0.9, 1.1, 1.5):
            usd, deadline, kg = found["cost"][0, i] * tight, found["time"][0, i] * 1.2, found["carbon"][0, i] * 1.3
            in_both = (cost <= usd) & (hours <= deadline)
            assert Kept(usd, deadline).probability(mine, at)[0, 0] == pytest.approx(in_both.mean(), abs=NEAR)
            in_all = in_both & (carbon <= kg)
            assert Kept(usd, deadline, kg).probability(mine, at)[0, 0] == pytest.approx(in_all.mean(), abs=NEAR)


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95])
def test_what_is_not_worked_out_is_on_the_right_side(picked: tuple[Problem, Ints, Picked], wanted: float) -> None:
    joined, found = picked[2].joined, figures(picked[2])
    errors = run_errors(joined)
    kept = Kept(float(np.median(found["cost"])) * 1.3, float(np.median(found["time"])) * 1.3, None)
    exact, quick = kept.probability(errors, found), kept.probability(errors, found, wanted)
    assert 0 < (exact < wanted).sum() < exact.size
    assert np.array_equal(exact < wanted, quick < wanted)
    # Where the median keeps to every limit, what is short of the confidence is the figure itself, for relaxations.
    alone = np.minimum(
        Kept(max_cost_usd=kept.max_cost_usd).probability(errors, found),
        Kept(deadline_hours=kept.deadline_hours).probability(errors, found),
    )
    short = (exact < wanted) & (alone >= 0.5)
    assert np.array_equal(exact[short], quick[short])


def test_unknown_stays_unknown() -> None:
    errors = RunErrors(np.array([0.2]), np.array([0.3]), np.array([0.03]))
    at = {"cost": np.array([np.nan]), "time": np.array([1.0])}
    assert np.isnan(Kept(10.0, 2.0).probability(errors, at, 0.9)[0])
