"""Templates of one's own: named by the scenario, the environment or a path; refused before anything is planned."""

import json
from pathlib import Path

import pytest

from planner.batch.one import read, template_for
from planner.batch.order import Order, Tray
from planner.resources import SCENARIOS, TEMPLATES
from planner.scenario.compose import meaning
from planner.source import read_document
from tests.report.sample_plan import sample_plan

from .calls import SMALL, run

pytestmark = pytest.mark.usefixtures("without_advice")

ACME = SCENARIOS / "templates" / "acme"


def template(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "report.md.j2").write_text(f"{text}: {{{{ report.title.name }}}}")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    template(tmp_path / "looks" / "ours", "Of the scenario")
    template(tmp_path / "mine" / "ours", "Of the user")
    template(tmp_path / "mine" / "other", "Another")
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "own.yaml").write_text(SMALL.replace("name: small", "name: own") + "templates: looks\n")
    return tmp_path


def chosen(scenario: str, asked: str, *roots: str) -> Path:
    """Folder of the template that one scenario is printed by."""
    order = Order(template=asked, templates=tuple(map(Path, roots)), outputs=("md",))
    return template_for(read(Path(f"{scenario}.yaml"), order, Tray()), order).folders[0]


def test_the_scenarios_own_come_before_the_users_and_those_before_the_planners(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here)
    template(here / "mine" / "technical", "Instead of the planner's")
    assert chosen("own", "ours", "mine") == here / "looks" / "ours"
    assert chosen("own", "other", "mine") == Path("mine/other")
    assert chosen("small", "ours", "mine") == Path("mine/ours")
    assert chosen("own", "technical", "mine") == Path("mine/technical")
    assert chosen("own", "technical") == TEMPLATES / "technical"
    assert chosen("small", "./looks/ours") == Path("looks/ours")


def test_each_scenario_of_a_batch_is_printed_by_its_own(here: Path) -> None:
    done = run("plan", "own.yaml", "small.yaml", "-t", "ours", "--outputs", "md", cwd=here, PLANNER_TEMPLATES="mine")
    assert done.returncode == 0, done.stderr
    told = [(here / "reports" / name / "summary.md").read_text().strip() for name in ("own", "small")]
    assert told == ["Of the scenario: own", "Of the user: small"]


def test_of_a_batch_the_one_without_the_template_fails_alone(here: Path) -> None:
    done = run("plan", "own.yaml", "small.yaml", "-t", "ours", "--outputs", "md", cwd=here)
    assert done.returncode == 2
    assert "unknown template 'ours'; there is business-case," in done.stderr
    assert (here / "reports/own/summary.md").is_file()
    assert not (here / "reports/small").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--template", "nope"], "unknown template 'nope'; there is"),
        (["--template", "./nope"], "./nope: no template: a folder with report.html.j2"),
        (["--template", "ours", "--outputs", "pdf"], "template ours has no pdf; it prints md, json"),
        (["--template", "compare"], "template compare prints several plans; plan first, then: planner report PLAN"),
        (["--template", "broken"], "looks/broken/template.yaml:1:10: no template 'nowhere'"),
        (["--template", "away"], "looks/away: is a link that leads out of"),
        (["--set", "templates=loks"], "names no folder that there is"),
        (["--set", "templates=small.yaml"], "names a file, not a folder of templates"),
        (["--set", "templates=../looks"], "'../looks' lies outside the scenario's folder"),
        (["--set", "templates=link"], "'link' lies outside the scenario's folder"),
        (["--set", "templates=5"], "expected text, found whole number 5"),
    ],
)
def test_what_cannot_be_printed_is_told_before_planning(here: Path, words: list[str], said: str) -> None:
    (here / "looks" / "broken").mkdir()
    (here / "looks" / "broken" / "template.yaml").write_text("extends: nowhere\n")
    (here / "link").symlink_to(here.parent)
    template(here.parent / f"{here.name}-away", "Away")
    (here / "looks" / "away").symlink_to(here.parent / f"{here.name}-away")
    outputs = [] if "--outputs" in words else ["--outputs", "md"]
    done = run("plan", "own.yaml", *outputs, *words, cwd=here)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (here / "reports").exists()


def test_validate_points_at_a_missing_folder_and_an_estimate_does_without(here: Path) -> None:
    (here / "own.yaml").write_text(SMALL + "templates: looks/ours/report.md.j2\n")
    done = run("validate", "own.yaml", cwd=here)
    assert done.returncode == 2
    assert "own.yaml:10:12: names a file, not a folder of templates" in done.stderr
    (here / "own.yaml").write_text(SMALL + "templates: gone\n")
    assert "own.yaml:10:12: names no folder that there is" in run("validate", "own.yaml", cwd=here).stderr
    picked = ["--model", "qwen2.5-7b", "--method", "lora", "--gpu", "l40s", "--count", "1"]
    assert "templates" not in run("estimate", "own.yaml", *picked, cwd=here).stderr


def test_what_a_lock_rests_on_does_not_change_with_the_template(here: Path) -> None:
    said = meaning(read_document(here / "small.yaml", "small.yaml"))
    (here / "small.yaml").write_text(SMALL + "templates: looks\n")
    assert meaning(read_document(here / "small.yaml", "small.yaml")) == said
    (here / "small.yaml").write_text(SMALL.replace("20k", "21k"))
    assert meaning(read_document(here / "small.yaml", "small.yaml")) != said


def test_templates_are_listed_with_those_of_the_user(here: Path) -> None:
    done = run("list", "templates", "--format", "json", cwd=here, PLANNER_TEMPLATES="mine")
    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert rows["ours"] == {"id": "ours", "takes": "a plan of fine-tuning", "prints": "md, json", "what": ""}
    assert rows["executive"]["prints"] == "html, pdf, md, json"
    assert "ours" not in run("list", "templates", cwd=here).stdout


def test_the_worked_example_is_a_logo_and_colours_in_under_twenty_lines(here: Path) -> None:
    files = sorted(ACME.iterdir())
    assert [file.name for file in files] == ["logo.svg", "style.css", "template.yaml"]
    assert sum(len(file.read_text().splitlines()) for file in files) < 20
    (here / "plan.json").write_text(sample_plan().model_dump_json())
    done = run("report", "plan.json", "--templates", SCENARIOS / "templates", "-t", "acme", "-f", "html", cwd=here)
    assert done.returncode == 0, done.stderr
    page = (here / "acme.html").read_text()
    assert 'src="data:image/svg+xml;base64,' in page
    assert 'alt="Acme"> <span>Acme</span>' in page
    assert page.index("--accent: #005f99") < page.index("--accent: #a3195b")
    assert "executive summary" in page


def test_a_folder_with_templates_in_it_is_validated_and_planned_as_before(here: Path) -> None:
    mine = here / "scenarios" / "templates" / "mine"
    mine.mkdir(parents=True)
    (mine / "template.yaml").write_text("extends: executive\n")
    (here / "scenarios" / "small.yaml").write_text(SMALL)
    assert run("validate", "scenarios", cwd=here).stdout == "1 scenario and 1 other document valid\n"
    done = run("plan", "scenarios", "--outputs", "none", "--format", "json", cwd=here)
    assert [plan["metadata"]["name"] for plan in json.loads(done.stdout)] == ["small"]
    (mine / "template.yaml").write_text("extends: executve\n")
    told = run("validate", "scenarios", cwd=here).stderr
    assert "template.yaml:1:10: no template 'executve'" in told
