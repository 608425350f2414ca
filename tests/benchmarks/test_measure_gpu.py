"""What can be tested of the GPU measurements without torch: cases, names of cards, rows, NF4, the loop."""

import argparse
import csv
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.names import resolve_model
from planner.catalog.rows import Model
from tests.benchmarks import measure_gpu
from tests.benchmarks.gpu_step import nf4
from tests.benchmarks.gpu_step.cards import PRINTED, catalog_card
from tests.benchmarks.gpu_step.cases import Case, architecture_of, cannot_fit, case_from_json, depth
from tests.benchmarks.gpu_step.rows import MEMORY_COLUMNS, THROUGHPUT_COLUMNS, Machine, append, memory_rows

CATALOG = load_catalog()
OK = {
    "status": "ok", "step_s": 0.5, "step_s_min": 0.49, "step_s_max": 0.52, "trained_parameters": 1000,
    "alloc_gib": 10.0, "allocator": "expandable_segments:True", "reserved_gib": 11.5, "context_gib": 0.6,
}  # fmt: skip
OOM = {"status": "oom", "phase": "step", "message": "CUDA out of memory"}
H100 = {"torch": "2.9.0", "name": "NVIDIA H100 80GB HBM3", "total_gib": 79.2, "bf16": True, "flash": True}


def model(name: str) -> Model:
    index = resolve_model(CATALOG, name)
    assert index is not None
    return CATALOG.models[index]


def given(*words: str) -> argparse.Namespace:
    return measure_gpu.arguments().parse_args(["--model", "llama-3.1-8b", *words])


def cases_of(*words: str) -> list[Case]:
    return measure_gpu.planned(given(*words), CATALOG, "own")


def machine() -> Machine:
    return measure_gpu.machine_at_hand(given(), CATALOG, H100)


def test_help_needs_no_torch() -> None:
    script = (
        "import runpy, sys; sys.modules['torch'] = None; sys.argv = ['x', '--help']; "
        "runpy.run_path(PATH, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script.replace("PATH", repr(measure_gpu.__file__))],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for flag in ("--methods", "--seq-lens", "--micro-batches", "--checkpointing", "--memory-out", "--budget-s"):
        assert flag in done.stdout


def test_the_grid_is_every_combination_smallest_first() -> None:
    found = cases_of("--methods", "full,qlora", "--seq-lens", "1024,512", "--micro-batches", "1,4")
    assert len(found) == len({case.as_json() for case in found}) == 8
    assert [case.tokens for case in found] == sorted(case.tokens for case in found)
    assert all(case_from_json(case.as_json()) == case for case in found)


@pytest.mark.parametrize("name", ["llama-3.1-8b", "qwen2.5-7b", "tinyllama-1.1b", "smollm2-135m"])
def test_parameters_are_those_of_the_catalog(name: str) -> None:
    assert architecture_of(model(name)).parameters == pytest.approx(model(name).params_total, rel=1e-3)


def test_models_with_other_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="mixture of experts"):
        architecture_of(model("mixtral-8x7b"))
    with pytest.raises(ValueError, match=r"did you mean 'llama-3\.1-8b'"):
        measure_gpu.planned(argparse.Namespace(model="llama-3.1-8bb"), CATALOG, "own")


def test_a_model_can_be_cut_to_layers_or_a_share() -> None:
    assert (depth("4", 32), depth("25%", 32), depth("1%", 32), depth("100%", 32)) == (4, 8, 1, 32)
    for wrong in ("0", "33", "some", "0%", "101%", "-1"):
        with pytest.raises(ValueError, match="from 1 to 32"):
            depth(wrong, 32)
    assert cases_of("--layers", "8")[0].architecture.label == "Llama-3.1-8B (8 of 32 layers)"


def test_only_a_case_with_no_fewer_tokens_is_taken_to_run_out_of_memory_too() -> None:
    small, large = cases_of("--micro-batches", "2,4")
    other = cases_of("--micro-batches", "4", "--checkpointing", "none")[0]
    assert cannot_fit(large, [small])
    assert not cannot_fit(small, [large])
    assert not cannot_fit(other, [small])


