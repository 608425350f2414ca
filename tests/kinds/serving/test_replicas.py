"""What a replica does at full load is at least what it does within targets, with the levers inside the engine."""

import pytest

from planner.outcome.serving_plan import ServingPlan
from tests.kinds.serving.asked import plan, told


@pytest.fixture(scope="module")
def levered() -> ServingPlan:
    levers = {"prefix_cache": {"always": True}, "speculative": {}}
    return plan(levers=levers, traffic__shared_prefix_tokens=1000)


def test_full_load_is_no_less_than_the_load_within_targets(levered: ServingPlan) -> None:
    answer = told(levered.traffic.output_tokens_mean)
    rented = [c.capacity for c in levered.front if c.capacity is not None]
    assert rented
    assert all(told(c.requests_per_s) * answer <= told(c.tokens_per_s) * 1.001 for c in rented)


def test_a_cached_prefix_leaves_more_tokens_at_full_load(levered: ServingPlan) -> None:
    plain = plan(traffic__shared_prefix_tokens=1000)
    most = max(told(c.capacity.tokens_per_s) for c in levered.front if c.capacity is not None)
    assert most > 1.05 * max(told(c.capacity.tokens_per_s) for c in plain.front if c.capacity is not None)


def test_knee_and_best_are_held_against_the_cheapest_api(levered: ServingPlan) -> None:
    rented = {c.id for c in levered.front if c.way == "rented"}
    chosen = {levered.decisions[name] for name in ("knee", "best")} & rented
    cheapest = levered.crossovers[0].api
    assert chosen
    assert chosen <= {pair.rented for pair in levered.crossovers if pair.api == cheapest}
