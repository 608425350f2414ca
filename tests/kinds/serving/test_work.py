"""What levers leave to do: requests and tokens."""

import pytest

from planner.kinds.serving.work import cached_tokens, work_of
from planner.space.serving.levers import LeverSet, lever_sets, named
from tests.kinds.serving.asked import asked, traffic


def test_every_subset_of_levers_is_tried_once() -> None:
    levers = asked(levers={"prefix_cache": {}, "exact_cache": {"hit_rate": 0.1}, "speculative": {}}).levers
    rented, by_api = lever_sets(levers, "rented"), lever_sets(levers, "api")
    assert len(set(rented)) == len(rented) == 8
    assert len(by_api) == 4
    assert not any(one.has("speculative") for one in by_api)


def test_a_lever_that_is_always_pulled_is_in_every_set() -> None:
    levers = asked(levers={"prefix_cache": {"always": True}, "adapters": {"count": 3}}).levers
    assert [set(one.names) for one in lever_sets(levers, "rented")] == [set(named(levers))]


def test_caches_and_a_cascade_leave_their_product() -> None:
    scenario = asked(levers={"exact_cache": {"hit_rate": 0.2}, "semantic_cache": {"hit_rate": 0.25},
                             "cascade": {"first": "llama-3.2-3b", "escalate": 0.4}})  # fmt: skip
    told = traffic(scenario)
    everything = work_of(told, scenario.levers, LeverSet(("exact_cache", "semantic_cache", "cascade")), 0.0)
    assert everything.per_month == pytest.approx(6e6 * 0.8 * 0.75 * 0.4)
    # What the semantic cache embeds is what the exact one left.
    assert everything.embed_usd == pytest.approx(6e6 * 0.8 * 1100 / 1e6 * 0.02)
    assert work_of(told, scenario.levers, LeverSet(()), 0.1).per_month == pytest.approx(6.6e6)


def test_a_prefix_cache_holds_the_shared_start_and_history() -> None:
    alone, talk = traffic(asked()), traffic(asked(traffic__turns={"mean": 4}))
    assert cached_tokens(alone, alone.conversation) == 700
    # Turns 2 to 4 find all that the turn before sent, the first one what all share.
    assert cached_tokens(talk, talk.conversation) == pytest.approx(talk.conversation.cached_tokens + 700 / 4)
    scenario = asked(levers={"prefix_cache": {"hit_rate": 0.5}})
    work = work_of(alone, scenario.levers, LeverSet(("prefix_cache",)), 0.0)
    assert work.cached_share == pytest.approx(0.5 * 700 / 1100)


def test_shorter_prompts_shorten_every_quantile() -> None:
    scenario = asked(levers={"prompt": {"input_tokens": 550}})
    work = work_of(traffic(scenario), scenario.levers, LeverSet(("prompt",)), 0.0)
    assert [work.sent.mean, work.sent.p95] == pytest.approx([550, 1300])
