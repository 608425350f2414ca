"""Rows of served throughput: conditions, prediction at saturation, and why a row cannot be expressed."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.models import id_of
from planner.catalog.names import hint_of
from planner.catalog.rows import Catalog, Floats, Gpu
from planner.estimate.serving import ServingInputs, saturated
from planner.measured.models import RowModel, row_model
from planner.measured.table import RowTable, Unusable, number
from planner.units import Z90

ENGINES: Final = (("tensorrt", 1.0), ("vllm", 0.85), ("sglang", 0.85), ("generate", 0.1), ("transformers", 0.1))
"""Speed of an engine over TensorRT-LLM (DOMAIN 9.1) [E]."""
SD: Final = {"tensorrt": 0.14, "": 0.25}
"""Spread on ln: TensorRT-LLM, and other engines (DOMAIN 12)."""
_BYTES: Final = {"fp8": (1.0, 1.0), "fp4": (0.56, 1.0), "int8": (1.0, 2.0), "int4": (0.55, 2.0), "fp16": (2.0, 2.0)}
"""Bytes per weight and per cached value, by precision."""


@dataclass(frozen=True, slots=True)
class ServingRow:
    """Conditions of one served run."""

    model: RowModel
    gpu: Gpu
    gpus: float
    precision: str
    engine: str
    input_tokens: float
    output_tokens: float
    most: float
    """Sequences at a time; infinite at full load."""


def serving_row(record: Mapping[str, str], catalog: Catalog) -> ServingRow:
    """The conditions of a row; `Unusable` where they do not suffice."""
    model = row_model(record, catalog)
    cards = {gpu.id: gpu for gpu in catalog.gpus}
    card = cards.get(id_of(record.get("gpu_id", "")))
    if card is None:
        message = f"gpu_id {record.get('gpu_id', '')!r} is not in the catalog"
        raise Unusable(message, hint_of(record.get("gpu_id", ""), cards, "`planner list gpus` has them all"))
    precision = record.get("precision", "").strip().lower().replace("bf16", "fp16")
    if precision not in _BYTES:
        message = f"precision {record.get('precision', '')!r} is not one of {', '.join(_BYTES)}, bf16"
        raise Unusable(message)
    figures = [number(record, name) for name in ("n_gpus", "input_len", "output_len")]
    if any(map(math.isnan, figures)):
        message = "n_gpus, input_len and output_len must be given"
        raise Unusable(message)
    most = record.get("concurrency", "").strip().lower()
    if most.startswith("qps") and most != "qps=inf":
        message = "an offered load says nothing of saturation"
        raise Unusable(message)
    if most not in ("", "max", "qps=inf") and not re.fullmatch(r"[1-9]\d*", most):
        message = f"concurrency {record['concurrency']!r} is no whole number above 0"
        raise Unusable(message, "leave it blank, or say max, for full load")
    at_a_time = float(most) if most.isdigit() else math.inf
    gpus, given, made = figures
    return ServingRow(model, card, gpus, precision, record.get("engine", "").lower(), given, made, at_a_time)


def predict_serving(rows: Sequence[ServingRow]) -> Floats:
    """Output tokens per second of every row's replica; NaN where its weights leave no room."""
    if not rows:
        return np.zeros(0)

    def column(values: Sequence[float]) -> Floats:
        return np.array(values, np.float64)

    weight, cached = zip(*(_BYTES[row.precision] for row in rows), strict=True)
    hkv = column([row.model.hkv for row in rows])
    layers = column([row.model.n_layers for row in rows])
    links = column([_link(row.gpu) for row in rows])
    x = ServingInputs(
        p_active=column([row.model.p_mm_active for row in rows]),
        weight_bytes=column([row.model.p_total for row in rows]) * column(weight),
        kv_bytes=2.0 * layers * hkv * column(cached),
        n_layers=layers,
        hidden=column([row.model.hidden for row in rows]),
        hq=column([row.model.hq for row in rows]),
        gpus=column([row.gpus for row in rows]),
        peak_flops_s=column([_peak(row) for row in rows]) * 1e12,
        bandwidth_bytes_s=column([row.gpu.mem_bw_gb_s for row in rows]) * 1e9,
        memory_bytes=column([row.gpu.mem_gib for row in rows]) * 1e9,
        link_bytes_s=links * 1e9,
    )
    lengths = column([row.input_tokens for row in rows]), column([row.output_tokens for row in rows])
    served = saturated(x, *lengths, column([row.most for row in rows]))
    return served.tokens_per_s * column([_derate(row.engine) for row in rows])


def serving_answers(table: RowTable, catalog: Catalog) -> tuple[list[list[float]], list[str], list[str]]:
    """Figures, labels and reasons of a file's rows, in their order."""
    cells: list[list[float]] = [[] for _ in range(len(table))]
    labels, reasons = [""] * len(table), [""] * len(table)
    kept, rows = [], []
    for i, record in enumerate(table.records()):
        try:
            rows.append(serving_row(record, catalog))
            kept.append(i)
        except Unusable as why:
            reasons[i] = why.told
    for i, row, rate in zip(kept, rows, predict_serving(rows), strict=True):
        if math.isnan(rate):
            reasons[i] = "weights leave no room for a cache on these cards, or no peak at this precision is known"
            continue
        reach = SD["tensorrt" if "tensorrt" in row.engine else ""] * Z90
        wide = row.model.experts > 1 or row.precision == "fp4"
        cells[i] = [rate, rate * math.exp(-reach * (2 if wide else 1)), rate * math.exp(reach * (2 if wide else 1))]
        labels[i] = "extrapolated" if wide else "calibrated" if "tensorrt" in row.engine else "prior"
        reasons[i] = "law of DOMAIN 9.1 is fitted to dense models in fp8 and fp16" if wide else ""
    return cells, labels, reasons


def _derate(engine: str) -> float:
    return next((factor for word, factor in ENGINES if word in engine), 0.85)


def _peak(row: ServingRow) -> float:
    """Dense TFLOP/s computed in; fp8 on cards that have it, 16-bit for weight-only formats and older cards."""
    half = row.gpu.bf16_tflops if math.isfinite(row.gpu.bf16_tflops) else row.gpu.fp16_tflops
    if row.precision in ("fp8", "fp4") and math.isfinite(row.gpu.fp8_tflops):
        return row.gpu.fp8_tflops * (2.0 if row.precision == "fp4" else 1.0)
    return half


def _link(gpu: Gpu) -> float:
    """Nominal GB/s one way between cards: half of the NVLink total, or of the PCIe slot's."""
    return (gpu.nvlink_gb_s if gpu.nvlink_gb_s > 0 and not gpu.bridge else gpu.pcie_gb_s) / 2.0
