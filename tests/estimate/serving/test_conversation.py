"""Conversations that grow with every turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.estimate.serving.conversation import alike, first_too_long, grown


def test_history_is_sent_again_with_every_turn() -> None:
    turns = grown(alike(4.0), 100.0, 20.0, 50.0)
    assert turns.prompt_tokens.tolist() == [120.0, 190.0, 260.0, 330.0]
    assert turns.usage().prompt_tokens == pytest.approx(225.0)
    assert turns.usage().output_tokens == pytest.approx(50.0)
    assert turns.usage().hit == 0.0


def test_a_fraction_of_a_turn_is_a_last_turn_of_some() -> None:
    assert alike(2.25).tolist() == [1.0, 1.0, 0.25]
    assert grown(alike(2.25), 0.0, 10.0, 10.0).mean_turns == 2.25


def test_a_living_cache_reads_the_prompt_before() -> None:
    turns = grown(alike(3.0), 100.0, 20.0, 50.0, reuse=1.0)
    assert turns.cached_tokens.tolist() == [0.0, 120.0, 190.0]
    shared = grown(alike(3.0), 100.0, 20.0, 50.0, reuse=0.5, prefix_reuse=1.0)
    assert shared.cached_tokens.tolist() == [100.0, 110.0, 145.0]


def test_what_is_too_short_is_not_cached() -> None:
    turns = grown(
        alike(3.0), 100.0, 20.0, 50.0, reuse=1.0, prefix_reuse=1.0, minimum_cached_tokens=150.0, explicit=True
    )
    assert turns.cached_tokens.tolist() == [0.0, 0.0, 190.0]
    assert turns.written_tokens.tolist() == [0.0, 190.0, 70.0]


def test_the_turn_that_exceeds_the_context_is_told() -> None:
    turns = grown(alike(4.0), 100.0, 20.0, 50.0)
    limits = np.array([119.0, 190.0, 1000.0, np.nan])
    assert first_too_long(turns, limits) == pytest.approx([1.0, 3.0, np.inf, np.nan], nan_ok=True)
    assert float(first_too_long(turns, 200.0)) == 3.0


@given(
    mean=st.floats(1.0, 30.0),
    prefix=st.floats(0.0, 5000.0),
    user=st.floats(1.0, 500.0),
    output=st.floats(0.0, 500.0),
    reuse=st.floats(0.0, 1.0),
    shared=st.floats(0.0, 1.0),
    least=st.sampled_from([0.0, 1024.0]),
    explicit=st.booleans(),
)
def test_reads_and_writes_are_parts_of_the_prompt(
    mean: float, prefix: float, user: float, output: float, reuse: float, shared: float,
    least: float, explicit: bool,
) -> None:  # fmt: skip
    turns = grown(
        alike(mean), prefix, user, output, reuse=reuse, prefix_reuse=shared,
        minimum_cached_tokens=least, explicit=explicit,
    )  # fmt: skip
    assert (turns.cached_tokens >= 0).all()
    assert (turns.written_tokens >= -1e-9).all()
    assert (turns.cached_tokens + turns.written_tokens <= turns.prompt_tokens + 1e-9).all()
    usage = turns.usage()
    assert 0.0 <= usage.hit <= 1.0
    assert usage.prompt_tokens == pytest.approx(turns.reached @ turns.prompt_tokens / turns.reached.sum())
