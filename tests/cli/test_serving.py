"""The commands with scenarios and plans of the kind Serving, alone and beside those of FineTune."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.calls import SMALL, run
from tests.planning.serving_scenarios import by_api, rented
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import apis_alone, serving_plan

PLAN = "reports/chat/plan.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chat.yaml").write_text(yaml.safe_dump(by_api()))
    (tmp_path / "tight.yaml").write_text(
        yaml.safe_dump(by_api(metadata={"name": "tight"}, constraints={"max_cost_per_month": "$1"}))
    )
    return tmp_path


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder with plans that were made before: one with machines, one of APIs alone."""
    for name, plan in (("served", serving_plan()), ("apis", apis_alone())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(plan.model_dump_json())
    return tmp_path


def test_a_plan_is_made_printed_and_read_back(folder: Path) -> None:
    done = run("plan", "chat.yaml", "--outputs", "md", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "a month" in done.stdout
    assert "serving plan" in (folder / "reports/chat/summary.md").read_text()
    again = run("plan", "chat.yaml", "--outputs", "none", "--format", "json", cwd=folder)
    assert again.stdout == (folder / PLAN).read_text()
    told = run("plan", "chat.yaml", "--outputs", "none", "--format", "markdown", cwd=folder)
    assert told.stdout.startswith("# chat")
    shown = run("explain", "reports/chat", cwd=folder)
    assert "a million tokens: input $0.15" in shown.stdout


def test_nothing_feasible_is_exit_3_with_the_reason(folder: Path) -> None:
    done = run("plan", "tight.yaml", "--outputs", "none", cwd=folder)
    assert done.returncode == 3
    assert "raise constraints.max_cost_per_month from" in done.stderr


def test_a_folder_of_both_kinds_is_one_batch(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL)
    done = run("plan", ".", "--outputs", "none", cwd=folder)
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.endswith(".yaml")}
    assert "/month" in rows["chat"]
    assert "/month" not in rows["small"]
    assert rows["tight"].split()[1] == "infeasible"
    assert done.returncode == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("plan", "chat.yaml", "--candidates", "all.csv"), "--candidates writes the combinations of a FineTune"),
        (("plan", "chat.yaml", "--storage", "search.db"), "--storage is for sampled searches"),
        (("plan", "chat.yaml", "--resume"), "--storage is for sampled searches"),
        (("plan", "chat.yaml", "--calibration", "own.yaml"), "a calibration is of runs that tune a model"),
        (("estimate", "chat.yaml"), "a FineTune is needed here, and this is a Serving"),
        (("search-worker", "chat.yaml", "--storage", "x.db"), "a FineTune is needed here"),
    ],
)
def test_what_is_for_fine_tuning_says_so(folder: Path, words: tuple[str, ...], message: str) -> None:
    done = run(*words, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (folder / PLAN).exists()


@pytest.mark.parametrize("option", [("--measure",), ("--why-not", "gpu=l4"), ("--scenario", "x.yaml")])
def test_explain_refuses_what_asks_about_a_job(plans: Path, option: tuple[str, ...]) -> None:
    done = run("explain", "served", *option, cwd=plans)
    assert done.returncode == 2
    assert f"{option[0]} asks about a plan of fine-tuning" in done.stderr


def test_explain_tells_every_term_of_a_rented_configuration(plans: Path) -> None:
    decisions = json.loads((plans / "served/plan.json").read_text())["decisions"]
    for name in ("knee", decisions["fastest"], decisions["cheapest"][:8]):
        done = run("explain", "served", name, cwd=plans)
        assert done.returncode == 0, done.stderr
        for part in ("load", "capacity of a replica", "latency", "replicas", "cost", "quality", "carbon", "DOMAIN 9"):
            assert part in done.stdout
    as_json = json.loads(run("explain", "served", "knee", "--format", "json", cwd=plans).stdout)
    assert as_json["id"] == decisions["knee"]
    assert run("explain", "served", "zzz", cwd=plans).returncode == 2
    api = run("explain", "apis", cwd=plans)
    assert "capacity of a replica" not in api.stdout
    assert "a million tokens: input" in api.stdout


def test_validate_checks_both_kinds_and_every_override(folder: Path) -> None:
    overrides = {"wrong": {"apis": ["gpt-9-nano"]}}
    (folder / "more.yaml").write_text(yaml.safe_dump(by_api(overrides=overrides)))
    done = run("validate", ".", cwd=folder)
    assert done.returncode == 2
    assert "(with --override wrong)" in done.stderr
    assert run("validate", "chat.yaml", "tight.yaml", cwd=folder).stdout == "2 scenarios valid\n"


def test_the_schema_has_no_axes(folder: Path) -> None:
    schema = json.loads(run("schema", "serving", cwd=folder).stdout)
    assert "axes" not in schema["properties"]
    assert "vllm" in schema["properties"]["engines"]["items"]["enum"]


def test_a_lock_is_written_used_and_renewed(folder: Path) -> None:
    first = run("lock", "chat.yaml", cwd=folder)
    assert first.returncode == 0, first.stderr
    assert "cheapest API openai/gpt-4o-mini, $720 a month" in first.stdout
    assert run("validate", ".", cwd=folder).returncode == 0
    assert ": same," in run("lock", "chat.yaml", "--refresh", cwd=folder).stdout


def test_a_lock_says_that_the_tuning_has_its_own(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL)
    (folder / "tuned.yaml").write_text(
        yaml.safe_dump(rented(metadata={"name": "tuned"}, fine_tune={"scenario": "small.yaml"}))
    )
    made = run("lock", "tuned.yaml", cwd=folder)
    assert made.returncode == 0, made.stderr
    assert "tuned.lock.yaml: prices of the tuning are not in it; planner lock small.yaml keeps them\n" in made.stdout
    assert "tuning" not in run("lock", "chat.yaml", cwd=folder).stdout


def test_plans_are_compared_by_their_cheapest_api(plans: Path) -> None:
    done = run("diff", "apis", "apis/plan.json", "--decision", "cheapest_api", cwd=plans)
    assert done.returncode == 0, done.stderr
    assert "/month" in done.stdout
    lacking = run("diff", "served", "served/plan.json", "--decision", "greenest", cwd=plans)
    assert lacking.returncode == 2
    assert "has no decision 'greenest'" in lacking.stderr


def test_an_engine_may_be_called_by_another_of_its_names(folder: Path) -> None:
    for name in ("vllm", "vllm-1"):
        called = by_api(metadata={"name": name}, engines=[name])
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(called))
    assert run("validate", "vllm.yaml", "vllm-1.yaml", cwd=folder).stdout == "2 scenarios valid\n"


