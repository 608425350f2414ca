"""Metrics, rules and rule tests of a review: names and text format, unknown left out, and what fires on its numbers."""

import datetime
import itertools
import re
from typing import Any

import pytest
import yaml

from planner.errors import InputError
from planner.export.prometheus.expected import QUOTIENTS, firing, recorded, values_of
from planner.export.prometheus.exposition import exposition, number
from planner.export.prometheus.metrics import METRICS, MOST, most, once, sample
from planner.export.prometheus.rule_tests import unit_tests
from planner.export.prometheus.rules import ALERTS, RECORDED, rules_document
from planner.export.prometheus.samples import samples_of
from planner.outcome.review.attribution import DayTotal
from planner.outcome.review.operations import Operations, TenantUse
from tests.export.asking import exported
from tests.report.review.made_review import empty_review, first_month, hostile_review, made_review, partial_review
from tests.report.sample_plan import sample_plan

LINE = re.compile(
    r'(?P<name>[a-z0-9_]+)\{(?P<labels>(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\} (?P<value>-?[0-9]+(?:\.[0-9]+)?)'
)
REVIEWS = {
    "made": made_review(), "partial": partial_review(), "first": first_month(), "empty": empty_review(),
    "hostile": hostile_review(),
}  # fmt: skip


@pytest.mark.parametrize("name", REVIEWS)
def test_the_text_format_is_kept(name: str) -> None:
    text = exported("prometheus", REVIEWS[name]).files["planner.prom"].decode()
    assert text.endswith("\n")
    seen: list[str] = []
    series = set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, metric, kind = line.split()
            assert kind == "gauge"
            seen.append(metric)
        elif not line.startswith("# HELP "):
            found = LINE.fullmatch(line)
            assert found, line
            assert found["name"] == seen[-1]
            series.add(line.rpartition(" ")[0])
    assert len(seen) == len(set(seen))  # a metric stands in one block
    assert len(series) == sum(not line.startswith("#") for line in text.splitlines())


def test_names_have_base_units_and_help() -> None:
    for name, told in METRICS.items():
        assert re.fullmatch(r"planner(_[a-z0-9]+)+", name)
        parts = set(name.split("_"))
        assert not parts & {"ms", "hour", "hours", "days", "percent", "minutes", "gib", "total", "dollars"}
        assert told.endswith(".")


def test_what_is_unknown_is_left_out() -> None:
    review = made_review()
    unknown = [one.model_copy(update={"unit_cost_usd": None, "target_usd": None}) for one in review.unit_costs]
    samples = samples_of(review.model_copy(update={"unit_costs": unknown}))
    assert "planner_unit_cost_usd" not in {one.name for one in samples}
    assert list(sample("planner_unit_cost_usd", float("nan"), kpi="x")) == []
    assert "NaN" not in exposition(samples)


def test_samples_are_the_reviews_own_figures() -> None:
    review = made_review()
    values = values_of(samples_of(review))
    for budget in review.budgets:
        labels = (("budget", budget.name), ("review", "acme-spend"))
        assert values["planner_budget_spent_usd"][labels] == budget.spent_usd
        assert values["planner_budget_used_ratio"][labels] == budget.used
        for crossing in budget.crossings:
            assert values["planner_budget_level_ratio"][tuple(sorted((*labels, ("level", f"{crossing.level:g}"))))] == (
                crossing.level
            )
    teams = {dict(labels)["team"]: usd for labels, usd in values["planner_month_spend_usd"].items()}
    assert teams == {team or "unattributed": usd for team, usd in review.months[-1].by_team.items()}
    cards = {dict(labels)["gpu"]: s for labels, s in values["planner_gpu_seconds"].items()}
    assert cards == {card.gpu: card.gpu_hours * 3600 for card in review.operations.cards}


def test_series_are_bounded() -> None:
    tenants = [
        TenantUse(tenant=f"t{n}", requests=float(n), tokens=None, cost_usd=None, requests_before=None, surge=None)
        for n in range(3000)
    ]
    quiet = Operations(runs=[], cards=[], deployments=[], apis=[], tenants=tenants)
    review = made_review().model_copy(update={"operations": quiet})
    labels = values_of(samples_of(review))["planner_tenant_requests"]
    assert {dict(one)["tenant"] for one in labels} == {f"t{n}" for n in range(3000 - MOST, 3000)}
    kept = most({f"team {n}": float(n) for n in range(500)})
    assert len(kept) == MOST + 1
    assert kept["other"] == sum(range(500 - MOST))


