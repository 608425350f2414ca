"""`planner budget status` and `planner budget statement`."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from planner.outcome.review import Review
from tests.cli.calls import SMALL, run
from tests.report.review.made_review import empty_review, hostile_review, made_review, partial_review


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of October 2026, over, and of 22 October, with a budget that is expected to be over."""
    place = tmp_path_factory.mktemp("reviews")
    partial = partial_review()
    coming = [one for one in partial.budgets if one.status != "over"]
    for name, review in {
        "over": made_review(), "coming": partial.model_copy(update={"budgets": coming}), "hostile": hostile_review(),
        "empty": empty_review(), "uneven": _uneven(),
    }.items():  # fmt: skip
        (place / name).mkdir()
        (place / name / "plan.json").write_text(review.model_dump_json(), "utf-8")
    (place / "small.yaml").write_text(SMALL, "utf-8")
    return place


def _uneven() -> Review:
    review = made_review()
    first, *others = review.statements
    return review.model_copy(update={"statements": [first.model_copy(update={"lines": first.lines[:1]}), *others]})


def test_budgets_with_the_most_urgent_first_and_the_health_of_sources(folder: Path) -> None:
    done = run("budget", "status", "over", cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "acme-spend: 2026-10, as of 2026-11-01"
    assert [line.split()[0] for line in lines[3:7]] == ["research-month", "all", "support-bot", "new-team"]
    assert "over 99 %" in lines[3]
    assert lines[3].endswith("over")
    assert lines[6].count("unknown") == 3
    assert lines[8:10] == ["Sources:", "  broken: gpu_samples: named, but no file is there"]


def test_the_next_level_and_its_day(folder: Path) -> None:
    data = json.loads(run("budget", "status", "coming", "--format", "json", cwd=folder).stdout)
    assert (data["month"], data["month_whole"], data["as_of"]) == ("2026-10", False, "2026-10-22")
    by_name = {one["name"]: one for one in data["budgets"]}
    review = json.loads((folder / "coming/plan.json").read_text())
    assert {one["name"] for one in review["budgets"]} == set(by_name)
    research = by_name.get("research-month")
    assert research is not None
    assert (research["next_level"], research["next_on"]) == (1.0, "2026-10-24")
    assert {one["status"] for one in data["health"]} == {"broken", "warning", "ok"}


@pytest.mark.parametrize(
    ("review", "options", "code"),
    [
        ("over", (), 0), ("over", ("--fail-over",), 5), ("over", ("--fail-forecast",), 5),
        ("coming", ("--fail-over",), 0), ("coming", ("--fail-forecast",), 5), ("empty", ("--fail-forecast",), 0),
    ],
)  # fmt: skip
def test_it_fails_only_where_it_is_asked_to(folder: Path, review: str, options: tuple[str, ...], code: int) -> None:
    done = run("budget", "status", review, *options, cwd=folder)
    assert done.returncode == code, done.stdout
    assert done.stdout


def test_a_review_without_budgets_says_so(folder: Path) -> None:
    assert "The scenario names no budget." in run("budget", "status", "empty", cwd=folder).stdout


def test_a_statement_adds_up_in_cents(folder: Path) -> None:
    done = run("budget", "statement", "over", "--team", "research", "--format", "json", cwd=folder)
    (one,) = json.loads(done.stdout)["statements"]
    for each in ("billed_usd", "effective_usd"):
        for parts in (one["lines"], one["parts"]):
            assert sum(Decimal(str(part[each])) for part in parts) == Decimal(str(one[each]))
    text = run("budget", "statement", "over", "--team", "research", cwd=folder).stdout
    assert text.startswith("team research, 2026-10\n")
    assert f"${Decimal(str(one['billed_usd'])):,.2f}" in text
    assert "shared-network" in text


def test_all_statements_make_the_bill(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("budget", "statement", "over", "--format", "csv", cwd=folder).stdout)))
    review = made_review()
    assert {row["value"] for row in rows} == {one.value or "unattributed" for one in review.statements}
    billed = sum(Decimal(row["billed_usd"]) for row in rows)
    assert billed == round(sum(Decimal(one.billed_usd) for one in review.statements), 2)
    assert next(row["quantity"] for row in rows if row["service"] == "S3") == "41200.0"
    assert next(row["quantity"] for row in rows if row["service"] == "Bedrock") == ""


def test_what_nobody_gets_has_a_statement(folder: Path) -> None:
    done = run("budget", "statement", "over", "--team", "unattributed", "--format", "markdown", cwd=folder)
    assert done.stdout.startswith("## team unattributed, 2026-10\n\n| service |")
    assert "| none | unattributed |" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("statement", "over", "--team", "reserch"),
            "no team 'reserch' is charged in 2026-10; did you mean 'research'?",
        ),
        (("statement", "over", "--team", "zz"), "there are: "),
        (("statement", "empty"), "nothing is charged in 2026-10"),
        (("statement", "uneven"), "do not add up"),
        (("status", "nowhere"), "`planner plan SCENARIO` writes a plan.json"),
        (("status", "small.yaml"), "a scenario of the kind FineTune"),
    ],
)
def test_what_cannot_be_told_is_explained(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = run("budget", *words, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
@pytest.mark.parametrize("verb", ["status", "statement"])
def test_names_from_outside_do_no_harm(folder: Path, verb: str, form: str) -> None:
    if (verb, form) == ("status", "csv"):
        assert run("budget", verb, "hostile", "--format", form, cwd=folder).returncode == 2
        return
    done = run("budget", verb, "hostile", "--format", form, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert not {"\x1b", "\u202e"} & set(done.stdout)
    if form == "markdown":
        assert "<script" not in done.stdout
        assert "[a](http" not in done.stdout


def test_no_cell_of_a_statement_is_a_formula(tmp_path: Path) -> None:
    review = made_review()
    first = review.statements[0].model_copy(update={"value": '=HYPERLINK("http://evil.example")'})
    (tmp_path / "plan.json").write_text(review.model_copy(update={"statements": [first]}).model_dump_json())
    done = run("budget", "statement", tmp_path, "--format", "csv", cwd=tmp_path)
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert {row[2] for row in rows[1:]} == {'\'=HYPERLINK("http://evil.example")'}