@pytest.mark.parametrize(
    ("printed", "gib", "card"),
    [
        ("NVIDIA H100 80GB HBM3", 79.1, "H100-SXM"),
        ("NVIDIA H100 PCIe", 79.1, "H100-PCIe"),
        ("NVIDIA H200", 139.8, "H200-SXM"),
        ("NVIDIA A100-SXM4-80GB", 79.1, "A100-80GB-SXM"),
        ("NVIDIA A100-SXM4-40GB", 39.4, "A100-40GB-SXM"),
        ("NVIDIA A100 80GB PCIe", 79.1, "A100-80GB-PCIe"),
        ("NVIDIA L40S", 44.4, "L40S"),
        ("NVIDIA A10G", 22.1, "A10G"),
        ("NVIDIA GeForce RTX 4090", 23.6, "RTX-4090"),
        ("NVIDIA RTX 6000 Ada Generation", 47.4, "RTX-6000-Ada"),
        ("NVIDIA RTX A6000", 47.4, "RTX-A6000"),
        ("Tesla T4", 14.6, "T4"),
        ("AMD Instinct MI300X", 191.5, "MI300X"),
        ("NVIDIA H100 80GB HBM3 MIG 1g.10gb", 9.8, None),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", 15.6, None),
        ("NVIDIA GeForce RTX 4090", 15.6, None),
        ("NVIDIA A100", 79.1, None),
        ("NVIDIA H100", None, "H100-SXM"),
        ("Radeon", None, None),
    ],
)
def test_cards_by_the_names_drivers_print(printed: str, gib: float | None, card: str | None) -> None:
    found = catalog_card(CATALOG, printed, gib)
    assert (found.name if found else None) == card


def test_the_table_of_printed_names_holds_cards_of_the_catalog() -> None:
    assert set(PRINTED.values()) <= {gpu.name for gpu in CATALOG.gpus}


def test_an_unknown_card_must_be_named_and_a_known_one_not_renamed() -> None:
    strange = H100 | {"name": "NVIDIA Graphics Device"}
    with pytest.raises(ValueError, match="name it with --gpu"):
        measure_gpu.machine_at_hand(given(), CATALOG, strange)
    named = measure_gpu.machine_at_hand(given("--gpu", "h100-sxm"), CATALOG, strange)
    assert named.card is not None
    assert (named.card.name, named.sure) == ("H100-SXM", False)
    with pytest.raises(ValueError, match="the device is a h100-sxm"):
        measure_gpu.machine_at_hand(given("--gpu", "l4"), CATALOG, H100)
    with pytest.raises(ValueError, match="finds no GPU"):
        measure_gpu.machine_at_hand(given(), CATALOG, H100 | {"name": ""})
    with pytest.raises(ValueError, match="no bf16"):
        measure_gpu.machine_at_hand(given(), CATALOG, H100 | {"name": "Tesla T4", "bf16": False})


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_rows_of_a_case_that_ran_and_of_one_that_did_not(tmp_path: Path) -> None:
    options = given("--memory-out", str(tmp_path / "m.csv"), "--throughput-out", str(tmp_path / "t.csv"))
    case = cases_of("--micro-batches", "2", "--methods", "qlora", "--grad-accum", "3")[0]
    for seen in (OK, OOM):
        measure_gpu.record(case, seen, machine(), options)
    alloc, reserved, refused = table(tmp_path / "m.csv")
    assert list(alloc) == list(MEMORY_COLUMNS)
    assert (alloc["metric"], alloc["peak_mem_gb_per_gpu"], alloc["unit"], alloc["fits"]) == (
        "alloc",
        "10.000",
        "GiB",
        "y",
    )
    assert (reserved["metric"], reserved["peak_mem_gb_per_gpu"]) == ("reserved", "11.500")
    assert (refused["metric"], refused["peak_mem_gb_per_gpu"], refused["fits"]) == ("none", "", "OOM")
    assert {row["notes"].split(";")[0] for row in (alloc, reserved, refused)} == {
        "metric=alloc", "metric=reserved", "metric=none"
    }  # fmt: skip
    assert "allocator expandable_segments:True" in alloc["notes"]
    assert (alloc["publisher"], alloc["stack"], alloc["gpu_id"]) == ("finetune-planner", "plain-pytorch", "H100-SXM")
    assert alloc["source_ref"] == "tests/benchmarks/measure_gpu.py with torch 2.9.0"
    (speed,) = table(tmp_path / "t.csv")
    assert list(speed) == list(THROUGHPUT_COLUMNS)
    assert float(speed["tokens_per_s_total"]) == 2 * 3 * 2048 / 0.5
    assert (speed["global_batch_size"], speed["precision"], speed["method"]) == ("6", "nf4/bf16", "qlora")


