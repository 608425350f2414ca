"""Several scenarios with one command: what fails, dies or is stopped costs its own scenario alone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from planner.batch.naming import clashes
from tests.cli.calls import SMALL
from tests.cli.calls import run as run_here
from tests.cli.calls import run_apart as run
from tests.project.checkout import ROOT

CALLED = "metadata: {name: small}"
KILLS = """\
import os, signal, time
import planner.planning as planning
plan = planning.plan_ready
def deadly(ready, *rest, **options):
    if ready.scenario.metadata.name == os.environ["VICTIM"]:
        with open(os.environ["MARK"], "a") as mark:
            print(os.getpid(), file=mark)
        if os.environ["HOW"] == "sleep":
            time.sleep(600)
        if os.environ["HOW"] == "always" or len(open(os.environ["MARK"]).readlines()) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
    return plan(ready, *rest, **options)
planning.plan_ready = deadly
"""
"""Let planning one scenario kill its process: always, once, or not but take for ever."""


def scenario(name: str) -> str:
    return SMALL.replace(CALLED, f"metadata: {{name: {name}}}")


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with scenarios, one wrong and one infeasible among them, and what is none."""
    folder = tmp_path_factory.mktemp("several")
    (folder / ".git").mkdir()
    return write(
        folder,
        {
            "scenarios/a.yaml": scenario("a"),
            "scenarios/b-bad.yaml": scenario("bad").replace("dataset", "datset"),
            "scenarios/c-dear.yaml": scenario("dear").replace("$100", "$0.10"),
            "scenarios/deep/d.yml": "extends: ../base.yaml\nmetadata: {name: d}\n",
            "scenarios/base.yaml": f"abstract: true\n{scenario('x')}",
            "scenarios/policy.yaml": "api_version: planner/v1\nkind: Policy\nmetadata: {name: p}\n",
            "scenarios/.hidden/e.yaml": scenario("e"),
        },
    )


WORDS = ("plan", "scenarios", "--outputs", "md", "--format", "json")


@pytest.fixture(scope="module")
def one_by_one(several: Path) -> "subprocess.CompletedProcess[str]":
    return run_here(*WORDS, "-o", "out-1", "--jobs", "1", cwd=several)


@pytest.fixture(scope="module")
def two_at_a_time(several: Path) -> "subprocess.CompletedProcess[str]":
    """The same batch."""
    return run(*WORDS, "-o", "out-2", "--jobs", "2", cwd=several)


@pytest.mark.real
def test_two_at_a_time_are_the_same_bytes(
    several: Path, one_by_one: "subprocess.CompletedProcess[str]", two_at_a_time: "subprocess.CompletedProcess[str]"
) -> None:
    assert one_by_one.stdout == two_at_a_time.stdout
    made = files(several / "out-1")
    assert made == files(several / "out-2")
    assert sorted(made) == [f"{name}/{file}" for name in ("a", "d", "dear") for file in ("plan.json", "summary.md")]
    alone = run("plan", "scenarios/deep/d.yml", "--outputs", "md", "-o", "alone", cwd=several)
    assert alone.returncode == 0
    assert files(several / "alone") == {
        "plan.json": made["d/plan.json"], "summary.md": made["d/summary.md"]
    }  # fmt: skip


@pytest.mark.parametrize("jobs", ["one_by_one", pytest.param("two_at_a_time", marks=pytest.mark.real)])
def test_a_failure_stops_no_other_and_is_told_whole(request: pytest.FixtureRequest, jobs: str) -> None:
    done: subprocess.CompletedProcess[str] = request.getfixturevalue(jobs)
    assert done.returncode == 2
    assert [plan["metadata"]["name"] for plan in json.loads(done.stdout)] == ["a", "dear", "d"]
    lines = done.stderr.splitlines()
    place = lines.index("== scenarios/b-bad.yaml")
    assert lines[place + 1].startswith("scenarios/b-bad.yaml:6:1: unknown key 'datset'")
    assert lines[place + 4].strip(" |").startswith("^")
    assert lines.index("== a: scenarios/a.yaml") < place < lines.index("== dear: scenarios/c-dear.yaml")
    assert "raise constraints.max_cost from $0.10 to $" in done.stderr
    assert lines[-1] == "2 planned, 1 infeasible, 1 failed; exit code 2"
    (row,) = [line.split() for line in lines if line.startswith("a ")]
    plan = json.loads(done.stdout)[0]
    best = next(one for one in plan["front"] if one["id"] == plan["decisions"]["knee"])
    assert row[1:4] == ["planned", "knee", f"${best['cost_usd']:.2f}"]
    assert "\x1b" not in done.stderr


