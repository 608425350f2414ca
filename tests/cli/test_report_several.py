"""`planner report` of several plans: which are taken, where it goes, what is refused."""

import json
from pathlib import Path

import pytest

from planner.outcome import Plan
from tests.cli.calls import SMALL, run
from tests.report.review.made_data import review_of
from tests.report.several.sample_collection import own, plans, scaled

POLICY = """\
api_version: planner/v1
kind: Policy
metadata: {name: spend}
budgets: [{name: month, per: team, amount: $100}]
"""
SPEND = """\
api_version: planner/v1
kind: Spend
month: 2026-11
as_of: 2026-11-20
entries: [{team: ml-platform, usd: 90}, {team: other, usd: 5}]
"""


def put(folder: Path, plan: Plan) -> Path:
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text(plan.model_dump_json())
    return folder


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A working folder with three plans, one of which has a report, and with policies."""
    for plan, name in zip(plans(), ("a b", "b", "c"), strict=True):
        put(tmp_path / "out" / name, plan)
    (tmp_path / "out" / "a b" / "report.html").write_text("x")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "spend.yaml").write_text(POLICY)
    (tmp_path / "policies" / "november.yaml").write_text(SPEND)
    (tmp_path / ".git").mkdir()
    return tmp_path


def test_a_folder_of_plans_is_listed_with_links_to_their_reports(here: Path) -> None:
    done = run("report", "out", "-t", "index", "-f", "html,md", cwd=here)
    assert (done.returncode, done.stderr) == (
        0,
        "wrote out/index.html\nwrote out/index.md\n",
    )
    page = (here / "out" / "index.html").read_text()
    assert '<a href="a%20b/report.html">' in page
    assert page.count("<tr data-id=") == 3
    assert page.count("<a href=") == 1


def test_reviews_below_a_folder_are_passed_over_and_told(here: Path) -> None:
    (here / "out" / "spent").mkdir()
    (here / "out" / "spent" / "plan.json").write_text(review_of("made").model_dump_json(indent=2))
    for template in ("index", "cost-centre", "compare"):
        done = run("report", "out", "-t", template, "-f", "md", "-q", cwd=here)
        assert done.returncode == 0, done.stderr
        assert "passed over, since no plan of fine-tuning or serving: out/spent\n" in done.stderr
    (here / "only").mkdir()
    (here / "out" / "spent").rename(here / "only" / "spent")
    done = run("report", "only", "-t", "index", "-f", "md", cwd=here)
    assert done.returncode == 2
    assert "only: only reviews, portfolios or business cases in this folder or below" in " ".join(done.stderr.split())


def test_plans_are_compared_and_one_named_twice_counts_once(here: Path) -> None:
    done = run(
        "report", "out/b", "out/b/plan.json", "out/a b", "-t", "compare", "-f", "json", "-q", "-o", "new", cwd=here
    )
    assert (done.returncode, done.stderr) == (0, "out/b is named 2 times and counts once\n")
    data = json.loads((here / "new" / "compare.json").read_text())
    assert [member["name"] for member in data["members"]] == ["code-model", "support-bot"]
    assert data["compared"]["verdicts"][0].startswith("Cost: support-bot is the cheapest at $")
    assert data["members"][1]["link"] == "../out/a%20b/report.html"


def test_a_plan_that_is_named_twice_is_told(here: Path) -> None:
    done = run("report", "out/b", "out/b/plan.json", "out/c", "-t", "index", "-f", "md", "-o", "new", cwd=here)
    assert done.stderr == "out/b is named 2 times and counts once\nwrote new/index.md\n"


def test_the_decision_that_is_asked_for_is_shown(here: Path) -> None:
    run("report", "out/b", "-t", "compare", "-f", "json", "--decision", "fastest", cwd=here)
    data = json.loads((here / "out" / "b" / "compare.json").read_text())
    assert data["members"][0]["decision"] == "fastest"


def test_budgets_and_spend_are_those_of_the_day(here: Path) -> None:
    done = run("report", "out", "-t", "cost-centre", "-f", "json", "--as-of", "2026-11-22", cwd=here)
    assert done.returncode == 0, done.stderr
    spend = json.loads((here / "out" / "cost-centre.json").read_text())["spend"]
    assert (spend["today"], spend["months"][-1]["spent"]) == ("2026-11-22", "$95.00")
    ml = next(row for row in spend["budgets"] if row["who"] == "team ml-platform")
    assert (ml["spent"], ml["limit"]) == ("$90.00", "$100")
    assert {row["who"] for row in spend["budgets"]} == {"team ml-platform", "team vision", "team other"}
    run("report", "out", "-t", "cost-centre", "-f", "json", "--as-of", "2026-12-01", cwd=here)
    later = json.loads((here / "out" / "cost-centre.json").read_text())["spend"]
    assert [(row["month"], row["spent"]) for row in later["months"]] == [("2026-11", "$95.00"), ("2026-12", "unknown")]


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("out/b", "out/c"), 2, "several are printed by compare, cost-centre, index"),
        (("out/b", "--decision", "knee"), 2, "--decision says nothing to template technical, which prints one plan"),
        (("out", "-t", "index", "--previous", "out/b"), 2, "--previous says nothing to template index"),
        (("out", "-t", "compare", "--as-of", "2026-01-01"), 2, "--as-of is for templates that print what was spent"),
        (("out", "-t", "cost-centre", "--as-of", "soon"), 2, "--as-of 'soon' is not a date: YYYY-MM-DD"),
        (("out", "-t", "cost-centre", "--policies", "elsewhere"), 2, "elsewhere: no policies there"),
        (("policies", "-t", "index"), 2, "policies: no plan.json in this folder or below"),
        (("out/d", "-t", "index"), 2, "out/d: No such file or directory"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(here: Path, words: tuple[str, ...], code: int, complaint: str) -> None:
    done = run("report", *words, "-f", "md", cwd=here)
    assert (done.returncode, complaint in done.stderr) == (code, True), done.stderr


def test_broken_spend_is_told_at_its_place_and_stops_no_other_template(here: Path) -> None:
    (here / "policies" / "november.yaml").write_text(SPEND.replace("usd: 90", "usd: many"))
    done = run("report", "out", "-t", "cost-centre", "-f", "md", cwd=here)
    assert done.returncode == 2
    assert "policies/november.yaml:5:" in done.stderr
    assert run("report", "out", "-t", "index", "-f", "md", cwd=here).returncode == 0


def test_more_than_twenty_are_too_many_to_compare(here: Path) -> None:
    for number in range(20):
        put(here / "many" / str(number), scaled(own(), f"p{number}"))
    assert run("report", "many", "-t", "compare", "-f", "md", cwd=here).returncode == 0
    done = run("report", "many", "out/b", "-t", "compare", "-f", "md", cwd=here)
    assert done.returncode == 2
    assert "template compare prints at most 20 plans together; --template index lists more" in done.stderr


def test_a_plan_is_not_printed_by_a_template_of_several(here: Path) -> None:
    (here / "small.yaml").write_text(SMALL)
    done = run("plan", "small.yaml", "--template", "index", "--outputs", "md", cwd=here)
    assert (done.returncode, "template index prints several plans; plan first" in done.stderr) == (2, True)


def test_where_it_goes(here: Path) -> None:
    run("report", "out/b", "out/c", "-t", "index", "-f", "md", cwd=here)
    assert (here / "out" / "index.md").is_file()
    put(here / "far" / "below" / "d", own())
    run("report", "far", "-t", "index", "-f", "md", cwd=here)
    assert (here / "far" / "index.md").is_file()
    run("report", "../b", "../../far/below/d", "-t", "compare", "-f", "md", cwd=here / "out" / "c")
    assert (here / "out" / "c" / "compare.md").is_file()
