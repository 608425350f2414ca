"""Scenarios planned on a Dask cluster: a real scheduler and two workers in processes of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from planner.batch.build import build, differences
from planner.batch.connecting import _refuse_odd_address
from planner.batch.far import Answer, pack, plan_there
from planner.batch.one import plan_json
from planner.errors import InputError
from planner.planning import plan_ready, read_scenario
from tests.cli.calls import SMALL
from tests.cli.calls import run_apart as run
from tests.cli.test_batch import KILLS, files, scenario, write
from tests.project.checkout import ROOT

LENGTHS = SMALL.replace("{samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}", "{lengths: lengths.txt}")
LOSES = """\
import os, pathlib, signal, time
from planner.batch.cluster import Cluster
news = Cluster._wait
def late(self, sent, watch):
    found, mark = news(self, sent, watch), pathlib.Path(os.environ["MARK"])
    if found and not mark.exists():
        future = sent[found[0]].future
        (where,) = self.client.who_has([future])[future.key]
        os.kill(self.client.run(os.getpid, workers=[where])[where], signal.SIGKILL)
        while future.status == "finished":
            time.sleep(0.01)
        mark.write_text(future.status)
    return found
Cluster._wait = late
"""
"""Kill the worker that has the first plan after the news of it came and before it is fetched."""
OTHER = "import planner.version\nplanner.version.__version__ = '9.9'\n"


@pytest.mark.parametrize("address", ["nowhere://h:1", "tcp://", "inproc://1", "tcp://host:port", ""])
def test_an_odd_address_is_refused_before_anybody_waits_for_it(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="is no address of a Dask scheduler"):
        _refuse_odd_address(address)


def test_a_scenario_comes_back_as_the_plan_it_has_here(tmp_path: Path) -> None:
    write(tmp_path, {"s.yaml": LENGTHS, "lengths.txt": "400,90\n1200,10\n"})
    ready = read_scenario(tmp_path / "s.yaml")
    packed = pack(ready)
    (tmp_path / "lengths.txt").unlink()
    answer = plan_there(packed, build())
    assert (answer.result, answer.text) == ("plan", plan_json(plan_ready(ready)))


def test_another_build_plans_nothing() -> None:
    other = dict(build()) | {"numpy": "0.1"}
    assert plan_there(b"never read", other) == Answer("other build", f"numpy {build()['numpy']} instead of 0.1")
    assert differences(build(), {}).startswith("python absent instead of 3.")
    assert not differences(build(), build())


@contextmanager
def cluster(
    folder: Path, env: dict[str, str], workers: int = 2
) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A scheduler's address, itself and its workers, none of which sees the files of a test."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | env
    about = folder / "scheduler.json"
    (folder / "empty").mkdir(parents=True)
    started: list[subprocess.Popen[bytes]] = []

    def start(program: str, *words: str) -> "subprocess.Popen[bytes]":
        with (folder / f"{len(started)}.log").open("wb") as log:
            command = [sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *words]
            started.append(
                subprocess.Popen(command, cwd=folder / "empty", env=environment, stdout=log, stderr=subprocess.STDOUT)
            )
        return started[-1]

    try:
        start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(about))
        wait(about.exists)
        own = ("--scheduler-file", str(about), "--nthreads", "1", "--no-nanny", "--local-directory")
        for number in range(workers):
            start("dask_worker", *own, str(folder / f"w{number}"))
        wait(lambda: all("Registered to" in (folder / f"{1 + i}.log").read_text() for i in range(workers)))
        yield json.loads(about.read_text())["address"], started
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def wait(until: Callable[[], bool]) -> None:
    for _ in range(600):
        if until():
            return
        time.sleep(0.1)
    pytest.fail("waited a minute for nothing")


@pytest.mark.real
def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    """The other one takes over; every byte is that of this machine, and a dataset's file need not be there."""
    write(tmp_path, {f"s/{name}.yaml": scenario(name) for name in "abcd"} | {"site/sitecustomize.py": KILLS})
    write(tmp_path, {"s/lengths.yaml": LENGTHS, "s/lengths.txt": "400,90\n1200,10\n"})
    write(tmp_path, {"s/bad.yaml": scenario("bad").replace("dataset", "datset")})
    deadly = {"VICTIM": "c", "HOW": "once", "MARK": str(tmp_path / "mark"), "PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}
    with cluster(tmp_path / "cluster", deadly) as (address, (_, *workers)):
        far = run("plan", "s", "--cluster", address, "--outputs", "md", "-o", "far", "--format", "json", cwd=tmp_path)
        assert sorted(process.poll() is None for process in workers) == [False, True]
    assert (tmp_path / "mark").read_text().count("\n") == 2
    near = run("plan", "s", "--outputs", "md", "-o", "near", "--format", "json", cwd=tmp_path)
    assert far.returncode == near.returncode == 2
    assert far.stdout == near.stdout
    assert files(tmp_path / "far") == files(tmp_path / "near")
    assert "s/bad.yaml:6:1: unknown key 'datset'" in far.stderr
    assert far.stderr.splitlines()[-1] == "5 planned, 1 failed; exit code 2"


@pytest.mark.real
def test_a_plan_that_is_lost_with_its_worker_before_it_is_fetched_is_made_again(tmp_path: Path) -> None:
    write(tmp_path, {f"s/{name}.yaml": scenario(name) for name in "abcd"} | {"site/sitecustomize.py": LOSES})
    unlucky = {"MARK": str(tmp_path / "mark"), "PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}
    with cluster(tmp_path / "cluster", {}) as (address, (_, *workers)):
        done = run("plan", "s", "--cluster", address, "--outputs", "none", "-o", "far", cwd=tmp_path, **unlucky)
        assert (tmp_path / "mark").read_text() == "lost"
        assert sorted(process.poll() is None for process in workers) == [False, True]
    assert done.returncode == 0, done.stderr
    assert sorted(files(tmp_path / "far")) == [f"{name}/plan.json" for name in "abcd"]


@pytest.mark.real
def test_a_scenario_that_kills_workers_is_given_up(tmp_path: Path) -> None:
    write(tmp_path, {f"s/{name}.yaml": scenario(name) for name in "abc"} | {"site/sitecustomize.py": KILLS})
    deadly = {"VICTIM": "b", "HOW": "always", "MARK": str(tmp_path / "mark")}
    deadly |= {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with cluster(tmp_path / "cluster", deadly, workers=3) as (address, _):
        done = run("plan", "s", "--cluster", address, "--outputs", "none", "-o", "far", cwd=tmp_path)
    assert done.returncode == 70
    assert "2 workers of the cluster died with it" in done.stderr
    assert sorted(files(tmp_path / "far")) == ["a/plan.json", "c/plan.json"]


@pytest.mark.real
def test_a_scheduler_that_goes_away_leaves_what_is_done(tmp_path: Path) -> None:
    write(tmp_path, {f"s/{name}.yaml": scenario(name) for name in "abcde"} | {"site/sitecustomize.py": KILLS})
    slow = {"VICTIM": "b", "HOW": "sleep", "MARK": str(tmp_path / "mark"), "PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}
    with cluster(tmp_path / "cluster", slow, workers=1) as (address, (scheduler, _)):
        command = ["plan", "s", "--cluster", address, "--outputs", "none", "-o", "far"]
        process = subprocess.Popen(
            [sys.executable, "-m", "planner.cli.main", *command], cwd=tmp_path, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        wait((tmp_path / "far/a/plan.json").exists)
        wait((tmp_path / "mark").exists)
        scheduler.kill()
        _, said = process.communicate(timeout=120)
    assert process.returncode == 70
    assert "Traceback" not in said, said
    assert f"the scheduler at {address} went away" in said


@pytest.mark.real
def test_a_worker_with_another_planner_or_none_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"s/a.yaml": scenario("a"), "other/sitecustomize.py": OTHER})
    write(tmp_path, {"none/sitecustomize.py": "import sys\nsys.modules['planner'] = None\n"})
    for kind, said in (("other", "planner 9.9 instead of "), ("none", "has no planner: install finetune-planner")):
        with cluster(tmp_path / kind / "c", {"PYTHONPATH": f"{tmp_path / kind}:{ROOT}"}, workers=1) as (address, _):
            done = run("plan", "s/a.yaml", "--cluster", address, "--outputs", "none", cwd=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr
        assert not (tmp_path / "reports").exists()


@pytest.mark.real
def test_nobody_there_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"s/a.yaml": scenario("a")})
    done = run("plan", "s", "--cluster", "tcp://127.0.0.1:9", "--outputs", "none", cwd=tmp_path)
    assert done.returncode == 2
    assert "error: no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
