"""`planner estimate` and the Python API beside it."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.errors import ExitCode, InputError, PlannerError
from tests.cli import calls

SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "one"},
    "models": ["qwen2.5-7b", "llama-3.1-8b"],
    "methods": ["lora", "qlora", "full"],
    "stacks": ["hf-trainer", "unsloth"],
    "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 400, "p95": 1200}},
    "axes": {"train.epochs": [1, 2]},
    "hardware": {"gpus": ["l4", "a100-80gb"], "providers": ["gcp"], "counts": [1]},
    "constraints": {"max_cost": 100, "deadline": 48},
}
ONE: dict[str, Any] = {
    "model": "Qwen/Qwen2.5-7B", "method": "qlora", "stack": "unsloth", "gpu": "l4", "count": 1, "provider": "gcp",
    "region": "us-central1", "tier": "on-demand", "instance": "g2-standard-8",
}  # fmt: skip
WORDS = [word for name, value in ONE.items() for word in (f"--{name}", str(value))]


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return calls.run("estimate", *words, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(json.dumps(SCENARIO))
    return tmp_path


def test_one_configuration_with_bands_labels_and_assumptions(folder: Path) -> None:
    done = run("one.yaml", *WORDS, "--set", "axes=null", cwd=folder)
    assert done.returncode == 0, done.stderr
    for part in ("qwen2.5-7b, qlora", "memory per GPU", " to ", "prior", "assumed", "stack unsloth"):
        assert part in done.stdout
    assert "stack hf-trainer" not in done.stdout
    assert "a100" not in done.stdout


def test_json_is_the_estimate(folder: Path) -> None:
    done = run("one.yaml", *WORDS, "--set", "axes=null", "--format", "json", cwd=folder)
    told = json.loads(done.stdout)
    scenario = {name: value for name, value in SCENARIO.items() if name != "axes"}
    found = planner.estimate(scenario, **ONE)
    assert told["configuration"] == json.loads(found.model_dump_json())["configuration"]
    assert (told["stopped_by"], told["broken"]) == ("", [])
    assert found.feasible


def test_several_left_says_how_many_and_what_varies(folder: Path) -> None:
    done = run("one.yaml", *WORDS, cwd=folder)
    assert done.returncode == 2
    assert done.stderr == (
        "error: 2 combinations remain; estimate takes one. Still open:\n"
        "  --set axes.train.epochs=[…]  2 of them: 1, 2\n"
    )  # fmt: skip
    assert "--model  2 of them: llama-3.1-8b, qwen2.5-7b" in run("one.yaml", cwd=folder).stderr


def test_the_same_id_and_figures_as_in_the_plan(folder: Path) -> None:
    """What a plan says of a front point, an estimate of it says too."""
    plan = planner.plan(folder / "one.yaml")
    for c in plan.front:
        scenario = SCENARIO | {"axes": {path: [value] for path, value in c.axes.items()}}
        alone = planner.estimate(
            scenario, model=c.model, method=c.method["name"], stack=c.stack, gpu=c.hardware.gpu, count=c.hardware.count,
            region=c.offer.region, tier=c.offer.tier, instance=c.offer.instance,
        )  # fmt: skip
        same = {"id", "cost_usd", "cost_usd_lo", "hours", "hours_hi", "quality", "memory_gib", "carbon_kg"}
        assert alone.configuration.model_dump(include=same) == c.model_dump(include=same)
        assert alone.feasible


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "qwen2.5-8b"}, "--model qwen2.5-8b: not in the scenario; did you mean 'qwen2.5-7b'?"),
        ({"model": "mistral-7b-v0.3"}, "not in the scenario"),
        ({"region": "mars"}, "--region mars: not in the scenario; it has"),
        ({"gpu": "a100"}, "no combination of the scenario is all of that"),
    ],
)
def test_what_is_not_there(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        planner.estimate(SCENARIO, **(ONE | changes))
    assert said in str(caught.value)


def test_a_broken_limit_is_told_and_the_figures_all_the_same(folder: Path) -> None:
    done = run("one.yaml", *WORDS, "--set", "axes=null", "--set", "constraints.max_cost=$1", cwd=folder)
    assert done.returncode == 3
    assert "one.yaml: it breaks constraints.max_cost: at most $1.00" in done.stderr
    assert "wall-clock" in done.stdout


def test_what_cannot_run_at_all_has_no_figures() -> None:
    scenario = SCENARIO | {"axes": {}}
    with pytest.raises(PlannerError, match="cannot run: not supported on this card") as caught:
        planner.estimate(scenario, **(ONE | {"method": "full"}))
    assert caught.value.exit_code == ExitCode.INFEASIBLE
    stopped = planner.estimate(scenario, **(ONE | {"method": "full", "stack": "hf-trainer"}))
    assert stopped.stopped_by
    assert not stopped.feasible


def test_rules_count() -> None:
    scenario = SCENARIO | {"exclude": [{"method": "qlora", "gpu": "l4"}], "axes": {}}
    with pytest.raises(InputError, match="no combination"):
        planner.estimate(scenario, **ONE)


def test_report_writes_what_plan_would(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    plan = planner.plan("one.yaml")
    (written,) = planner.report(plan, outputs=["md"])
    assert written == Path("reports/one/summary.md")
    Path("plan.json").write_text(plan.model_dump_json())
    (again,) = planner.report("plan.json", out="elsewhere", outputs=["md"])
    assert again.read_bytes() == written.read_bytes()
    assert planner.report(folder, outputs=["md"]) == [folder / "summary.md"]
    with pytest.raises(InputError, match="unknown template 'nope'"):
        planner.report(plan, template="nope")


def test_functions_stay_callable_whatever_was_imported_first() -> None:
    code = (
        "import planner, planner.estimate.lengths, planner.report.render\n"
        "from planner.estimate import bands\n"
        "import planner.report.sections.text as text\n"
        "assert planner.estimate.lengths.QUANTILES and planner.report.render.FILES and bands.TOKENS_SD\n"
        "from planner import estimate, report\n"
        "for function in (planner.estimate, planner.report, estimate, report):\n"
        "    try: function('nowhere')\n"
        "    except Exception as error: assert 'nowhere' in str(error), error\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, planner; assert not {'numpy', 'pydantic', 'scipy', 'yaml'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


ROWS = "model,gpu_id,n_gpus,method,micro_batch_size,seq_len,stack,tokens\n"
GOOD = "qwen2.5-7b,l4,1,lora,1,512,hf-trainer,"


def test_rows_that_have_no_prediction_are_told_by_line_with_a_hint(tmp_path: Path) -> None:
    bad = ("qwen9-7b,l4,1,lora,1,512,hf-trainer,", "qwen2.5-7b,l40ss,1,lora,1,512,hf-trainer,",
           "qwen2.5-7b,l4,1,loraa,1,512,hf-trainer,", "qwen2.5-7b,l4,1,loraa,1,512,hf-trainer,")  # fmt: skip
    (tmp_path / "rows.csv").write_text(ROWS + "\n".join((GOOD, *bad)) + "\n", "utf-8")
    done = run("--rows", "rows.csv", "--what", "throughput", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "1 of 5 rows predicted",
        "      2 not: method 'loraa' is not modelled; there are: full, pretrain, lora, qlora (rows.csv:5 and others)",
        "      1 not: architecture of 'qwen9-7b' is not given and the model is not in the catalog; "
        "did you mean 'qwen-7b'? (rows.csv:3)",
        "      1 not: gpu_id 'l40ss' is not in the catalog; did you mean 'l40s'? (rows.csv:4)",
    ]
    assert "did you mean 'l40s'?" in done.stdout


def test_tokens_that_cannot_be_read_cost_a_row_its_hours_only(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(f"{ROWS}{GOOD}10 M\n{GOOD}1e7\n", "utf-8")
    done = run("--rows", "rows.csv", "--what", "throughput", "-o", "new/out.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, second = csv.DictReader((tmp_path / "new" / "out.csv").read_text("utf-8").splitlines())
    assert first["pred_step_s"] == second["pred_step_s"]
    assert (first["pred_hours"], "no hours: tokens '10 M' is not a number" in first["pred_reason"]) == ("", True)
    assert float(second["pred_hours"]) > 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out.csv"]


@pytest.mark.parametrize("concurrency", ["-5", "0", "many", "1.5"])
def test_a_concurrency_that_is_no_count_is_not_taken_for_full_load(tmp_path: Path, concurrency: str) -> None:
    head, row = "model,gpu_id,n_gpus,precision,input_len,output_len,concurrency", "llama-3.1-8b,h100-sxm,1,fp8,512,256"
    (tmp_path / "rows.csv").write_text(f"{head}\n{row},{concurrency}\n{row},max\n{row},64\n", "utf-8")
    done = run("--rows", "rows.csv", "--what", "serving", cwd=tmp_path)
    assert done.stderr.startswith("2 of 3 rows predicted\n      1 not: concurrency ")
