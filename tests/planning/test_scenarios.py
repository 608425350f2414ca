"""Every worked scenario: it plans, its counts close, and its front is that of its candidates by brute force."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario, write_candidates
from planner.resources import SCENARIOS

NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yaml") if not path.name.endswith(".lock.yaml"))
LONG = ("domain-70b", "large-sweep")
"""Those that take seconds to plan: they run with the tests that take long."""
TOLD = ("support-bot",)
"""Those whose candidates `test_support_bot.py` holds against the front, and against more."""
EACH = [pytest.param(name, marks=pytest.mark.real if name in LONG else ()) for name in NAMES]
SMALL = 600_000
"""Candidates that are worth writing out in a test."""
COLUMNS = {"cost": "cost_usd", "time": "hours", "quality": "quality", "carbon": "carbon_kg"}


@cache
def planned(name: str) -> Plan:
    return plan_ready(read_scenario(SCENARIOS / f"{name}.yaml"))


@pytest.mark.real
@pytest.mark.xdist_group("scenarios")
def test_there_are_six_of_them() -> None:
    assert len(NAMES) >= 6
    assert any(planned(name).search.covered >= 10_000_000 for name in NAMES)
    assert any(planned(name).search.strategy.startswith("sampled") for name in NAMES)


@pytest.mark.xdist_group("scenarios")
@pytest.mark.parametrize("name", EACH)
def test_it_is_a_decision(name: str) -> None:
    p = planned(name)
    assert p.feasible > 0
    assert len(p.front) > 5
    assert len(set(p.decisions.values())) >= 3
    for constraint in p.constraints:
        assert constraint.cuts < p.search.covered, constraint.name
    assert sum(constraint.cuts > 0 for constraint in p.constraints) >= 2
    assert p.metadata.name == name


@pytest.mark.xdist_group("scenarios")
@pytest.mark.parametrize("name", EACH)
def test_what_is_promised_would_run(name: str) -> None:
    for c in planned(name).front:
        assert c.memory_gib.total <= c.memory_gib.usable
        assert c.cost_usd is not None
        assert c.cost_usd > 0
        assert c.hours is not None
        assert c.hours > 0
        assert 0 < c.work.mfu <= c.work.hfu < 0.9


@pytest.mark.xdist_group("scenarios")
@pytest.mark.parametrize("name", [each for each in EACH if each.values[0] not in TOLD])
def test_front_is_brute_force(name: str, tmp_path: Path) -> None:
    """No code of ours decides dominance here."""
    p = planned(name)
    if p.search.strategy != "exact" or p.search.covered > SMALL:
        assert p.search.covered > SMALL or p.search.strategy.startswith("sampled")
        return
    ready = read_scenario(SCENARIOS / f"{name}.yaml")
    table = pd.read_parquet(write_candidates(ready, tmp_path / "all.parquet"))
    assert len(table) == p.search.covered == p.feasible + p.unknown + sum(p.infeasible.values())
    columns = [COLUMNS[objective] for objective in p.objectives]
    good = table[table["feasible"] & table[columns].notna().all(axis=1)]
    signs = np.where([objective == "quality" for objective in p.objectives], -1.0, 1.0)
    losses = np.unique(good[columns].to_numpy() * signs, axis=0)
    front: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    for row in losses:  # in ascending order: nothing later dominates something earlier
        if not any((kept <= row).all() for kept in front):
            front.append(row)
    figures = [[getattr(c, column) for column in columns] for c in p.front]
    ours = np.unique(np.array(figures) * signs, axis=0)
    np.testing.assert_allclose(ours, np.array(front), rtol=1e-12)
