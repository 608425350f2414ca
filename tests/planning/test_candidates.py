"""The candidates file: the front can be recomputed from it, also where a search left the grid."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.errors import InputError
from planner.outcome import Plan
from planner.planning import Ready, plan_ready, read_scenario, write_candidates

SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "candidates"},
    "models": ["llama-3.1-8b"],
    "methods": ["lora"],
    "dataset": {"samples": 50_000, "tokens_per_sample": 400},
    "axes": {"dataset.share": {"between": [0.1, 1]}},
    "search": {"evaluations": 200},
    "hardware": {"gpus": ["h100-sxm"], "counts": [1, 8], "providers": ["nebius", "lambda"]},
}


@pytest.fixture(scope="module")
def ready() -> Ready:
    return read_scenario(SCENARIO)


@pytest.fixture(scope="module")
def plan(ready: Ready) -> Plan:
    return plan_ready(ready)


@pytest.mark.real
def test_points_off_the_grid_are_in_it(ready: Ready, plan: Plan, tmp_path: Path) -> None:
    rows = pd.read_csv(write_candidates(ready, tmp_path / "all.csv"))
    assert len(rows) == plan.search.covered
    known = rows[rows["feasible"] & rows["quality"].notna()].drop_duplicates("id")
    losses = np.column_stack([known["cost_usd"], known["hours"], -known["quality"]])
    beaten = [((losses <= row).all(axis=1) & (losses < row).any(axis=1)).any() for row in losses]
    best = set(known["id"][~np.array(beaten)])
    front = {c.id for c in plan.front}
    assert front <= best
    ties = known[known["id"].isin(best)].groupby(["cost_usd", "hours", "quality"])
    assert len(ties) == len(front)


def test_another_ending_is_refused_and_nothing_is_written(ready: Ready, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="candidates are written as"):
        write_candidates(ready, tmp_path / "all.txt")
    assert not list(tmp_path.iterdir())
