"""Idle hours, and which hours of the week a machine can be off in."""

from pathlib import Path

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.gpu_metrics import GpuMetrics, machine_at, priced, read_gpu_metrics, switching_off
from planner.gpu_metrics.idle import hour_of_week
from tests.gpu_metrics.metric_files import MONDAY, in_hours, plain_rows, steady, text_file

AT = "aws/p5.48xlarge@us-east-1"


def _office(tmp_path: Path, weeks: float, gpus: int = 8) -> GpuMetrics:
    work = in_hours(8, 18, steady(60, 0.4, 0.3, 30000))
    return read_gpu_metrics(text_file(tmp_path, plain_rows(work, hours=weeks * 168, step_minutes=30, gpus=gpus)))


def test_the_week_begins_on_monday() -> None:
    assert hour_of_week(np.array([int(MONDAY.timestamp()) // 3600])).tolist() == [0]


def test_idle_by_hour_of_the_week(tmp_path: Path) -> None:
    found = _office(tmp_path, 1)
    busy = np.zeros((7, 24), bool)
    busy[:5, 8:18] = True
    assert (found.idle_by_hour == ~busy.reshape(-1)).all()
    assert found.idle_share == pytest.approx(118 / 168)
    assert found.overall.idle_hours == pytest.approx(8 * 118)
    assert found.overall.idle_energy_kwh == pytest.approx(8 * 118 * 0.1)


def test_the_threshold_is_the_user_s(tmp_path: Path) -> None:
    path = text_file(tmp_path, plain_rows(steady(8, 0.08, 0.1, 1000), hours=10))
    assert read_gpu_metrics(path).idle_share == 0
    assert read_gpu_metrics(path, idle_below=0.1).idle_share == 1


def test_switching_off_saves_the_hours_less_the_starts(tmp_path: Path) -> None:
    found, catalog = _office(tmp_path, 2), load_catalog()
    present = machine_at(found, catalog, AT)
    (one,) = switching_off(found, present)
    assert (one.off_hours_per_week, one.starts_per_week) == (118, 5)
    start_hours = (60 + 180 + 150) / 3600
    assert present.start_hours == pytest.approx(start_hours)
    expected = present.usd_per_hour * (118 - 5 * start_hours) * 730 / 168
    assert one.saved_usd_per_month == pytest.approx(expected)


def test_what_was_idle_once_is_no_habit(tmp_path: Path) -> None:
    found = _office(tmp_path, 1)
    (one,) = switching_off(found, machine_at(found, load_catalog(), AT))
    assert (one.off_hours_per_week, one.saved_usd_per_month, one.once_idle_hours) == (0, 0, 118)


def test_one_busy_gpu_keeps_the_machine_on(tmp_path: Path) -> None:
    office, always = in_hours(8, 18, steady(60, 0.4, 0.3, 30000)), steady(60, 0.4, 0.3, 30000)
    rows = plain_rows(lambda now, gpu: (always if gpu == 3 else office)(now, gpu), hours=336, step_minutes=60, gpus=8)
    found = read_gpu_metrics(text_file(tmp_path, rows))
    (one,) = switching_off(found, machine_at(found, load_catalog(), AT))
    assert one.off_hours_per_week == 0


def test_an_hour_in_between_is_not_worth_a_start(tmp_path: Path) -> None:
    rows = plain_rows(
        lambda now, _gpu: (0 if now.hour == 12 else 60, 0.4, 0.3, 30000, 300), hours=336, step_minutes=60, gpus=8
    )
    found = read_gpu_metrics(text_file(tmp_path, rows))
    (one,) = switching_off(found, machine_at(found, load_catalog(), AT))
    assert (one.off_hours_per_week, one.starts_per_week) == (0, 0)


def test_a_machine_that_never_works_is_off_for_good(tmp_path: Path) -> None:
    found = read_gpu_metrics(text_file(tmp_path, plain_rows(steady(0, 0, 0, 500), hours=336, step_minutes=60)))
    present = priced(found, load_catalog(), 2.0)
    (one,) = switching_off(found, present)
    assert one.starts_per_week == 0
    assert one.saved_usd_per_month == pytest.approx(present.usd_per_month)
    assert present.usd_per_month == pytest.approx(2.0 * 730)
