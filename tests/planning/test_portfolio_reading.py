"""A Portfolio from its file: scenarios of jobs found, cut out or shared, and what is wrong told where it is written."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.locking.choosing import CATALOG
from planner.planning import PortfolioReady, check_scenario, read_ready, remarks_of
from planner.planning.ready import Ready, ServingReady
from planner.source import InvalidInput, render_all

TUNING: dict[str, Any] = {
    "kind": "FineTune",
    "models": ["llama-3.1-8b"],
    "methods": ["lora"],
    "dataset": {"samples": 10_000, "tokens_per_sample": 500},
    "hardware": {"gpus": ["h100"]},
}
WHOLE: dict[str, Any] = {"api_version": "planner/v1", "metadata": {"name": "alone", "team": "theirs"}, **TUNING}


def portfolio(folder: Path, *jobs: dict[str, Any], **more: Any) -> Path:
    said = {
        "api_version": "planner/v1", "kind": "Portfolio", "metadata": {"name": "all"}, "begins": "2026-12-01",
        "horizon": "2 weeks", "jobs": list(jobs),
    } | more  # fmt: skip
    path = folder / "portfolio.yaml"
    path.write_text(yaml.safe_dump(said, sort_keys=False))
    return path


def ready(path: Path | dict[str, Any]) -> PortfolioReady:
    found = read_ready(path)
    assert isinstance(found, PortfolioReady)
    return found


def refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read_ready(path)
    return [(problem.at, problem.message) for problem in caught.value.problems]


@pytest.fixture
def tuning(tmp_path: Path) -> Path:
    path = tmp_path / "alone.yaml"
    path.write_text(yaml.safe_dump(WHOLE))
    return path


def test_jobs_with_the_same_scenario_share_one_that_is_read_once(tmp_path: Path, tuning: Path) -> None:
    (tmp_path / "link.yaml").symlink_to(tuning)
    found = ready(portfolio(
        tmp_path,
        {"name": "a", "scenario": "alone.yaml"},
        {"name": "b", "scenario": "./alone.yaml", "team": "ours"},
        {"name": "c", "scenario": "link.yaml"},
        {"name": "d", "scenario": "alone.yaml", "change": {"train.epochs": 2}},
        {"name": "e", "inline": TUNING},
        {"name": "f", "inline": {**TUNING, "metadata": {"team": "mine"}}},
        metadata={"name": "all", "team": "fallback"},
    )).jobs  # fmt: skip
    assert [job.ready is found[0].ready for job in found] == [True, True, True, False, False, False]
    assert [job.team for job in found] == ["theirs", "ours", "theirs", "theirs", "fallback", "mine"]
    assert [job.path for job in found] == [
        *["alone.yaml"] * 4, "portfolio.yaml#jobs/e", "portfolio.yaml#jobs/f",
    ]  # fmt: skip
    assert isinstance(changed := found[3].ready, Ready)
    assert changed.scenario.train.epochs == 2
    assert changed.document.digest == found[3].digest != found[0].digest
    assert isinstance(inline := found[4].ready, Ready)
    assert (inline.scenario.metadata.name, inline.path) == ("e", "portfolio.yaml#jobs/e")


def test_what_is_wrong_with_one_job_leaves_the_others_and_is_told_where_it_is_written(
    tmp_path: Path, tuning: Path
) -> None:
    path = tmp_path / "portfolio.yaml"
    tuning.write_text(tuning.read_text().replace("llama-3.1-8b", "llama-9"))
    path.write_text("""\
api_version: planner/v1
kind: Portfolio
metadata: {name: all}
begins: 2026-12-01
horizon: 2 weeks
jobs:
  - {name: theirs, scenario: alone.yaml}
  - name: mine
    inline:
      kind: Serving
      models: [llama-3.1-8b]
      traffic: {requests_per_second: 2, input_tokens: 100, output_tokens: 200}
      hardware: {gpus: [h1000]}
      overrides: {fast: {latency: {total: {p95: 2 s}}}}
    change: {quality.task: singing, levers.cache: 1}
    variant: [fast]
  - {name: good, inline: {kind: FineTune, models: [llama-3.1-8b], methods: [lora],
     dataset: {samples: 1k, tokens_per_sample: 300}, hardware: {gpus: [h100]}}}
