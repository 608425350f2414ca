"""`planner report --baseline --previous`: earlier plans are read, held against this one, and refused where no use."""

import json
from pathlib import Path

import pytest

from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import serving_plan

from .calls import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plan = sample_plan()
    old = plan.model_copy(
        update={"front": [c.model_copy(update={"cost_usd": (c.cost_usd or 0) * 0.9}) for c in plan.front]}
    )
    for name, each in (("new", plan), ("old", old)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(each.model_dump_json())
    return tmp_path


def test_both_are_told_in_the_page_and_in_the_data(folder: Path) -> None:
    done = run(
        "report", "new", "-t", "model-performance", "-f", "md,json", "--baseline", "old", "--previous", "new/plan.json",
        cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (folder / "new/model-performance.md").read_text()
    assert page.index("### Drift from the baseline") < page.index("### Drift from the previous plan")
    assert "By more than noise moved: cost of the knee +11 % (over 8 σ)" in page
    drifts = json.loads((folder / "new/model-performance.json").read_text())["drifts"]
    assert [drift["role"] for drift in drifts] == ["baseline", "previous"]
    assert "no figure of them moved by more than its noise" in drifts[1]["lead"]


def test_a_template_that_prints_no_drift_refuses_it_but_not_its_data(folder: Path) -> None:
    done = run("report", "new", "-t", "comment", "--previous", "old", cwd=folder)
    assert done.returncode == 2
    assert "template comment prints no drift; model-performance does, and so does --format json" in done.stderr
    assert run("report", "new", "-t", "comment", "-f", "json", "--previous", "old", cwd=folder).returncode == 0


def test_a_template_that_builds_on_one_that_prints_drift_takes_it(folder: Path) -> None:
    (folder / "ours").mkdir()
    (folder / "ours/template.yaml").write_text("extends: model-performance\n")
    page = "{% extends 'model-performance/report.html.j2' %}{% block kicker %}Ours{% endblock %}"
    (folder / "ours/report.html.j2").write_text(page)
    (folder / "ours/report.md.j2").write_text("{{ report.title.name }}")
    done = run("report", "new", "-t", "./ours", "-f", "md", "--previous", "old", cwd=folder)
    assert done.returncode == 0, done.stderr


def test_what_is_no_plan_is_said_plainly(folder: Path) -> None:
    (folder / "bad.json").write_text("[]")
    done = run("report", "new", "-t", "model-performance", "-f", "md", "--baseline", "bad.json", cwd=folder)
    assert (done.returncode, "bad.json: no plan" in done.stderr) == (2, True)
    assert run("report", "new", "-t", "model-performance", "--baseline", "none", cwd=folder).returncode == 2
    (folder / "serving.json").write_text(serving_plan().model_dump_json())
    done = run("report", "new", "-t", "model-performance", "-f", "md", "--baseline", "serving.json", cwd=folder)
    assert (done.returncode, "serving.json: a plan of the kind Serving" in done.stderr) == (2, True)
