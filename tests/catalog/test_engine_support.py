"""Which precision an engine runs on which card."""

import shutil
from pathlib import Path

import pytest

from planner.catalog.engines import runs_on
from planner.catalog.loader import load_catalog
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA

CATALOG = load_catalog()
CARDS = {gpu.id: gpu for gpu in CATALOG.gpus}


@pytest.mark.parametrize(
    ("family", "card", "precisions"),
    [
        ("vllm", "h100-sxm", ["bf16", "fp8", "int8", "int4"]),
        ("vllm", "t4", ["bf16", "int8", "int4"]),
        ("vllm", "v100-16gb-sxm", ["bf16", "int4"]),
        ("tensorrt", "a100-80gb-sxm", ["bf16", "int8", "int4"]),
        ("tensorrt", "t4", []),
        ("tensorrt", "mi300x", []),
        ("vllm", "mi300x", ["bf16", "fp8", "int4"]),
        ("vllm", "p4", []),
    ],
)
def test_what_runs_where(family: str, card: str, precisions: list[str]) -> None:
    gpu = CARDS[card]
    found = [
        precision
        for precision in ("bf16", "fp8", "int8", "int4")
        if runs_on(CATALOG.engine_support, family, precision, gpu.vendor, gpu.arch, gpu.compute_capability)
    ]
    assert found == precisions


def test_eight_bits_on_ampere_are_of_weights_alone() -> None:
    lines = {
        card: runs_on(CATALOG.engine_support, "vllm", "fp8", "NVIDIA", CARDS[card].arch, CARDS[card].compute_capability)
        for card in ("a100-80gb-sxm", "l4")
    }
    assert {card: line is not None and line.weight_only for card, line in lines.items()} == {
        "a100-80gb-sxm": True, "l4": False,
    }  # fmt: skip


def test_a_broken_table_is_told_whole(tmp_path: Path) -> None:
    home = Path(shutil.copytree(CATALOG_DATA, tmp_path / "data"))
    file = home / "engine_support.csv"
    text = file.read_text("utf-8")
    for old, new in (
        ("7.5,12.9,,vllm|other,int8,", "12.9,7.5,,vllm|other,int8,"), ("generate,int8", "generates,int8"),
        ("generate,fp8", "generate,fp9"), ("AMD,,,CDNA2,", "AMD,,,,"), ("y,M,Marlin", "y,X,Marlin"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
    with pytest.raises(PlannerError) as caught:
        load_catalog(directory=home)
    said = str(caught.value)
    for complaint in (
        "min_cc is above max_cc", "engine 'generates' is not one of", "precision 'fp9' is not one of",
        "needs min_cc and max_cc, or arch",
    ):  # fmt: skip
        assert complaint in said
