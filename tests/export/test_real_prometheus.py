"""The real promtool on what is exported: metrics, rules, their unit tests, and every query of the dashboard."""

import json
from pathlib import Path

import pytest
import yaml

from planner.export.prometheus.rules import ALERTS, RECORDED
from planner.outcome.review import Review
from tests.export.asking import exported
from tests.export.promtool import PROMTOOL, promtool
from tests.export.test_grafana import expressions, filled_in
from tests.report.review.made_review import empty_review, first_month, hostile_review, made_review, partial_review

pytestmark = [pytest.mark.real, pytest.mark.skipif(PROMTOOL is None, reason="needs promtool, of Prometheus")]
REVIEWS = {
    "made": made_review(), "partial": partial_review(), "first": first_month(), "empty": empty_review(),
    "hostile": hostile_review(),
}  # fmt: skip


@pytest.fixture(params=REVIEWS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(REVIEWS[request.param], tmp_path)


def write(review: Review, folder: Path) -> Path:
    for name, content in exported("prometheus", review).files.items():
        (folder / name).write_bytes(content)
    return folder


def test_metrics_rules_and_rule_tests(folder: Path) -> None:
    assert promtool("check", "metrics", folder=folder, text=(folder / "planner.prom").read_text("utf-8")) == ""
    told = promtool("check", "rules", "--lint=all", "--lint-fatal", "rules.yml", folder=folder)
    assert f"SUCCESS: {len(ALERTS) + len(RECORDED)} rules found" in told
    assert "SUCCESS" in promtool("test", "rules", "rules.test.yml", folder=folder)


@pytest.mark.parametrize("alert", [one.name for one in ALERTS])
def test_a_rule_that_never_fires_fails_the_tests(tmp_path: Path, alert: str) -> None:
    """The rule tests are no decoration: without an alert, or with one that always fires, they fail."""
    folder = write(made_review(), tmp_path)
    rules = yaml.safe_load((folder / "rules.yml").read_text("utf-8"))
    for rule in rules["groups"][0]["rules"]:
        if rule.get("alert") == alert:
            rule["expr"] = f"({rule['expr']}) * 0 > 1"
    (folder / "rules.yml").write_text(yaml.safe_dump(rules), "utf-8")
    assert alert in promtool("test", "rules", "rules.test.yml", folder=folder, code=1)


def test_every_query_of_the_dashboard_is_promql(tmp_path: Path) -> None:
    dashboard = json.loads(exported("grafana", made_review()).files["dashboard.json"])
    found = [filled_in(expr) for expr in expressions(dashboard)]
    rules = [{"record": f"query:number:{n}", "expr": expr} for n, expr in enumerate(found)]
    (tmp_path / "queries.yml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}), "utf-8")
    told = promtool("check", "rules", "queries.yml", folder=tmp_path)
    assert f"SUCCESS: {len(found)} rules found" in told
