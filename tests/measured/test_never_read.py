"""What was measured is never read: predictions of the published rows are the same with those columns blanked."""

import csv
import io
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from planner.measured.answer import answers
from planner.measured.columns import Rows, rows_of
from planner.measured.condition import Condition, condition_of
from planner.measured.predict import predict_memory, predict_speed
from planner.measured.table import MEASURED, RowTable, Unusable, read_rows, written
from tests.benchmarks.dataset import FOLDER
from tests.measured.rows import CATALOG


def blanked(table: RowTable, filling: str = "") -> RowTable:
    hidden = [name in MEASURED for name in table.header]
    cells = tuple(
        tuple(filling if hide else cell for cell, hide in zip(row, hidden, strict=True)) for row in table.cells
    )
    return RowTable(table.file, table.header, cells, table.lines)


@cache
def read(quantity: str) -> RowTable:
    return read_rows(FOLDER / f"{quantity}.csv", ("model", "method"))


def conditions(table: RowTable, *, needs_gpu: bool) -> tuple[Rows, list[str]]:
    found: list[Condition] = []
    why = []
    for record in table.records():
        try:
            found.append(condition_of(record, CATALOG, needs_gpu=needs_gpu))
        except Unusable as reason:
            why.append(str(reason))
    return rows_of(found, CATALOG), why


@cache
def as_published(quantity: str) -> tuple[Rows, list[str]]:
    return conditions(read(quantity), needs_gpu=quantity == "throughput")


@pytest.mark.parametrize("filling", ["", "12345", "metric=reserved; qlora fsdp flash"])
@pytest.mark.parametrize("quantity", ["memory", "throughput"])
def test_predictions_do_not_depend_on_what_was_measured(quantity: str, filling: str) -> None:
    table = read(quantity)
    assert len(table) > 1000
    speed = quantity == "throughput"
    seen, why = as_published(quantity)
    blind, why_blind = conditions(blanked(table, filling), needs_gpu=speed)
    assert why == why_blind
    assert len(seen) > 700
    for name, column in seen.columns.items():
        np.testing.assert_array_equal(column, blind[name], err_msg=name)
    calibration = CATALOG.calibration
    if speed:
        figures = [predict_speed(rows, calibration).tokens_per_s_per_gpu for rows in (seen, blind)]
    else:
        figures = [predict_memory(rows, calibration).shown_gib for rows in (seen, blind)]
        assert np.isfinite(figures[0]).all()
        assert (figures[0] > 0).all()
    np.testing.assert_array_equal(figures[0], figures[1])


@pytest.mark.parametrize("quantity", ["memory", "throughput"])
def test_answers_do_not_either_and_come_in_the_order_of_the_rows(quantity: str, tmp_path: Path) -> None:
    table = read(quantity)
    mine = answers(table, CATALOG, quantity)
    assert answers(blanked(table), CATALOG, quantity) == mine
    order = list(range(len(table)))
    random.Random(4).shuffle(order)
    path = tmp_path / "shuffled.csv"
    other = RowTable("x", table.header, tuple(table.cells[i] for i in order), tuple(order))
    path.write_text(written(other, {"place": map(str, order)}), "utf-8")
    shuffled = answers(read_rows(path, ("model",)), CATALOG, quantity)
    for name, cells in mine.items():
        assert shuffled[name] == [cells[i] for i in order], name


def test_every_measured_column_of_the_files_is_told() -> None:
    """Columns of the files that hold outcomes: what is a condition is named here, and the rest is never read."""
    stated = {
        "source_id", "source_ref", "model", "params_b", "n_layers", "hidden", "n_heads", "n_kv_heads", "ffn_hidden",
        "vocab", "gpu", "n_gpus", "n_nodes", "interconnect", "method", "lora_rank", "lora_targets", "weight_precision",
        "precision", "optimizer", "parallelism", "grad_checkpointing", "flash_attention", "packing",
        "micro_batch_size", "grad_accum", "global_batch_size", "seq_len", "unit", "publisher", "stack", "metric",
        "loss_kernel", "gpu_id", "gpu_id_sure",
    }  # fmt: skip
    for quantity in ("memory", "throughput"):
        assert set(read(quantity).header) - stated <= set(MEASURED)
    assert not stated & set(MEASURED)


def test_a_row_with_its_answers_is_csv_again() -> None:
    table = read("memory")
    again = list(csv.reader(io.StringIO(written(table, answers(table, CATALOG, "memory")))))
    assert len(again) == len(table) + 1
    assert [tuple(row[: len(table.header)]) for row in again[1:]] == list(table.cells)