def test_on_a_processor_memory_stays_blank_and_says_why() -> None:
    blank: dict[str, Any] = OK | {"alloc_gib": None, "reserved_gib": None, "context_gib": None}
    here = measure_gpu.machine_at_hand(given("--device", "cpu"), CATALOG, H100)
    (row,) = memory_rows(cases_of()[0], blank, here)
    assert (row.get("peak_mem_gb_per_gpu", ""), row["gpu"], row["gpu_id"], row["fits"]) == ("", "cpu", "", "")
    assert "no accelerator" in row["notes"]


def test_tables_are_added_to_and_foreign_ones_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a,b\n1,2", "utf-8")
    append(file, ("a", "b"), [{"a": "x, y"}])
    assert file.read_text("utf-8") == 'a,b\n1,2\n"x, y",\n'
    with pytest.raises(ValueError, match="nothing was written"):
        append(file, MEMORY_COLUMNS, [])
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_a_table_that_cannot_be_written_is_known_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("other\n", "utf-8")
    with pytest.raises(ValueError, match="its columns are not those"):
        measure_gpu.begin_tables(given("--throughput-out", str(tmp_path / "t.csv")))
    with pytest.raises(ValueError, match="there is no folder"):
        measure_gpu.begin_tables(given("--memory-out", str(tmp_path / "none" / "m.csv")))
    measure_gpu.begin_tables(given("--memory-out", str(tmp_path / "m.csv")))
    assert (tmp_path / "m.csv").read_text("utf-8") == ",".join(MEMORY_COLUMNS) + "\n"


def test_the_budget_and_the_first_failure_of_memory_save_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[Case] = []

    def worker(text: str, limit_s: float | None) -> dict[str, Any]:
        ran.append(case_from_json(text))
        assert limit_s is not None
        assert limit_s <= 1800
        return OOM if ran[-1].micro_batch == 2 else OK

    options = given("--micro-batches", "1,2,4", "--memory-out", str(tmp_path / "m.csv"))
    todo = measure_gpu.planned(options, CATALOG, "own")
    assert measure_gpu.measure(todo, machine(), options, time.monotonic(), worker) == 0
    assert [case.micro_batch for case in ran] == [1, 2]
    assert [row["fits"] for row in table(tmp_path / "m.csv")] == ["y", "y", "OOM"]
    assert "already ran out of memory" in capsys.readouterr().err
    assert measure_gpu.measure(todo, machine(), options, time.monotonic() - 1790, worker) == 0
    assert "3 cases were left out" in capsys.readouterr().err
    assert len(ran) == 2


def test_a_case_that_fails_writes_no_row_and_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = given("--memory-out", str(tmp_path / "m.csv"))
    failing = {"status": "failed", "message": "exit -9: killed"}
    assert measure_gpu.measure(cases_of(), machine(), options, time.monotonic(), lambda *_: failing) == 1
    assert not (tmp_path / "m.csv").exists()
    assert "killed" in capsys.readouterr().out


def test_a_worker_that_dies_is_a_failure_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_gpu, "WORKER", [sys.executable, "-c", "raise SystemExit('no torch here')"])
    assert measure_gpu.work("")["message"] == "exit 1: no torch here"
    monkeypatch.setattr(measure_gpu, "WORKER", [sys.executable, "-c", "print('noise'); print('{\"status\": \"ok\"}')"])
    assert measure_gpu.work("") == json.loads('{"status": "ok"}')


def test_nf4_levels_are_the_published_ones() -> None:
    """Appendix E of arXiv 2305.14314, to the printed digits."""
    published = [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ]  # fmt: skip
    assert nf4.levels() == pytest.approx(published, abs=2e-6)
    assert pytest.approx(4.127, abs=5e-4) == nf4.BITS


def test_nf4_loses_a_tenth_of_a_normal_weight_and_scales_hardly_more() -> None:
    weights = np.random.default_rng(1).normal(0, 0.02, 64 * 4096).astype(np.float32)
    back = nf4.round_trip(weights)
    error = float(np.sqrt(np.mean((back - weights) ** 2)) / weights.std())
    assert 0.085 < error < 0.10
    scales = np.abs(weights.reshape(-1, 64)).max(axis=1)
    assert np.abs(nf4.round_scales(scales) / scales - 1).max() < 0.02
    assert np.abs(back).max() <= np.abs(weights).max() * 1.01
