"""Idle hours of sampled hosts, at what the bill has for them."""

import datetime

import pytest

from planner.spend.advice.idle import find
from planner.spend.store import Store
from tests.spend.advice.past import END, blank, history, hourly


def sampled(store: Store, host: str, busy: str, hours: int, peak_gib: float = 20.0, gpus: float = 8.0) -> None:
    """An hour each before the end; how busy by an expression in `i`."""
    store.connection.execute(
        "INSERT INTO gpu_samples BY NAME SELECT ?::TIMESTAMP + INTERVAL 1 HOUR * i AS hour, ? AS host, "
        f"'h100-sxm' AS gpu, ? AS gpus, ({busy})::DOUBLE AS busy, ? AS peak_memory_gib, 80.0 AS memory_gib, "
        "60.0 AS minutes FROM range(?) t(i)",
        [END - datetime.timedelta(hours=hours), host, gpus, peak_gib, hours],
    )


def test_from_the_second_idle_hour_on() -> None:
    with blank() as store:
        hourly(store, "8", 2.0, 192, resource="arn:aws:ec2:us-east-1:1:instance/i-1")
        # Busy 6 h, idle 4 h, busy 13 h, idle 1 h a day: only the last three of the four are saved.
        sampled(store, "I-1", "CASE WHEN i % 24 IN (6, 7, 8, 9, 23) THEN 0.01 ELSE 0.6 END", 192)
        (found,) = find(history(store))
    assert found.saving_usd == pytest.approx(8 * 3 * 8 * 2.0)
    assert found.about == "h100-sxm at aws"
    assert "i-1" in found.steps[0]
    assert "24 host-hours" in found.basis
    assert "$640" in found.basis  # 8 * 5 idle hours at $16
    assert found.first == datetime.date(2026, 10, 24)


def test_a_host_may_be_what_the_bill_calls_a_resource() -> None:
    cells = [{"resource": "i-0abc", "resource_name": "trainer-7"}, {"resource": "i-0abc", "resource_name": ""}]
    with blank({"cells": cells}) as store:
        hourly(store, "8", 2.0, 240, resource="i-0abc")  # two days before the first sample count for nothing
        sampled(store, "trainer-7", "0.0", 192)
        (found,) = find(history(store))
    assert found.saving_usd == pytest.approx(191 * 16.0)
    assert "trainer-7" in found.steps[0]


def test_hours_that_do_not_follow_on_each_other_are_no_stretch() -> None:
    with blank() as store:
        hourly(store, "8 * (i % 2)", 2.0, 192, resource="i-1")  # billed every other hour
        sampled(store, "i-1", "0.0", 192)
        assert list(find(history(store))) == []


@pytest.mark.parametrize("rows", ["by the hour", "by the day"])
def test_a_machine_that_answers_is_not_idle(rows: str) -> None:
    with blank() as store:
        hourly(store, "8", 2.0, 192, resource="i-1", model="chat")
        sampled(store, "i-1", "0.0", 192)
        # Asked in the first 12 hours of every day but the last two.
        step, first = (1, "i % 24 < 12") if rows == "by the hour" else (24, "true")
        store.connection.execute(
            "INSERT INTO usage BY NAME SELECT ?::TIMESTAMP + INTERVAL 1 HOUR * i AS hour, 'chat' AS model, "
            f"9.0 AS requests FROM range(0, 144, {step}) t(i) WHERE {first}",
            [END - datetime.timedelta(hours=192)],
        )
        (found,) = find(history(store))
    # Of a day logged by the hour, eleven of its other twelve; the two days without requests follow on such a night.
    assert found.saving_usd == pytest.approx(16.0 * (6 * 11 + 48 if rows == "by the hour" else 47))


def test_a_few_days_are_no_week() -> None:
    with blank() as store:
        hourly(store, "8", 2.0, 96, resource="i-1")
        sampled(store, "i-1", "0.0", 96)
        assert list(find(history(store))) == []


def test_runs_on_the_host_are_the_same_money() -> None:
    with blank() as store:
        hourly(store, "8", 2.0, 192, resource="i-1", run="r1")
        sampled(store, "i-1", "0.0", 192)
        (found,) = find(history(store))
    assert found.touched.items == {"resource i-1", "run r1"}


@pytest.mark.parametrize("what", ["busy", "unknown", "committed", "another", "unsampled"])
def test_absent(what: str) -> None:
    with blank() as store:
        category = "Committed" if what == "committed" else "Standard"
        hourly(store, "8", 2.0, 192, resource="i-1", pricing_category=category)
        if what != "unsampled":
            busy = {"busy": "0.05", "unknown": "NULL"}.get(what, "0.0")
            sampled(store, "i-2" if what == "another" else "i-1", busy, 192)
        assert list(find(history(store))) == []
