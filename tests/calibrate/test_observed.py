"""What rows say came out: units, verdicts, limits of the card, and figures that cannot be true, with file and line."""

import math
from pathlib import Path

import pytest

from planner.calibrate.observed import LIMITED, card, memory_of, speed_of
from planner.catalog.rows import Gpu
from planner.measured.table import Unusable
from planner.units import GIB
from tests.benchmarks.dataset import load
from tests.measured.rows import CATALOG

CARDS = {gpu.id: gpu for gpu in CATALOG.gpus}
A100 = CARDS["a100-80gb-sxm"]


def memory(value: str, unit: str = "GiB", fits: str = "y", gpu: Gpu | None = A100) -> float:
    cells = {"peak_mem_gb_per_gpu": value, "unit": unit, "fits": fits, "kind": "measured"}
    return memory_of(cells, gpu).memory_gib


@pytest.mark.parametrize(
    ("unit", "gib"),
    [("GB", 20 * 1e9 / GIB), ("GiB", 20), ("MiB", 20 / 1024), ("MB", 20e6 / GIB), ("unknown", 20), ("", 20)],
)
def test_units(unit: str, gib: float) -> None:
    assert memory("20", unit) == pytest.approx(gib)
    assert memory("20", unit.upper()) == pytest.approx(gib)


@pytest.mark.parametrize(("words", "fits"), [("y", True), ("OOM", False), ("n", False), ("", None)])
def test_verdicts(words: str, fits: bool | None) -> None:
    found = memory_of({"peak_mem_gb_per_gpu": "20", "fits": words}, A100)
    assert found.fits is fits
    assert math.isnan(found.memory_gib) == (fits is False)  # what did not fit has no peak


def test_a_figure_at_the_cards_limit_says_that_it_fits_and_no_more() -> None:
    just = LIMITED * A100.mem_gib
    assert memory(f"{just - 0.1}") == pytest.approx(just - 0.1)
    assert math.isnan(memory(f"{just + 0.1}"))
    assert memory(f"{just + 0.1}", gpu=None) == pytest.approx(just + 0.1)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"unit": "kg"}, "unit 'kg' is not one of GB, GiB, MiB, MB, unknown"),
        ({"peak_mem_gb_per_gpu": "-3"}, "peak_mem_gb_per_gpu '-3' is not a positive number"),
        ({"peak_mem_gb_per_gpu": "lots"}, "peak_mem_gb_per_gpu 'lots' is not a number"),
        ({"peak_mem_gb_per_gpu": "81"}, r"impossible: 81.0 GiB of memory per GPU, more than the card has \(80 GiB\)"),
        ({"fits": "perhaps"}, "fits 'perhaps' is not one of y, OOM, n"),
        ({"kind": "published-estimate"}, "kind is 'published-estimate', not a measurement"),
    ],
)
def test_memory_rows_that_are_no_measurement(cells: dict[str, str], why: str) -> None:
    with pytest.raises(Unusable, match=why):
        memory_of({"peak_mem_gb_per_gpu": "20", "unit": "GiB", "fits": "y"} | cells, A100)


FLOPS = 2 * 6.6e9


@pytest.mark.parametrize(
    ("cells", "rate"),
    [
        ({"tokens_per_s_per_gpu": "1500", "tokens_per_s_total": "9"}, 1500),
        ({"tokens_per_s_total": "12000", "n_gpus": "8"}, 1500),
        ({"samples_per_s": "3", "seq_len": "2048", "n_gpus": "4", "packing": "y"}, 1536),
    ],
)
def test_rates(cells: dict[str, str], rate: float) -> None:
    found = speed_of(cells, A100, FLOPS)
    assert found.tokens_per_s_per_gpu == rate
    assert found.fits is None


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"samples_per_s": "3", "seq_len": "2048", "n_gpus": "4"}, "sequences not known to be full"),
        ({}, "no tokens per second"),
        ({"tokens_per_s_per_gpu": "fast"}, "tokens_per_s_per_gpu 'fast' is not a number"),
        ({"tokens_per_s_per_gpu": "-1"}, "is not a positive number"),
        ({"tokens_per_s_per_gpu": "30000"}, "impossible: 30000 tokens/s per GPU is over the peak of the card"),
    ],
)
def test_rates_that_are_no_measurement(cells: dict[str, str], why: str) -> None:
    with pytest.raises(Unusable, match=why):
        speed_of(cells, A100, FLOPS)


def test_the_peak_that_no_rate_can_pass_is_fp8s_where_a_card_has_it() -> None:
    cells = {"tokens_per_s_per_gpu": "100000"}
    with pytest.raises(Unusable, match="over the peak"):
        speed_of(cells, A100, FLOPS)
    assert speed_of(cells, CARDS["h100-sxm"], FLOPS).tokens_per_s_per_gpu == 100_000
    assert speed_of(cells, None, FLOPS).tokens_per_s_per_gpu == 100_000


def test_a_row_that_its_collector_doubts_is_no_measurement_and_notes_are_not_read() -> None:
    row = {"peak_mem_gb_per_gpu": "20", "unit": "GiB", "notes": "metric=alloc; SUSPECT: below the weights"}
    with pytest.raises(Unusable, match="kind is 'doubtful', not a measurement"):
        memory_of(row | {"kind": "doubtful"}, A100)
    assert memory_of(row | {"kind": "measured"}, A100).memory_gib == 20.0


def test_a_row_without_a_card() -> None:
    assert card(CATALOG, -1) is None
    assert card(CATALOG, 0) is CATALOG.gpus[0]


def test_rows_of_a_file_that_cannot_be_are_counted_and_the_others_keep_their_line(tmp_path: Path) -> None:
    header = (
        "source_id,model,method,n_gpus,micro_batch_size,seq_len,publisher,stack,gpu_id,peak_mem_gb_per_gpu,unit,fits"
    )
    line = "s,Llama-2-7B,lora,1,1,1024,p,hf-trainer,A100-80GB-SXM,{},{},y,"
    rows = [("20", "GiB"), ("200", "GiB"), ("20", "stone"), ("-1", "GB"), ("30", "GiB"), ("", "GiB")]
    text = "\n".join(["# a source", header + ",notes", *(line.format(*cells) for cells in rows)])
    (tmp_path / "memory.csv").write_text(text + "\n", "utf-8")
    found = load("memory", CATALOG, tmp_path)
    assert found.values().tolist()[:2] == [20, 30]
    assert [place.rsplit(":", 1)[1] for place in found.places] == ["3", "7", "8"]
    assert set(found.unusable) == {
        "impossible: 200.0 GiB of memory per GPU, more than the card has (80 GiB)",
        "unit 'stone' is not one of GB, GiB, MiB, MB, unknown",
        "peak_mem_gb_per_gpu '-1' is not a positive number",
    }
    assert math.isnan(found.values()[2])  # fits, and no figure
