"""Padding, packing and truncation against closed forms and Monte-Carlo (DOMAIN 1.3)."""

import numpy as np
import pytest

from planner.estimate.lengths import Lengths, optimizer_steps


def exponential() -> Lengths:
    levels = (np.arange(200_000) + 0.5) / 200_000
    return Lengths(-np.log1p(-levels) * 1e6)


def test_padding_of_exponential_lengths() -> None:  # T-1.20: 1/H_b
    lengths = exponential()
    assert lengths.padding_efficiency(4, np.inf) == pytest.approx(0.4800, abs=2e-4)
    assert lengths.padding_efficiency(8, np.inf) == pytest.approx(0.3679, abs=2e-4)


def test_padding_of_lognormal_lengths() -> None:  # T-1.21
    lengths = Lengths.from_numbers(1e6, None)
    assert lengths.padding_efficiency(4, np.inf) == pytest.approx(0.512, abs=0.004)
    assert lengths.padding_efficiency(8, np.inf) == pytest.approx(0.388, abs=0.004)


def test_second_moment_of_lognormal_lengths() -> None:  # T-1.22: exp(0.64)
    lengths = Lengths.from_numbers(1e6, None)
    assert lengths.attended(np.inf) / lengths.mean(np.inf) == pytest.approx(1.8965, rel=0.01)


@pytest.mark.parametrize(("mean", "p95"), [(420.0, 1400.0), (100.0, 150.0), (512.0, 512.0)])
def test_numbers_are_kept(mean: float, p95: float) -> None:
    lengths = Lengths.from_numbers(mean, p95)
    assert lengths.mean(np.inf) == pytest.approx(mean)
    assert np.quantile(lengths.sorted_tokens, 0.95) == pytest.approx(p95, rel=0.02)


def test_a_tail_heavier_than_lognormal_can_be_takes_the_heaviest() -> None:
    lengths = Lengths.from_numbers(100.0, 100_000.0)
    assert lengths.mean(np.inf) == pytest.approx(100.0, rel=1e-3)


def test_truncation_keeps_a_share() -> None:
    lengths = Lengths.from_numbers(420.0, 1400.0)
    assert 0.7 < lengths.kept_share(1024) < lengths.kept_share(2048) < 1
    assert lengths.mean(1024) == pytest.approx(420 * lengths.kept_share(1024))


def test_longest_of_one_is_the_mean() -> None:
    lengths = Lengths.from_numbers(420.0, 1400.0)
    assert lengths.longest_of(1, 2048) == pytest.approx(lengths.mean(2048))
    assert lengths.longest_of(16, 2048) > lengths.longest_of(4, 2048)


def test_steps_are_whole_and_at_least_one() -> None:
    steps = optimizer_steps(np.array([1000.0, 3.0]), np.array([3.0, 1.0]), np.array([64.0, 64.0]))
    assert steps.tolist() == [47.0, 1.0]


def test_counted_lengths_are_exact() -> None:
    listed = Lengths(np.array([10.0, 10, 10, 40, 100]))
    counted = Lengths.from_counts(np.array([10.0, 40, 100]), np.array([3.0, 1, 1]), 0.03)
    for limit in (np.inf, 50, 20):
        assert counted.mean(limit) == pytest.approx(listed.mean(limit))
        assert counted.kept_share(limit) == pytest.approx(listed.kept_share(limit))
        assert counted.attended(limit) == pytest.approx(listed.attended(limit))
        for batch in (1, 4, 16):
            assert counted.longest_of(batch, limit) == pytest.approx(listed.longest_of(batch, limit))
    assert (counted.longest, counted.p95, counted.sd) == (100, 100, 0.03)


def test_very_many_different_lengths_keep_their_tokens_and_the_longest() -> None:
    tokens, samples = np.arange(1.0, 200_001), np.full(200_000, 2.0)
    merged = Lengths.from_counts(tokens, samples, 0.15)
    assert len(merged.sorted_tokens) == 65_536
    assert merged.whole_mean == pytest.approx(tokens.mean())
    assert merged.longest == 200_000
    assert merged.p95 == pytest.approx(190_000, abs=4)
    assert merged.longest_of(8, np.inf) == pytest.approx(200_000 * 8 / 9, rel=1e-4)
