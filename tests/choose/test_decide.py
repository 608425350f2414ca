"""Decisions: what counts as a difference, and where the knee is."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.choose.decide import Points, beats, decide, knee


def points(cost: list[float], hours: list[float], logits: list[float], *, models: list[int] | None = None) -> Points:
    n = len(cost)

    def full(value: float) -> Floats:
        return np.full(n, value)

    logit = np.array(logits)
    return Points(
        cost_usd=np.array(cost),
        hours=np.array(hours),
        quality=1 / (1 + np.exp(-logit)),
        quality_logit=logit,
        carbon_kg=np.array(cost),
        gain=full(0.8),
        base_sd=full(0.6),
        method_sd=full(0.05),
        speed_sd=full(0.3),
        price_sd=full(0.02),
        luck_sd=full(0.0),
        hours_luck_sd=full(0.0),
        luck_covariance=full(0.0),
        capacity=full(0.0),
        overfit=full(0.0),
        offer=np.arange(n),
        model=np.array(models or list(range(n))),
        method=np.zeros(n, np.int64),
        machine=np.zeros(n, np.int64),
    )


OBJECTIVES = ["cost", "time", "quality"]


def named(p: Points) -> dict[str, int]:
    return {d.name: d.point for d in decide(p, OBJECTIVES)}


def test_a_gain_in_quality_inside_the_noise_wins_nothing() -> None:
    chosen = decide(points([10.0, 30.0], [1.0, 1.0], [1.0, 1.01]), OBJECTIVES)
    best = next(d for d in chosen if d.name == "best")
    assert best.point == 0
    assert best.within_noise.tolist() == [1]


def test_best_shows_no_visibly_lower_quality() -> None:
    """Another model 0.15 logits below is as likely the better one, but a reader sees 0.03 less."""
    assert named(points([10.0, 30.0], [1.0, 1.0], [1.0, 1.15]))["best"] == 1


def test_a_clear_gain_in_quality_wins() -> None:
    assert named(points([10.0, 30.0], [1.0, 1.0], [0.0, 2.0]))["best"] == 1


def test_cheapest_and_fastest_are_the_medians() -> None:
    chosen = named(points([10.0, 9.9, 50.0], [5.0, 9.0, 1.0], [1.0, 1.0, 1.0]))
    assert (chosen["cheapest"], chosen["fastest"]) == (1, 2)


def test_the_same_machine_shares_its_error() -> None:
    same = points([10.0, 11.0], [1.0, 1.0], [1.0, 1.0])
    assert beats(same, 0, np.array([1]), "cost")[0] > 0.9
    assert beats(same, 1, np.array([0]), "cost")[0] < 0.1
    assert beats(same, 0, np.array([0]), "cost")[0] == 0.5


def test_knee_of_two_objectives() -> None:
    losses: Floats = np.array([[0.0, 1.0], [0.1, 0.2], [0.5, 0.15], [1.0, 0.0]])
    assert knee(losses) == (1, False)


@pytest.mark.parametrize("losses", [np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])])
def test_no_knee_is_said(losses: Floats) -> None:
    assert knee(losses)[1]


def test_a_front_that_bulges_outwards_has_no_knee() -> None:
    assert knee(np.array([[0.0, 1.0], [0.8, 0.8], [1.0, 0.0]]))[1]


def test_knee_of_three_objectives() -> None:
    losses = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.1, 0.1, 0.1]])
    assert knee(losses) == (3, False)


def test_one_point() -> None:
    chosen = named(points([10.0], [1.0], [1.0]))
    assert set(chosen.values()) == {0}


def test_a_sliver_of_data_decides_nothing() -> None:
    """The same model, 0.001 logits apart (DESIGN rule 3)."""
    near = points([10.0, 9.0], [1.0, 1.0], [1.0, 0.999], models=[0, 0])
    assert beats(near, 0, np.array([1]), "quality")[0] < 0.6
    assert named(near)["best"] == 1


def test_only_objectives_are_decided_on() -> None:
    assert {d.name for d in decide(points([10.0], [1.0], [1.0]), ["quality"])} == {"best", "knee"}
