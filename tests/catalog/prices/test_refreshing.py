"""Refreshing a folder: sources side by side, one at a time at the folder, and nothing lost whatever goes wrong."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from planner.catalog.prices.refreshing import ask_all, due, previous_snapshot, write_refreshed
from planner.catalog.prices.snapshot import Snapshot, Standing, read_snapshot, snapshot_text
from planner.catalog.prices.source import Ask, Fetched
from planner.catalog.prices.turns import folder_held
from planner.errors import InputError, SetupError
from planner.files import place
from planner.http.failure import NoAnswerError
from planner.http.transport import Transport
from tests.catalog.prices.rows import DAY, KNOWN, LATER, FakeSource, answered, failed, price
from tests.http.servers import FakeTime


def _ask(environment: Mapping[str, str] | None = None) -> Ask:
    return Ask(Transport(FakeTime().clock), environment or {}, LATER, lambda _card, _gib: None)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _raising(error: Exception) -> Callable[[Ask], Fetched]:
    def gives(_: Ask) -> NoReturn:
        raise error

    return gives


def test_sources_are_asked_side_by_side_and_one_that_fails_stops_no_other() -> None:
    meeting = threading.Barrier(2, timeout=20)

    def gives(_: Ask) -> Fetched:
        meeting.wait()  # breaks, and fails the test, unless both are asked at a time
        return Fetched((price(),))

    sources = [
        FakeSource("one", gives), FakeSource("two", gives),
        FakeSource("silent", _raising(NoAnswerError("host cannot\nbe reached"))),
        FakeSource("broken", _raising(KeyError("s3cret"))),
        FakeSource("keyed", gives, required=("A_KEY", "B_KEY")),
        FakeSource("bare", _raising(SetupError("install it"))),
    ]  # fmt: skip
    found = ask_all(sources, _ask({"A_KEY": " ", "C_KEY": "s3cret"}))
    assert [(one.source, one.failed) for one in found] == [
        ("one", ""), ("two", ""), ("silent", "host cannot be reached"),
        ("broken", "its answer could not be read (KeyError: a bug of ours)"), ("keyed", "A_KEY, B_KEY are not set"),
        ("bare", "install it"),
    ]  # fmt: skip
    assert [one.fetched is None for one in found] == [False, False, True, True, True, True]
    assert [one.unready for one in found] == [False, False, False, False, True, True]


@pytest.mark.parametrize(
    ("standing", "day", "asked"),
    [(Standing(LATER), LATER, False), (Standing(DAY), LATER, True), (Standing(LATER, "no answer"), LATER, True),
     (None, LATER, True)],
)  # fmt: skip
def test_sources_with_young_prices_are_not_asked(standing: Standing | None, day: str, asked: bool) -> None:
    source = FakeSource("vast", _raising(AssertionError()))
    previous = Snapshot(day, (), {} if standing is None else {"vast": standing})
    assert due([source], previous, day, 24.0) == (([source], []) if asked else ([], [source]))
    assert due([source], None, day, 24.0) == ([source], [])
    assert due([source], previous, day, 48.0)[0] == ([source] if standing is None or standing.failed else [])


def test_the_same_prices_leave_the_file_alone_and_the_next_day_has_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "prices"
    first = write_refreshed(folder, [answered("vast", price(as_of=DAY))], DAY, KNOWN)
    before = first.path.stat().st_mtime_ns, first.path.read_bytes()
    write_refreshed(folder, [answered("vast", price(as_of=DAY))], DAY, KNOWN)
    assert (first.path.stat().st_mtime_ns, first.path.read_bytes()) == before
    write_refreshed(folder, [answered("vast", price(as_of=LATER))], LATER, KNOWN)
    assert _names(folder) == [f"{DAY}.csv", f"{LATER}.csv"]
    assert first.path.read_bytes() == before[1]


def test_without_any_price_nothing_is_written(tmp_path: Path) -> None:
    done = write_refreshed(tmp_path, [failed("vast")], DAY, KNOWN)
    assert not done.merged.snapshot.rows
    assert _names(tmp_path) == []
    write_refreshed(tmp_path / "new", [failed("vast")], DAY, KNOWN)
    assert _names(tmp_path) == []


def test_a_jump_lies_in_quarantine_until_it_is_confirmed(tmp_path: Path) -> None:
    write_refreshed(tmp_path, [answered("vast", price())], DAY, KNOWN)
    wild = [answered("vast", price(usd_per_hour=99.0, as_of=LATER))]
    done = write_refreshed(tmp_path, wild, LATER, KNOWN)
    assert done.quarantine == tmp_path / f"{LATER}.quarantine.csv"
    lines = done.quarantine.read_text().splitlines()
    assert lines[1].endswith(",source,kept_usd_per_hour")
    assert lines[2] == "vast,H100 x1,any,on_demand,h100-sxm,1,16,,99,marketplace,2026-11-30,high,vast,2.5"
    assert write_refreshed(tmp_path, wild, LATER, KNOWN, ["aws"]).unmet == ("aws",)
    assert done.quarantine.exists()
    done = write_refreshed(tmp_path, [], LATER, KNOWN, ["vast/H100 x1/any/on_demand"])
    assert (done.quarantine, done.unmet) == (None, ())
    assert _names(tmp_path) == [f"{DAY}.csv", f"{LATER}.csv"]
    assert read_snapshot(done.path, KNOWN).rows[0].usd_per_hour == 99.0


def test_a_folder_that_cannot_be_made_had_nothing_in_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/prices: the snapshot cannot be written: Not a directory$"):
        write_refreshed(tmp_path / "file" / "prices", [answered("vast", price())], DAY, KNOWN)


def test_the_first_refresh_is_held_against_the_bundled_list(tmp_path: Path) -> None:
    bundled = [price(usd_per_hour=2.5, memory_gib=64.0, as_of="2026", source="catalog", confidence="low")]
    wild = [answered("vast", price(usd_per_hour=25.0, memory_gib=64.0))]
    done = write_refreshed(tmp_path, wild, DAY, KNOWN, bundled=bundled)
    (kept,) = read_snapshot(done.path, KNOWN).rows
    assert kept == price(memory_gib=64.0, as_of="2026-01-01", source="vast: bundled list", confidence="low")
    again = write_refreshed(tmp_path, wild, LATER, KNOWN, bundled=bundled)
    assert [row.usd_per_hour for row in again.merged.waiting] == [25.0]
    taken = write_refreshed(tmp_path, [], LATER, KNOWN, ["vast"], bundled=bundled)
    assert [row.usd_per_hour for row in read_snapshot(taken.path, KNOWN).rows] == [25.0]


def test_a_snapshot_of_a_day_to_come_is_a_wrong_clock(tmp_path: Path) -> None:
    (tmp_path / f"{LATER}.csv").write_text(snapshot_text(Snapshot(LATER, (price(),))))
    with pytest.raises(InputError, match=f"is of a day after today, {DAY}: this machine's clock is wrong"):
        previous_snapshot(tmp_path, KNOWN, DAY)
    assert previous_snapshot(tmp_path, KNOWN, LATER) is not None


def test_two_at_once_lose_nothing_and_the_second_says_that_it_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    waiting, inside = threading.Event(), threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        waiting.set()

    written = place

    def slow(contents: Mapping[Path, bytes]) -> list[Path]:
        if not inside.is_set():  # the first of them stops in mid-work until the second is at the door
            inside.set()
            assert waiting.wait(20)
        return written(contents)

    monkeypatch.setattr("planner.catalog.prices.refreshing.place", slow)
    aws = price(provider="aws", source="aws")
    first = threading.Thread(target=write_refreshed, args=(tmp_path, [answered("vast", price())], DAY, KNOWN))
    first.start()
    assert inside.wait(20)
    done = write_refreshed(tmp_path, [answered("aws", aws)], DAY, KNOWN, (), tell)
    first.join()
    assert [row.provider for row in read_snapshot(done.path, KNOWN).rows] == ["aws", "vast"]
    assert told == [f"{tmp_path}: another process writes prices here; waiting for it"]


def test_a_folder_is_let_go_whatever_happens(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(RuntimeError), folder_held(tmp_path / "new", said.append):
        raise RuntimeError
    with folder_held(tmp_path / "new", said.append):
        assert not said