def test_plans_of_what_is_served_are_compared_and_judged(plans: Path) -> None:
    done = run("diff", "served", "served/plan.json", cwd=plans)
    assert done.returncode == 0, done.stderr
    assert "/month" in done.stdout
    (plans / "policies").mkdir()
    (plans / "policies/p.yaml").write_text(
        "api_version: planner/v1\nkind: Policy\nmetadata: {name: p}\nrules: [{name: r, figure: cost_usd, max: $500}]\n"
    )
    judged = run("check", "served/plan.json", "--out", "checked", "--outputs", "md", cwd=plans)
    assert len(list((plans / "checked/plans").rglob("summary.md"))) == 1
    assert judged.returncode == 5
    assert "denied: p / r" in judged.stdout
    assert json.loads((plans / "checked/check.json").read_text())["difference"]["scenarios"][0]["kind"] == "Serving"


def test_an_index_lists_what_is_served_by_the_month(plans: Path) -> None:
    (plans / "job").mkdir()
    (plans / "job/plan.json").write_text(sample_plan().model_dump_json())
    done = run("report", ".", "--template", "index", "--format", "md", "-o", "out", cwd=plans)
    assert done.returncode == 0, done.stderr
    text = (plans / "out/index.md").read_text()
    assert text.count("/month") == 2
    assert "2 paid by the month" in text


def test_several_plans_are_refused_where_jobs_are_compared(plans: Path) -> None:
    done = run("report", "served", "apis", "--template", "compare", cwd=plans)
    assert done.returncode == 2
    assert "a plan of the kind Serving" in done.stderr


@pytest.mark.real
def test_machines_are_explained_as_they_are_planned(tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(yaml.safe_dump(rented(levers={"prompt": {"input_tokens": 600}})))
    done = run("plan", "chat.yaml", "--outputs", "none", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = run("explain", "reports/chat", cwd=tmp_path).stdout
    assert "on 1x l40s" in told
    assert "requests/s within the targets" in told
