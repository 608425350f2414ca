"""The verbs as a shell sees them: exit codes, streams, files."""

import json
from pathlib import Path

import pytest

from planner.cli.main import VERBS
from planner.resources import SCENARIOS
from tests.cli.calls import SMALL, run, run_apart


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def test_plan_writes_everything_under_the_name(folder: Path) -> None:
    done = run("plan", "small.yaml", "--outputs", "md", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (folder / "reports/small").iterdir()) == ["plan.json", "summary.md"]
    assert "cheapest" in done.stdout
    assert "wrote" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.usefixtures("without_advice")
def test_stdout_is_the_result_alone(folder: Path) -> None:
    done = run("plan", "small.yaml", "--outputs", "none", "--format", "json", cwd=folder)
    assert json.loads(done.stdout) == json.loads((folder / "reports/small/plan.json").read_text())


def test_bad_scenario(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL.replace("dataset", "datset"))
    done = run("plan", "small.yaml", cwd=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "small.yaml:6:1: unknown key 'datset'" in done.stderr
    assert not (folder / "reports").exists()


@pytest.mark.usefixtures("without_advice")
def test_nothing_feasible_says_what_to_relax(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL.replace("$100", "$0.10"))
    done = run("plan", "small.yaml", "--outputs", "md", cwd=folder)
    assert done.returncode == 3
    assert "raise constraints.max_cost from $0.10 to $" in done.stderr
    plan = json.loads((folder / "reports/small/plan.json").read_text())
    assert plan["front"] == []
    needed = plan["relaxations"][0]["needed"]
    (folder / "small.yaml").write_text(SMALL.replace("$100", f"${needed}"))
    assert run("plan", "small.yaml", "--outputs", "none", cwd=folder).returncode == 0
    (folder / "small.yaml").write_text(SMALL.replace("$100", f"${needed - 0.02:.2f}"))
    assert run("plan", "small.yaml", "--outputs", "none", cwd=folder).returncode == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan"], "Missing argument"),
        (["plan", "none.yaml"], "no such file"),
        (["plna", "small.yaml"], "Did you mean 'plan'?"),
        (["plan", "small.yaml", "--outputs", "docx"], "'docx' is no output"),
        (["plan", "small.yaml", "--template", "nope"], "nope"),
        (["plan", "small.yaml", "--candidates", "out.xlsx"], ".csv or .parquet"),
        (["plan", "small.yaml", "small.yaml"], "overwrite each other"),
        (["plan", "small.yaml", "-o", "small.yaml/x", "--outputs", "none"], "cannot write"),
        (["plan", "small.yaml", "--outputs", "none", "--candidates", "small.yaml/x.csv"], "cannot write"),
        (["explain", "small.yaml"], "not JSON"),
        (["explain", "nowhere"], "plan.json"),
        (["schema", "FineTun"], "kinds: Approval, BusinessCase, CalibrationOverlay, Case, CatalogOverlay, FineTune"),
        (["list", "offers", "--where", "gpus=l4"], "no column 'gpus'"),
        (["list", "cars"], "cars"),
    ],
)
def test_bad_usage(folder: Path, words: list[str], said: str) -> None:
    done = run(*words, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_crash_is_a_bug_and_says_so(folder: Path) -> None:
    (folder / "sitecustomize.py").write_text(
        "import planner.planning as p\ndef boom(*a, **k): raise RuntimeError('boom')\np.plan_ready = boom\n"
    )
    done = run_apart("plan", "small.yaml", cwd=folder, PYTHONPATH=f"{folder}:{Path(__file__).parents[2]}")
    assert done.returncode == 70
    assert "bug of ours" in done.stderr
    assert "Traceback" not in done.stderr


def test_explain(folder: Path) -> None:
    run("plan", "small.yaml", "--outputs", "none", cwd=folder)
    plan = json.loads((folder / "reports/small/plan.json").read_text())
    for name in ("cheapest", plan["decisions"]["fastest"], plan["front"][0]["id"][:8]):
        done = run("explain", "reports/small", name, cwd=folder)
        assert done.returncode == 0
        for part in ("memory per GPU", "step time", "wall-clock", "cost", "quality", "carbon", "DOMAIN"):
            assert part in done.stdout
    assert run("explain", "reports/small/plan.json", "zzz", cwd=folder).returncode == 2


def test_validate(folder: Path) -> None:
    assert run("validate", "small.yaml", cwd=folder).stdout == "1 scenario valid\n"
    (folder / "bad.yaml").write_text(SMALL.replace("l40s", "l40x"))
    done = run("validate", "small.yaml", "bad.yaml", "--format", "github", cwd=folder)
    assert done.returncode == 2
    assert done.stdout.startswith("::error file=bad.yaml,line=7")


def test_schema_is_the_committed_file(folder: Path) -> None:
    done = run("schema", "FineTune", cwd=folder)
    assert json.loads(done.stdout)["title"] == "FineTune scenario"


def test_list(folder: Path) -> None:
    done = run(
        "list",
        "offers",
        "--where",
        "gpu=l40s",
        "--where",
        "tier=on_demand",
        "--sort",
        "usd_per_gpu_hour",
        "--format",
        "json",
        cwd=folder,
    )
    rows = json.loads(done.stdout)
    assert rows
    assert {row["gpu"] for row in rows} == {"l40s"}
    prices = [row["usd_per_gpu_hour"] for row in rows]
    assert prices == sorted(prices)


def test_version(folder: Path) -> None:
    assert run("--version", cwd=folder).stdout.startswith("planner 0.")


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help_with_an_example(folder: Path, verb: str) -> None:
    done = run(verb, "--help", cwd=folder)
    assert done.returncode == 0
    assert f"Example: planner {verb}" in " ".join(done.stdout.split())


@pytest.mark.real
def test_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    """Two folders, two time zones: plan.json, HTML, PDF and summary are the same."""
    files = {}
    for name, zone in (("one", "America/Los_Angeles"), ("two/deeper", "Asia/Kolkata")):
        place = tmp_path / name
        (place / "scenarios").mkdir(parents=True)
        (place / ".git").mkdir()
        (place / "scenarios/small.yaml").write_text(SMALL)
        done = run("plan", "scenarios/small.yaml", cwd=place, TZ=zone)
        assert done.returncode == 0, done.stderr
        files[name] = {p.name: p.read_bytes() for p in (place / "reports/small").iterdir()}
    assert files["one"].keys() == {"plan.json", "report.html", "report.pdf", "summary.md"}
    for name, content in files["one"].items():
        assert content == files["two/deeper"][name], name


def test_the_python_api_gives_the_same_plan(folder: Path) -> None:
    import yaml

    import planner

    from_file = planner.plan(folder / "small.yaml")
    from_mapping = planner.plan(yaml.safe_load(SMALL))
    assert from_file.front == from_mapping.front
    assert (from_file.scenario.path, from_mapping.scenario.path) == ("small.yaml", "<mapping>")


def test_the_committed_scenarios_validate() -> None:
    done = run("validate", *sorted(SCENARIOS.rglob("*.yaml")), cwd=SCENARIOS)
    assert done.returncode == 0, done.stderr
