"""What costs much less than the recommended way is told, with what is given up; what saves little is not."""

from planner.outcome.serving_plan import ServingPlan
from planner.report.serving.page import serving_data
from tests.report.sample_serving import serving_plan


def _plan(**changed: float | None) -> ServingPlan:
    """The fastest recommended as the knee, and the cheapest with other figures."""
    plan = serving_plan()
    cheapest, fastest = plan.decisions["cheapest"], plan.decisions["fastest"]
    front = [c.model_copy(update=changed) if c.id == cheapest else c for c in plan.front]
    decisions = {"knee": fastest, "cheapest": cheapest, "cheapest_api": plan.decisions["cheapest_api"]}
    return plan.model_copy(update={"front": front, "decisions": decisions})


def test_a_decision_that_keeps_to_the_targets_for_much_less_is_told_beside_the_headline() -> None:
    plan = _plan(quality=1.0)
    data = serving_data(plan)
    pick, cheap = data.decisions[0].row, data.decisions[1].row
    assert cheap.cost.value is not None
    assert pick.cost.value is not None
    told = data.headline.details[1]
    assert f"costs {1 - cheap.cost.value / pick.cost.value:.0%}".replace("%", " %") in told
    assert "keeps to every target too and is as good" in told
    assert f"p95 to the last token {cheap.latency.text} instead of {pick.latency.text}." in told
    assert told in data.executive.sure


def test_one_that_is_worse_is_told_as_that() -> None:
    assert "and is less good (q 0.10" in serving_data(_plan(quality=0.1)).headline.details[1]


def test_a_small_saving_is_not_told() -> None:
    plan = _plan()
    fastest = plan.configuration(plan.decisions["knee"])
    assert fastest is not None
    assert fastest.cost_usd_per_month is not None
    near = serving_data(_plan(cost_usd_per_month=0.9 * fastest.cost_usd_per_month))
    assert not any("keeps to every target too" in text for text in near.headline.details)


def test_one_that_misses_a_target_is_not_told() -> None:
    plan = _plan().model_copy(update={"targets": {"total p95": 1e-3}})
    assert not any(", costs " in text for text in serving_data(plan).headline.details)


def test_an_api_that_nobody_measured_is_told_as_unmeasured() -> None:
    plan = _plan()
    id_ = plan.decisions["cheapest_api"]
    beside = [c.model_copy(update={"cost_usd_per_month": 1.0, "quality": None}) if c.id == id_ else c
              for c in plan.beside]  # fmt: skip
    told = serving_data(plan.model_copy(update={"beside": beside})).executive.rent_or_api[-1]
    assert "$1.00 a month, but nobody told how fast it answers or how good it is" in told
