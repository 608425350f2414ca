"""Rows of served throughput: what they say, what is predicted, and how sure it is."""

import csv
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.measured.answer import answers
from planner.measured.serving import predict_served, serving_row
from planner.measured.table import Unusable, read_rows
from planner.units import Z90

CATALOG = load_catalog()
ROW = {
    "model": "Llama-3.1-8B", "gpu_id": "H100-SXM", "n_gpus": "1", "precision": "fp8", "engine": "TensorRT-LLM 0.17",
    "input_len": "1000", "output_len": "1000", "concurrency": "max",
}  # fmt: skip


def answered(folder: Path, *rows: Mapping[str, str]) -> dict[str, list[str]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return answers(read_rows(folder / "rows.csv", list(ROW)), CATALOG, "serving")


def test_a_row_like_the_published_ones_is_calibrated_and_near(tmp_path: Path) -> None:
    found = answered(tmp_path, ROW)
    assert (found["pred_label"], found["pred_reason"]) == (["calibrated"], [""])
    low, middle, high = (
        float(found[f"pred_tokens_per_s{end}"][0]) for end in ("_lo", "", "_hi")
    )  # fmt: skip
    assert low < middle < high < 2 * low
    assert low < 15_245 < high  # DOMAIN 9.1: measured
    assert middle == pytest.approx(15_245, rel=0.1)


def test_what_rows_are_unlike_is_said_and_widens_the_band(tmp_path: Path) -> None:
    changes: list[dict[str, str]] = [
        {}, {"gpu_id": "L40S"}, {"precision": "int4"}, {"engine": "vLLM 0.23"}, {"engine": ""}, {"engine": "own"},
        {"input_len": "60000"},
    ]  # fmt: skip
    found = answered(tmp_path, *(ROW | change for change in changes))
    assert found["pred_label"] == ["calibrated", *["extrapolated"] * 2, *["prior"] * 3, "extrapolated"]
    assert found["pred_reason"][1:5] == [
        "no rows of gpu l40s", "no rows of precision int4", "no rows of engine vllm", "no rows of engine other",
    ]  # fmt: skip
    assert found["pred_reason"][6].startswith("6.1e+04 tokens of length, rows have 256 to 2.2e+04")
    ends = [[float(found[f"pred_tokens_per_s_{end}"][i]) for end in ("lo", "hi")] for i in range(7)]
    widths = [math.log(high / low) for low, high in ends]
    assert min(widths[1:]) > widths[0]
    assert widths[3] / (2 * Z90) == pytest.approx(0.25, rel=0.05)  # DOMAIN 12 for other engines
    assert found["pred_tokens_per_s"][4] == found["pred_tokens_per_s"][5]


def test_columns_of_a_row_describe_a_model_that_the_catalog_lacks(tmp_path: Path) -> None:
    shape = {"n_layers": "32", "hidden": "4096", "n_heads": "32", "n_kv_heads": "8", "ffn_hidden": "14336"}
    own = ROW | shape | {"model": "house-8b", "vocab": "128256", "params_b": "8.03"}
    listed, described = predict_served(
        [serving_row(row, CATALOG) for row in (ROW, own)], CATALOG.calibration
    ).tokens_per_s.tolist()
    assert described == pytest.approx(listed, rel=0.001)
    assert answered(tmp_path, own)["pred_label"] == ["calibrated"]


def test_what_does_not_fit_or_cannot_be_said_has_a_reason(tmp_path: Path) -> None:
    changes: list[dict[str, str]] = [
        {"model": "Llama-3.1-70B", "precision": "bf16"}, {"gpu_id": "K80"}, {"gpu_id": "H101"}, {"precision": "fp5"},
        {"concurrency": "qps=4"}, {"concurrency": "0"}, {"output_len": ""}, {"model": "nobody-7b"},
    ]  # fmt: skip
    found = answered(tmp_path, *(ROW | change for change in changes))
    assert found["pred_tokens_per_s"] == [""] * len(changes)
    for reason, said in zip(
        found["pred_reason"],
        (
            "weights leave no room", "weights leave no room for a cache on these cards, or no peak", "gpu_id 'H101'",
            "precision 'fp5' is not one of bf16, fp16, fp8, int8, int4, fp4", "an offered load", "concurrency '0'",
            "n_gpus, input_len and output_len must be given", "architecture of 'nobody-7b'",
        ),
        strict=True,
    ):  # fmt: skip
        assert said in reason


def test_an_endless_offer_is_full_load_and_a_number_bounds_the_sequences() -> None:
    rows = [serving_row(ROW | {"concurrency": word}, CATALOG) for word in ("qps=inf", "max", "", "8")]
    assert [row.most for row in rows] == [math.inf] * 3 + [8]
    served = predict_served(rows, CATALOG.calibration)
    assert served.sequences[3] == 8
    assert np.ptp(served.tokens_per_s[:3]) == 0
    with pytest.raises(Unusable, match="offered load"):
        serving_row(ROW | {"concurrency": "qps=1"}, CATALOG)
