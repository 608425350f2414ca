"""`planner calibrate` as a shell calls it: what it prints, what it writes, and what it leaves alone."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.calibrate.known_truth import runs, write
from tests.cli.calls import SMALL, run

pytestmark = pytest.mark.usefixtures("without_advice")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "runs.csv", runs(6))
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    return tmp_path


def bad(folder: Path) -> Path:
    made = runs(6)
    made[1]["model"] = "qwen9-7b"
    made[2] |= {"tokens_per_s_per_gpu": "-3", "gpu_id": "l40ss"}
    made[4]["peak_mem_gib"] = "20 Gb/s"
    return write(folder / "bad.csv", made)


def test_it_writes_an_overlay_that_plans_use(folder: Path) -> None:
    done = run("calibrate", "runs.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "wrote calibration.overlay.yaml" in done.stderr
    assert "calibrated with 6 runs of yours" in done.stdout
    assert re.search(r"speed +with the overlay, each run left out of its own fit +6", done.stdout)
    overlay = yaml.safe_load((folder / "calibration.overlay.yaml").read_text("utf-8"))
    assert overlay["kind"] == "CalibrationOverlay"
    (folder / "small.yaml").write_text(SMALL + "calibration: calibration.overlay.yaml\n", "utf-8")
    planned = run("plan", "small.yaml", "--outputs", "none", cwd=folder)
    assert planned.returncode == 0, planned.stderr
    assert "Calibrated with 6 runs of yours" in planned.stdout
    explained = run("explain", "reports/small", cwd=folder)
    assert "calibrated with 6 runs of yours; calibration.overlay.yaml" in explained.stdout
    assert "speed.stack.hf-trainer" in explained.stdout
    plain = run("plan", "small.yaml", "--outputs", "none", "--set", "calibration=null", cwd=folder)
    assert "Calibrated" not in plain.stdout


def test_the_same_runs_give_the_same_bytes(folder: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        assert run("calibrate", "runs.csv", "-o", name, cwd=folder).returncode == 0
    assert (folder / "a.yaml").read_bytes() == (folder / "b.yaml").read_bytes()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_comparing_writes_nothing(folder: Path) -> None:
    done = run("calibrate", "runs.csv", "--compare", cwd=folder)
    assert done.returncode == 0
    assert sum(line.startswith("runs.csv:") and " speed " in line for line in done.stdout.splitlines()) == 6
    assert not (folder / "calibration.overlay.yaml").exists()


def test_json_and_markdown_hold_the_same(folder: Path) -> None:
    data = json.loads(run("calibrate", "runs.csv", "--compare", "--format", "json", cwd=folder).stdout)
    assert set(data) == {"overlay", "summary", "runs", "left_out"}
    first = data["runs"][0]
    assert (first["file"], first["line"], first["quantity"]) == ("runs.csv", 2, "speed")
    assert first["before"]["ratio"] == pytest.approx(first["actual"] / first["before"]["predicted"])
    assert first["before"]["inside"] is (first["before"]["low"] <= first["actual"] <= first["before"]["high"])
    speeds = [one for one in data["runs"] if one["quantity"] == "speed"]
    off = sorted(abs(one["left_out"]["predicted"] / one["actual"] - 1) for one in speeds)
    told = next(one for one in data["summary"] if (one["quantity"], one["way"]) == ("speed", "left_out"))
    assert told["median_ape"] == pytest.approx((off[2] + off[3]) / 2)
    tables = run("calibrate", "runs.csv", "--compare", "--format", "markdown", cwd=folder).stdout
    assert len([line for line in tables.splitlines() if line.startswith("| ---")]) == 3
    assert f"{100 * told['median_ape']:.1f} %" in tables


def test_bad_rows_are_told_all_at_once_and_nothing_is_written(folder: Path) -> None:
    done = run("calibrate", bad(folder), cwd=folder)
    assert done.returncode == 2
    places = re.findall(r"bad\.csv:(\d+):", done.stderr)
    assert places == ["3", "4", "4", "6"]
    assert "hint: did you mean 'l40s'?" in done.stderr
    assert "4 problems in 1 file" in done.stderr
    assert "nothing was written" in done.stderr
    assert not (folder / "calibration.overlay.yaml").exists()


def test_bad_rows_can_be_left_out(folder: Path) -> None:
    done = run("calibrate", bad(folder), "--skip-bad", cwd=folder)
    assert done.returncode == 0
    assert "left out 3 of 6 runs" in done.stderr
    assert "bad.csv:6:" in done.stderr
    overlay = yaml.safe_load((folder / "calibration.overlay.yaml").read_text("utf-8"))
    assert (overlay["runs"]["used"], overlay["runs"]["left_out"]) == (3, 3)
    assert overlay["speed"]["hf-trainer"]["runs"] == 3


def test_another_file_is_never_overwritten(folder: Path) -> None:
    done = run("calibrate", "runs.csv", "-o", "small.yaml", cwd=folder)
    assert done.returncode == 2
    assert "small.yaml is there and is no CalibrationOverlay" in done.stderr
    assert (folder / "small.yaml").read_text("utf-8") == SMALL
    for _ in range(2):
        assert run("calibrate", "runs.csv", cwd=folder).returncode == 0


def test_a_plan_gives_the_predicted_quality(folder: Path) -> None:
    assert run("plan", "small.yaml", "--outputs", "none", cwd=folder).returncode == 0
    plan = json.loads((folder / "reports/small/plan.json").read_text("utf-8"))
    chosen = plan["front"][0]
    made = [{"task": "general", "q": f"{chosen['quality']:.6f}", "configuration": chosen["id"]}]
    write(folder / "evaluated.csv", made)
    done = run("calibrate", "evaluated.csv", "--plan", "reports/small", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    overlay = json.loads(done.stdout)["overlay"]
    assert overlay["quality"]["general"]["mean"] == pytest.approx(0.0, abs=1e-4)
    assert run("calibrate", "evaluated.csv", cwd=folder).returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["calibrate"], "name a run file, or --mlflow URI"),
        (["calibrate", "nowhere.csv"], "cannot be read: No such file"),
        (["calibrate", "small.yaml"], "names none of the columns of a run file"),
        (["calibrate", "runs.csv", "--experiment", "a"], "--experiment is one of --mlflow"),
        (["calibrate", "runs.csv", "--plan", "small.yaml"], "not JSON"),
        (["calibrate", "runs.csv", "-o", "small.yaml/x"], "cannot write"),
        (["plan", "small.yaml", "--calibration", "small.yaml"], "is no CalibrationOverlay"),
        (["plan", "small.yaml", "--calibration", "nowhere.yaml"], "no such file"),
    ],
)
def test_bad_usage(folder: Path, words: list[str], said: str) -> None:
    done = run(*words, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr


def test_help_lists_the_columns(folder: Path) -> None:
    told = run("calibrate", "--help", cwd=folder).stdout
    assert "Conditions, for speed and memory:" in told
    assert "  peak_mem_gib " in told


def test_runs_given_twice_are_remarked_on(folder: Path) -> None:
    done = run("calibrate", "runs.csv", "runs.csv", "--compare", cwd=folder)
    assert done.returncode == 0
    first = done.stderr.splitlines()[0]
    assert re.fullmatch(r"runs\.csv:2: the same as runs\.csv:2, .* and 5 more like that; each counts .*", first)
    assert "word for word" not in run("calibrate", "runs.csv", "--compare", cwd=folder).stderr


def test_a_file_without_runs_is_named(folder: Path) -> None:
    (folder / "none.csv").write_text("model,q\n", "utf-8")
    done = run("calibrate", "none.csv", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("none.csv: has no runs\nerror: no run tells")


def test_the_figures_are_explained_below_the_table(folder: Path) -> None:
    for form in ("table", "markdown"):
        assert (
            "ln(actual / predicted), below 0 where" in run("calibrate", "runs.csv", "--format", form, cwd=folder).stdout
        )
