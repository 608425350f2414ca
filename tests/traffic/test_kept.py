"""What is kept of a log by key: repeats, conversations, users."""

import hashlib
import math

import numpy as np
import pytest

from planner.traffic.block import OTHERS, Names, keys_of
from planner.traffic.keyed import Column, KeyedRows, different
from planner.traffic.repeats import repeats_of
from planner.traffic.turns import turns_of
from planner.traffic.users import monthly_users

A, B, C = (np.uint64(value) for value in (11, 22, 33))


def test_keys_are_those_of_the_name_alone() -> None:
    names = ["", "a", "b", "é", "x" * 64, "x" * 65, "x" * 66, hashlib.sha512(b"1").hexdigest()]
    together = keys_of(names)
    assert together.tolist() == [int(keys_of([name])[0]) for name in names]
    assert together[0] == 0
    assert len(set(together.tolist())) == len(names)


def test_keys_do_not_collide_and_are_spread_evenly() -> None:
    keys = keys_of([f"user-{i}" for i in range(100_000)])
    assert np.unique(keys).size == keys.size
    for bit in (0, 1, 5):
        assert ((keys >> np.uint64(bit)) & np.uint64(1)).mean() == pytest.approx(0.5, abs=0.01)


def test_names_beyond_the_bound_are_others() -> None:
    names = Names()
    codes = [names[f"n{i}"] for i in range(10_005)]
    assert len(set(codes)) == 10_001
    assert codes[-1] == OTHERS
    assert names["n0"] == codes[0]
    assert names["x" * 500] == OTHERS


def test_repeats_within_a_time() -> None:
    """A at 0, 30 and 4000 s, B at 10 s, C at 20 and 500 s: 3 of 6 repeat, one within 60 s, two within an hour."""
    keys = np.array([A, B, C, A, C, A])
    times = np.array([0, 10, 20, 30, 500, 4000], dtype=np.uint32)
    repeats, retries = repeats_of([{"key": keys, "time": times, "failed": np.full(6, -1, dtype=np.int8)}])
    assert repeats.share() == pytest.approx(3 / 6)
    assert repeats.share(60) == pytest.approx(1 / 6)
    assert repeats.share(900) == pytest.approx(2 / 6)
    assert repeats.share(3600) == pytest.approx(2 / 6)
    assert repeats.share(14_400) == pytest.approx(3 / 6)
    assert repeats.share(0) == 0
    assert list(repeats.shares) == sorted(repeats.shares)
    assert math.isnan(retries)


def test_what_failed_is_no_answer_to_keep() -> None:
    """A fails at 0 and comes again at 20 s: sent again. It succeeds then, and comes at 40 s: a repeat."""
    keys, times = np.array([A, A, A, B]), np.array([0, 20, 40, 50], dtype=np.uint32)
    failed = np.array([1, 0, 0, 0], dtype=np.int8)
    repeats, retries = repeats_of([{"key": keys, "time": times, "failed": failed}])
    assert repeats.share() == pytest.approx(1 / 4)
    assert retries == pytest.approx(1 / 4)


def test_the_order_of_the_file_makes_no_difference() -> None:
    random = np.random.default_rng(2)
    keys, times = random.integers(1, 40, 500).astype(np.uint64), random.integers(0, 10**5, 500).astype(np.uint32)
    failed = np.zeros(500, dtype=np.int8)
    order = random.permutation(500)
    whole = repeats_of([{"key": keys, "time": times, "failed": failed}])
    assert whole == repeats_of([{"key": keys[order], "time": times[order], "failed": failed}])
    parts = [
        {"key": keys[rest], "time": times[rest], "failed": failed[rest]} for rest in (keys % 2 == 0, keys % 2 == 1)
    ]
    assert whole == repeats_of(parts)


