"""`planner explain --measure`: what it prints, as a table and as JSON."""

import json
from pathlib import Path

import pytest

from tests.cli.calls import SMALL, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("measure")
    (place / "small.yaml").write_text(SMALL, "utf-8")
    done = run("plan", "small.yaml", "--outputs", "none", "-o", "out", cwd=place)
    assert done.returncode == 0, done.stderr
    return place


def test_it_prints_risks_and_one_command(folder: Path) -> None:
    done = run("explain", "out", "cheapest", "--measure", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "after one run" in done.stdout
    assert "does not fit:" in done.stdout
    assert done.stdout.count("python tests/benchmarks/measure_gpu.py --model ") == 1
    assert "memory per GPU" not in done.stdout


def test_json_holds_the_same_figures(folder: Path) -> None:
    table = run("explain", "out", "cheapest", "--measure", cwd=folder).stdout
    found = json.loads(run("explain", "out", "cheapest", "--measure", "--format", "json", cwd=folder).stdout)
    assert found["run"]["command"] in table
    assert found["configuration"] == table.split()[0]
    first = found["risks"][0]
    assert first["kind"] == found["chosen"]
    assert f"{100 * first['now']:.1f} %" in table
    assert first["after"] < first["now"]


def test_a_pilot_is_told_in_words(folder: Path) -> None:
    """Bands that are certain of all but quality: the plan as it is written, with narrow bands and a tie in quality."""
    plan = json.loads((folder / "out" / "plan.json").read_text("utf-8"))
    for c in plan["front"]:
        for figure in ("cost_usd", "hours"):
            c[f"{figure}_lo"], c[f"{figure}_hi"] = 0.999 * c[figure], 1.001 * c[figure]
        c["memory_gib"]["total_lo"], c["memory_gib"]["total_hi"] = (f * c["memory_gib"]["total"] for f in (0.99, 1.01))
    best = plan["decisions"]["best"]
    rival = next(c["id"] for c in plan["front"] if c["id"] != best)
    next(c for c in plan["front"] if c["id"] == rival)["quality"] = 0.123
    plan["decision_notes"]["best"]["within_noise"] = []
    plan["decisions"] = {"best": best}
    plan["pairings"] = [{"a": best, "b": rival, "probability": {"quality": 0.6}}]
    (folder / "sure.json").write_text(json.dumps(plan), "utf-8")
    done = run("explain", "sure.json", "best", "--measure", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "no GPU measurement helps: what is least sure is quality" in done.stdout
    assert f"{rival} is no worse in quality" in done.stdout
    assert "40.0 %" in done.stdout
    assert "measure_gpu.py" not in done.stdout
