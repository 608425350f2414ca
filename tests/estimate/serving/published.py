"""Published served latencies beside the shipped law: rows of offered load, the NIM knee, MLPerf's two scenarios."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Floats
from planner.estimate.serving.inputs import inputs_of
from planner.estimate.serving.latency import FLOOR_S, Replica, saturated_rate_per_s, step_prefill_s
from planner.estimate.serving.latency_spread import spread_at
from planner.estimate.serving.latency_targets import Target, largest_rate
from planner.estimate.serving.throughput import ServingInputs, most_sequences, step_times, tokens_per_s
from tests.estimate.serving.latency_cases import column

MEASURED: Final = Path(__file__).parents[2] / "benchmarks" / "measurements" / "serving.csv"
ENGINE: Final = "tensorrt-llm-0.17"
NIM: Final = ((1, 52.0, 18.6), (50, 814.0, 59.7), (100, 917.0, 92.9))
"""Concurrency, output tokens/s, ITL ms: Llama-3-70B fp8, 2x H100, 5000 in, 500 out (NIM 1.0.0, DOMAIN 9.2)."""
MLPERF: Final = {"h100-sxm": (24_525.0, 21_606.0, 2), "h200-sxm": (31_303.0, 29_228.0, 1)}
"""Llama-2-70B fp8, 8 GPUs, v4.1: tokens/s offline and server (DOMAIN 9.2), and GPUs per replica here."""


@dataclass(frozen=True, slots=True)
class Online:
    """One row of offered load: law over measured, and the share of prefill."""

    prefill_share: float
    ttft: float
    itl: float


def inputs(model: str, gpu: str, gpus: float, precision: str) -> ServingInputs:
    """One replica with the shipped constants."""
    catalog = load_catalog()
    models, cards = {m.id: m for m in catalog.models}, {g.id: g for g in catalog.gpus}
    engines = {engine.id: engine for engine in catalog.engines}
    return inputs_of([models[model]], [cards[gpu]], column(gpus), [precision], [engines[ENGINE]], catalog.calibration)


def served(x: ServingInputs, given: Floats, answer: Floats, spread: Sequence[float], together: float = 1.0) -> Replica:
    """A replica of the latency law from columns of the throughput law."""

    def decode(batch: Floats) -> Floats:
        return step_times(x, np.maximum(batch, 1.0), given + answer / 2.0, given).decode_s

    prefill = step_times(x, column(1.0), given, given).prefill_s
    return Replica(
        decode, np.floor(most_sequences(x, given, answer)), prefill, answer, spread[0], spread[1],
        step_prefill_s=step_prefill_s(prefill, given, 8192.0), together=together, floor_s=FLOOR_S,
    )  # fmt: skip


def online() -> list[Online]:
    """TensorRT-LLM's rows of offered load, bf16, whose rate is what came out."""
    with MEASURED.open() as lines:
        records = [row for row in csv.DictReader(lines) if row["concurrency"].startswith("qps=") and row["ttft_ms"]]
    found = []
    for record in records:
        if record["concurrency"] == "qps=inf":
            continue
        x = inputs(record["model"].lower(), record["gpu_id"].lower(), float(record["n_gpus"]), "fp16")
        one = served(x, column(float(record["input_len"])), column(float(record["output_len"])), (0.0, 0.0))
        rate = float(record["tokens_per_s"]) / one.output_tokens
        mean = spread_at(one, rate).mean()
        found.append(
            Online(
                float((rate * one.prefill_s)[0]),
                float(mean.ttft_s[0]) * 1e3 / float(record["ttft_ms"]),
                float(mean.itl_s[0]) * 1e3 / float(record["itl_ms"]),
            )
        )
    return found


def nim() -> list[tuple[float, float]]:
    """Output tokens/s and ITL in ms at NIM's concurrencies: a request always takes the place of one that ends."""
    x, given, answer = inputs("llama-3.1-70b", "h100-sxm", 2.0, "fp8"), column(5000.0), column(500.0)
    found = []
    for concurrency, _, _ in NIM:
        batch = np.minimum(concurrency, most_sequences(x, given, answer))
        rate = tokens_per_s(step_times(x, batch, given + answer / 2.0, given), batch, answer)
        found.append((float(rate[0]), float((batch / rate)[0]) * 1e3))
    return found


def mlperf(gpu: str) -> tuple[float, float, float]:
    """Tokens/s offline, and server over offline with a 99th percentile of 2 s to the first token alone, and with one of
    200 ms for every gap as well: MLPerf asks for a mean gap of 200 ms in 99 % of the answers, between the two."""
    given = answer = column(294.0)  # mean of the OpenOrca samples, input and output
    per_replica = MLPERF[gpu][2]
    one = served(inputs("llama-2-70b", gpu, per_replica, "fp8"), given, answer, (1.0, 0.8), 8 / per_replica)
    offline = float((saturated_rate_per_s(one) * answer)[0]) * 8 / per_replica
    first = largest_rate(one, [Target(0.99, ttft_s=2.0)])
    gaps = largest_rate(one, [Target(0.99, ttft_s=2.0, itl_s=0.2)])
    return offline, float(first.load[0]), float(gaps.load[0])
