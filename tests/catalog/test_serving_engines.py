"""Serving engines: which generation a printed name means, and what a broken table says."""

import shutil
from pathlib import Path

import pytest

from planner.catalog.constants import ENGINE_SPEED
from planner.catalog.engines import UNKNOWN, printed_engine, version_of
from planner.catalog.loader import load_catalog
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA

ENGINES = load_catalog().engines


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("TensorRT-LLM 0.6.1", "tensorrt-llm-0.6"),
        ("TensorRT-LLM 0.14 (Triton)", "tensorrt-llm-0.17"),
        ("tensorrt-llm 0.17", "tensorrt-llm-0.17"),
        ("TensorRT-LLM 1.0", "tensorrt-llm"),
        ("TensorRT-LLM 0.3", "tensorrt-llm-0.6"),  # older than all: the oldest
        ("TensorRT-LLM", "tensorrt-llm"),
        ("trt-llm", "tensorrt-llm"),
        ("vLLM 0.23", "vllm"),
        ("vLLM v0.5.4", "vllm-0.5"),
        ("vllm-0.5", "vllm-0.5"),
        ("SGLang", "sglang"),
        ("HF generate", "hf-generate"),
        ("transformers", "hf-generate"),
    ],
)
def test_printed_names_mean_a_generation(printed: str, meant: str) -> None:
    found = printed_engine(ENGINES, printed)
    assert found is not None
    assert found.id == meant


def test_names_that_are_not_known_mean_none() -> None:
    assert [printed_engine(ENGINES, printed) for printed in ("", "  ", "llama.cpp b4000", "9" * 5000)] == [None] * 4
    assert version_of("vLLM " + "9" * 5000) == (999_999_999,)


def test_every_engine_has_a_speed_and_the_unknown_one_the_widest_of_current_ones() -> None:
    constants = load_catalog().calibration.constants
    speeds = {engine.id: constants[f"{ENGINE_SPEED}{engine.id}"] for engine in ENGINES}
    assert all(0 < constant.value < 1.2 for constant in speeds.values())
    assert speeds[UNKNOWN].spread > max(speeds[name].spread for name in ("tensorrt-llm", "vllm", "sglang"))


def test_a_broken_table_is_told_whole(tmp_path: Path) -> None:
    home = Path(shutil.copytree(CATALOG_DATA, tmp_path / "data"))
    file = home / "engines.yaml"
    text = file.read_text("utf-8")
    for old, new in (
        ("aliases: [vllm-1]", "aliases: [trt-llm]"), ("  of_card: 0.88", "  of_card: 1.88"),
        ('since: "0.5"', "since: 0.5"), ("family: generate", "family: Generate"), ("\nother:", "\nothers:"),
        ("  speed: 0.55", "  speed: 0"), ("  tag: M", "  tag: X"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
    with pytest.raises(PlannerError) as caught:
        load_catalog(directory=home)
    said = str(caught.value)
    for complaint in (
        "the name 'trt-llm' is given twice", "sglang: of_card is above 1", "tensorrt-llm-0.6: since must be text",
        "hf-generate: family must be a word in small letters", "an entry 'other' is missing",
        "vllm-0.5: speed must be positive", "vllm-0.5: tag must be one of C, R, M, E",
    ):  # fmt: skip
        assert complaint in said
