import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from planner.gate import cache
from planner.gate.cache import PlanCache, key_of
from planner.gate.plans import Setting, Task
from planner.locking.choosing import Prices
from planner.locking.lock import parse_lock
from planner.locking.table import COLUMNS
from planner.scenario.compose import Changes
from tests.report.sample_plan import sample_plan

LOCK_TEXT = f"""\
api_version: planner/v1
kind: Lock
scenario: {{name: a, digest: '{"0" * 64}', inputs: '{"1" * 64}'}}
catalog: {{as_of: '2026-08-01', digest: '{"2" * 64}'}}
planner: 0.1.0
decisions: {{}}
offers: |
  {",".join(COLUMNS)}
""".encode()


def test_a_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    kept, plan = PlanCache(tmp_path / "c"), sample_plan()
    key = key_of("a", "b")
    assert kept.get(key) is None
    kept.put(key, plan)
    assert kept.get(key) == plan
    assert (kept.hits, kept.misses, kept.notes) == (1, 1, [])


def test_another_version_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, plan = PlanCache(tmp_path), sample_plan()
    key = key_of("a")
    kept.put(key, plan)
    monkeypatch.setattr(cache, "code_digest", lambda: "of another version")
    assert key_of("a") != key
    assert kept.get(key) is None


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text", "other"])
def test_a_damaged_entry_is_passed_over(tmp_path: Path, damage: str) -> None:
    kept, key = PlanCache(tmp_path), key_of("a")
    kept.put(key, sample_plan())
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    changed = {
        "cut": data[: len(data) // 2], "flip": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:], "empty": b"",
        "text": b"no plan at all", "other": data.replace(key.encode(), key_of("b").encode()),
    }  # fmt: skip
    path.write_bytes(changed[damage])
    assert kept.get(key) is None


def test_a_cache_that_cannot_be_written_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    kept = PlanCache(blocked / "cache")
    for _ in range(2):
        kept.put(key_of("a"), sample_plan())
    assert len(kept.notes) == 1
    assert "cannot be written" in kept.notes[0]
    kept.prune()


def test_two_runs_share_a_cache(tmp_path: Path) -> None:
    plan, key = sample_plan(), key_of("a")
    found: list[bool] = []

    def run() -> None:
        mine = PlanCache(tmp_path)
        for _ in range(20):
            mine.put(key, plan)
            found.append(mine.get(key) == plan)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(found)
    assert [path.name for path in tmp_path.iterdir()] == [f"{key}.plan"]


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 2)
    kept = PlanCache(tmp_path)
    for i, name in enumerate("abc"):
        kept.put(key_of(name), sample_plan())
        path = tmp_path / f"{key_of(name)}.plan"
        os.utime(path, (i, i))
    kept.prune()
    assert kept.get(key_of("a")) is None
    assert kept.get(key_of("c")) is not None


def test_without_a_folder_nothing_is_kept() -> None:
    kept = PlanCache(None)
    kept.put(key_of("a"), sample_plan())
    assert kept.get(key_of("a")) is None


def test_a_key_holds_all_that_a_plan_rests_on(tmp_path: Path, cheaper: Path) -> None:
    """Each of these alone makes it another plan."""
    one = Task("scenarios/a.yaml", tmp_path / "a.yaml", "inputs", Prices())
    lock = Prices(parse_lock(LOCK_TEXT, "a.lock.yaml"))
    without = replace(lock, without=frozenset({("aws", "vm", "m", "eu", "on_demand")}))
    keys = [
        one.key(Setting()),
        replace(one, path="scenarios/b.yaml").key(Setting()),
        replace(one, inputs="others").key(Setting()),
        replace(one, prices=lock).key(Setting()),
        replace(one, prices=without).key(Setting()),
        replace(one, changes=Changes(assignments=("train.epochs=2",))).key(Setting()),
        one.key(Setting(price_max_age_months=6.0)),
        one.key(Setting(as_of="2026-12-01")),
        one.key(Setting(cheaper)),
    ]
    assert len(set(keys)) == len(keys)
    assert replace(one, file=tmp_path / "elsewhere" / "a.yaml").key(Setting()) == keys[0]
