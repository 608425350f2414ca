"""Fronts over what is known, and decisions on them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planner.kinds.serving.choosing import Ways, decide_among, front_of, partial_fronts

OBJECTIVES = ("cost", "latency", "quality")
FIGURES = arrays(np.float64, (20, 4), elements=st.sampled_from([0.1, 0.2, 0.5, 0.9, np.nan]))
FEASIBLE = arrays(np.bool_, 20)


def _ways(figures: np.ndarray, feasible: np.ndarray) -> Ways:
    cost, latency, quality, carbon = figures.T
    return Ways(cost, latency, quality, carbon, feasible, np.ones(len(figures), bool))


@settings(max_examples=60)
@given(FIGURES, FEASIBLE)
def test_a_front_is_every_feasible_way_that_none_beats_once(figures: np.ndarray, feasible: np.ndarray) -> None:
    ways = _ways(figures, feasible)
    front = front_of(ways, OBJECTIVES)
    losses = ways.loss(OBJECTIVES)
    known = [i for i in range(20) if feasible[i] and np.isfinite(losses[i]).all()]
    best = {
        tuple(losses[i]) for i in known
        if not any((losses[j] <= losses[i]).all() and (losses[j] < losses[i]).any() for j in known)
    }  # fmt: skip
    assert {tuple(losses[i]) for i in front} == best
    assert len(front) == len(best)
    assert (np.diff(ways.cost_usd[front]) >= 0).all()


@settings(max_examples=60)
@given(FIGURES, FEASIBLE)
def test_a_way_that_knows_less_stands_on_fronts_over_what_it_knows(figures: np.ndarray, feasible: np.ndarray) -> None:
    ways = _ways(figures, feasible)
    known = np.isfinite(ways.loss(OBJECTIVES))
    found = partial_fronts(ways, OBJECTIVES)
    assert len({part.objectives for part in found}) == len(found)
    for part in found:
        assert 0 < len(part.objectives) < len(OBJECTIVES)
        columns = [OBJECTIVES.index(name) for name in part.objectives]
        assert known[part.rows][:, columns].all()
        assert feasible[part.rows].all()
        assert not known[part.rows].all(axis=1).all()
    # The cheapest of all that knows its cost but not all is on a front, unless one that knows all costs no more.
    lacking = np.flatnonzero(feasible & known[:, 0] & ~known.all(axis=1))
    if len(lacking) and (lowest := ways.cost_usd[lacking].min()) < np.nanmin(
        np.where(feasible & known.all(axis=1), ways.cost_usd, np.inf)
    ):
        assert lowest in [ways.cost_usd[row] for part in found for row in part.rows]


@settings(max_examples=60)
@given(FIGURES, FEASIBLE)
def test_decisions_are_points_of_the_front(figures: np.ndarray, feasible: np.ndarray) -> None:
    ways = _ways(figures, feasible)
    front = front_of(ways, OBJECTIVES)
    chosen = {one.name: one for one in decide_among(ways, front, OBJECTIVES, np.full(len(front), 0.1),
                                                    np.full(len(front), 0.1))}  # fmt: skip
    assert set(chosen) == ({"cheapest", "fastest", "best", "knee"} if len(front) else set())
    if not len(front):
        return
    assert all(one.row in front and set(one.within_noise) <= set(front.tolist()) for one in chosen.values())
    assert ways.cost_usd[chosen["cheapest"].row] == ways.cost_usd[front].min()
    assert ways.latency_s[chosen["fastest"].row] == ways.latency_s[front].min()
    assert ways.quality[chosen["best"].row] >= ways.quality[front].max() - 0.01
