"""Runs replayed with a patience, by hand."""

import datetime

import numpy as np
import pytest

from planner.spend.advice.early_stop import find, least_kept, stopped
from planner.spend.advice.past_runs import Curve, past_runs, trust_in
from tests.spend.advice.past import a_curve, a_run, blank, history
from tests.spend.made import fill

RISING = [0.50, 0.60, 0.70, 0.70, 0.69, 0.70, 0.70, 0.71, 0.70, 0.70]


def curve(values: list[float], higher: bool = True) -> Curve:
    with blank({"runs": [a_run(1, 5, 10.0, 100.0)]}) as store:
        (run,) = past_runs(history(store), 30)
    share = np.arange(1, len(values) + 1) / len(values)
    return Curve(run, share, share * len(values), np.array(values), higher, by_metric=True)


def test_stops_so_many_evaluations_after_the_best() -> None:
    one = stopped(curve(RISING), 3)  # best at the third; the sixth is three after it
    assert one.share == pytest.approx(0.6)
    assert one.kept == pytest.approx(0.70 / 0.71)


@pytest.mark.parametrize("patience", [1, 2, 3, 5, 8])
def test_as_a_loop_would(patience: int) -> None:
    values = np.random.default_rng(patience).random(40).tolist()
    best, since, stop = -1.0, 0, len(values)
    for at, value in enumerate(values, 1):
        best, since = (value, 0) if value > best else (best, since + 1)
        if since >= patience:
            stop = at
            break
    one = stopped(curve(values), patience)
    assert one.share == pytest.approx(stop / 40)
    assert one.kept == pytest.approx(best / max(values))


def test_losses_fall() -> None:
    one = stopped(curve([2.0, 1.0, 1.1, 1.2, 0.8], higher=False), 2)
    assert one.share == pytest.approx(4 / 5)
    assert one.kept == pytest.approx(0.8)  # best 0.8 over 1.0
    assert np.isnan(stopped(curve([1.0, 0.0, -1.0], higher=False), 2).kept)


def test_money_after_the_stop_is_saved() -> None:
    runs = [a_run(k, 40 - 4 * k, 10.0, 100.0, metric="f1", higher_is_better=True) for k in range(5)]
    histories = [row for k in range(5) for row in a_curve(k, RISING, 10.0)]
    with blank({"runs": runs, "histories": histories}) as store:
        (found,) = find(history(store, patience=3))
        assert list(find(history(store, patience=3, quality_kept=0.99))) == []
        assert list(find(history(store, patience=8))) == []  # none would have been stopped
    assert found.saving_usd == pytest.approx(5 * 40.0)
    assert found.hours_saved == pytest.approx(5 * 4.0)
    assert found.about == "tune"
    assert found.first == datetime.date(2026, 9, 22)
    assert "98.6" in found.risk


def test_one_run_that_loses_too_much_is_enough_to_leave_it() -> None:
    late = [0.5, 0.5, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]
    runs = [a_run(k, 40 - 4 * k, 10.0, 100.0, metric="f1", higher_is_better=True) for k in range(5)]
    histories = [row for k in range(5) for row in a_curve(k, late if k == 3 else RISING, 10.0)]
    with blank({"runs": runs, "histories": histories}) as store:
        assert list(find(history(store, patience=3))) == []
    assert least_kept([0.5] + [1.0] * 19) == 0.5
    assert least_kept([0.5] + [1.0] * 39) == 1.0


def test_absent_without_curves_costs_or_recent_runs() -> None:
    usual = {"metric": "f1", "higher_is_better": True}
    for run, values in (
        (a_run(1, 5, 10.0, 100.0, **usual), []),
        (a_run(1, 5, 10.0, 100.0, **usual) | {"cost_usd": None}, RISING),
        (a_run(1, 200, 10.0, 100.0, **usual), RISING),
        (a_run(1, 5, 10.0, 100.0, **usual) | {"job": ""}, RISING),
        (a_run(1, 5, 10.0, 100.0, **usual) | {"status": "failed"}, RISING),
    ):
        with blank({"runs": [run], "histories": a_curve(1, values, 10.0)}) as store:
            assert list(find(history(store))) == []


def test_the_bill_tells_how_a_run_was_rented_and_the_catalogs_price_is_no_bill() -> None:
    run = a_run(1, 5, 10.0, 100.0) | {"tier": "", "status": "", "cost_from": "catalog"}
    billed = {
        "hour": datetime.datetime(2026, 10, 27, 3),
        "run": "r001",
        "gpu_hours": 1.0,
        "pricing_category": "Dynamic",
    }
    with blank({"runs": [run]}) as store:
        (alone,) = past_runs(history(store), 30)
        fill(store, "gpu_hourly", [billed])
        (told,) = past_runs(history(store), 30)
        fill(store, "gpu_hourly", [billed | {"pricing_category": "Standard"}])
        (both,) = past_runs(history(store), 30)
    assert [one.tier for one in (alone, told, both)] == ["", "spot", ""]
    assert alone.finished
    assert trust_in([alone]) == "medium"


def test_what_the_bill_says_of_a_run_comes_before_its_log() -> None:
    billed = {"hour": datetime.datetime(2026, 10, 27, 3), "run": "r001", "effective_usd": 60.0, "gpu_hours": 10.0}
    with blank({"runs": [a_run(1, 5, 10.0, 100.0)], "gpu_hourly": [billed]}) as store:
        assert past_runs(history(store), 30)[0].cost_usd == 60.0
