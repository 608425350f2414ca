"""How safe a decision is: margins worked out by hand, and what holds for every front."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.rows import Ints
from planner.choose.decide import Decision, Points, decide, knee, knee_scores, scaled
from planner.choose.margins import Margin, margin
from tests.choose.test_decide import OBJECTIVES, points

NONE = np.empty(0, np.int64)


def of(name: str, p: Points, choice: list[int], objectives: list[str] | None = None) -> Margin | None:
    """The margin of the decision of this name."""
    asked = OBJECTIVES if objectives is None else objectives
    decision = next(d for d in decide(p, asked) if d.name == name)
    return margin(p, decision, np.array(choice))


def close(found: Margin | None, share: float, what: str, rival: int) -> None:
    assert found is not None
    assert found.share == pytest.approx(share)
    assert (found.of, found.rival) == (what, rival)


def test_cheapest_and_fastest_by_hand() -> None:
    """The next choice costs $12 against $10; the point of the same choice at $11 is no rival."""
    p = points([10.0, 11.0, 12.0, 40.0], [8.0, 6.0, 5.0, 2.0], [0.0, 0.5, 1.0, 1.5])
    close(of("cheapest", p, [0, 0, 1, 2]), 0.2, "cost", 2)
    close(of("fastest", p, [0, 0, 1, 2]), 1.5, "time", 2)


def test_greenest_by_hand() -> None:
    p = replace(points([10.0, 20.0], [8.0, 5.0], [0.0, 1.0]), carbon_kg=np.array([4.0, 3.0]))
    close(of("greenest", p, [0, 1], ["cost", "carbon"]), 1 / 3, "carbon", 0)


def test_equals_have_no_margin_but_a_rival() -> None:
    p = points([10.0, 10.0], [5.0, 6.0], [0.0, 0.0])
    close(of("cheapest", p, [0, 1]), 0.0, "cost", 1)


def test_best_among_equals_is_how_much_more_the_next_costs() -> None:
    """All three cannot be told apart by quality; the second is of the same choice as the best."""
    p = points([10.0, 11.0, 14.0], [1.0, 1.0, 1.0], [1.0, 1.005, 1.01])
    close(of("best", p, [0, 0, 1]), 0.4, "cost", 2)


def test_best_alone_is_how_much_less_quality_the_next_has() -> None:
    p = points([10.0, 20.0, 90.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 2.0])
    q = 1 / (1 + np.exp(-np.array([-1.0, 0.0, 2.0])))
    close(of("best", p, [0, 1, 2]), float((q[2] - q[1]) / q[2]), "quality", 1)


def test_peers_of_the_same_choice_alone_are_none() -> None:
    p = points([10.0, 30.0, 5.0], [1.0, 1.0, 1.0], [1.0, 1.001, -1.0])
    q = 1 / (1 + np.exp(-np.array([1.0, -1.0])))
    close(of("best", p, [0, 0, 1]), float((q[0] - q[1]) / q[0]), "quality", 2)


def test_a_rival_that_is_ahead_within_the_noise_is_not_behind() -> None:
    p = points([10.0, 20.0], [1.0, 1.0], [1.0, 1.2])
    found = margin(p, Decision("best", 0, "", NONE, of="quality", score=-p.quality), np.array([0, 1]))
    assert found == Margin(0.0, "quality", 1)


def test_the_knee_of_two_objectives_by_hand() -> None:
    """Distances below the chord from (0, 1) to (1, 0), of costs and hours e-fold apart."""
    losses = np.array([[0.0, 1.0], [0.2, 0.2], [0.5, 0.4], [1.0, 0.0]])
    p = points(np.exp(losses[:, 0]).tolist(), np.exp(losses[:, 1]).tolist(), [0.0] * 4)
    scores, undefined = knee_scores(losses)
    assert not undefined
    assert scores == pytest.approx(np.array([0.0, 0.6, 0.1, 0.0]) / np.sqrt(2))
    close(of("knee", p, [0, 1, 2, 3], ["cost", "time"]), 1 - 0.1 / 0.6, "trade-off", 2)
    close(of("knee", p, [0, 1, 1, 3], ["cost", "time"]), 1.0, "trade-off", 0)


def test_the_knee_of_three_objectives_by_hand() -> None:
    """Least trade-offs: what a move to another row loses over what it gains."""
    losses = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [0.1, 0.2, 0.1], [1.0, 1.0, 0.0], [0.3, 0.3, 0.15]])
    scores, undefined = knee_scores(losses)
    assert not undefined
    # The middle loses 0.8 + 0.9 for 0.1 on the way to (0, 1, 1), 0.9 + 0.9 for 0.2 to (1, 0, 1), 0.9 + 0.8 for 0.1 to
    # (1, 1, 0); the last one loses nothing on the way to the middle.
    assert scores[2] == pytest.approx(min(1.7 / 0.1, 1.8 / 0.2, 1.7 / 0.1))
    assert scores[4] == 0.0
    assert knee(losses) == (2, False)
    p = points(np.exp(losses[:, 0]).tolist(), np.exp(losses[:, 1]).tolist(), [0.0] * 5)
    p = replace(p, carbon_kg=np.exp(losses[:, 2]))
    asked = ["cost", "time", "carbon"]
    assert scaled(p, asked) == pytest.approx(losses)
    # The second corner loses 0.2 for 0.9 + 0.9 on the way to the middle; the others 0.1 for 1.7.
    close(of("knee", p, [0, 1, 2, 3, 4], asked), 1 - (0.2 / 1.8) / 9.0, "trade-off", 1)


def test_an_undefined_knee_goes_by_how_near_the_ideal_is() -> None:
    """Two points are no front with a knee: nearness is 1 / (1 + distance)."""
    losses = np.array([[0.0, 1.0], [0.5, 0.0]])
    scores, undefined = knee_scores(losses)
    assert undefined
    assert scores == pytest.approx([1 / 2, 1 / 1.5])
    p = points([10.0, 20.0], [9.0, 3.0], [0.0, 0.0])
    near = 1 / (1 + np.linalg.norm(scaled(p, ["cost", "time"]), axis=1))
    found = of("knee", p, [0, 1], ["cost", "time"])
    assert found is not None
    assert found.share == pytest.approx(1 - near.min() / near.max())


@pytest.mark.parametrize("name", ["cheapest", "fastest", "best", "knee"])
def test_one_choice_has_no_margin(name: str) -> None:
    assert of(name, points([10.0, 20.0, 30.0], [3.0, 2.0, 1.0], [0.0, 1.0, 2.0]), [4, 4, 4]) is None
    assert of(name, points([10.0], [3.0], [0.0]), [0]) is None


@pytest.mark.parametrize(("own", "rival"), [(0.0, 1.0), (0.0, 0.0), (np.nan, 1.0), (1.0, np.nan), (1.0, np.inf)])
def test_what_is_no_number_is_no_margin(own: float, rival: float) -> None:
    p = replace(points([10.0, 20.0], [1.0, 1.0], [0.0, 1.0]), carbon_kg=np.array([own, rival]))
    decision = Decision("greenest", 0, "", NONE, of="carbon", score=p.carbon_kg)
    assert margin(p, decision, np.array([0, 1])) is None


NUMBERS = st.floats(0.01, 1e5)
ROW = st.tuples(NUMBERS, NUMBERS, st.floats(-4, 4), st.integers(0, 3), st.integers(0, 2))
ASKED = [["cost", "time"], ["cost", "quality"], OBJECTIVES, ["time", "carbon", "cost"], ["quality"]]


@given(st.lists(ROW, min_size=1, max_size=9), st.sampled_from(ASKED))
def test_margins_are_never_negative_and_rivals_never_of_the_same_choice(
    rows: list[tuple[Any, ...]], objectives: list[str]
) -> None:
    cost, hours, logits, choice, model = (list(column) for column in zip(*rows, strict=True))
    p = points(cost, hours, logits, models=model)
    codes: Ints = np.array(choice)
    for decision in decide(p, objectives):
        found = margin(p, decision, codes)
        if found is None:
            assert len(set(choice)) == 1
            continue
        assert found.share >= 0
        assert codes[found.rival] != codes[decision.point]
        if decision.name == "cheapest":
            others = [c for c, code in zip(cost, choice, strict=True) if code != codes[decision.point]]
            assert found.share == pytest.approx(min(others) / cost[decision.point] - 1)
        if decision.name == "knee":
            assert found.share <= 1
