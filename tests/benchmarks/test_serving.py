"""The serving law against published rows: what the targets ask, and what the generation of an engine is worth."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.calibrate.serving_fit import serving_figures
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Bools
from planner.measured.models import RowModel
from planner.measured.serving import serving_row
from planner.measured.table import read_rows
from tests.benchmarks.dataset import FOLDER
from tests.benchmarks.serving import (
    NEEDED,
    ServingData,
    judge_serving,
    load_serving,
    measure,
    parts_of,
    seen_serving,
)

CATALOG = load_catalog()


@pytest.fixture(scope="module")
def data() -> ServingData:
    return load_serving(CATALOG)


def errors(data: ServingData, chosen: Bools, calibration: Any = CATALOG.calibration) -> tuple[float, float]:
    """Median and mean error of some rows."""
    where = np.flatnonzero(chosen)
    off = np.abs(serving_figures([data.rows[i] for i in where.tolist()], calibration) / data.measured[where] - 1.0)
    return float(np.median(off)), float(np.mean(off))


def test_every_row_is_in_one_part_or_not_usable(data: ServingData) -> None:
    parts = parts_of(data)
    assert np.stack(list(parts.values())).sum(axis=0).tolist() == [1] * len(data.rows)
    assert len(data.rows) + sum(data.unusable.values()) == 620
    assert int(data.used.sum()) == sum(int(parts[name].sum()) for name in list(parts)[:3])


def test_the_shipped_constants_are_as_near_as_was_asked(data: ServingData) -> None:
    parts = parts_of(data)
    median, mean = errors(data, parts["dense, fp8 and 16 bit"])
    assert median <= 0.10
    assert mean <= 0.14
    assert max(errors(data, parts["mixtures, fp8 and 16 bit"])) <= 0.20


def test_the_engines_generation_is_a_term(data: ServingData) -> None:
    """Taken for the engine before it, the newer one's mixtures are given memory that its buffers take."""
    parts = parts_of(data)
    newer = np.array([row.engine.id == "tensorrt-llm" for row in data.rows], bool)
    chosen = parts["mixtures, fp8 and 16 bit"] & newer
    older = next(engine for engine in CATALOG.engines if engine.id == "tensorrt-llm-0.17")
    taken = replace(data, rows=tuple(replace(row, engine=older) for row in data.rows))
    assert errors(data, chosen)[0] < 0.6 * errors(taken, chosen)[0]


def test_a_mixture_that_no_fit_has_seen() -> None:
    """Llama-4-Scout is not in the catalog, so none of its rows moved a constant; its shape is counted to 107.8e9."""
    scout = RowModel(48, 5120, 40, 5120, 1024, 8192, 2, 17, 3, 202_048, False, 107.77e9)
    assert scout.p_linear + 2 * scout.p_embedding == pytest.approx(scout.p_total, rel=0.001)
    records = [
        record
        for record in read_rows(FOLDER / "serving.csv", NEEDED).records()
        if (record["model"], record["precision"]) == ("Llama-4-Scout", "fp8")
    ]
    rows = [replace(serving_row({**record, "model": "Mixtral-8x7B"}, CATALOG), model=scout) for record in records]
    measured = np.array([float(record["tokens_per_s"]) for record in records])
    off = np.abs(serving_figures(rows, CATALOG.calibration) / measured - 1.0)
    assert len(off) == 18
    assert np.mean(off) <= 0.20
    assert np.median(off) <= 0.20


@pytest.mark.real
def test_models_and_cards_held_out_are_as_near_as_was_asked() -> None:
    judged = judge_serving(CATALOG)
    parts = measure(judged)["parts"]
    for way in ("held_out", "card_held_out"):
        dense, mixtures = (parts[f"{name}, fp8 and 16 bit"][way] for name in ("dense", "mixtures"))
        assert dense["median_ape"] <= 0.10
        assert dense["mape"] <= 0.14
        assert mixtures["mape"] <= 0.20
    assert parts["dense, fp8 and 16 bit"]["cover"]["share"] >= 0.87
    ranges, words = seen_serving(judged)
    assert ranges["gpus"] == (1.0, 8.0)
    assert "vllm" not in words["engine"]
