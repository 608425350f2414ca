"""Fronts drawn in characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.outcome import FrontMove
from planner.report.changes.comment_chart import HEIGHT, WIDTH, cost_sparks, front_picture
from planner.report.sections.text import columns
from tests.report import checks

FIGURES = st.none() | st.floats(-1e3, 1e9) | st.floats() | st.just(0.0) | st.just(float("nan"))
POINTS = st.lists(st.lists(FIGURES, min_size=2, max_size=2), max_size=60)


def move(before: list[list[float | None]], after: list[list[float | None]]) -> FrontMove:
    return FrontMove(
        gone=0, new=0, stayed=0, before_points=before, after_points=after,
        before_usd=[p[0] for p in before], after_usd=[p[0] for p in after],
    )  # fmt: skip


@given(before=POINTS, after=POINTS)
def test_fits_a_phone_whatever_the_front(
    before: list[list[float | None]], after: list[list[float | None]]
) -> None:  # fmt: skip
    front = move(before, after)
    for picture in (front_picture(front), cost_sparks(front)):
        assert all(columns(line) <= WIDTH for line in picture.splitlines())
        assert "nan" not in picture
        assert "`" not in picture


def test_marks_what_went_what_came_and_what_stayed() -> None:
    told = front_picture(move([[10, 4], [20, 2]], [[10, 4], [20, 1]]))
    lines = told.splitlines()
    assert lines[0] == "time"
    assert lines[1] == "4.0 h │◉"
    assert lines[HEIGHT].startswith("1.0 h │")
    assert lines[HEIGHT].endswith("●")
    assert sum(line.count("○") for line in lines[1 : HEIGHT + 1]) == 1
    assert "$10.00" in told
    assert "$20.00" in told
    assert lines[-1] == "○ before  ● after  ◉ both"


def test_wide_axes_are_logarithmic_and_say_so() -> None:
    assert front_picture(move([[1, 1], [100, 1]], [])).endswith("logarithmic: cost")
    assert "logarithmic" not in front_picture(move([[0, 1], [100, 1]], []))


@pytest.mark.parametrize("points", [[], [[None, 1.0]], [[float("nan"), 1.0]]])
def test_nothing_known_is_no_picture(points: list[list[float | None]]) -> None:
    assert front_picture(move(points, [])) == ""


def test_one_point_alone_is_drawn_once() -> None:
    told = front_picture(move([], [[5.0, 2.0]]))
    assert told.count("●") == 2  # the point and the legend
    assert told.count("$5.00") == 1


def test_sparks_share_one_scale() -> None:
    assert cost_sparks(move([[1, 1], [2, 1]], [[3, 1], [4, 1]])) == "costs, $1.00 to $4.00\nbefore ▁▃\nafter  ▆█"
    assert cost_sparks(move([], [])) == ""
    assert len(cost_sparks(checks.front(1.2)).splitlines()) == 3
