"""`planner lock`, and the locks of `planner plan`."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.files import place
from planner.locking.lock import read_lock
from tests.cli.calls import run as run_apart
from tests.gate.changes import other_catalog

pytestmark = pytest.mark.usefixtures("without_advice")

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ONE = """\
api_version: planner/v1
kind: FineTune
metadata: {name: one}
models: [qwen3-8b]
methods: [lora]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [l40s, h100-sxm], counts: [1, 2], providers: [gcp, verda, nebius], tiers: [on_demand]}
"""


@pytest.fixture(scope="module")
def cheaper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of August in which everything cost a tenth less."""
    return other_catalog(tmp_path_factory.mktemp("catalog") / "data", "2026-08-01", lambda _, usd: usd * 0.9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(ONE)
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A call of the command line in this process, which has the catalog already."""

    def call(*words: str | Path, cwd: Path, **env: str) -> "subprocess.CompletedProcess[str]":
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr(sys, "argv", ["planner", *map(str, words)])
            for name, value in env.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return subprocess.CompletedProcess([], ended.value.code, out, err)

    return call


def left_over(folder: Path) -> list[str]:
    """What lies there beside scenarios, locks and reports."""
    return sorted(path.name for path in folder.rglob("*") if path.name.startswith("."))


def test_locks_are_written_renewed_and_used(folder: Path, cheaper: Path, run: Run) -> None:
    first = run("lock", "one.yaml", cwd=folder, PLANNER_CATALOG=str(cheaper))
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("one.lock.yaml: new, prices of 2026-08-01; knee LoRA r16 qwen3-8b on ")
    path = folder / "one.lock.yaml"
    text = path.read_bytes()
    again = run("lock", "one.yaml", cwd=folder, PLANNER_CATALOG=str(cheaper))
    assert again.stdout.startswith("one.lock.yaml: same, prices of 2026-08-01; ")
    assert path.read_bytes() == text
    planned = run("plan", "one.yaml", "--outputs", "none", cwd=folder)
    assert planned.returncode == 0
    assert "prices of 2026-08-01 by one.lock.yaml; --refresh takes the catalog's" in planned.stderr
    asked = run("plan", "one.yaml", "--outputs", "none", "--as-of", "2026-11-22", cwd=folder)
    assert "prices of" not in asked.stderr
    refused = run("lock", "one.yaml", cwd=folder)
    assert refused.returncode == 2
    assert (
        "holds prices of the catalog of 2026-08-01; this planner has another of 2026-11-22: add --refresh"
        in refused.stderr
    )
    assert path.read_bytes() == text
    renewed = run("plan", "one.yaml", "--outputs", "none", "--refresh", cwd=folder)
    assert renewed.returncode == 0
    assert "wrote one.lock.yaml" in renewed.stderr
    assert "prices of" not in renewed.stderr
    assert read_lock(path).lock.catalog.as_of == "2026-11-22"
    assert left_over(folder) == []


def test_refresh_makes_no_lock_where_there_is_none(folder: Path, run: Run) -> None:
    done = run("plan", "one.yaml", "--outputs", "none", "--refresh", "-q", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert not (folder / "one.lock.yaml").exists()


def test_several_quietly_and_by_any_path(folder: Path, run: Run) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "two.yml").write_text(ONE.replace("name: one", "name: two") + "constraints: {max_cost: $0.001}\n")
    done = run("lock", folder / "one.yaml", "sub/two.yml", "-q", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    shown = run("lock", "one.yaml", "./sub/two.yml", cwd=folder)
    assert "one.lock.yaml: same" in shown.stdout
    assert "sub/two.lock.yaml: same, prices of 2026-11-22; nothing is feasible" in shown.stdout
    assert read_lock(folder / "sub" / "two.lock.yaml").lock.decisions == {}


def test_nothing_is_written_where_one_is_broken(folder: Path, run: Run) -> None:
    (folder / "bad.yaml").write_text(ONE.replace("lora", "lorra"))
    for name, said in (("bad.yaml", "did you mean 'lora'?"), ("gone.yaml", "no such file"), (".", "is a folder")):
        done = run("lock", "one.yaml", name, cwd=folder)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert sorted(path.name for path in folder.iterdir()) == ["bad.yaml", "one.yaml"]


def test_a_place_that_cannot_be_written(folder: Path, run: Run) -> None:
    """A folder lies where the second lock should be; the first one is whole, and nothing half-written is left."""
    (folder / "two.yaml").write_text(ONE.replace("name: one", "name: two"))
    (folder / "two.lock.yaml").mkdir()
    done = run("lock", "one.yaml", "two.yaml", cwd=folder)
    assert done.returncode == 2
    assert "cannot write" in done.stderr
    assert left_over(folder) == []
    assert list((folder / "two.lock.yaml").iterdir()) == []
    if (folder / "one.lock.yaml").exists():
        assert read_lock(folder / "one.lock.yaml").offers


def test_a_folder_that_takes_no_files_leaves_the_old_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = folder / "one.lock.yaml"
    old.write_text("old")
    writes = []

    def full(*_: object, **__: object) -> None:
        writes.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(OSError, match="No space left"):
        place({old: b"new", folder / "other.lock.yaml": b"new"})
    assert writes
    assert old.read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["one.lock.yaml", "one.yaml"]


def test_two_scenarios_of_one_name(folder: Path, run: Run) -> None:
    (folder / "one.yml").write_text(ONE.replace("name: one", "name: two"))
    done = run("lock", "one.yaml", "one.yml", cwd=folder)
    assert done.returncode == 2
    assert "would be the lock of two scenarios" in done.stderr
    assert not (folder / "one.lock.yaml").exists()


def test_a_broken_lock_stops_a_plan_at_its_line(folder: Path, run: Run) -> None:
    assert run("lock", "one.yaml", "-q", cwd=folder).returncode == 0
    path = folder / "one.lock.yaml"
    lines = path.read_text().splitlines()
    lines[-2] = lines[-2].replace("on_demand", "reserved")
    path.write_text("\n".join(lines) + "\n")
    done = run("plan", "one.yaml", "--outputs", "none", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith(f"one.lock.yaml:{len(lines) - 1}:3: tier 'reserved' is not one of on_demand, spot")
    assert "hint: renew it with `planner lock --refresh`" in done.stderr
    assert not (folder / "reports").exists()
    assert run("lock", "one.yaml", "--refresh", cwd=folder).stdout.startswith("one.lock.yaml: renewed")


def test_an_edited_price_is_told_at_its_place(folder: Path, run: Run) -> None:
    assert run("lock", "one.yaml", "-q", cwd=folder).returncode == 0
    path = folder / "one.lock.yaml"
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("  verda,"))
    cells = line.split(",")
    cells[8] = "0.01"
    path.write_text(text.replace(line, ",".join(cells)))
    done = run("plan", "one.yaml", "--outputs", "none", cwd=folder)
    assert done.returncode == 0
    assert "prices were changed by hand and do not count: verda " in done.stderr
    assert "$0.01 per hour in the lock" in done.stderr


def test_help_and_bad_usage(tmp_path: Path, run: Run) -> None:
    help_ = run("lock", "--help", cwd=tmp_path)
    assert help_.returncode == 0
    assert "Write SCENARIO.lock.yaml beside each scenario" in help_.stdout
    assert run("lock", cwd=tmp_path).returncode == 2


def test_in_a_process_of_its_own(folder: Path) -> None:
    done = run_apart("lock", "one.yaml", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("one.lock.yaml: new, prices of 2026-11-22; knee LoRA r16 qwen3-8b on ")
