"""The dashboard: its queries ask for what is exported alone, its thresholds are the review's, and nothing overlaps."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from planner.errors import InputError
from planner.export.prometheus.metrics import METRICS
from planner.export.prometheus.rules import RECORDED
from planner.outcome.review import Review
from tests.export.asking import exported
from tests.report.review.made_review import empty_review, hostile_review, made_review
from tests.report.sample_serving import serving_plan


def board(review: Review) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(exported("grafana", review).files["dashboard.json"])
    return found


def expressions(dashboard: dict[str, Any]) -> list[str]:
    """Every query, and the metric behind every variable."""
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    told = [one["definition"] for one in dashboard["templating"]["list"] if one["type"] == "query"]
    return queries + [text[len("label_values(") : text.rindex(",")] for text in told]


def filled_in(expr: str) -> str:
    """A query as Grafana sends it: variables become what is chosen."""
    return re.sub(r"\$\{?[a-z_]+\}?", "acme|other", expr)


def test_queries_use_what_is_exported_alone() -> None:
    used = {name for expr in expressions(board(made_review())) for name in re.findall(r"planner[a-z0-9_:]+", expr)}
    assert used <= {*METRICS, *RECORDED}
    assert len(used) > 25


def test_labels_of_queries_are_labels_of_the_metrics() -> None:
    text = exported("prometheus", made_review()).files["planner.prom"].decode()
    labels: dict[str, set[str]] = {}
    for name, told in re.findall(r"^(planner[a-z0-9_]+)\{(.*)\} ", text, re.MULTILINE):
        labels.setdefault(name, set()).update(re.findall(r'([a-z_]+)="', told))
    for expr in expressions(board(made_review())):
        for name, told in re.findall(r"(planner[a-z0-9_]+)\{([^}]*)\}", expr):
            assert set(re.findall(r"([a-z_]+)=~?\"", told)) <= labels[name], expr


def test_variables_are_declared_and_the_source_is_one() -> None:
    dashboard = board(made_review())
    declared = {one["name"] for one in dashboard["templating"]["list"]}
    assert declared == {"datasource", "review", "team", "model"}
    text = json.dumps(dashboard)
    assert set(re.findall(r"\$\{?([a-z]+)\}?", text.replace("$__all", ""))) == declared
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"] if "datasource" in panel} == {"${datasource}"}


def test_panels_do_not_overlap_and_are_numbered() -> None:
    panels = board(made_review())["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    taken = [cell for panel in panels for cell in cells(panel["gridPos"])]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def cells(place: dict[str, int]) -> Iterator[tuple[int, int]]:
    for x in range(place["x"], place["x"] + place["w"]):
        for y in range(place["y"], place["y"] + place["h"]):
            yield x, y


def test_thresholds_are_the_reviews_own() -> None:
    review = made_review()
    (kpi, *_) = review.unit_costs
    review = review.model_copy(
        update={"unit_costs": [kpi.model_copy(update={"target_usd": 2.0, "warn_usd": 2.5})],
                "budgets": [one.model_copy(update={"crossings": [c for c in one.crossings if c.level == 0.8]})
                            for one in review.budgets]}
    )  # fmt: skip
    found = {panel["title"]: panel for panel in board(review)["panels"]}

    def steps(title: str) -> list[float | None]:
        return [step["value"] for step in found[title]["fieldConfig"]["defaults"]["thresholds"]["steps"]]

    assert steps("Unit costs against their targets") == [None, 1.0, 1.25]
    assert steps("Budget used") == [None, 0.8, 1.0]


def test_tables_call_every_value_by_its_query() -> None:
    for panel in board(made_review())["panels"]:
        if panel["type"] == "table":
            _, organised = panel["transformations"]
            ids = [target["refId"] for target in panel["targets"]]
            wanted = {"Value"} if len(ids) == 1 else {f"Value #{one}" for one in ids}
            assert set(organised["options"]["renameByName"]) == wanted
            assert all(target["format"] == "table" and target["instant"] for target in panel["targets"])


def test_each_scenario_has_a_dashboard_of_its_own() -> None:
    one, other = board(made_review()), board(hostile_review())
    assert one["uid"] == board(empty_review())["uid"] != other["uid"]
    assert re.fullmatch(r"[0-9a-f]{16}", other["uid"])
    assert other["schemaVersion"] >= 39
    assert "\u202e" not in other["title"]


def test_a_plan_is_refused() -> None:
    with pytest.raises(InputError, match="of the kind Serving; this target takes one of the kind SpendReview"):
        exported("grafana", serving_plan())
