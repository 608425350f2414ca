"""Times as logs write them."""

import datetime as dt

import pytest

from planner.traffic.times import Clock, TimeError

NOON = int(dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-30T12:00:00Z", "2026-11-30 12:00:00+00:00", "2026-11-30T13:30:00+01:30", "2026-11-30 12:00:00",
        "2026-11-30 12:00:00 UTC", "20261130T120000Z", " 2026-11-30T12:00 ", NOON, float(NOON), str(NOON), f"{NOON}.0",
        NOON * 1000, f"{NOON * 1000}", NOON * 10**6, NOON * 10**9,
    ],
)  # fmt: skip
def test_forms(written: object) -> None:
    assert Clock().read(written, 1) == NOON * 10**6


def test_more_digits_than_microseconds() -> None:
    assert Clock().read("2023-11-16 18:17:03.9799607", 1) == 1_700_158_623_979_960


def test_zones_are_seen() -> None:
    clock = Clock()
    clock.read("2026-11-30 12:00:00", 2)
    clock.read("2026-11-30T12:00:00+05:30", 3)
    clock.read("2026-11-30T12:00:00Z", 4)
    assert (clock.naive_line, clock.zoned_line, clock.offsets) == (2, 3, {5.5, 0.0})


@pytest.mark.parametrize(
    "written",
    ["", "   ", None, "soon", "30/11/2026", "2026-13-01", "1999-12-31T23:59:59Z", "2100-01-01", -5, 3.5, 10**400,
     float("nan"), float("inf"), "1e999", True, "20261130", "2026-11-30T12:00:00+99:00", "9" * 5000],
)  # fmt: skip
def test_no_time(written: object) -> None:
    with pytest.raises(TimeError) as caught:
        Clock().read(written, 1)
    assert caught.value.hint


def test_seconds_from_the_start_of_the_log() -> None:
    clock = Clock(origin_s=float(NOON))
    assert clock.read("1.5", 1) == NOON * 10**6 + 1_500_000
    with pytest.raises(TimeError, match="2000 to 2099"):
        clock.read(NOON * 1000, 2)
    with pytest.raises(TimeError) as caught:
        Clock().read("1.5", 1)
    assert "--start" in caught.value.hint
