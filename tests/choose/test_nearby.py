"""The best of another kind, against looking at every row, whatever the chunks."""

import math
from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.exact import Chunk
from planner.choose.nearby import Anchor, Nearest

NAN = math.nan
FIGURES = st.sampled_from([1.0, 1.02, 1.05, 1.08, 1.1, 1.2, 2.0, NAN])
QUALITIES = st.sampled_from([0.7, 0.68, 0.66, 0.5, NAN])
ROW = st.tuples(FIGURES, FIGURES, QUALITIES, st.booleans(), st.booleans(), st.integers(0, 2))
ROWS = st.lists(ROW, min_size=1, max_size=40)
OWN = np.array([1.0, 1.05, -0.7])


def chunk(rows: list[tuple[float, float, float, bool, bool, int]], first: int) -> Chunk:
    cost, hours, q, stopped, broken, _ = (np.array(column) for column in zip(*rows, strict=True))
    losses: Floats = np.stack([cost, hours, -q], axis=1)
    return Chunk(
        row=np.arange(first, first + len(rows)), losses=losses, ties=np.stack([cost, hours], axis=1),
        stop=stopped.astype(np.int64), broken={"limit": broken}, needed={"limit": cost},
    )  # fmt: skip


@given(ROWS, st.integers(1, 9), st.sampled_from([None, 0, 1, 2]), st.sampled_from([math.inf, 1.05]))
def test_against_every_row(
    rows: list[tuple[float, float, float, bool, bool, int]], size: int, by: int | None, most: float
) -> None:
    kinds = np.array([row[5] for row in rows])

    def differs(place: int, at: Ints) -> Mapping[str, Bools]:
        assert place == 0
        return {"one": kinds[at] == 1, "two": kinds[at] == 2}

    anchor = Anchor.within(OWN, 0.1, by, np.array([math.inf, most, math.inf]))
    found = Nearest([anchor], differs)
    for start in range(0, len(rows), size):
        found.look(chunk(rows[start : start + size], start))
    for kind, code in (("one", 1), ("two", 2)):
        near = []
        for i, (cost, hours, q, stopped, broken, mine) in enumerate(rows):
            if stopped or broken or mine != code or math.isnan(cost + hours + q):
                continue
            shares = [cost - 1.0, (hours - 1.05) / 1.05, (0.7 - q) / 0.7]
            if max(shares) <= 0.1 + 1e-12 and hours <= most:
                near.append(((max(shares) if by is None else (cost, hours, -q)[by]), cost, hours, i))
        best = found.best.get((0, kind))
        assert (best is None) == (not near)
        if best is not None:
            assert best[0] == min(near)[0] or abs(best[0] - min(near)[0]) < 1e-12
            assert best[3] in {row for goes_by, cost, hours, row in near if abs(goes_by - min(near)[0]) < 1e-12}


def test_among_equals_the_cheapest_then_the_fastest_then_the_first() -> None:
    def differs(_: int, at: Ints) -> Mapping[str, Bools]:
        return {"any": np.ones(len(at), bool)}

    rows = [(1.02, 1.1, 0.7, False, False, 0), (1.0, 1.1, 0.7, False, False, 0), (1.0, 1.05, 0.7, False, False, 0)]
    found = Nearest([Anchor.within(OWN, 0.1, 2, np.full(3, math.inf))], differs)
    found.look(chunk([*rows, rows[2]], 0))
    assert found.best[0, "any"][3] == 2
