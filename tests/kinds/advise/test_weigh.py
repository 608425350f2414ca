"""What a difference is worth, against closed forms and plain Monte Carlo."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, ndtr

from planner.choose.decide import RESIDUAL_SD, SAME_QUALITY, Points
from planner.kinds.advise.weigh import (
    SURE,
    hopeful,
    least_that_keeps,
    quality_difference,
    ratio_difference,
    worth,
)

SURELY = frozenset({"cost"})


def points(cost: list[float], hours: list[float] | None = None, **columns: Any) -> Points:
    n = len(cost)
    made: dict[str, Any] = {name: np.zeros(n) for name in Points.__dataclass_fields__}
    made |= {"cost_usd": np.array(cost), "hours": np.array(hours or [1.0] * n), "carbon_kg": np.ones(n)}
    made |= {name: np.zeros(n, np.int64) for name in ("model", "method", "machine", "offer")}
    made |= {name: np.array(column) for name, column in columns.items()}
    made["quality"] = expit(made["quality_logit"])
    return Points(**made)


def test_on_the_same_machine_only_the_residual_counts() -> None:
    found = ratio_difference(points([100.0, 90.0]), 1, "cost", sd=0.0)
    assert found.gain == pytest.approx(10.0)
    assert found.share == pytest.approx(0.1)
    assert found.chance == pytest.approx(float(ndtr(np.log(100 / 90) / RESIDUAL_SD)))
    own, other = np.exp(RESIDUAL_SD / np.sqrt(2) * np.random.default_rng(2).normal(size=(2, 400_000)))
    assert [found.low, found.high] == pytest.approx(list(np.quantile(100 * own - 90 * other, [0.05, 0.95])), abs=0.3)


def test_the_band_is_that_of_drawn_costs() -> None:
    """Two machines: own and other speed and price errors apart, token error shared."""
    p = points([100.0, 60.0], machine=[0, 1], offer=[0, 1], speed_sd=[0.2, 0.25], price_sd=[0.02, 0.1])
    shared, total = 0.15, float(np.sqrt(0.15**2 + 0.2**2 + 0.02**2))
    found = ratio_difference(p, 1, "cost", sd=total)
    rng = np.random.default_rng(3)
    z = rng.normal(size=(5, 400_000))
    own = 100 * np.exp(shared * z[0] + 0.2 * z[1] + 0.02 * z[2])
    other = 60 * np.exp(shared * z[0] + 0.25 * z[3] + 0.1 * z[4])
    assert found.chance == pytest.approx(float((other < own).mean()), abs=0.003)
    assert [found.low, found.high] == pytest.approx(list(np.quantile(own - other, [0.05, 0.95])), abs=0.5)


def test_quality_in_q_with_its_band() -> None:
    found = quality_difference(points([1.0, 1.0], quality_logit=[0.0, 0.5]), 1)
    assert found.gain == pytest.approx(float(expit(0.5)) - 0.5)
    assert found.low == pytest.approx(float(expit(0.5 - 1.6448536 * 0.1)) - 0.5, abs=1e-6)
    assert found.chance > 0.99


def test_a_gain_that_counts_as_the_same_quality_is_none_but_a_sure_loss_is_told() -> None:
    p = points([1.0, 1.0, 1.0, 0.5], quality_logit=[3.0, 3.2, 3.5, 2.8])
    assert quality_difference(p, 1).chance > SURE
    assert 0 < quality_difference(p, 1).gain < SAME_QUALITY
    assert worth(p, 1, (0.1, 0.1), frozenset()) is None
    found = worth(p, 2, (0.1, 0.1), frozenset())
    assert found is not None
    assert found.saves == "quality"
    cheaper = worth(p, 3, (0.1, 0.1), frozenset())
    assert cheaper is not None
    assert cheaper.trade_offs == ("quality",)


def test_savings_inside_the_noise_are_no_savings() -> None:
    p = points([100.0, 98.0, 96.9, 90.0])
    assert hopeful(p).tolist() == [False, False, False, True]
    assert worth(p, 1, (0.3, 0.3), SURELY) is None
    found = worth(p, 3, (0.3, 0.3), SURELY)
    assert found is not None
    assert (found.saves, found.trade_offs) == ("cost", ())


def test_what_a_decision_was_taken_for_must_not_get_worse() -> None:
    p = points([100.0, 70.0], [1.0, 2.0])
    found = worth(p, 1, (0.1, 0.1), frozenset())
    assert found is not None
    assert found.trade_offs == ("time",)
    assert worth(p, 1, (0.1, 0.1), frozenset({"time"})) is None
    assert worth(points([100.0, 93.0], [1.0, 2.0]), 1, (0.1, 0.1), frozenset()) is None


def test_a_median_that_is_worse_inside_the_noise_slips() -> None:
    """Slower by 5 % with a speed known to 30 % is no loss beyond noise, and still slower."""
    p = points([100.0, 50.0, 50.0], [2.0, 2.1, 2.01], machine=[0, 1, 1], speed_sd=[0.3, 0.3, 0.3])
    found, nearly = worth(p, 1, (0.3, 0.3), frozenset({"time"})), worth(p, 2, (0.3, 0.3), frozenset({"time"}))
    assert found is not None
    assert nearly is not None
    assert found.trade_offs == ()
    assert found.slips == frozenset({"time"})
    assert not nearly.slips


def test_time_is_not_saved_for_money() -> None:
    assert worth(points([100.0, 120.0], [2.0, 1.0]), 1, (0.1, 0.1), frozenset()) is None
    found = worth(points([100.0, 100.0], [2.0, 1.0]), 1, (0.1, 0.1), frozenset())
    assert found is not None
    assert found.saves == "time"


def test_unknown_is_worth_nothing() -> None:
    assert worth(points([100.0, np.nan]), 1, (0.1, 0.1), frozenset()) is None
    assert not hopeful(points([100.0, np.nan])).any()


def test_the_smallest_value_that_keeps_the_gain() -> None:
    p = points([1.0] * 5, gain=[0.60, 0.50, 0.575, 0.59, 0.62], overfit=[0, 0, 0, 0, 0.3])
    rows, values = np.array([1, 2, 3]), np.array([1.0, 1.5, 2.0])
    assert least_that_keeps(p, 0, rows, values, 0.95) == 2
    assert least_that_keeps(p, 4, rows, values, 0.95) == 2  # the own one is past its knee: 0.59 is the most there is
    assert least_that_keeps(p, 0, np.array([1]), np.array([1.0]), 0.95) is None
