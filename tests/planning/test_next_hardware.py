"""Cards newer than every measurement: planned where a price is known, told as extrapolated wherever they are told."""

import json
from pathlib import Path

import pytest

from planner.planning import check_scenario
from tests.cli.calls import run

SCENARIO = """\
api_version: planner/v1
kind: FineTune
metadata: {name: next}
models: [qwen2.5-7b]
methods: [lora]
stacks: [hf-trainer, maxtext]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [b300, gb300, mi355x, tpu-v7], counts: [1, 4, 8]}
"""
OVERLAY = """\
api_version: planner/v1
kind: CatalogOverlay
metadata: {name: quotes}
offers:
  - {provider: aws, instance: gb, gpu: gb300, gpu_count: 4, regions: [us-east-1], price: $12, as_of: 2026-11-01}
  - {provider: runpod, instance: mi, gpu: mi355x, gpu_count: 8, regions: [r1], price: $60, as_of: 2026-11-01}
  - {provider: gcp, instance: tpu, gpu: tpu-v7, gpu_count: 4, regions: [us-central1], price: $14, as_of: 2026-11-01}
"""
NEW = {"b300", "gb300", "mi355x", "tpu-v7"}


def test_cost_and_time_are_known_and_told_as_extrapolated(tmp_path: Path) -> None:
    (tmp_path / "quotes.yaml").write_text(OVERLAY)
    (tmp_path / "next.yaml").write_text(f"{SCENARIO}overlays: [quotes.yaml]\n")
    done = run("plan", "next.yaml", "-o", "out", "--outputs", "md", "--candidates", "all.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    for c in plan["front"]:
        assert c["cost_usd"] > 0
        assert c["hours"] > 0
        assert c["hours_label"].startswith(("speed extrapolated: ", "speed prior: "))
        assert f"no rows of gpu {c['hardware']['gpu']}" in c["hours_label"]
    rows = [line.split(",") for line in (tmp_path / "all.csv").read_text().splitlines()]
    at = {name: rows[0].index(name) for name in ("gpu", "feasible", "cost_usd", "hours")}
    known = [row for row in rows[1:] if row[at["feasible"]].lower() == "true"]
    assert {row[at["gpu"]] for row in known} == NEW
    assert all(float(row[at["cost_usd"]]) > 0 and float(row[at["hours"]]) > 0 for row in known)
    told = {"terminal": done.stdout, "md": (tmp_path / "out" / "summary.md").read_text()}
    for name, words in told.items():
        assert " is extrapolated: no rows of gpu " in " ".join(words.split()), name


@pytest.mark.parametrize(("gpus", "missing"), [("[b300, gb300, tpu-v7]", ["gb300", "tpu-v7"]), ("[b300]", [])])
def test_a_card_without_an_offer_is_told(tmp_path: Path, gpus: str, missing: list[str]) -> None:
    (tmp_path / "next.yaml").write_text(SCENARIO.replace("[b300, gb300, mi355x, tpu-v7]", gpus))
    problems, _ = check_scenario(tmp_path / "next.yaml")
    found = [p for p in problems if p.message.startswith("no offer of the catalog has ")]
    assert [p.message.split()[6].rstrip(",") for p in found] == missing
    assert {(p.severity, p.at.partition("[")[0]) for p in found} <= {("warning", "hardware.gpus")}
