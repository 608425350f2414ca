"""Where the costs of two ways cross, over volume: exactly, with steps and tiers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.finance.cost_curves import (
    CostCurve,
    crossover_volume,
    crossovers,
    linear_curve,
    stepped_curve,
    tiered_curve,
)


@st.composite
def curves(draw: st.DrawFn) -> CostCurve:
    """Some corners, with steps among them."""
    whole = st.integers(0, 12)
    inner = sorted(draw(st.lists(st.integers(1, 12), max_size=4, unique=True)))
    volumes = [0, *(volume for volume in inner for _ in range(draw(st.integers(1, 2))))]
    usd = draw(st.lists(whole, min_size=len(volumes), max_size=len(volumes)))
    return CostCurve(np.array(volumes, np.float64), np.array(usd, np.float64), float(draw(st.integers(0, 4))))


def test_a_platform_against_an_api() -> None:  # T-9.21
    fixed = 2.5 * 730.0
    (only,) = crossovers(linear_curve(fixed, 0.0), linear_curve(0.0, 0.60))
    assert only.volume == pytest.approx(3_042.0, abs=0.5)
    assert only.first_is_cheaper_after
    assert only.volume == pytest.approx(float(crossover_volume(fixed, 0.60)))


def test_tiers_cross_twice() -> None:
    """A price that falls late: renting by the unit wins, loses, and wins again."""
    api = tiered_curve(0.0, [(0.0, 2.0), (100.0, 0.5)])
    own = linear_curve(60.0, 1.0)
    assert own.usd_at(np.array([0.0, 100.0])).tolist() == [60.0, 160.0]
    assert api.usd_at(np.array([50.0, 100.0, 300.0])).tolist() == [100.0, 200.0, 300.0]
    found = crossovers(own, api)
    assert [(x.volume, x.first_is_cheaper_after, x.at_a_step) for x in found] == [
        (60.0, True, False),
        (180.0, False, False),
    ]


def test_replicas_bought_whole_cross_at_steps() -> None:
    own = stepped_curve(10.0, 100.0, 300.0)
    assert own.usd_at(np.array([0.0, 1.0, 100.0, 100.5, 200.0, 300.0])).tolist() == [10, 10, 10, 20, 20, 30]
    found = crossovers(own, linear_curve(0.0, 0.15))
    assert [(round(x.volume, 6), x.first_is_cheaper_after, x.at_a_step) for x in found] == [
        (round(10 / 0.15, 6), True, False),
        (100.0, False, True),
        (round(20 / 0.15, 6), True, False),
    ]


def test_the_same_for_a_stretch_and_a_touch() -> None:
    first = CostCurve(np.array([0.0, 10.0, 20.0]), np.array([0.0, 10.0, 20.0]), 3.0)
    second = CostCurve(np.array([0.0, 10.0, 20.0]), np.array([5.0, 10.0, 20.0]), 1.0)
    (only,) = crossovers(first, second)
    assert (only.volume, only.until, only.first_is_cheaper_after) == (10.0, 20.0, False)
    touching = CostCurve(np.array([0.0, 10.0, 20.0]), np.array([5.0, 10.0, 25.0]), 1.0)
    assert crossovers(linear_curve(0.0, 1.0), touching) == ()
    assert crossovers(first, first) == ()


def costs(curve: CostCurve, volumes: Floats) -> Floats:
    return curve.usd_at(volumes)


@settings(max_examples=60)
@given(curves(), curves())
def test_costs_are_equal_where_curves_cross_and_nowhere_else_they_change(first: CostCurve, second: CostCurve) -> None:
    found = crossovers(first, second)
    for each in found:
        if not each.at_a_step:
            sides = [(curve.usd_at(each.volume), curve.usd_beyond(each.volume)) for curve in (first, second)]
            apart = [float(a - b) for a, b in zip(*sides, strict=True)]
            assert min(apart) <= 1e-9
            assert max(apart) >= -1e-9
    fine = np.linspace(0.0, 40.0, 4001)[1:] - 0.00317
    gaps = costs(first, fine) - costs(second, fine)
    signs = np.sign(np.where(np.abs(gaps) < 1e-9, 0.0, gaps))
    places = np.flatnonzero(signs)
    changed = [fine[b] for a, b in pairwise(places) if signs[a] != signs[b]]
    seen = [each.until for each in found if each.until < fine[-1]]
    assert len(seen) >= len(changed)
    assert all(min(abs(at - until) for until in seen) < 0.0201 for at in changed)
    assert crossovers(second, first) == tuple(
        type(x)(x.volume, x.until, not x.first_is_cheaper_after, x.at_a_step) for x in found
    )


@settings(max_examples=60)
@given(st.floats(0.0, 1e5), st.floats(0.01, 10.0), st.floats(0.0, 10.0))
def test_the_column_form_equalises_costs(fixed: float, api: float, marginal: float) -> None:
    volume = float(crossover_volume(fixed, api, marginal))
    if np.isfinite(volume):
        assert fixed + marginal * volume == pytest.approx(api * volume, rel=1e-6, abs=1e-9)
    else:
        assert marginal >= api


def test_never_and_unknown_volumes() -> None:
    found = crossover_volume(np.array([5.0, np.nan, 5.0]), np.array([1.0, 1.0, np.nan]), np.array([2.0, 2.0, 0.0]))
    assert found == pytest.approx([np.inf, np.nan, np.nan], nan_ok=True)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown or infinite number"):
        linear_curve(np.nan, 1.0)
    with pytest.raises(ValueError, match="begin at 0 and go up"):
        CostCurve(np.array([0.0, 2.0, 1.0]), np.zeros(3), 0.0)
    with pytest.raises(ValueError, match="as many costs as volumes"):
        CostCurve(np.zeros(1), np.zeros(2), 0.0)
    with pytest.raises(ValueError, match="tiers of a price need one"):
        tiered_curve(1.0, [])
    with pytest.raises(ValueError, match="1,000,000 steps are more than 100,000"):
        stepped_curve(1.0, 1.0, 1e6)
    with pytest.raises(ValueError, match="volume is -1"):
        linear_curve(1.0, 1.0).usd_at(-1.0)
