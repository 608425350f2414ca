"""Who wins on what, and whether the bands tell the plans apart; the chart of all their decisions."""

import pytest

from planner.choose.decide import TOO_CLOSE
from planner.choose.dominance import ROBUST
from planner.outcome import Plan
from planner.report import certainty
from planner.report.charts.charts import charts
from planner.report.charts.compare_chart import COLOURS, compare_spec, point_id
from planner.report.data.collection import Collection
from tests.report.data.test_managed_rows import plan as services
from tests.report.sample_plan import empty_plan

from .sample_collection import collected, hostile, own, plans, scaled


@pytest.fixture(scope="module")
def three() -> Collection:
    return collected(plans())


def test_who_is_first_and_how_sure(three: Collection) -> None:
    cost, time, quality = three.compared.verdicts[:3]
    first = three.members[0]
    assert cost.startswith(
        f"Cost: support-bot is the cheapest at {first.cost.text} (90 % band {first.cost.band}). Next "
    )
    assert cost.endswith("over 99 % sure that support-bot is really cheaper.")
    assert "is the fastest" in time
    assert quality.startswith("Quality: support-bot and code-model are the same at ")
    assert three.compared.lead.startswith("support-bot is the cheapest")
    assert "too close to call: quality (support-bot and code-model)" in three.compared.lead


def test_every_plan_is_told_how_far_it_is_behind(three: Collection) -> None:
    first, other, none = three.compared.standings
    assert (first[0].gap, first[0].first) == ("cheapest", True)
    assert other[0].gap.endswith(" dearer, 6.0 times")
    assert other[0].sure == "over 99 % sure"
    assert (other[2].gap, other[2].first) == ("best", True)
    assert {each.gap for each in none} == {""}
    assert three.compared.caveats[-1] == "Without a decision, and so not compared: support-bot."


def test_differences_inside_the_noise_are_too_close_to_call() -> None:
    plan = own()
    other = plan.model_copy(update={"front": [c.model_copy(update={"stack": "other"}) for c in plan.front]})
    found = collected([scaled(plan, "a"), scaled(other, "b", cost=1.005, hours=1.005)]).compared
    assert "; too close to tell from b" in found.verdicts[0]
    assert found.standings[1][0].sure.startswith("too close to call (5")
    assert found.lead.startswith("too close to call: cost (a and b), time (a and b)")


def test_the_better_quality_wins_whichever_comes_first() -> None:
    plan = own()
    low, high = _with_quality(plan, "low", 0.30), _with_quality(plan, "high", 0.95)
    for chosen in ([low, high], [high, low]):
        verdict = next(text for text in collected(chosen).compared.verdicts if text.startswith("Quality"))
        assert verdict.startswith("Quality: high is the best by predicted quality at 0.95")
        assert "sure that high is really better" in verdict


def test_no_line_joins_decisions(three: Collection) -> None:
    spec = compare_spec(three.members)
    assert spec is not None
    marks = {layer["mark"]["type"] for layer in spec["layer"]}
    assert marks == {"rule", "point", "text"}


def test_quality_of_different_measures_is_not_compared() -> None:
    first = own()
    told = [a.model_copy(update={"value": "MBPP"}) if a.key == "quality.baseline" else a for a in first.assumptions]
    other = scaled(first.model_copy(update={"assumptions": told}), "other")
    found = collected([first, other]).compared
    assert "Quality q is not compared" in found.verdicts[2]
    assert "other by MBPP" in found.verdicts[2]
    assert [standing[2].gap for standing in found.standings] == ["not compared", "not compared"]


def test_unknown_figures_win_nothing() -> None:
    first = own()
    blank = {f"cost_usd{end}": None for end in ("", "_lo", "_hi")}
    other = scaled(first, "priceless")
    other = other.model_copy(update={"front": [c.model_copy(update=blank) for c in other.front]})
    found = collected([other, first])
    assert found.compared.verdicts[0].endswith("of no other plan is it known.")
    assert found.compared.standings[0][0].gap == "unknown"
    assert found.members[0].cost.text == "unknown"


def test_what_differs_stands_side_by_side_four_at_a_time(three: Collection) -> None:
    (block,) = three.compared.differing
    assert block.heads == ("support-bot", "code-model")
    assert [what for what, _ in block.rows] == ["Per million tokens"]
    assert "model " in three.compared.same
    many = collected([scaled(own(), f"p{n}", cost=1.0 + n) for n in range(9)])
    assert [len(block.heads) for block in many.compared.differing] == [4, 4, 1]


def test_one_plan_is_held_against_nothing() -> None:
    assert collected([own()]).compared.verdicts == ()
    assert collected([own(), empty_plan()]).compared.verdicts == ()


def test_the_chart_has_every_decision_and_a_mark_of_its_own_for_each_plan() -> None:
    many = collected([scaled(own(), f"p{n}", cost=1.0 + n) for n in range(20)])
    spec = compare_spec(many.members)
    assert spec is not None
    points = spec["datasets"]["decisions"]
    assert {point["id"] for point in points} == {point_id(one, row) for one in many.members for row in one.decisions}
    assert [label["name"] for label in spec["datasets"]["labels"]] == [str(n) for n in range(1, 21)]
    scales = {}
    for layer in spec["layer"]:
        for channel in ("color", "shape"):
            if channel in layer["encoding"] and "scale" in layer["encoding"][channel]:
                scales[channel] = layer["encoding"][channel]["scale"]["range"]
    assert len(set(scales["color"])) == len(COLOURS)
    assert len(set(zip(scales["color"], scales["shape"], strict=True))) == 20


def test_charts_are_drawn_where_there_is_something_to_draw(three: Collection) -> None:
    assert [chart.name for chart in charts(three)] == ["plans"]
    assert charts(collected([empty_plan()])) == ()
    assert charts(collected(hostile()), ["plans"])[0].paper["datasets"]["labels"]
    assert charts(three, ["spend"]) == ()


def _with_quality(plan: Plan, name: str, q: float) -> Plan:
    front = [
        c.model_copy(update={"model": name, "quality": q, "quality_lo": q - 0.02, "quality_hi": q + 0.02})
        for c in plan.front
    ]
    return scaled(plan.model_copy(update={"front": front}), name)


def test_a_service_is_compared_in_what_it_tells() -> None:
    alone = services()
    assert not alone.front
    found = collected([own(), alone])
    member = found.members[1]
    assert (member.decision, member.hours.text, member.state) == ("service", "unknown", "planned")
    assert member.cost.value is not None
    assert found.compared.standings[1][1].gap == "unknown"
    assert "Managed services do not tell how long a job takes: " in found.compared.caveats[-1]
    assert found.total.unknown == ""


def test_too_close_and_robust_are_what_decisions_go_by() -> None:
    assert (certainty.TOO_CLOSE, certainty.ROBUST) == (TOO_CLOSE, ROBUST)