""")
    found = ready(path)
    assert [job.ready is None for job in found.jobs] == [True, True, False]
    assert [job.kind for job in found.jobs] == ["FineTune", "Serving", "FineTune"]
    problems, texts = remarks_of(found)
    shown = sorted((p.file.rpartition("/")[2], p.span.line if p.span else 0, p.at) for p in problems)
    assert shown == [
        ("alone.yaml", 15, "models[0]"),
        ("portfolio.yaml", 13, "jobs[1].inline.hardware.gpus[0]"),
        ("portfolio.yaml", 15, "jobs[1].change['levers.cache']"),
        ("portfolio.yaml", 15, "jobs[1].change['quality.task']"),
    ]
    assert {p.file for p in problems} <= set(texts)
    told, _ = check_scenario(path)
    assert {p.at for p in problems} <= {p.at for p in told}
    assert "h1000" in render_all(told, texts)


def test_a_name_written_in_an_extended_file_is_looked_for_from_there(tmp_path: Path, tuning: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep").mkdir()
    portfolio(tmp_path, {"name": "a", "scenario": "alone.yaml"}, {"name": "b", "inline": {
        **TUNING, "dataset": {"file": "rows.jsonl"}}})  # fmt: skip
    (tmp_path / "rows.jsonl").write_text(json.dumps({"prompt": "a" * 40, "completion": "b" * 20}) + "\n")
    later = tmp_path / "deep" / "later.yaml"
    later.write_text("extends: ../portfolio.yaml\nmetadata: {name: later}\nhorizon: 3 weeks\n")
    found = ready(later)
    assert [job.path for job in found.jobs] == ["alone.yaml", "portfolio.yaml#jobs/b"]
    assert all(job.ready is not None for job in found.jobs)
    assert tuning.is_file()


def test_a_mapping_is_read_from_where_one_stands(tmp_path: Path, tuning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = yaml.safe_load(
        portfolio(tmp_path, {"name": "a", "scenario": tuning.name}, {"name": "b", "inline": TUNING}).read_text()
    )
    said["jobs"].append({"name": "c", "inline": {"kind": "FineTune", "models": ["llama-9"]}})
    found = ready(said)
    assert [job.path for job in found.jobs] == ["alone.yaml", "<mapping>#jobs/b", "<mapping>#jobs/c"]
    assert found.jobs[2].ready is None
    assert {p.at[:14] for p in found.jobs[2].problems} == {"jobs[2].inline"}


def test_each_job_has_the_lock_beside_its_own_scenario(tmp_path: Path, tuning: Path) -> None:
    path = portfolio(tmp_path, {"name": "a", "scenario": "alone.yaml"}, {"name": "b", "inline": TUNING})
    tuning.with_suffix(".lock.yaml").write_text("kind: nonsense\n")
    (tmp_path / "portfolio.lock.yaml").write_text("kind: nonsense\n")
    found = ready(path)
    assert [job.ready is None for job in found.jobs] == [True, False]
    assert found.jobs[0].problems[0].file.endswith("alone.lock.yaml")
    without = read_ready(path, prices=CATALOG)
    assert isinstance(without, PortfolioReady)
    assert without.jobs[0].ready is not None


def test_an_unreadable_file_is_a_problem_of_its_job_and_other_documents_are_none_of_it(
    tmp_path: Path, tuning: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("kind: [FineTune\n")
    found = ready(portfolio(tmp_path, {"name": "a", "scenario": "broken.yaml"}, {"name": "b", "scenario": tuning.name}))
    assert [job.ready is None for job in found.jobs] == [True, False]
    assert found.jobs[0].problems[0].code == "syntax"
    (tmp_path / "lock.yaml").write_text("kind: Lock\n")
    jobs = [{"name": name, "scenario": "lock.yaml"} for name in "xy"]
    message = "'lock.yaml' is no scenario of a job: this is a Lock and no scenario"
    assert refused(portfolio(tmp_path, *jobs)) == [("jobs[0].scenario", message), ("jobs[1].scenario", message)]
    myself = portfolio(tmp_path, {"name": "me", "scenario": "portfolio.yaml"})
    assert "this is a Portfolio" in refused(myself)[0][1]


def test_the_earlier_plan_is_a_plan_of_a_portfolio(tmp_path: Path, tuning: Path) -> None:
    def plan(name: str, content: str) -> list[tuple[str, str]]:
        (tmp_path / name).write_text(content)
        running = {"now": "2026-12-02", "plan": name}
        return refused(portfolio(tmp_path, {"name": "a", "scenario": tuning.name}, running=running))

    assert plan("a.json", "{}") == [("running.plan", "'a.json' is no plan.json of this version")]
    assert plan("b.json", "[" * 100_000)[0][1] == "'b.json' is no plan.json of this version"
    golden = Path(__file__).parents[1] / "golden"
    other = next(golden.rglob("plan.json"), None)
    if other is not None:
        assert "and not of a portfolio" in plan("c.json", other.read_text())[0][1]


def test_a_service_says_how_long_it_runs_and_a_run_does_not(tmp_path: Path, tuning: Path) -> None:
    served = {**WHOLE, "kind": "Serving", "traffic": {"requests_per_second": 1, "input_tokens": 9, "output_tokens": 9}}
    for key in ("methods", "dataset"):
        del served[key]
    (tmp_path / "served.yaml").write_text(yaml.safe_dump(served))
    found = ready(portfolio(tmp_path, {"name": "a", "scenario": "served.yaml", "runs_for": "1 week"}))
    assert isinstance(found.jobs[0].ready, ServingReady)
    places = refused(portfolio(tmp_path, {"name": "a", "scenario": tuning.name, "runs_for": "1 week"}))
    assert [place for place, _ in places] == ["jobs[0].runs_for"]


@pytest.mark.parametrize(
    ("objective", "told"),
    [(None, ["kind"]), ({"late_per_day": 50}, ["objective"]), ({"quality_point": 0}, []), ({"quality_point": 5}, [])],
)
def test_that_quality_counts_for_nothing_is_told_unless_somebody_says_so(
    tmp_path: Path, tuning: Path, objective: dict[str, float] | None, told: list[str]
) -> None:
    """Otherwise the cheapest of a front is taken, however little it has learned."""
    more = {} if objective is None else {"objective": objective}
    found = ready(portfolio(tmp_path, {"name": "a", "scenario": tuning.name}, **more))
    assert [problem.at for problem in found.warnings if "quality counts for nothing" in problem.message] == told


def test_services_have_no_quality_of_their_own_to_price(tmp_path: Path, tuning: Path) -> None:
    served = {**WHOLE, "kind": "Serving", "traffic": {"requests_per_second": 1, "input_tokens": 9, "output_tokens": 9}}
    for key in ("methods", "dataset"):
        del served[key]
    (tmp_path / "served.yaml").write_text(yaml.safe_dump(served))
    assert not ready(portfolio(tmp_path, {"name": "a", "scenario": "served.yaml"})).warnings
