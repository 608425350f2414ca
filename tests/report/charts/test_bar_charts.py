"""Stacked bars against their limits, and time as a waterfall."""

import dataclasses
import itertools
import json

import pytest

from planner.report.charts.stack_chart import stack_spec
from planner.report.charts.waterfall_chart import MOST_BARS, waterfall_spec
from planner.report.data.bars import Bar
from planner.report.data.report_data import ReportData
from planner.report.gather import report_data
from planner.report.sections.bar_words import bars_note, free_text, in_shares
from tests.report.sample_plan import BREAKOUT, sample_plan


@pytest.fixture(scope="module")
def data() -> ReportData:
    return report_data(sample_plan())


def test_steps_begin_where_the_last_one_ended_and_add_up(data: ReportData) -> None:
    near = tuple(dataclasses.replace(bar, name=name) for bar, name in zip(data.time[:1] * 2, "ab", strict=True))
    for bars, whole in ((data.time, 100.0), (near, data.time[0].total_value)):
        spec = waterfall_spec(bars, "Wall-clock time", "hours")
        assert spec is not None
        for bar in bars:
            steps = [step for step in spec["datasets"]["steps"] if step["bar"] == bar.name]
            assert [s["part"] for s in steps] == [p.name for p in bar.parts if p.value > 0]
            assert steps[0]["start"] == 0.0
            assert all(a["end"] == b["start"] for a, b in itertools.pairwise(steps))
            assert steps[-1]["end"] == pytest.approx(whole, rel=1e-3)
        assert len(spec["datasets"]["joins"]) == len(spec["datasets"]["steps"]) - len(bars)


def test_hours_are_drawn_where_totals_are_near_and_shares_where_they_are_not(data: ReportData) -> None:
    one = waterfall_spec(data.time[:1], "Wall-clock time", "hours")
    assert "Wall-clock time, hours" in json.dumps(one)
    assert in_shares(data.time)
    assert "share of the total in %" in json.dumps(waterfall_spec(data.time, "Wall-clock time", "hours"))


def test_one_part_has_no_joins_and_nothing_has_no_chart(data: ReportData) -> None:
    bar = data.time[0]
    alone = dataclasses.replace(bar, parts=tuple(p for p in bar.parts if p.name == "training"))
    spec = waterfall_spec((alone,), "Wall-clock time", "hours")
    assert spec is not None
    assert "joins" not in spec["datasets"]
    assert waterfall_spec((dataclasses.replace(bar, parts=()),), "Wall-clock time", "hours") is None
    assert waterfall_spec((), "Wall-clock time", "hours") is None
    many = waterfall_spec(tuple(dataclasses.replace(bar, name=f"n{i}") for i in range(20)), "Time", "hours")
    assert many is not None
    assert len(many["datasets"]["wholes"]) == MOST_BARS


def test_memory_tells_its_headroom_and_its_band(data: ReportData) -> None:
    spec = stack_spec(data.memory, "Memory", "GiB")
    assert spec is not None
    bar, limit = data.memory[0], spec["datasets"]["limits"][0]
    assert limit["free"] == f"{bar.limit - bar.total_value:,.1f} GiB free"  # type: ignore[operator]
    assert limit["free"] in json.dumps(spec["layer"])
    band = spec["datasets"]["bands"][0]
    assert band["low"] < bar.total_value < band["high"]


def test_notes_say_whose_band_passes_the_card(data: ReportData) -> None:
    bar = dataclasses.replace(data.memory[0], name="knee", total_value=60.0, limit=79.2, low=50.0, high=90.0)
    fits = dataclasses.replace(bar, name="best", high=70.0)
    assert bars_note((bar, fits)).endswith("the job may run out of memory: knee.")
    assert "out of memory" not in bars_note((fits,))
    assert free_text(dataclasses.replace(bar, total_value=80.0)) == "0.8 GiB too much"
    unknown = dataclasses.replace(bar, low=None, high=None, limit=None)
    assert bars_note((unknown,)) == ""


def test_shares_have_no_bands(data: ReportData) -> None:
    cheap, dear = (
        dataclasses.replace(data.cost[0], name=n, total_value=v, limit=None) for n, v in (("a", 1), ("b", 9))
    )
    spec = stack_spec((cheap, dear), "Cost", "USD")
    assert spec is not None
    assert "bands" not in spec["datasets"]
    assert "band" not in bars_note((cheap, dear))
    assert stack_spec((), "Cost", "USD") is None


def test_a_hostile_name_is_data(data: ReportData) -> None:
    bars: tuple[Bar, ...] = tuple(dataclasses.replace(bar, name=f'{BREAKOUT}"]+alert(1)//') for bar in data.memory[:1])
    for spec in (stack_spec(bars, "Memory", "GiB"), waterfall_spec(bars, "Time", "hours")):
        assert spec is not None
        expressions = list(_values(spec, "labelExpr"))
        assert all('\\"]+alert' in text for text in expressions if "alert" in text)


def _values(node: object, key: str) -> list[str]:
    if isinstance(node, dict):
        own = [node[key]] if isinstance(node.get(key), str) else []
        return [*own, *(found for value in node.values() for found in _values(value, key))]
    return [found for value in node for found in _values(value, key)] if isinstance(node, list) else []
