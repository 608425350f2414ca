"""Seeded draws: the same each time, close to what is known exactly; bands, chances, tornado and shares."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.finance.distributions import Distribution, Lognormal, Normal, Point, Triangular, Uniform
from planner.estimate.finance.irr import rate_column
from planner.estimate.finance.present_value import npv_usd
from planner.estimate.finance.returns import payback
from planner.estimate.finance.simulation import Sampling, draw_inputs, simulate
from planner.estimate.finance.uncertainty import (
    chance_of_less,
    chance_within,
    limit_holds,
    lognormal_limit_holds,
    spread_of,
    tornado,
    variance_shares,
)

INPUTS: dict[str, Distribution] = {
    "price": Lognormal(80.0, 0.3),
    "volume": Triangular(1.0, 2.0, 6.0),
    "fixed": Normal(10.0, 2.0),
    "tax": Point(0.2),
}
"""Independent, so that the mean of the cost is known."""
MEAN = 1.2 * (80.0 * np.exp(0.045) * 3.0 + 10.0)


def cost(x: Mapping[str, Floats]) -> Floats:
    return (1.0 + x["tax"]) * (x["price"] * x["volume"] + x["fixed"])


@pytest.mark.parametrize("sampling", ["latin_hypercube", "sobol"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_mean_converges(sampling: Sampling, seed: int) -> None:
    few, many = (simulate(cost, INPUTS, seed, draws, sampling).result for draws in (256, 16_384))
    plain_error = many.std() / np.sqrt(many.size)
    assert abs(many.mean() - MEAN) < 0.5 * plain_error
    assert abs(few.mean() - MEAN) < many.std() / np.sqrt(few.size)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from(["latin_hypercube", "sobol"]))
def test_the_same_seed_gives_the_same_draws_in_any_order(seed: int, sampling: Sampling) -> None:
    first = draw_inputs(INPUTS, seed, 128, sampling)
    second = draw_inputs(dict(reversed(INPUTS.items())), seed, 128, sampling)
    other = draw_inputs(INPUTS, seed + 1, 128, sampling)
    for name, column in first.items():
        assert column.tobytes() == second[name].tobytes()
        assert (column.tobytes() == other[name].tobytes()) == (name == "tax")
        assert np.isfinite(column).all()


def test_a_latin_hypercube_has_one_draw_in_every_slice() -> None:
    drawn = draw_inputs({"a": Uniform(0.0, 1.0), "b": Uniform(0.0, 1.0)}, 3, 500)
    for column in drawn.values():
        assert sorted(np.floor(column * 500).astype(int).tolist()) == list(range(500))
    assert abs(np.corrcoef(drawn["a"], drawn["b"])[0, 1]) < 0.15


def test_only_certain_inputs_need_no_draws() -> None:
    found = simulate(cost, {"price": Point(2.0), "volume": Point(3.0), "fixed": Point(4.0), "tax": Point(0.0)}, 1, 100)
    assert set(found.result.tolist()) == {10.0}


def test_a_band_is_that_of_the_distribution() -> None:
    drawn = draw_inputs({"cost": Lognormal(80.0, 0.3)}, 7, 8192)["cost"]
    found = spread_of(drawn)
    exact = Lognormal(80.0, 0.3).quantile(np.array([0.05, 0.5, 0.95]))
    assert [found.low, found.median, found.high] == pytest.approx(exact, rel=2e-3)
    assert found.mean == pytest.approx(83.682, rel=1e-3)


def test_infinite_draws_count_and_unknown_ones_are_told() -> None:
    found = spread_of(np.array([1.0] * 80 + [np.inf] * 20))
    assert (found.low, found.median, found.high, found.mean) == (1.0, 1.0, np.inf, np.inf)
    unknown = spread_of(np.array([1.0, np.nan, 2.0, 3.0]))
    assert unknown.unknown_share == 0.25
    assert np.isnan([unknown.low, unknown.median, unknown.high, unknown.mean]).all()


def test_the_chance_that_one_is_lower() -> None:
    """Of two lognormal costs it is Phi(ln(m2/m1)/sqrt(s1^2 + s2^2))."""
    drawn = draw_inputs({"build": Lognormal(80.0, 0.3), "buy": Lognormal(100.0, 0.4)}, 1, 16_384)
    chance = chance_of_less(drawn["build"], drawn["buy"])
    assert chance == pytest.approx(0.6723, abs=0.01)
    assert chance_of_less(drawn["buy"], drawn["build"]) == pytest.approx(1.0 - chance)
    assert chance_of_less(np.ones(4), np.ones(4)) == 0.5
    assert np.isnan(chance_of_less(np.array([1.0, np.nan]), np.ones(2)))


def test_a_chance_constraint() -> None:  # T-11.6
    drawn = draw_inputs({"cost": Lognormal(80.0, 0.3)}, 5, 8192)["cost"]
    share, enough = lognormal_limit_holds(80.0, 0.3, np.array([117.506 + 1e-3, 117.506 - 1e-3]), 0.9)
    assert share == pytest.approx([0.9, 0.9], abs=1e-4)
    assert enough.tolist() == [True, False]
    assert limit_holds(drawn, 118.2, 0.9)
    assert not limit_holds(drawn, 116.8, 0.9)
    assert not limit_holds(np.array([1.0, np.nan]), 5.0, 0.1)


def test_a_certain_cost_holds_its_limit_or_not() -> None:
    share, enough = lognormal_limit_holds(80.0, 0.0, np.array([81.0, 79.0, np.nan]), 0.9)
    assert share == pytest.approx([1.0, 0.0, np.nan], nan_ok=True)
    assert enough.tolist() == [True, False, False]


def test_joint_limits_share_their_draws() -> None:
    shared = draw_inputs({"x": Uniform(0.0, 1.0)}, 1, 4096)["x"]
    apart = draw_inputs({"x": Uniform(0.0, 1.0), "y": Uniform(0.0, 1.0)}, 1, 4096)
    limits = {"x": 0.5, "y": 0.5}
    assert chance_within({"x": shared, "y": shared}, limits) == pytest.approx(0.5, abs=0.01)
    assert chance_within(apart, limits) == pytest.approx(0.25, abs=0.02)
    assert np.isnan(chance_within({"x": shared, "y": np.full(4096, np.nan)}, limits))


def test_a_tornado_moves_one_input_at_a_time() -> None:
    inputs: dict[str, Distribution] = {"a": Uniform(0.0, 10.0), "b": Uniform(0.0, 50.0), "c": Point(3.0)}
    found = tornado(lambda x: 2.0 * x["a"] - x["b"] + x["c"], inputs)
    assert found.middle == pytest.approx(10.0 - 25.0 + 3.0)
    assert [swing.name for swing in found.swings] == ["b", "a"]
    widest = found.swings[0]
    assert (widest.input_low, widest.input_high) == pytest.approx((5.0, 45.0))
    assert (widest.result_low, widest.result_high, widest.width) == pytest.approx((8.0, -32.0, 40.0))


def test_shares_of_the_variance() -> None:
    """Of a sum of normals they are the shares of the variances, up to the rank correlation's curve."""
    inputs: dict[str, Distribution] = {
        "large": Normal(0.0, 3.0),
        "small": Normal(0.0, 1.0),
        "none": Normal(0.0, 1.0),
        "fixed": Point(1.0),
    }
    found = simulate(lambda x: x["large"] - x["small"] + x["fixed"], inputs, 2, 8192)
    shares = variance_shares(found.inputs, found.result)
    assert [each.name for each in shares] == ["large", "small", "none"]
    assert [each.share for each in shares] == pytest.approx([0.9, 0.1, 0.0], abs=0.02)
    assert shares[1].rank_correlation < 0.0 < shares[0].rank_correlation
    flat = variance_shares(found.inputs, np.ones(8192))
    assert np.isnan([each.share for each in flat]).all()


