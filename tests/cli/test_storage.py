"""Searches that are kept, resumed, joined and killed, from the command line."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest

from planner.choose.indicators import share_of_box
from planner.outcome import Plan
from tests.cli.calls import run

pytestmark = pytest.mark.real  # dear

SCENARIO = """
api_version: planner/v1
kind: FineTune
metadata: {name: kept}
models: [qwen2.5-7b]
methods: [lora]
dataset: {samples: 20000, tokens_per_sample: {mean: 420, p95: 1400}}
axes: {train.epochs: {between: [1, 4]}, dataset.share: {between: [0.2, 1.0]}}
hardware: {gpus: [l4, l40s], counts: [1, 2], providers: [gcp, runpod]}
search: {evaluations: 200, polish: none}
"""
POLISHED = ("--set", "search.polish=slsqp")
TOLERANCE = 0.005
"""Share of the hypervolume by which fronts may differ, polished, that came about in other orders: stopped, resumed or
shared."""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "kept.yaml"
    path.write_text(SCENARIO)
    return path


def planned(scenario: Path, *words: str, evaluations: int = 200) -> subprocess.CompletedProcess[str]:
    folder = scenario.parent
    return run("plan", scenario.name, "--outputs", "none", "-o", "out", "--set", f"search.evaluations={evaluations}",
               *words, cwd=folder)  # fmt: skip


def plan_of(scenario: Path) -> Plan:
    return Plan.model_validate_json((scenario.parent / "out" / "plan.json").read_text())


def losses(plan: Plan) -> Any:
    return np.array([[c.cost_usd, c.hours, -(c.quality or 0.0)] for c in plan.front], np.float64)


def as_good(plan: Plan, other: Plan) -> bool:
    both = np.concatenate([losses(plan), losses(other)])
    box = both.min(axis=0), both.max(axis=0)
    mine, theirs = share_of_box(losses(plan), *box), share_of_box(losses(other), *box)
    return mine >= (1 - TOLERANCE) * theirs


def trials(storage: Path) -> int:
    if not storage.exists():
        return 0
    try:
        connection = sqlite3.connect(f"{storage.as_uri()}?mode=ro", uri=True)
        count: int = connection.execute("SELECT count(*) FROM trials WHERE state = 'COMPLETE'").fetchone()[0]
        connection.close()
    except sqlite3.OperationalError:
        return 0
    return count


@pytest.mark.real
def test_kept_alone_it_is_the_same_plan(scenario: Path) -> None:
    assert planned(scenario).returncode == 0
    alone = plan_of(scenario)
    assert planned(scenario, "--storage", "s.db").returncode == 0
    assert plan_of(scenario).model_dump_json() == alone.model_dump_json()
    assert trials(scenario.parent / "s.db") == 200


@pytest.mark.real
def test_it_goes_on_and_ends_as_good(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.kinds.continuous.MOST_POLISHED", 6)
    assert planned(scenario, *POLISHED).returncode == 0
    whole = plan_of(scenario)
    assert planned(scenario, *POLISHED, "--storage", "s.db", evaluations=80).returncode == 0
    done = planned(scenario, *POLISHED, "--storage", "s.db", "--resume")
    assert done.returncode == 0
    assert "s.db holds 80 points of this search; it goes on from there" in done.stderr
    resumed = plan_of(scenario)
    assert (resumed.search.stored, resumed.search.sampled, resumed.search.stopped) == (80, 200, "limit")
    assert whole.search.generations
    assert resumed.search.generations is None, "no storage tells in how many its points came about"
    assert trials(scenario.parent / "s.db") == 200
    assert as_good(resumed, whole)


def test_figures_of_a_storage_are_never_read(scenario: Path) -> None:
    """Whoever can write to the database can offer points, but not say what they cost."""
    assert planned(scenario, "--storage", "s.db", evaluations=60).returncode == 0
    before = plan_of(scenario)
    connection = sqlite3.connect(scenario.parent / "s.db")
    connection.execute("UPDATE trial_values SET value = -1e9")
    connection.commit()
    connection.close()
    assert planned(scenario, "--storage", "s.db", "--resume", evaluations=60).returncode == 0
    assert [c.model_dump() for c in plan_of(scenario).front] == [c.model_dump() for c in before.front]


@pytest.mark.real
def test_a_worker_shares_the_work(scenario: Path) -> None:
    assert planned(scenario, "--storage", "s.db", evaluations=60).returncode == 0
    connection = sqlite3.connect(scenario.parent / "s.db")
    connection.execute("UPDATE study_user_attributes SET value_json = '\"\"'")
    connection.commit()
    connection.close()
    helped = run("search-worker", scenario.name, "--storage", "s.db", cwd=scenario.parent)
    assert helped.returncode == 0, helped.stderr
    assert "140 points tried; the evaluations of the search are used up" in helped.stderr
    assert planned(scenario, "--storage", "s.db", "--resume").returncode == 0
    assert plan_of(scenario).search.stored == 200


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--resume",), 2, "--resume goes with --storage"),
        (("--storage", "no.db", "--resume"), 2, "no.db: there is no such file; start the search with planner plan"),
        (("--storage", "text.db"), 2, "error: text.db cannot be used: it is no database"),
        (("--storage", "postgresql://h:1/x"), 2, "(no module 'psycopg'): pip install 'psycopg[binary]'"),
        (("--storage", "nosuch://db"), 2, "cannot be used: it is no URL of a database"),
        (("--storage", "s.db", "--set", "axes=null", "--set", "search=null"), 0, "nothing is kept in s.db"),
        (("--storage", "s.db", "--resume", "--set", "axes=null"), 2, "is searched exactly: there is nothing to resume"),
        (("--storage", "s.db", "--candidates", "c.csv"), 2, "one search; plan one scenario at a time"),
        (
            ("--storage", "s.db", "--set", "search.sampler=cmaes", "--set", "objectives=[cost]", "--set",
             "models=[qwen2.5-7b]", "--set", "methods=[lora]"), 2, "a search by cmaes cannot be kept",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_kept(scenario: Path, words: tuple[str, ...], code: int, says: str) -> None:
    (scenario.parent / "text.db").write_text("this is no database, however long one looks at it. " * 50)
    done = planned(scenario, *words)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert says in done.stderr.replace("\n", " ")


def test_a_damaged_storage_is_named_and_left_alone(scenario: Path) -> None:
    folder = scenario.parent
    assert planned(scenario, "--storage", "s.db", evaluations=60).returncode == 0
    whole = (folder / "s.db").read_bytes()
    (folder / "s.db").unlink()
    for length in (50, 2000, 20_000, len(whole) - 1):
        (folder / "cut.db").write_bytes(whole[:length])
        before = sorted(folder.iterdir())
        done = planned(scenario, "--storage", "cut.db", "--resume")
        assert done.returncode == 2
        assert "cut.db cannot be used: it is damaged, its end is missing" in done.stderr
        assert sorted(folder.iterdir()) == before
    (folder / "cut.db").write_bytes(whole)
    assert planned(scenario, "--storage", "cut.db", "--resume", evaluations=60).returncode == 0


def test_an_interrupt_says_what_is_kept(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the front is polished all points are kept; a search that is not kept has nothing to say."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.kinds.continuous._polish", stop)
    done = planned(scenario, *POLISHED, "--storage", "s.db", evaluations=60)
    assert done.returncode == 130
    assert done.stderr.endswith("60 of 60 points are kept in s.db; the same command with --resume goes on\n")
    alone = planned(scenario, *POLISHED, evaluations=60)
    assert (alone.returncode, alone.stderr.splitlines()[-1]) == (130, "interrupted; nothing half-written was left")


def test_a_storage_of_another_scenario_is_named(scenario: Path) -> None:
    assert planned(scenario, "--storage", "s.db", evaluations=60).returncode == 0
    kept = trials(scenario.parent / "s.db")
    done = planned(scenario, "--storage", "s.db", "--resume", "--set", "dataset.samples=30000")
    assert done.returncode == 2
    assert "the scenario, its prices, the catalog or the planner has changed since" in done.stderr
    assert "it holds kept@" in done.stderr
    joined = run(
        "search-worker", scenario.name, "--storage", "s.db", "--set", "metadata.name=other", cwd=scenario.parent
    )
    assert joined.returncode in {0, 2}
    assert trials(scenario.parent / "s.db") >= kept


def test_a_worker_needs_a_search(scenario: Path) -> None:
    alone = run("search-worker", scenario.name, cwd=scenario.parent)
    assert (alone.returncode, "--storage FILE or URL" in alone.stderr) == (2, True)
    exact = run("search-worker", scenario.name, "--storage", "s.db", "--set", "axes=null", cwd=scenario.parent)
    assert (exact.returncode, "there is nothing to join" in exact.stderr) == (2, True)


def start(scenario: Path, verb: str, evaluations: int, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "planner.cli.main", verb, scenario.name, "--storage", "s.db", "--set",
         f"search.evaluations={evaluations}", *words],
        cwd=scenario.parent, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def until(storage: Path, least: int, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while trials(storage) < least:
        assert time.monotonic() < end, f"only {trials(storage)} trials"
        time.sleep(0.02)


@pytest.mark.real
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_plan_that_is_stopped_goes_on(scenario: Path, how: signal.Signals) -> None:
    storage = scenario.parent / "s.db"
    assert planned(scenario, *POLISHED, evaluations=1500).returncode == 0
    whole = plan_of(scenario)
    (scenario.parent / "out" / "plan.json").unlink()
    first = start(scenario, "plan", 1500, "--outputs", "none", "-o", "out", *POLISHED)
    until(storage, 150)
    first.send_signal(how)
    _, said = first.communicate(timeout=60)
    assert "Traceback" not in said
    if how is not signal.SIGKILL:
        assert first.returncode == 130
        told = f"{trials(storage):,} of 1,500 points are kept in s.db; the same command with --resume goes on"
        assert said.endswith(f"interrupted; nothing half-written was left\n{told}\n")
    assert not (scenario.parent / "out" / "plan.json").exists()
    kept = trials(storage)
    assert 150 <= kept < 1500
    assert planned(scenario, *POLISHED, "--storage", "s.db", "--resume", evaluations=1500).returncode == 0
    resumed = plan_of(scenario)
    assert resumed.search.stored == kept
    assert resumed.search.sampled == trials(storage) == 1500
    assert as_good(resumed, whole)


@pytest.mark.real
def test_a_killed_worker_loses_its_generation_alone(scenario: Path) -> None:
    """One process leads, two help; one of them is killed with a generation in hand."""
    storage = scenario.parent / "s.db"
    assert planned(scenario, *POLISHED, evaluations=1500).returncode == 0
    whole = plan_of(scenario)
    lead = start(scenario, "plan", 1500, "--outputs", "none", "-o", "out", *POLISHED)
    until(storage, 1)
    helpers = [start(scenario, "search-worker", 1500) for _ in range(2)]
    until(storage, 300)
    helpers[0].kill()
    helpers[0].communicate()
    kept = trials(storage)
    lead.communicate(timeout=300)
    assert lead.returncode == 0
    _, said = helpers[1].communicate(timeout=60)
    assert helpers[1].returncode == 0, said
    assert "points tried; the " in said
    shared = plan_of(scenario)
    assert shared.search.stopped == "limit"
    assert shared.search.sampled >= 1500
    assert shared.search.stored > 0, "a helper's points are in the plan"
    states = optuna.load_study(study_name=None, storage=f"sqlite:///{storage}").get_trials(deepcopy=False)
    assert kept <= len(states)
    assert {trial.state.name for trial in states} == {"COMPLETE"}, "nothing is left hanging"
    points = {json.dumps(trial.params, sort_keys=True) for trial in states}
    assert len(points) >= 0.98 * len(states), "hardly a point was tried by two of them at once"
    assert as_good(shared, whole)
