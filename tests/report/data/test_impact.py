"""What each swept setting does, as a report tells it."""

from typing import Any

import pytest

from planner.outcome import Plan
from planner.outcome.impact import AxisTrial, Impact
from planner.report.charts.impact_chart import impact_spec
from planner.report.data.impact import PAPER_ROWS, impact_table
from planner.report.gather import report_data
from planner.report.printing.html import html
from planner.report.printing.template import find_template
from tests.report.sample_plan import BREAKOUT, empty_plan, sample_plan

PLAN = sample_plan()


def trial(axis: str, value: Any, cost: float | None, quality: float | None = 0.7, **more: Any) -> AxisTrial:
    values: dict[str, Any] = {
        "own": False, "hours": None if cost is None else cost / 4, "memory_gib": 20.0, "stopped_by": "",
    }  # fmt: skip
    return AxisTrial(axis=axis, value=value, cost_usd=cost, quality=quality, **{**values, **more})


TRIALS = [
    trial("dataset.share", 0.25, 5.0, 0.690),
    trial("dataset.share", 0.5, 10.0, own=True),
    trial("dataset.share", 1.0, 20.0, 0.725),
    trial("train.max_seq_len", 2048, 10.0, own=True),
    trial("train.max_seq_len", 8192, 12.0, 0.7004, stopped_by="constraints.max_cost"),
    trial("train.max_seq_len", 65_536, None, None, stopped_by="out of memory", memory_gib=90.0),
]


def plan(trials: list[AxisTrial], **more: Any) -> Plan:
    found = Impact(decision="knee", configuration=PLAN.decisions["knee"], trials=trials, **more)
    return PLAN.model_copy(update={"impact": found})


def test_each_value_is_held_against_the_decision() -> None:
    rows = impact_table(plan(TRIALS)).rows
    assert [(r.axis, r.value, r.own, r.cost, r.cost_note, r.quality, r.quality_note) for r in rows[:4]] == [
        ("data share", "0.25", False, "$5.00", "-50 %", "0.690", "-0.010"),
        ("data share", "0.5", True, "$10.00", "", "0.700", ""),
        ("data share", "1", False, "$20.00", "+100 %", "0.725", "+0.025"),
        ("length", "2,048", True, "$10.00", "", "0.700", ""),
    ]
    assert (rows[4].quality_note, rows[4].stopped) == ("same", "constraints.max_cost")
    assert (rows[5].cost, rows[5].hours, rows[5].quality, rows[5].memory) == ("", "", "", "90.0 GiB")


def test_what_the_front_holds_is_counted_by_the_nearest_value() -> None:
    rows = impact_table(plan(TRIALS)).rows
    shares = [c.axes["dataset.share"] for c in PLAN.front]
    nearest = [min((0.25, 0.5, 1.0), key=lambda v: abs(v - share)) for share in shares]
    assert [r.points for r in rows[:3]] == [str(nearest.count(v)) for v in (0.25, 0.5, 1.0)]
    full = [c.cost_usd for c, v in zip(PLAN.front, nearest, strict=True) if v == 1.0 and c.cost_usd is not None]
    assert rows[2].cheapest == (f"${min(full):.2f}" if full else "")
    assert [r.points for r in rows[3:]] == ["0", "0", "0"]


def test_the_sentence_names_what_matters_most() -> None:
    assert impact_table(plan(TRIALS)).text == (
        "Of 2 swept settings, data share moves the cost of the knee most: from 0.25 to 1 it costs $5.00 to $20.00 and "
        "takes 1.2 h to 5.0 h. Its expected q moves most with data share, by 0.035. It may not be run with length "
        "8,192 and length 65,536."
    )
    small = [t.model_copy(update={"quality": None if t.quality is None else 0.7}) for t in TRIALS[:5]]
    assert "None moves its expected q by 0.01 or more" in impact_table(plan(small)).text
    assert impact_table(plan([TRIALS[3], TRIALS[5]])).text.startswith("No swept setting could be moved")
    same = [t.model_copy(update={"cost_usd": 10.0}) for t in TRIALS[:3]]
    assert impact_table(plan(same)).text.startswith("No swept setting moves the cost of the knee.")
    unpriced = [trial("dataset.share", v, None, 0.7 + v / 10, own=v == 0.5, hours=2.0) for v in (0.5, 1.0)]
    assert impact_table(plan(unpriced)).text == (
        "The cost of the knee is not known at other values of the swept settings. Its expected q moves most with data "
        "share, by 0.050."
    )
    assert impact_table(plan([TRIALS[1]])).text == "Every swept setting has one value, that of the knee."
    assert impact_table(plan(TRIALS, left_out=["method.rank"])).left_out == "rank means nothing to its method."


def test_axes_that_move_no_quality_are_told_once() -> None:
    for told in (plan(TRIALS), PLAN):
        assert report_data(told).impact.rows == impact_table(told).rows
        data = report_data(told.model_copy(update={"inactive_axes": ["train.warmup"]}))
        page = html(data, find_template("technical"), (), {})
        assert page.count(data.sentences.inactive) == 1


def test_the_charts_draw_what_runs() -> None:
    table = impact_table(plan(TRIALS))
    cost, quality = impact_spec(table, "cost"), impact_spec(table, "quality")
    assert cost is not None
    assert quality is not None
    assert [(d["value"], d["figure"], d["change"], d["allowed"]) for d in cost["datasets"]["dots"]] == [
        ("0.25", "cost", -0.5, True), ("0.25", "time", -0.5, True), ("1", "cost", 1.0, True), ("1", "time", 1.0, True),
        ("8,192", "cost", 0.2, False), ("8,192", "time", 0.2, False),
    ]  # fmt: skip
    assert [d["change"] for d in quality["datasets"]["dots"]] == pytest.approx([-0.01, 0.025, 0.0004])
    assert [n["axis"] for n in cost["datasets"]["names"]] == ["data share 0.5", "length 2,048"]
    assert impact_spec(impact_table(plan([TRIALS[3], TRIALS[5]])), "cost") is None


def test_words_and_many_values_and_no_impact_at_all() -> None:
    words = [trial("train.packing", True, 10.0, own=True), trial("train.packing", False, 14.0)]
    assert [(r.value, r.points) for r in impact_table(plan(words)).rows] == [("on", "0"), ("off", "0")]
    many = [trial(f"train.{BREAKOUT}{i}", v, 10.0 + v, own=v == 0) for i in range(30) for v in range(4)]
    table = impact_table(plan(many))
    assert len(table.rows) == 120
    assert len(table.on_paper) <= PAPER_ROWS
    assert table.paper_rule.startswith("On paper stand 60 of 120 rows")
    assert impact_table(PLAN).rows == impact_table(empty_plan()).rows == ()


def test_every_dot_has_its_value_and_near_ones_share_a_label() -> None:
    shares = [trial("dataset.share", s, cost) for s, cost in ((0.125, 5.0), (0.25, 10.1), (0.3, 10.2), (1.0, 20.0))]
    spec = impact_spec(impact_table(plan([*shares, trial("dataset.share", 0.5, 10.0, own=True)])), "cost")
    assert spec is not None
    labels = [entry["value"] for entry in spec["datasets"]["labels"]]
    assert labels == ["0.125", "0.25, 0.3", "1"]
    assert {value for label in labels for value in label.split(", ")} == {d["value"] for d in spec["datasets"]["dots"]}
