"""Seeded draws: the same each time, close to what is known exactly; bands, chances, tornado and shares."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.finance.distributions import Distribution, Lognormal, Normal, Point, Triangular, Uniform
from planner.estimate.finance.irr import internal_rates
from planner.estimate.finance.present_value import npv_usd
from planner.estimate.finance.returns import payback_months
from planner.estimate.finance.simulation import Sampling, draw_inputs, results_of
from planner.estimate.finance.uncertainty import chance_of_less, spread_of, tornado, variance_shares

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
    few, many = (cost(draw_inputs(INPUTS, seed, draws, sampling)) for draws in (256, 16_384))
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
    known = {"price": Point(2.0), "volume": Point(3.0), "fixed": Point(4.0), "tax": Point(0.0)}
    assert set(cost(draw_inputs(known, 1, 100)).tolist()) == {10.0}


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
    assert np.isnan([unknown.low, unknown.median, unknown.high, unknown.mean]).all()


def test_the_chance_that_one_is_lower() -> None:
    """Of two lognormal costs it is Phi(ln(m2/m1)/sqrt(s1^2 + s2^2))."""
    drawn = draw_inputs({"build": Lognormal(80.0, 0.3), "buy": Lognormal(100.0, 0.4)}, 1, 16_384)
    chance = chance_of_less(drawn["build"], drawn["buy"])
    assert chance == pytest.approx(0.6723, abs=0.01)
    assert chance_of_less(drawn["buy"], drawn["build"]) == pytest.approx(1.0 - chance)
    assert chance_of_less(np.ones(4), np.ones(4)) == 0.5
    assert np.isnan(chance_of_less(np.array([1.0, np.nan]), np.ones(2)))


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
    drawn = draw_inputs(inputs, 2, 8192)
    shares = variance_shares(drawn, drawn["large"] - drawn["small"] + drawn["fixed"])
    assert [each.name for each in shares] == ["large", "small", "none"]
    assert [each.share for each in shares] == pytest.approx([0.9, 0.1, 0.0], abs=0.02)
    flat = variance_shares(drawn, np.ones(8192))
    assert np.isnan([each.share for each in flat]).all()


def test_a_business_case_in_columns() -> None:
    inputs: dict[str, Distribution] = {"invested": Triangular(100e3, 120e3, 160e3), "saved": Lognormal(15e3, 0.2)}

    def flows(x: Mapping[str, Floats]) -> Floats:
        return np.concatenate([-x["invested"][:, None], np.repeat(x["saved"][:, None], 12, axis=1)], axis=1)

    drawn = draw_inputs(inputs, 1, 256)
    worth, back = npv_usd(flows(drawn), 0.008), payback_months(flows(drawn))
    rates = np.array([internal_rates(row).rate_per_month for row in flows(drawn)])
    assert ((rates > 0.008) == (worth > 0.0)).all()
    inside = np.isfinite(back)
    assert back[inside] == pytest.approx((drawn["invested"] / drawn["saved"])[inside])


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="10 draws: give 100 to 1,048,576"):
        draw_inputs(INPUTS, 1, 10)
    with pytest.raises(ValueError, match="power of two, not 1,000 draws; give 1,024"):
        draw_inputs(INPUTS, 1, 1000, "sobol")
    with pytest.raises(ValueError, match=r"shape \(3,\); it must give one number for each of 128 draws"):
        results_of(lambda _: np.ones(3), {}, 128)
    with pytest.raises(ValueError, match="same draws; their lengths are 2, 3"):
        chance_of_less(np.ones(2), np.ones(3))
