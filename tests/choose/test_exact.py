"""The running search against one look at everything."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planner.catalog.rows import Floats
from planner.choose.exact import Chunk, Found, search
from planner.choose.pareto import front_rows

UP = {"cap": True, "floor": False}


def run(losses: Floats, stop: list[int], size: int) -> Found:
    rows = np.arange(len(losses))
    figure = np.nan_to_num(losses[:, 0], nan=0.0)
    chunks = [
        Chunk(
            row=rows[i : i + size],
            losses=losses[i : i + size],
            ties=np.zeros((len(losses[i : i + size]), 2)),
            stop=np.array(stop[i : i + size]),
            broken={"cap": figure[i : i + size] > 3, "floor": figure[i : i + size] < 1},
            needed={"cap": figure[i : i + size], "floor": figure[i : i + size]},
        )
        for i in range(0, len(losses), size)
    ]  # fmt: skip
    return search(chunks, losses.shape[1], UP)


VALUES = st.one_of(st.integers(0, 5).map(float), st.just(np.nan))


@given(
    arrays(np.float64, (40, 3), elements=VALUES),
    st.lists(st.integers(0, 2), min_size=40, max_size=40),
    st.integers(1, 40),
)
def test_chunks_change_nothing(losses: Floats, stop: list[int], size: int) -> None:
    whole, parts = run(losses, stop, 40), run(losses, stop, size)
    assert np.sort(whole.front).tolist() == np.sort(parts.front).tolist()
    assert whole.beside.tolist() == parts.beside.tolist()
    assert (whole.stops, whole.cuts, whole.cuts_alone, whole.first_broken, whole.relaxed) == (
        parts.stops, parts.cuts, parts.cuts_alone, parts.first_broken, parts.relaxed
    )  # fmt: skip


@given(arrays(np.float64, (40, 3), elements=VALUES), st.lists(st.integers(0, 2), min_size=40, max_size=40))
def test_counts_add_up_and_the_front_is_that_of_the_feasible(losses: Floats, stop: list[int]) -> None:
    found = run(losses, stop, 7)
    figure = np.nan_to_num(losses[:, 0], nan=0.0)
    passes = (np.array(stop) == 0) & (figure <= 3) & (figure >= 1)
    known = np.isfinite(losses).all(axis=1)
    good = np.flatnonzero(passes & known)
    assert found.feasible == len(good)
    assert np.sort(found.front).tolist() == good[front_rows(losses[good])].tolist()
    stopped = sum(n for code, n in found.stops.items() if code)
    assert stopped + sum(found.first_broken.values()) + found.feasible + found.unknown == found.covered == 40
    assert not set(found.beside) & set(good)


def test_the_nearest_relaxation_stands_alone() -> None:
    losses = np.array([[5.0, 1.0], [4.0, 1.0], [0.5, 1.0], [9.0, 1.0]])
    found = run(losses, [0, 0, 0, 1], 2)
    assert found.relaxed == {"cap": (4.0, 1), "floor": (0.5, 2)}
    assert found.feasible == 0