def test_turns_that_carry_history() -> None:
    """Questions of 100 and answers of 50: 100, 250, 400. Of turn 2 150 are cached, of turn 3 300, and 100 are new."""
    keys = np.array([A, B, A, A])
    tokens = {"sent": np.array([100, 70, 250, 400]), "answered": np.array([50, 10, 50, 50])}
    found = turns_of([{"key": keys, "time": np.array([0, 1, 2, 3]), **tokens}])
    assert found.conversations == 2
    assert found.turns == 2
    assert found.turns_p95 == 3
    assert found.carries_history is True
    assert found.cached_tokens == pytest.approx((150 + 300) / 4)
    assert found.new_tokens == 100


def test_turns_that_carry_nothing() -> None:
    random = np.random.default_rng(5)
    keys = np.repeat(np.arange(1, 501, dtype=np.uint64), 4)
    sent = random.lognormal(6, 1, 2000).astype(int)
    group = {"key": keys, "time": np.arange(2000), "sent": sent, "answered": np.full(2000, 100)}
    found = turns_of([{name: column[part] for name, column in group.items()} for part in (keys < 300, keys >= 300)])
    assert found.conversations == 500
    assert found.carries_history is False
    assert found.cached_tokens == 0
    assert found.turns == 4


def test_single_turns_leave_it_open() -> None:
    five = np.array([5, 5, 5])
    found = turns_of([{"key": np.array([A, B, C]), "time": np.array([1, 2, 3]), "sent": five, "answered": five}])
    assert found.turns == 1
    assert found.carries_history is None
    assert math.isnan(found.cached_tokens)


def test_users_of_thirty_days() -> None:
    """Days 0 to 59: 10 users in the first 30 days, 4 of them and no others in the second."""
    keys = np.array([*range(1, 11), *range(1, 5), 1], dtype=np.uint64)
    days = np.array([*[0] * 10, *[30] * 4, 59], dtype=np.uint16)
    parts: list[dict[str, Column]] = [{"key": keys[part], "day": days[part]} for part in (keys < 4, keys >= 4)]
    assert monthly_users(parts, 0, 60) == (7.0, True)
    assert monthly_users(parts, 0, 29) == (10.0, False)
    assert monthly_users(parts, 59, 1) == (1.0, False)


def test_whole_keys_are_let_go_when_there_are_too_many() -> None:
    store = KeyedRows({"n": np.int32}, capacity=4000)
    keys = keys_of([f"k{i}" for i in range(5000)])
    for turn in range(4):
        store.add(keys, n=np.full(5000, turn))
    assert store.rows == 20_000
    assert store.size <= 4000
    (kept,) = store.groups()
    assert store.share in (1 / 8, 1 / 16)
    each, counts = np.unique(kept["key"], return_counts=True)
    assert set(counts.tolist()) == {4}
    assert each.size == pytest.approx(5000 * store.share, rel=0.2)


def test_rows_without_key_are_not_kept() -> None:
    store = KeyedRows({})
    store.add(np.array([0, 5, 0], dtype=np.uint64))
    assert (store.rows, store.size) == (1, 1)


def test_compact_keeps_one_of_each() -> None:
    store = KeyedRows({"day": np.uint16})
    store.add(np.array([A, A, B, A]), day=np.array([1, 1, 1, 2]))
    store.compact()
    (kept,) = store.groups()
    assert sorted(zip(kept["key"].tolist(), kept["day"].tolist(), strict=True)) == [(11, 1), (11, 2), (22, 1)]
    assert different(np.array([3, 3, 3])).size == 1


def test_a_key_is_in_one_group() -> None:
    store = KeyedRows({"n": np.int32})
    keys = keys_of([f"k{i % 300}" for i in range(3000)])
    store.add(keys[:1000], n=np.arange(1000))
    store.add(keys[1000:], n=np.arange(1000, 3000))
    groups = list(store.groups(rows=100))
    assert len(groups) == 30
    assert sum(np.unique(group["key"]).size for group in groups) == 300
    assert sorted(np.concatenate([group["n"] for group in groups]).tolist()) == list(range(3000))
    assert all((np.diff(group["n"]) > 0).all() for group in groups)