def test_a_business_case_in_columns() -> None:
    inputs: dict[str, Distribution] = {"invested": Triangular(100e3, 120e3, 160e3), "saved": Lognormal(15e3, 0.2)}

    def flows(x: Mapping[str, Floats]) -> Floats:
        return np.concatenate([-x["invested"][:, None], np.repeat(x["saved"][:, None], 12, axis=1)], axis=1)

    found = simulate(lambda x: npv_usd(flows(x), 0.008), inputs, 1, 512)
    rates = rate_column(flows(found.inputs)).rate_per_month
    assert ((rates > 0.008) == (found.result > 0.0)).all()
    months = payback(flows(found.inputs)).months
    inside = np.isfinite(months)
    assert months[inside] == pytest.approx((found.inputs["invested"] / found.inputs["saved"])[inside])


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="10 draws: give 100 to 1,048,576"):
        draw_inputs(INPUTS, 1, 10)
    with pytest.raises(ValueError, match="power of two, not 1,000 draws; give 1,024"):
        draw_inputs(INPUTS, 1, 1000, "sobol")
    with pytest.raises(ValueError, match=r"shape \(3,\); it must give one number for each of 128 draws"):
        simulate(lambda _: np.ones(3), INPUTS, 1, 128)
    with pytest.raises(ValueError, match="no result is named y"):
        chance_within({"x": np.ones(3)}, {"y": 1.0})
    with pytest.raises(ValueError, match="same draws; their lengths are 2, 3"):
        chance_of_less(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match=r"probability is 1\.5"):
        limit_holds(np.ones(3), 1.0, 1.5)