def test_the_table_ends_what_is_printed(several: Path) -> None:
    words = ("plan", "--jobs", "1", "--outputs", "none")
    done = run_here(*words, "scenarios/a.yaml", "scenarios/c-dear.yaml", "-o", "text", cwd=several)
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1] == "1 planned, 1 infeasible; exit code 3"
    assert done.stdout.startswith("a: Fine-tune")
    quiet = run_here(*words, "scenarios/b-bad.yaml", "scenarios/none.yaml", "-q", cwd=several)
    assert quiet.returncode == 2
    assert quiet.stdout == ""
    assert "unknown key 'datset'" in quiet.stderr
    assert "none.yaml: no such file" in quiet.stderr
    assert "failed" not in quiet.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["empty"], "no scenario in this folder"),
        (["scenarios", "--jobs", "many"], "auto for one per core"),
        (["scenarios", "--jobs", "99999"], "1 to 1024"),
        (["scenarios", "--jobs", "0"], "1 to 1024"),
        (["scenarios", "--candidates", "x.csv"], "one scenario at a time"),
        (["scenarios", "--cluster", "tcp://h:1", "--jobs", "2"], "--jobs is for this machine"),
        (["scenarios", "--cluster", "tcp://h:1", "--refresh"], "planner lock --refresh"),
    ],
)
def test_bad_usage_plans_nothing(several: Path, words: list[str], said: str) -> None:
    (several / "empty").mkdir(exist_ok=True)
    done = run_here("plan", *words, "-o", "never", cwd=several)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not (several / "never").exists()