def test_labels_that_cleaning_makes_alike_stand_once() -> None:
    twice = [*sample("planner_unit_cost_usd", 1.0, kpi="a\x1b"), *sample("planner_unit_cost_usd", 2.0, kpi="a")]
    assert [one.value for one in once(twice)] == [1.0]


@pytest.mark.parametrize(
    ("value", "text"), [(1e-7, "0.0000001"), (12.0, "12"), (-0.5, "-0.5"), (1.5e12, "1500000000000")]
)
def test_numbers_are_written_without_exponents(value: float, text: str) -> None:
    assert number(value) == text
    assert float(text) == value


def test_every_metric_of_a_rule_is_exported_or_recorded() -> None:
    for expr in (*RECORDED.values(), *(alert.expr for alert in ALERTS)):
        assert set(re.findall(r"planner[a-z0-9_:]+", expr)) <= {*METRICS, *RECORDED}


def test_each_alert_that_the_review_has_series_for_fires_in_its_second_test() -> None:
    document = yaml.safe_load(exported("prometheus", made_review()).files["rules.test.yml"])
    own, over = document["tests"]
    assert {test["alertname"] for test in over["alert_rule_test"] if test["exp_alerts"]} == {one.name for one in ALERTS}
    quiet = {test["alertname"] for test in own["alert_rule_test"] if not test["exp_alerts"]}
    assert quiet  # else nothing would tell an alert that always fires
    assert document["rule_files"] == ["rules.yml"]
    assert all(alert["annotations"]["summary"] for alert in _alerts())


def _alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(exported("prometheus", made_review()).files["rules.yml"])["groups"]
    return [rule for rule in group["rules"] if "alert" in rule]


def test_what_fires_follows_the_budgets() -> None:
    review = made_review()
    values = values_of(samples_of(review))
    over = [dict(labels)["budget"] for labels in firing("PlannerBudgetOver", values, 0.0)]
    assert over == sorted(one.name for one in review.budgets if one.status == "over")
    reached = {
        dict(labels)["budget"]: float(dict(labels)["level"])
        for labels in firing("PlannerBudgetLevelReached", values, 0.0)
    }
    highest = {b.name: max((c.level for c in b.crossings if c.level <= b.used), default=None) for b in review.budgets}
    assert reached == {name: level for name, level in highest.items() if level is not None}
    assert 0 < len(reached) < sum(c.level <= b.used for b in review.budgets for c in b.crossings)


@pytest.mark.parametrize(("now", "peak", "fires"), [(500.0, 90.0, True), (500.0, 480.0, False), (150.0, 90.0, False)])
def test_a_day_like_others_of_a_team_that_trains_now_and_then_is_no_spike(now: float, peak: float, fires: bool) -> None:
    """Of eight weeks at 80 a day, one day was `peak`; the last is `now`."""
    last = datetime.date(2026, 10, 31)
    spent = {last - datetime.timedelta(days=k): 80.0 for k in range(57)} | {last: now}
    spent[last - datetime.timedelta(days=9)] = peak
    days = [
        DayTotal(day=day.isoformat(), effective_usd=usd, by_team={"research": usd})
        for day, usd in sorted(spent.items())
    ]
    values = values_of(samples_of(made_review().model_copy(update={"days": days})))
    assert bool(firing("PlannerSpendSpike", values, 0.0)) == fires


def test_quotients_are_of_the_same_series_and_never_by_zero() -> None:
    for rule, (above, below) in QUOTIENTS.items():
        assert RECORDED[rule] == f"{above} / ({below} > 0)"
    samples = [
        *sample("planner_budget_forecast_usd", 9.0, budget="a"), *sample("planner_budget_usd", 0.0, budget="a"),
        *sample("planner_budget_forecast_usd", 9.0, budget="b"), *sample("planner_budget_usd", 6.0, budget="b"),
    ]  # fmt: skip
    found = recorded("planner:budget_forecast_usd:ratio_budget", values_of(samples))
    assert found == {(("budget", "b"),): 1.5}


def test_a_plan_is_refused() -> None:
    with pytest.raises(InputError, match=r"plan.json: of the kind FineTune; this target takes one of .* SpendReview"):
        exported("prometheus", sample_plan())
    with pytest.raises(InputError, match="takes one review, not 2"):
        exported("prometheus", made_review(), made_review())


def test_the_documents_are_the_same_every_time() -> None:
    assert exported("prometheus", made_review()).files == exported("prometheus", made_review()).files
    assert rules_document() == rules_document()
    documents = [unit_tests(samples_of(review)) for review in REVIEWS.values()]
    assert all(a != b for a, b in itertools.combinations(documents, 2))
