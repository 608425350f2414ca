"""`planner report` of a review of spend: its own templates, the parts that are asked for, and clear refusals."""

from pathlib import Path

import pytest

from tests.report.review.made_data import review_of
from tests.report.sample_plan import sample_plan

from .calls import run, run_apart


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("spent", review_of("made").model_dump_json()), ("planned", sample_plan().model_dump_json())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(text)
    return tmp_path


def test_the_parts_that_are_asked_for(folder: Path) -> None:
    done = run("report", "spent", "-f", "md", "--sections", "summary, budget,forecast", cwd=folder)
    assert done.returncode == 0, done.stderr
    told = (folder / "spent/summary.md").read_text()
    heads = [line for line in told.splitlines() if line.startswith("## ")]
    assert heads[1:4] == ["## Spend, day by day and month by month", "## Budgets", "## Where it goes"]


@pytest.mark.real
def test_the_page_for_a_director(folder: Path) -> None:
    done = run("report", "spent", "-t", "executive", "-f", "html,pdf,md", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Review of spend, executive summary" in (folder / "spent/executive.html").read_text()
    assert (folder / "spent/executive.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.real
def test_what_libraries_say_of_a_style_is_not_printed(folder: Path) -> None:
    done = run_apart("report", "spent", "-t", "executive", "-f", "pdf", "-q", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "spent/executive.pdf").exists()


@pytest.mark.parametrize(("words", "told"), [
    (("spent", "--sections", "budgets,trend"), "unknown section 'budgets', 'trend'; there is summary, attribution"),
    (("spent", "--sections", ""), "--sections names none; there is summary"),
    (("planned", "--sections", "summary"), "--sections are parts of a review of spend, and this is a plan"),
    (("spent", "--sections", "budget", "-t", "spend-agenda"), "template spend-agenda prints no sections; spend does"),
    (("spent", "-t", "serving"), "template serving prints a plan of serving, and this is a review of spend"),
    (("spent", "--baseline", "planned"), "hold plans of fine-tuning against each other, and this is a review of spend"),
    (("spent", "planned", "-t", "index", "--sections", "budget"), "--sections says nothing to template index"),
])  # fmt: skip
def test_refusals(folder: Path, words: tuple[str, ...], told: str) -> None:
    done = run("report", *words, "-f", "md", cwd=folder)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())


def test_other_verbs_say_what_to_do_with_a_review(folder: Path) -> None:
    done = run("explain", "spent", cwd=folder)
    assert done.returncode == 2
    assert "a review of spend, and this takes a plan of fine-tuning or serving; `planner report`" in done.stderr