@pytest.mark.real
def test_scenarios_with_one_name_fail_and_stop_no_other(tmp_path: Path) -> None:
    write(tmp_path, {"s/a.yaml": scenario("a"), "s/b.yaml": scenario("b"), "s/deep/a.yaml": scenario("a")})
    done = run("plan", "s", "--outputs", "none", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert sorted(files(tmp_path / "out")) == ["b/plan.json"]
    why = "several scenarios have one name; their reports would overwrite each other (a: s/a.yaml, s/deep/a.yaml)"
    for path in ("s/a.yaml", "s/deep/a.yaml"):
        assert f"== a: {path}\nerror: {why}\n" in done.stderr
    assert done.stdout.splitlines()[-1] == "1 planned, 2 failed; exit code 2"
    (tmp_path / "s/b.yaml").unlink()
    none = run("plan", "s", "--outputs", "none", "-o", "never", "--format", "json", cwd=tmp_path)
    assert (none.returncode, none.stdout) == (2, "[]\n")
    assert "2 failed; exit code 2" in none.stderr


def test_two_that_would_renew_one_lock_fail() -> None:
    paths = [Path("s/a.yaml"), Path("s/b.yaml"), Path("s/a.yml")]
    with patch("planner.batch.naming.Path.is_file", return_value=True):
        found = clashes(paths, ["a", "b", "c"], refresh=True)
    assert sorted(found) == [0, 2]
    assert found[0] == found[2]
    assert "would renew one lock" in found[0]
    assert clashes(paths, ["a", "", ""], refresh=False) == {}, "what cannot be read has no name to clash"


def test_engines_are_loaded_when_they_are_asked_for() -> None:
    """One scenario alone needs no pool and no cluster, and help needs no arrays either."""
    loaded = "import planner.cli.main, planner.cli.plan, planner.cli.progress, sys; print(*sys.modules)"
    running = f"import planner.batch.one, planner.cli.batch, planner.batch.running; {loaded}"
    for code, never in ((loaded, {"numpy", "loky", "distributed"}), (running, {"loky", "distributed", "dask"})):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert not never & set(done.stdout.split())


def test_without_dask_the_extra_is_named(several: Path) -> None:
    with patch.dict(sys.modules, {"distributed": None}):
        done = run_here("plan", "scenarios", "--cluster", "tcp://h:1", cwd=several)
    assert done.returncode == 2
    assert "pip install 'finetune-planner[cluster]'" in done.stderr


@pytest.fixture
def deadly(tmp_path: Path) -> dict[str, str]:
    """The environment in which planning `b` is deadly; HOW is still to be said."""
    write(tmp_path, {"site/sitecustomize.py": KILLS} | {f"s/{name}.yaml": scenario(name) for name in "abc"})
    return {"VICTIM": "b", "MARK": str(tmp_path / "mark"), "PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}


@pytest.mark.real
def test_a_process_that_dies_costs_its_own_scenario(tmp_path: Path, deadly: dict[str, str]) -> None:
    done = run("plan", "s", "--jobs", "2", "--outputs", "none", "-o", "out", cwd=tmp_path, HOW="always", **deadly)
    assert done.returncode == 70
    assert sorted(files(tmp_path / "out")) == [f"{name}/plan.json" for name in "ac"]
    lines = done.stderr.splitlines()
    assert "SIGKILL" in lines[lines.index("== b: s/b.yaml") + 1]
    assert done.stdout.splitlines()[-1] == "2 planned, 1 failed; exit code 70"
    assert len((tmp_path / "mark").read_text().split()) == 2


@pytest.mark.real
def test_a_process_that_is_killed_once_costs_nothing(tmp_path: Path, deadly: dict[str, str]) -> None:
    done = run("plan", "s", "--jobs", "2", "--outputs", "none", "-o", "out", cwd=tmp_path, HOW="once", **deadly)
    assert done.returncode == 0, done.stderr
    assert sorted(files(tmp_path / "out")) == [f"{name}/plan.json" for name in "abc"]


@pytest.fixture
def running(tmp_path: Path, deadly: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A batch of two processes, of which one has planned all else while the other takes for ever."""
    command = [sys.executable, "-m", "planner.cli.main", "plan", "s", "--jobs", "2", "--outputs", "none", "-o", "out"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=os.environ | deadly | {"HOW": "sleep", "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        _wait(lambda: all((tmp_path / f"out/{name}/plan.json").exists() for name in "ac"))
        yield process
    finally:
        process.kill()
        process.communicate()


def _wait(until: Callable[[], bool]) -> None:
    for _ in range(600):
        if until():
            return
        time.sleep(0.1)
    pytest.fail("waited a minute for nothing")


def _gone(pid: int) -> bool:
    """Whether a process ended; one that nobody has buried yet did."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


@pytest.mark.real
@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_stopping_a_batch_keeps_what_is_done_and_nothing_else(
    running: "subprocess.Popen[str]", tmp_path: Path, signal_: signal.Signals
) -> None:
    (worker,) = map(int, (tmp_path / "mark").read_text().split())
    running.send_signal(signal_)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.endswith("interrupted; nothing half-written was left\n")
    assert "Traceback" not in said
    assert _gone(worker)
    assert sorted(files(tmp_path / "out")) == [f"{name}/plan.json" for name in "ac"]
    assert not list(tmp_path.glob("planner-*"))


@pytest.mark.real
def test_processes_end_with_the_one_that_is_killed(running: "subprocess.Popen[str]", tmp_path: Path) -> None:
    (worker,) = map(int, (tmp_path / "mark").read_text().split())
    running.kill()
    running.wait()
    _wait(lambda: _gone(worker))


@pytest.mark.real
def test_locks_are_renewed_beside_each_other(tmp_path: Path) -> None:
    write(tmp_path, {f"s/{name}.yaml": scenario(name) for name in "ab"})
    assert run("lock", "s/a.yaml", "s/b.yaml", cwd=tmp_path).returncode == 0
    before = files(tmp_path / "s")
    (tmp_path / "s/a.lock.yaml").write_bytes(before["a.lock.yaml"].replace(b"version: ", b"version: 0", 1))
    done = run("plan", "s", "--refresh", "--jobs", "2", "--outputs", "none", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "s") == before
    assert "wrote s/a.lock.yaml" in done.stderr
