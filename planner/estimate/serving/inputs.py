"""Columns of the serving law from models, cards, precisions and engines: one builder for scenarios and for rows."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.architecture import LATENT_ATTENTION, build_architectures
from planner.catalog.constants import ENGINE_SPEED, Calibration
from planner.catalog.engines import Engine
from planner.catalog.rows import Floats, Gpu, Model
from planner.estimate.serving.throughput import ServingInputs
from planner.units import GIB

WEIGHT_BYTES: Final = {"bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "int8": 1.0, "int4": 0.55, "fp4": 0.5625}
"""Bytes of one linear weight with its scales (DOMAIN 9.1; fp4: 4 bits and an 8-bit scale for every 16)."""
KV_BYTES: Final = {"bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "int8": 2.0, "int4": 2.0, "fp4": 1.0}
"""Bytes of one cached key or value: weight-only formats keep 16 bit (DOMAIN 9.1)."""
_HALF_BYTES: Final = 2.0
"""Of embeddings and head, which quantised checkpoints keep in 16 bit."""
_LATENT_WIDTH: Final = 576.0
"""Elements that multi-head latent attention caches per token and layer: 512 latent, 64 positional (DeepSeek-V2) [C]."""


@dataclass(frozen=True, slots=True)
class ModelColumns:
    """What the law asks of models; widths in elements, counts in parameters, one entry per row."""

    p_total: Floats
    p_active: Floats
    """Matmul parameters that a token uses, head included."""
    p_expert: Floats
    """Weights of experts, all layers together; 0 for a dense model."""
    experts: Floats
    """Experts per layer, shared ones included; 1 for a dense model."""
    used: Floats
    """Of those, the ones that a token goes through."""
    p_embedding: Floats
    """One V*h matrix."""
    tables: Floats
    """How many of them there are: 1 where the head is tied, else 2."""
    n_layers: Floats
    hidden: Floats
    hq: Floats
    kv_width: Floats
    """Keys and values cached per token and layer."""


def model_columns(models: Sequence[Model]) -> ModelColumns:
    """Columns of models of the catalog, in their order."""
    a = build_architectures(models)
    latent = np.array([model.family in LATENT_ATTENTION for model in models], bool)
    return ModelColumns(
        p_total=a.params_total,
        p_active=a.p_mm_active,
        p_expert=a.p_expert,
        experts=a.experts,
        used=a.token_share * a.experts,
        p_embedding=a.p_embedding,
        tables=np.where(a.tied, 1.0, 2.0),
        n_layers=a.n_layers,
        hidden=a.hidden,
        hq=a.hq,
        kv_width=np.where(latent, _LATENT_WIDTH, 2.0 * a.hkv),
    )


def inputs_of(
    models: Sequence[Model], gpus: Sequence[Gpu], cards: Floats, precisions: Sequence[str], engines: Sequence[Engine],
    calibration: Calibration,
) -> ServingInputs:  # fmt: skip
    """Columns of replicas: row i serves `models[i]` on `cards[i]` of `gpus[i]`, tensor parallel.

    Build one row for every distinct combination and take `part` of them for a large grid.
    """
    return serving_inputs(model_columns(models), gpus, cards, precisions, engines, calibration)


def serving_inputs(
    models: ModelColumns, gpus: Sequence[Gpu], cards: Floats, precisions: Sequence[str], engines: Sequence[Engine],
    calibration: Calibration,
) -> ServingInputs:  # fmt: skip
    """The same from columns of models that no catalog has; precisions are keys of `WEIGHT_BYTES`.

    NaN where a card publishes no 16-bit peak. Constants are `serving.*` of the calibration.
    """
    c = calibration
    mixture = models.experts > 1
    per_weight = _column(WEIGHT_BYTES[precision] for precision in precisions)
    tables = models.tables * models.p_embedding * np.maximum(per_weight, _HALF_BYTES)
    linear = np.maximum(models.p_total - models.tables * models.p_embedding, 0.0) * per_weight
    peaks, attention, fp4 = zip(*map(_peaks, gpus, precisions), strict=True) if gpus else ((), (), ())
    compute = c["serving.compute"] * np.where(mixture, c["serving.mixture_compute"], 1.0)
    by_sequence = np.array([engine.attention_by_sequence for engine in engines], bool) & mixture & (cards > 1)
    reserve = _column(engine.reserve_gib for engine in engines)
    reserve = reserve + np.where(by_sequence, c["serving.mixture_reserve_gib"], 0.0)
    of_card = _column(engine.of_card for engine in engines)
    links = _column(gpu.nvlink_gb_s if linked(gpu) else gpu.pcie_gb_s for gpu in gpus) / 2.0
    reached = np.where(np.array([linked(gpu) for gpu in gpus], bool), c["serving.link"], c["serving.slot"])
    ones = np.ones(len(cards))
    return ServingInputs(
        p_active=models.p_active,
        weight_bytes=linear + tables,
        idle_bytes=np.where(models.tables > 1, tables / models.tables, 0.0),
        expert_bytes=models.p_expert * per_weight,
        experts=models.experts,
        used=models.used,
        kv_bytes=models.n_layers * models.kv_width * _column(KV_BYTES[precision] for precision in precisions),
        n_layers=models.n_layers,
        hidden=models.hidden,
        hq=models.hq,
        gpus=cards,
        matmul_flops_s=_column(peaks) * 1e12 * compute * np.where(_column(fp4) > 0, c["serving.fp4_compute"], 1.0),
        attention_flops_s=_column(attention) * 1e12 * c["serving.compute"],
        read_bytes_s=_column(gpu.mem_bw_gb_s for gpu in gpus) * 1e9 * c["serving.memory"],
        link_bytes_s=links * 1e9 * reached,
        memory_bytes=(_column(gpu.usable_gib for gpu in gpus) * of_card - reserve) * GIB,
        cache_share=_column(engine.of_free for engine in engines),
        most=_column(engine.most_sequences for engine in engines),
        reduction_s=c["serving.reduction_us"] * 1e-6 * ones,
        step_s=_column(engine.step_s for engine in engines),
        layer_s=c["serving.layer_us"] * 1e-6 * np.where(mixture, c["serving.mixture_layer"], 1.0),
        sequence_s=c["serving.sequence_us"] * 1e-6 * ones,
        norm=ones,
        speed=_column(c[f"{ENGINE_SPEED}{engine.id}"] for engine in engines),
    )


def _peaks(gpu: Gpu, precision: str) -> tuple[float, float, float]:
    """Dense TFLOP/s of products with weights and of attention, and whether the former is in fp4 (1, else 0).

    16 bit for weight-only formats, and where a card cannot compute in the precision (DOMAIN 9.1).
    """
    half = gpu.bf16_tflops if math.isfinite(gpu.bf16_tflops) else gpu.fp16_tflops
    eight = gpu.fp8_tflops if math.isfinite(gpu.fp8_tflops) else half
    if precision == "fp4" and math.isfinite(gpu.fp4_tflops):
        return gpu.fp4_tflops, eight, 1.0
    return (eight, eight, 0.0) if precision == "fp8" else (half, half, 0.0)


def linked(gpu: Gpu) -> bool:
    """Whether cards talk over more than their slots: bridges join pairs at most and are not counted on."""
    return gpu.nvlink_gb_s > 0 and not gpu.bridge


def _column(values: Iterable[float]) -> Floats:
    return np.array(list(values), np.float64)
