"""The worked example end to end, on the real catalog, against brute force over its candidates file."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.outcome import Plan
from planner.planning import Ready, plan_ready, read_scenario, write_candidates
from planner.resources import SCENARIOS


@pytest.fixture(scope="module")
def ready() -> Ready:
    return read_scenario(SCENARIOS / "support-bot.yaml")


@pytest.fixture(scope="module")
def plan(ready: Ready) -> Plan:
    return plan_ready(ready)


@pytest.fixture(scope="module")
def candidates(ready: Ready, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    path = write_candidates(ready, tmp_path_factory.mktemp("candidates") / "all.parquet")
    return pd.read_parquet(path)


def test_every_constraint_cuts_some_and_none_cuts_all(plan: Plan) -> None:
    names = {c.name for c in plan.constraints}
    assert names == {
        "constraints.max_cost",
        "constraints.deadline",
        "constraints.memory_margin",
        "quality.floor.points",
    }
    for constraint in plan.constraints:
        assert constraint.cuts < plan.search.covered
        assert constraint.cuts > 0, constraint.name
        assert constraint.cuts_alone > 0, constraint.name
    assert plan.feasible > 0


def test_counts_add_up(plan: Plan, candidates: pd.DataFrame) -> None:
    assert plan.search.covered == plan.search.evaluated == len(candidates)
    unknown = candidates["feasible"] & candidates[["cost_usd", "hours", "quality"]].isna().any(axis=1)
    assert plan.feasible == candidates["feasible"].sum() - unknown.sum()
    assert plan.infeasible == candidates.loc[~candidates["feasible"], "reason"].value_counts().to_dict()


def test_front_is_brute_force(plan: Plan, candidates: pd.DataFrame) -> None:
    """No code of ours decides dominance here."""
    good = candidates[candidates["feasible"] & candidates[["cost_usd", "hours", "quality"]].notna().all(axis=1)]
    losses = np.stack([good["cost_usd"], good["hours"], -good["quality"]], axis=1)
    order = np.lexsort(losses.T[::-1])
    front: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    for row in losses[order]:  # cheapest first: nothing later can dominate something earlier
        if not any((kept <= row).all() for kept in front):
            front.append(row)
    ours = sorted((c.cost_usd, c.hours, c.quality) for c in plan.front)
    assert np.array(ours) == pytest.approx(np.array(sorted((r[0], r[1], -r[2]) for r in front)), rel=1e-12)
    by_id = good.set_index("id")
    for c in plan.front:
        row = by_id.loc[c.id]
        assert (row["model"], row["gpu"], row["gpu_count"], row["provider"], row["region"], row["tier"]) == (
            c.model,
            c.hardware.gpu,
            c.hardware.count,
            c.offer.provider,
            c.offer.region,
            c.offer.tier,
        )


def test_ties_are_told(plan: Plan, candidates: pd.DataFrame) -> None:
    """What a plain Pareto filter keeps besides the front is the same thing elsewhere."""
    good = candidates[candidates["feasible"]]
    for c in plan.front:
        same = good[
            (good["cost_usd"] == c.cost_usd)
            & (good["hours"] == c.hours)
            & (good["quality"] == c.quality)
            & (good["gpu"] == c.hardware.gpu)
            & (good["gpu_count"] == c.hardware.count)
            & (good["model"] == c.model)
            & (good["id"] != c.id)
        ]
        assert c.offer.also_in == sorted({f"{p} {r}" for p, r in zip(same["provider"], same["region"], strict=True)})
    assert any(c.offer.also_in for c in plan.front)


def test_ids_are_unique(candidates: pd.DataFrame) -> None:
    assert candidates["id"].is_unique


def test_candidates_have_the_contract_columns(candidates: pd.DataFrame) -> None:
    assert list(candidates.columns) == [
        "id",
        "model",
        "method",
        "stack",
        "gpu",
        "gpu_count",
        "nodes",
        "parallelism",
        "micro_batch",
        "grad_accum",
        "provider",
        "instance",
        "region",
        "tier",
        "feasible",
        "reason",
        "cost_usd",
        "hours",
        "quality",
        "carbon_kg",
        "memory_gib",
        "dataset.share",
        "train.max_seq_len",
    ]


def test_every_point_would_run(plan: Plan) -> None:
    for c in plan.front:
        assert c.memory_gib.total * 1.08 <= c.memory_gib.usable
        assert c.cost_usd is not None
        assert c.cost_usd <= 200
        assert c.hours is not None
        assert c.hours <= 12
        per_gpu = c.train["micro_batch_size"] * c.train["grad_accum"] * c.hardware.count
        assert per_gpu == c.train["global_batch_size"]
        assert 0 < c.work.mfu <= c.work.hfu < 0.9
        assert c.quality_label.startswith("prior: ranking only")
        assert c.quality_parts["points"] is not None
        assert c.quality_parts["points"] >= 64


def test_figures_are_sums_of_their_parts(plan: Plan) -> None:
    for c in plan.front:
        parts = c.cost_parts
        assert c.cost_usd == pytest.approx(
            (parts.compute or 0) + (parts.storage or 0) + (parts.egress or 0) + (parts.reruns or 0)
        )
        assert c.hours == pytest.approx(sum(c.hour_parts.model_dump().values()))
        m = c.memory_gib
        terms = (
            m.weights,
            m.adapters,
            m.gradients,
            m.optimizer,
            m.activations,
            m.logits,
            m.temporary,
            m.context,
        )
        assert m.total == pytest.approx(sum(terms))
        assert c.work.step_s == pytest.approx(sum(c.work.step_parts_s.values()))


def test_bands_hold_their_figures(plan: Plan) -> None:
    for c in plan.front:
        for name in ("cost_usd", "hours", "quality", "carbon_kg"):
            low, value, high = getattr(c, f"{name}_lo"), getattr(c, name), getattr(c, f"{name}_hi")
            assert low < value < high, name


def test_decisions_are_on_the_front(plan: Plan) -> None:
    ids = {c.id: c for c in plan.front}
    assert set(plan.decisions) == {"cheapest", "fastest", "best", "knee"}
    assert set(plan.decisions.values()) <= set(ids)
    assert ids[plan.decisions["cheapest"]].cost_usd == min(c.cost_usd for c in plan.front if c.cost_usd)
    assert ids[plan.decisions["fastest"]].hours == min(c.hours for c in plan.front if c.hours)


def test_unscored_models_stand_beside(plan: Plan) -> None:
    assert plan.beside
    for c in plan.beside:
        assert c.quality is None
        assert c.unknown


def test_a_spot_point_shows_its_break_even_rate(plan: Plan) -> None:
    spot = [c for c in plan.front if c.offer.tier == "spot"]
    assert spot
    for c in spot:
        assert c.offer.preemption_per_hour
        assert c.offer.preemption_break_even_per_hour is None or c.offer.preemption_break_even_per_hour > 0


def test_nothing_is_nan_in_the_document(plan: Plan) -> None:
    def walk(value: object) -> None:
        if isinstance(value, float):
            assert math.isfinite(value)
        elif isinstance(value, dict):
            for child in value.values():
                walk(child)
        elif isinstance(value, list):
            for child in value:
                walk(child)

    walk(plan.model_dump())


def test_a_sample_is_a_part_of_the_whole(ready: Ready, candidates: pd.DataFrame, tmp_path: Path) -> None:
    path = write_candidates(ready, tmp_path / "some.csv", sample=500)
    some = pd.read_csv(path)
    assert len(some) == 500
    assert set(some["id"]) <= set(candidates["id"])
    assert not list(tmp_path.glob(".*"))
