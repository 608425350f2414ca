"""Runs made from a known truth: what a calibration must find again."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

from planner.calibrate.run_rows import Row
from planner.catalog.constants import STACK_SPEED
from planner.catalog.loader import load_catalog
from planner.measured.columns import rows_of
from planner.measured.condition import condition_of
from planner.measured.predict import predict_memory, predict_speed

CATALOG = load_catalog()
STACK = "hf-trainer"
SLOWER, FULLER, PREEMPTED, PAID, BETTER = 0.8, 1.06, 0.4, 0.9, 0.3
"""A stack a fifth slower and its peak 6 % higher than published, 0.4 preemptions an hour, a tenth off, +0.3 logit."""


def conditions(count: int) -> list[dict[str, str]]:
    """Conditions of single-card runs that vary in all that matters."""
    return [
        {
            "model": ("qwen2.5-7b", "llama-3.1-8b")[i % 2],
            "gpu_id": ("l40s", "a100-80gb-sxm")[i // 2 % 2],
            "n_gpus": "1",
            "method": ("lora", "qlora")[i // 4 % 2],
            "lora_rank": "16",
            "lora_targets": "all-linear",
            "weight_precision": "bf16",
            "optimizer": "adamw_fused",
            "grad_checkpointing": "full",
            "micro_batch_size": str((2, 4, 1)[i % 3]),
            "grad_accum": "8",
            "seq_len": ("2048", "1024")[i // 8 % 2],
            "stack": STACK,
        }
        for i in range(count)
    ]


def runs(count: int, seed: int = 7) -> list[dict[str, str]]:
    """Runs with outcomes of every kind and the noise that such figures have."""
    rng = np.random.default_rng(seed)
    made = conditions(count)
    known = [condition_of(one | {"model": name_of(one["model"])}, CATALOG, needs_gpu=True) for one in made]
    rows, name = rows_of(known, CATALOG), STACK_SPEED + STACK
    truth = CATALOG.calibration.with_values({name: SLOWER * CATALOG.calibration[name]})
    speed = predict_speed(rows, truth).tokens_per_s_per_gpu * np.exp(rng.normal(0, 0.05, count))
    peak = FULLER * predict_memory(rows, CATALOG.calibration).shown_gib * np.exp(rng.normal(0, 0.02, count))
    for i, one in enumerate(made):
        hours, predicted = float(rng.uniform(4, 30)), float(rng.uniform(0.5, 0.7))
        one |= {
            "tokens_per_s_per_gpu": f"{speed[i]:.1f}",
            "peak_mem_gib": f"{peak[i]:.2f}",
            "provider": "gcp",
            "tier": ("spot", "on_demand")[i % 2],
            "date": f"2026-0{1 + i % 8}-{10 + i % 18}",
            "task": "chat",
            "q": f"{expit(logit(predicted) + BETTER + rng.normal(0, 0.1)):.4f}",
            "predicted_q": f"{predicted:.4f}",
        }
        if i % 2 == 0:
            one |= {"running_hours": f"{hours:.1f}", "preemptions": str(rng.poisson(PREEMPTED * hours))}
        else:
            one |= {
                "listed_usd_per_hour": "2.00",
                "paid_usd_per_hour": f"{2 * PAID * math.exp(rng.normal(0, 0.01)):.3f}",
            }
    return made


def name_of(model: str) -> str:
    """The printed name of a model of the catalog."""
    return next(one.name for one in CATALOG.models if one.id == model)


def as_rows(made: Sequence[dict[str, str]]) -> list[Row]:
    """Runs as they come out of a file."""
    return [Row("runs.csv", line, one) for line, one in enumerate(made, 2)]


def write(path: Path, made: Sequence[dict[str, str]]) -> Path:
    """Runs as CSV."""
    columns = list(dict.fromkeys(name for one in made for name in one))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
    return path
