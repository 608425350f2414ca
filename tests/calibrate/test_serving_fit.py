"""The fit of the serving law: made-up rows give back the constants that made them."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from planner.calibrate.serving_fit import (
    ENGINE_ROWS,
    fitted_serving,
    serving_bands,
    serving_figures,
    serving_groups,
)
from planner.catalog.loader import load_catalog
from planner.measured.serving import ServingRow, predict_served, serving_row

CATALOG = load_catalog()
PRIOR = replace(
    CATALOG.calibration,
    constants={
        name: replace(c, fitted=np.nan, error=np.nan, rows=0) for name, c in CATALOG.calibration.constants.items()
    },
)
LENGTHS = (("128", "128"), ("128", "2048"), ("2048", "128"), ("1000", "1000"), ("5000", "500"))


def rows_of(
    models: tuple[str, ...], gpus: tuple[str, ...], cards: str, precision: str, engine: str
) -> list[ServingRow]:
    return [
        serving_row(
            {
                "model": model, "gpu_id": gpu, "n_gpus": cards, "precision": precision, "engine": engine,
                "input_len": given, "output_len": made, "concurrency": "max",
            },
            CATALOG,
        )
        for model, gpu, (given, made) in product(models, gpus, LENGTHS)
    ]  # fmt: skip


ROWS = [
    *rows_of(("Llama-3.1-8B", "Mistral-7B-v0.3"), ("H100-SXM", "H200-SXM"), "1", "fp8", "TensorRT-LLM 0.17"),
    *rows_of(("Llama-3.1-8B",), ("A100-80GB-SXM",), "1", "fp16", "TensorRT-LLM 0.17"),
    *rows_of(("Llama-3.1-70B", "Mixtral-8x7B"), ("H100-SXM", "H200-SXM"), "4", "fp8", "TensorRT-LLM 0.17"),
    *rows_of(("Qwen3-235B-A22B",), ("H200-SXM",), "8", "fp8", "TensorRT-LLM 1.0"),
    *rows_of(("Llama-3.1-8B", "Llama-3.1-70B"), ("H200-SXM",), "2", "bf16", "vLLM 0.9"),
    *rows_of(("Llama-3.3-70B",), ("B200",), "1", "fp4", "TensorRT-LLM 0.17"),
]


def test_rows_give_back_the_constants_that_made_them() -> None:
    truth = PRIOR.with_values(
        {"serving.compute": 0.5, "serving.sequence_us": 6.0, "serving.engine.vllm": 0.7, "serving.fp4_compute": 0.5}
    )
    found = fitted_serving(PRIOR, ROWS, serving_figures(ROWS, truth))
    for name in ("serving.compute", "serving.engine.vllm", "serving.fp4_compute"):
        assert found[name] == pytest.approx(truth[name], rel=0.06), name
        assert abs(found[name] - truth[name]) < abs(PRIOR[name] - truth[name]) / 2
    off = np.log(serving_figures(ROWS, found) / serving_figures(ROWS, truth))
    assert np.abs(off).max() < 0.05


def test_fp4_rows_move_their_own_constant_alone() -> None:
    wrong = serving_figures(ROWS, PRIOR) * np.where([row.precision == "fp4" for row in ROWS], 0.7, 1.0)
    found = fitted_serving(PRIOR, ROWS, wrong)
    without = fitted_serving(PRIOR, ROWS[:-5], wrong[:-5])
    moved = [name for name in PRIOR.constants if found[name] != without[name]]
    assert moved == ["serving.fp4_compute"]
    assert found["serving.fp4_compute"] < 0.9 * PRIOR["serving.fp4_compute"]


def test_an_engine_of_few_rows_keeps_its_prior() -> None:
    few = [row for row in ROWS if row.engine.id == "vllm"][: ENGINE_ROWS - 1]
    rows = [row for row in ROWS if row.engine.id != "vllm"] + few
    observed = serving_figures(rows, PRIOR) * np.where([row.engine.id == "vllm" for row in rows], 1.5, 1.0)
    found = fitted_serving(PRIOR, rows, observed)
    assert found.constants["serving.engine.vllm"].rows == 0
    assert found["serving.engine.vllm"] == PRIOR["serving.engine.vllm"]


def test_a_run_that_memory_forbids_counts_as_wrong_not_as_unknown() -> None:
    row = rows_of(("Llama-3.1-70B",), ("A100-80GB-SXM",), "1", "fp16", "vLLM 0.9")
    assert np.isnan(predict_served(row, PRIOR).tokens_per_s).all()
    assert np.isfinite(serving_figures(row, PRIOR)).all()


def test_bands_are_of_rows_enough() -> None:
    groups = serving_groups(ROWS)
    assert groups["serving"].sum() == len(ROWS) - 5
    assert not (groups["serving/dense"] & groups["serving/mixture"]).any()
    rng = np.random.default_rng(1)
    residuals = rng.normal(0.0, 0.1, len(ROWS))
    found = serving_bands(groups, residuals, [getattr(row.model, "id", "") for row in ROWS])
    assert set(found) == {"serving", "serving/dense", "serving/dense/tensorrt-llm-0.17", "serving/mixture"}
    assert found["serving"].low < 0 < found["serving"].high
