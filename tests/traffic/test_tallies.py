"""Counts that a log of any length fits into."""

import numpy as np
import pytest

from planner.traffic.block import Names
from planner.traffic.statuses import failed_of
from planner.traffic.tallies import LengthCounts, NameCounts, TimeCounts


def test_quantiles_of_lengths_are_exact() -> None:
    tokens = np.random.default_rng(0).lognormal(6, 1.5, 50_000).round()
    counts = LengthCounts()
    for part in np.array_split(tokens, 7):
        counts.add(part)
    found = counts.lengths()
    expected = np.quantile(tokens, [0.5, 0.95, 0.99], method="inverted_cdf")
    assert [found.p50, found.p95, found.p99] == expected.tolist()
    assert found.mean == pytest.approx(tokens.mean())
    assert found.most == tokens.max()


def test_no_lengths_are_unknown() -> None:
    assert np.isnan(LengthCounts().lengths().mean)


def test_quantiles_of_times_are_within_a_bin() -> None:
    seconds = np.random.default_rng(0).lognormal(0, 2, 50_000)
    counts = TimeCounts()
    counts.add(np.r_[seconds, np.nan, np.nan])
    found = counts.times()
    assert found is not None
    assert found.count == 50_000
    expected = np.quantile(seconds, [0.5, 0.95, 0.99], method="inverted_cdf")
    assert [found.p50_s, found.p95_s, found.p99_s] == pytest.approx(expected.tolist(), rel=0.0011)


def test_shares_of_names() -> None:
    names, counts = Names(), NameCounts()
    codes = np.array([names[name] for name in ["b", "a", "a", "", "a", "b"]], dtype=np.int32)
    counts.add(codes, np.array([10.0, 1, 1, 4, 4, np.nan]))
    found = counts.shares(names)
    assert found is not None
    assert found.names == ("a", "b")
    assert found.requests == (3 / 6, 2 / 6)
    assert found.tokens == (6 / 20, 10 / 20)
    assert found.others == pytest.approx(1 / 6)
    assert found.different == 2


def test_only_the_most_frequent_names_are_listed() -> None:
    names, counts = Names(), NameCounts()
    codes = np.array([names[f"t{i}"] for i in range(100) for _ in range(i + 1)], dtype=np.int32)
    counts.add(codes, np.ones(codes.size))
    found = counts.shares(names)
    assert found is not None
    assert found.names[:2] == ("t99", "t98")
    assert (len(found.names), found.different) == (20, 100)
    assert found.others == pytest.approx(1 - sum(found.requests))


def test_no_names_at_all() -> None:
    counts = NameCounts()
    counts.add(np.array([1, 1], dtype=np.int32), np.ones(2))
    assert counts.shares(Names()) is None


@pytest.mark.parametrize(
    ("status", "failed"),
    [("200", 0), ("200.0", 0), ("OK", 0), ("tool-calls", 0), ("429", 1), ("503", 1), ("Timed out", 1), ("error", 1),
     ("", -1), ("7", -1), ("maybe", -1), ("３00", -1)],
)  # fmt: skip
def test_statuses(status: str, failed: int) -> None:
    assert failed_of(status) == failed
