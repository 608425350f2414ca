"""Methods as data: what each does to memory and time, and that a further one is an entry in one file."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import planner
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.estimate.stack_columns import stack_columns
from planner.kinds import reading
from planner.kinds.schema import build_schema
from planner.outcome import Configuration, Plan
from planner.planning import plan_ready, read_scenario
from planner.resources import CATALOG_DATA

A100 = {"gpus": ["a100-80gb-sxm"], "counts": [1]}
FIXED = {"micro_batch_size": 2, "checkpointing": "full", "max_seq_len": 1024}


def scenario(*methods: Any, **changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "methods"},
        "models": ["llama-3.1-8b"],
        "methods": list(methods),
        "dataset": {"samples": 20_000, "tokens_per_sample": 420},
        "hardware": A100,
        "train": FIXED,
        "objectives": ["cost"],
    } | changes


def one(method: Any, **changes: Any) -> Configuration:
    plan = plan_ready(read_scenario(scenario(method, **changes)), brief=True)
    assert plan.front, plan.infeasible
    return plan.front[0]


def speeds(catalog: Catalog, stack: str) -> list[float]:
    at = [each.id for each in catalog.stacks].index(stack)
    row: list[float] = stack_columns(catalog.stacks, catalog.methods, catalog.calibration).speed[at].tolist()
    return row


def busy(c: Configuration) -> float:
    return sum(c.work.step_parts_s[name] for name in ("matmul", "attention", "launch", "dequantise"))


def test_dora_is_lora_with_magnitudes_and_takes_longer() -> None:
    lora, dora = one("lora"), one("dora")
    assert busy(dora) / busy(lora) == pytest.approx(1.35, rel=0.01)
    extra = 32 * (4096 + 2 * 1024 + 4096 + 2 * 14336 + 4096)  # one per output of q, k, v, o, gate, up, down
    weights = dora.memory_gib.adapters - lora.memory_gib.adapters
    states = dora.memory_gib.optimizer - lora.memory_gib.optimizer
    assert weights * 2**30 == pytest.approx(4 * extra)
    assert states * 2**30 == pytest.approx(8 * extra)
    more = dora.memory_gib.temporary - lora.memory_gib.temporary
    assert more * 2**30 == pytest.approx(2 * 4096 * 14336)  # +0.1 GiB, as ms-swift measured


def test_eight_bit_lies_between_four_and_sixteen() -> None:
    four, eight, sixteen = (one(name).memory_gib.weights for name in ("qlora", "lora-8bit", "lora"))
    assert four < eight < sixteen
    assert eight * 2**30 == pytest.approx(6.979e9 + 2 * 1.0512e9, rel=0.001)
    many = planner.plan(scenario("lora-8bit", hardware={"gpus": ["a100-80gb-sxm"], "counts": [8]}, train={}))
    assert {c.hardware.parallelism for c in many.front} == {"ddp"}
    refused = planner.plan(scenario("lora-8bit", train={"parallelism": "fsdp"}, hardware=A100 | {"counts": [8]}))
    assert set(refused.infeasible) == {"no way to share the model over these GPUs"}


def test_frozen_layers_cost_neither_states_nor_backward() -> None:
    few, many = one({"freeze": {"layers": 2}}), one({"freeze": {"layers": 16}})
    assert few.work.step_parts_s["matmul"] < many.work.step_parts_s["matmul"]
    assert few.memory_gib.total < many.memory_gib.total
    p_layer, head = 6_979_321_856 / 32, 525_336_576
    assert few.memory_gib.optimizer * 2**30 == pytest.approx(12 * 2 * p_layer)
    forward, again = 2 * (32 * p_layer + head), 2 * (2 * p_layer + head)
    gradients = 2 * (2 * p_layer + head) + 2 * 2 * p_layer
    assert few.work.flops_per_token == pytest.approx(forward + again + gradients, rel=0.05)  # attention on top
    assert few.quality_parts["capacity"] == 0


def test_layers_apply_to_freeze_alone() -> None:
    with pytest.raises(Exception, match="'layers' does not apply to lora"):
        planner.plan(scenario({"lora": {"layers": 4}}))
    assert "layers" not in one("lora").method
    assert one("freeze").method["layers"] == 8


def test_a_swept_number_of_layers() -> None:
    plan = planner.plan(scenario("freeze", "lora", axes={"method.layers": [2, 8]}, objectives=["cost", "time"]))
    assert plan.search.covered % 3 == 0  # two for freeze, one for lora
    assert plan.front


def test_a_further_method_is_one_entry_and_where_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = Path(shutil.copytree(CATALOG_DATA, tmp_path / "data"))
    methods, support = data / "methods.yaml", data / "support.csv"
    entry = methods.read_text("utf-8").split("\ndora:\n")[1].split("\nfreeze:\n")[0].replace("1.35", "1.5")
    methods.write_text(f"{methods.read_text('utf-8')}pissa:\n{entry}\n", "utf-8")
    support.write_text(
        support.read_text("utf-8") + "NVIDIA,8.0,12.9,hf-trainer,pissa,bf16,bf16,y,y,M,a test\n", "utf-8"
    )
    catalog = load_catalog(directory=data)
    assert catalog.methods[-1].id == "pissa"
    speed = dict(zip([m.id for m in catalog.methods], speeds(catalog, "hf-trainer"), strict=True))
    assert speed["pissa"] == pytest.approx(speed["lora"] / 1.5)
    assert np.isnan(speeds(catalog, "unsloth")[0])  # trains no method like full
    monkeypatch.setattr("planner.planning.reading.load_catalog", lambda *_, **__: catalog)
    monkeypatch.setattr(reading, "load_catalog", lambda *_, **__: catalog)
    monkeypatch.setattr(reading, "kind_schema", lambda kind: build_schema(kind, catalog))  # what `make schemas` does
    found: Plan = planner.plan(scenario("pissa"))
    assert found.front
    assert found.front[0].method["name"] == "pissa"


def test_people_are_counted_beside_the_cost_never_inside() -> None:
    plain = one("lora")
    priced = one("lora", labour={"setup_hours": 10, "usd_per_hour": "$95", "management_percent": 20})
    assert plain.cost_parts.labour is plain.cost_parts.management is None
    assert priced.cost_usd == plain.cost_usd
    assert priced.cost_parts.labour == pytest.approx(950)
    assert priced.cost_parts.management == pytest.approx(0.2 * (950 + (priced.cost_usd or 0)))
    assert priced.id == plain.id


@pytest.mark.parametrize(("gpus", "count"), [("a100-80gb-sxm", 1), ("h100-sxm", 8), ("l4", 1)])
def test_which_memory_is_meant(gpus: str, count: int) -> None:
    """Allocated is least, reserved has fragments, nvidia-smi cache and context; no card shows more than it has."""
    m = one("qlora", hardware={"gpus": [gpus], "counts": [count]}).memory_gib
    assert m.reserved is not None
    assert m.nvidia_smi is not None
    assert m.total - m.context <= m.reserved <= m.nvidia_smi <= max(m.usable, m.total)
    assert m.nvidia_smi >= m.total
    cached = load_catalog().calibration["memory.cached"]
    shown = m.reserved * cached + m.context
    assert m.nvidia_smi == pytest.approx(max(m.total, min(shown, m.usable)))
