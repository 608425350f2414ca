"""The course of a sampled search: its generations, its sentence, its chart; an exact search needs none."""

from typing import Any

import pytest

from planner.outcome import Search
from planner.report.charts.convergence_chart import convergence_spec
from planner.report.data.convergence import convergence_of

RISING = [0.50, 0.60, 0.65, 0.68, 0.70, 0.72, 0.74, 0.76, 0.78]
LEVEL = [0.50, 0.60, 0.68, 0.71, 0.715, 0.718, 0.7195, 0.7199, 0.72]


def sampled(worth: list[float], generations: int | None, **more: Any) -> Search:
    values: dict[str, Any] = {
        "strategy": "sampled: coarse pass and a search", "covered": 10**6, "evaluated": 3000, "pruned": 0,
        "exact": False, "sampler": "nsga2", "generations": generations, "hypervolume_by_generation": worth,
        "hypervolume": worth[-1] if worth else None, "stopped": "limit",
    }  # fmt: skip
    return Search(**{**values, **more})


@pytest.mark.parametrize(
    ("generations", "count", "at"),
    [
        (4, 5, [0, 1, 2, 3, 4]),
        (0, 1, [0]),
        (9, 6, [0, 2, 4, 6, 8, 9]),
        (9, 5, [0, 2, 4, 6, 8]),
        (200, 101, list(range(0, 201, 2))),
        (301, 77, [*range(0, 301, 4), 301]),
    ],
)
def test_snapshots_are_of_every_second_fourth_or_eighth_generation(generations: int, count: int, at: list[int]) -> None:
    found = convergence_of(sampled([i / 1000 for i in range(count)], generations))
    assert [x for x, _ in found.points] == at
    assert found.along == "generation of the sampler"


def test_whether_it_had_levelled_off() -> None:
    rising = convergence_of(sampled(RISING, 8)).text
    assert rising == (
        "The coarse pass was worth 50.00 % of its box; 8 generations of nsga2 brought that to 78.00 %. The last "
        "quarter of the sampling brought 14 % of what it gained, so it was still rising; it ended with its evaluations "
        "used up: more evaluations would likely find more."
    )
    level = convergence_of(sampled(LEVEL, 8, stopped="converged")).text
    assert level.endswith("so it had levelled off; it ended because it gained too little.")
    flat = convergence_of(sampled([0.5] * 9, 8, stopped="exhausted")).text
    assert flat.endswith("8 generations of nsga2 added nothing to it. It ended because nothing new was left to try.")


def test_polish_is_a_point_of_its_own() -> None:
    found = convergence_of(sampled(LEVEL, 8, polished=40, hypervolume=0.75))
    assert found.polished == 0.75
    assert ", and polishing to 75.00 %." in found.text
    spec = convergence_spec(found)
    assert spec is not None
    assert [end["what"] for end in spec["datasets"]["ends"]] == ["sampled", "polished"]
    assert [p["worth"] for p in spec["datasets"]["course"]] == LEVEL


def test_a_resumed_search_counts_snapshots() -> None:
    found = convergence_of(sampled(LEVEL, None))
    assert [x for x, _ in found.points] == list(range(9))
    assert found.along == "snapshot since the search was resumed"
    assert found.text.startswith("What was stored was worth 50.00 % of its box; the sampler brought that to 72.00 %.")


def test_an_exact_search_and_one_of_nothing() -> None:
    exact = Search(strategy="exact", covered=12_480, evaluated=12_480, pruned=0)
    found = convergence_of(exact)
    assert found.text == (
        "The search is exact: each of its 12,480 combinations was evaluated, so there is nothing that had to converge."
    )
    assert convergence_spec(found) is None
    pruned = convergence_of(exact.model_copy(update={"pruned": 400})).text
    assert "was evaluated, or proven to change nothing, so" in pruned
    assert convergence_of(Search(strategy="exact", covered=0, evaluated=0, pruned=0)).text == ""
    assert convergence_of(sampled([], 3)).text.startswith("The search was sampled and found no front")
    assert convergence_spec(convergence_of(sampled([0.4], 0))) is None
