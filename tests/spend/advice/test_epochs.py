"""The knee of past runs, by hand; chosen on the older, judged on the newer."""

from typing import Any

import numpy as np
import pytest

from planner.spend.advice.epochs import find, knee
from tests.spend.advice.past import a_curve, a_run, blank, history

FLAT = [0.50, 0.80, 0.88, 0.89, 0.895, 0.90]


def tables(number: int = 6, **changed: list[float]) -> dict[str, list[dict[str, Any]]]:
    runs = [a_run(k, 80 - 10 * k, 6.0, 60.0, metric="f1", higher_is_better=True) for k in range(number)]
    histories = [row for k in range(number) for row in a_curve(k, changed.get(f"r{k}", FLAT), 6.0)]
    return {"runs": list(runs), "histories": list(histories)}


def test_the_knee_is_where_gain_falls_below_cost() -> None:
    best, share = np.array(FLAT), np.arange(1, 7) / 6
    # Gains of 0.4 by epoch: 0.30, 0.08, 0.01, 0.005, 0.005 against a fifth of the cost each: 0.75, 0.2, ...
    # The third epoch's 0.2 of the gain equals its fifth of the cost, so that the second is as good and stands first.
    assert knee(best, share) == 2
    assert knee(best * 1.0 + np.arange(6) * 0.001, share) in (2, 3)
    assert knee(np.full(6, 0.9), share) == 1
    assert knee(np.array([0.1, 0.2, 0.3, 0.4]), np.arange(1, 5) / 4) == 1  # a straight line has none


def test_later_runs_are_cut_where_the_earlier_ones_did_with_less() -> None:
    with blank(tables()) as store:
        (found,) = find(history(store, quality_kept=0.95))
        (stricter,) = find(history(store, quality_kept=0.99))
    assert "for 3 epochs in place of 6" in found.text  # 0.80 / 0.90 is too little, 0.88 / 0.90 is 97.8 %
    assert found.saving_usd == pytest.approx(3 * 60.0 * 0.5)  # the three newer runs, half of each
    assert found.hours_saved == pytest.approx(3 * 3.0)
    assert "for 5 epochs" in stricter.text  # 0.895 / 0.9


def test_absent_where_newer_runs_need_their_epochs() -> None:
    late = [0.1, 0.2, 0.3, 0.4, 0.6, 0.9]
    with blank(tables(r4=late)) as store:
        assert list(find(history(store))) == []
    with blank(tables(3)) as store:
        assert list(find(history(store))) == []  # too few to judge on
    with blank(tables(6, **{f"r{k}": late for k in range(6)})) as store:
        assert list(find(history(store))) == []
