"""Daily series of attributed spend, and the conditions they take."""

import numpy as np
import pytest

from planner.errors import InputError
from planner.spend.conditions import condition, like, told
from planner.spend.months import Month
from planner.spend.series import daily
from tests.spend.made import charge, made

ROWS = [
    charge("2026-10-01", 1.5, team="research", model="llama_3"),
    charge("2026-10-01", 2.0, team="research", model="llamaX3"),
    charge("2026-10-03", 4.0, team="product", model="qwen"),
    charge("2026-10-03", -1.0),
]


def test_series_are_without_holes_and_lose_nothing() -> None:
    with made({"allocated": ROWS}) as store:
        series = daily(store, ("team",))
        assert series.keys == (("",), ("product",), ("research",))
        assert series.values.tolist() == [[0, 0, -1.0], [0, 0, 4.0], [3.5, 0, 0]]
        assert series.days.astype(str).tolist() == ["2026-10-01", "2026-10-02", "2026-10-03"]
        assert daily(store).total().tolist() == [3.5, 0.0, 3.0]
        assert daily(store, until=series.days[1].item()).total().tolist() == [3.5]


def test_a_condition_takes_wildcards_and_no_other_signs() -> None:
    with made({"allocated": ROWS}) as store:
        assert daily(store, where={"model": "LLAMA_*"}).total().sum() == 1.5
        assert daily(store, where={"model": ["llama?3", "qwen"]}).total().sum() == 7.5
        with pytest.raises(InputError, match="modle is neither a dimension"):
            daily(store, where={"modle": "x"})
    assert like("50%*!") == "50!%%!!"
    assert condition(None, ()) == ("true", [])
    assert told({"team": ["a", "b"], "service_category": "AI*"}) == "team a or b, service category AI*"


def test_an_empty_review_has_no_days() -> None:
    with made() as store:
        assert np.array_equal(daily(store, ("team",)).values, np.zeros((0, 0)))


def test_months_follow_the_calendar() -> None:
    assert str(Month.parse("2026-12").later(1)) == "2027-01"
    assert [str(Month(2026, 1).later(-n)) for n in range(3)] == ["2026-01", "2025-12", "2025-11"]
    assert Month.parse("2028-02").days == 29
