"""How the input grows over the turns of a conversation."""

import numpy as np
import pytest

from planner.traffic import TokenLengths
from planner.traffic.conversation import input_at_turn, told_conversation

SURE = TokenLengths(100.0, 100.0, 100.0, 100.0, 100.0)


def test_every_turn_repeats_those_before_it() -> None:
    """A question of 100 and an answer of 50: 100, 100+50+100 = 250, 250+50+100 = 400."""
    assert input_at_turn(np.array([1.0, 2.0, 3.0]), 100, 50).tolist() == [100, 250, 400]


def test_the_shared_prefix_is_sent_once_per_request() -> None:
    """Of 100 tokens 40 are instructions: turn 2 sends 40 + 60 + 50 + 60 = 210, turn 3 320."""
    assert input_at_turn(np.array([1.0, 2.0, 3.0]), 100, 50, 40).tolist() == [100, 210, 320]


def test_mean_and_cached_part_of_three_turns() -> None:
    talk = told_conversation(3.0, SURE, 50.0)
    assert talk.effective_input.mean == pytest.approx((100 + 250 + 400) / 3)
    assert talk.cached_tokens == pytest.approx((0 + 150 + 300) / 3)
    assert talk.new_tokens_per_turn == 100
    assert talk.effective_input.p95 == pytest.approx(400)
    assert talk.effective_input.p50 == pytest.approx(250)
    assert talk.effective_input.most == 400
    assert talk.turns_p95 == 3


def test_between_two_whole_numbers_some_conversations_are_longer() -> None:
    """2.5 turns: of 5 requests 2 are first, 2 second and 1 is third."""
    talk = told_conversation(2.5, SURE, 50.0)
    assert talk.effective_input.mean == pytest.approx((2 * 100 + 2 * 250 + 400) / 5)
    assert talk.cached_tokens == pytest.approx((2 * 150 + 300) / 5)


def test_quantiles_are_those_of_a_simulation() -> None:
    prompt, random = TokenLengths.told(300, 800), np.random.default_rng(3)
    drawn = random.lognormal(np.log(prompt.p50), prompt.sigma, (100_000, 4))
    sent = (drawn + (np.arange(4) * (300 + 120.0))[None, :]).ravel()
    talk = told_conversation(4.0, prompt, 120.0)
    assert talk.effective_input.mean == pytest.approx(sent.mean(), rel=0.01)
    expected = np.quantile(sent, [0.5, 0.95, 0.99])
    assert [talk.effective_input.p50, talk.effective_input.p95, talk.effective_input.p99] == pytest.approx(
        expected.tolist(), rel=0.02
    )
