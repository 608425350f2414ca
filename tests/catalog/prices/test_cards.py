"""Every spelling of a card that is documented somewhere, and what it means in the catalog."""

import csv
import math
from dataclasses import replace

import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.prices import cards
from tests.catalog.prices.source_asks import card

UNSAID = math.nan
Printed = dict[tuple[str, float], str | None]
VAST: Printed = {  # gpu_name and gpu_ram of offers, in GiB as the driver tells it
    ("RTX 4090", 23.99): "rtx-4090", ("RTX 4090", 47.99): None, ("RTX 4090 D", 23.99): None,
    ("RTX 3090", 24.0): "rtx-3090", ("RTX 3090 Ti", 24.0): "rtx-3090-ti", ("RTX 5090", 31.84): "rtx-5090",
    ("RTX A6000", 47.99): "rtx-a6000", ("RTX 6000Ada", 47.99): "rtx-6000-ada", ("A40", 44.99): "a40",
    ("RTX PRO 6000 S", 95.59): "rtx-pro-6000-bse", ("RTX PRO 6000 WS", 95.59): None, ("L40S", 44.99): "l40s",
    ("A100 SXM4", 40.0): "a100-40gb-sxm", ("A100 SXM4", 80.0): "a100-80gb-sxm", ("A100 PCIE", 80.0): "a100-80gb-pcie",
    ("A100 PCIE", 40.0): "a100-40gb-pcie", ("A100X", 80.0): None, ("H100 SXM", 79.65): "h100-sxm",
    ("H100 PCIE", 79.65): "h100-pcie", ("H100 NVL", 93.58): "h100-nvl", ("H200", 140.4): "h200-sxm",
    ("H200 NVL", 140.4): None, ("B200", 179.06): "b200", ("Tesla V100", 16.0): "v100-16gb-sxm",
    ("Tesla V100", 32.0): "v100-32gb-sxm", ("Tesla T4", 15.0): "t4", ("RTX 3080", 10.0): None,
    ("Q RTX 8000", 48.0): None,
    ("Tesla P100", 16.0): "p100-16gb-pcie", ("GTX 1660 S", 6.0): None, ("A800 PCIE", 80.0): "a800-80gb-pcie",
}  # fmt: skip
RUNPOD: Printed = {  # displayName and id, with memoryInGb
    ("A100 PCIe", 80): "a100-80gb-pcie", ("NVIDIA A100 80GB PCIe", 80): "a100-80gb-pcie",
    ("A100 SXM", 80): "a100-80gb-sxm", ("NVIDIA A100-SXM4-80GB", 80): "a100-80gb-sxm", ("H100 SXM", 80): "h100-sxm",
    ("NVIDIA H100 80GB HBM3", 80): "h100-sxm", ("H100 PCIe", 80): "h100-pcie", ("NVIDIA H100 PCIe", 80): "h100-pcie",
    ("H100 NVL", 94): "h100-nvl", ("NVIDIA H100 NVL", 94): "h100-nvl", ("H200 SXM", 141): "h200-sxm",
    ("NVIDIA H200", 141): "h200-sxm", ("H200 NVL", 143): None, ("B200", 180): "b200", ("NVIDIA B200", 180): "b200",
    ("B300", 288): "b300", ("MI300X", 192): "mi300x", ("AMD Instinct MI300X OAM", 192): "mi300x",
    ("RTX 2000 Ada", 16): "rtx-2000-ada", ("NVIDIA RTX 2000 Ada Generation", 16): "rtx-2000-ada",
    ("RTX 4000 Ada", 20): "rtx-4000-ada", ("RTX 4000 Ada SFF", 20): None,
    ("RTX 6000 Ada", 48): "rtx-6000-ada", ("NVIDIA RTX 6000 Ada Generation", 48): "rtx-6000-ada",
    ("RTX PRO 6000", 96): "rtx-pro-6000-bse", ("RTX PRO 6000 WK", 96): None, ("RTX PRO 6000 MaxQ", 96): None,
    ("NVIDIA RTX PRO 6000 Blackwell Server Edition", 96): "rtx-pro-6000-bse",
    ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", 96): None, ("RTX A4000", 16): "rtx-a4000",
    ("RTX A4500", 20): "rtx-a4500", ("RTX A5000", 24): "rtx-a5000", ("NVIDIA GeForce RTX 4090", 24): "rtx-4090",
    ("L4", 24): "l4", ("NVIDIA L40", 48): "l40", ("V100 SXM2", 16): "v100-16gb-sxm", ("V100 FHHL", 16): None,
    ("Tesla V100-PCIE-16GB", 16): "v100-16gb-pcie", ("A30", 24): "a30", ("V100 SXM2 32GB", 32): "v100-32gb-sxm",
}  # fmt: skip
LAMBDA: dict[str, str | None] = {  # gpu_description, description and instance types
    "A100 (40 GB SXM4)": "a100-40gb-sxm", "A100 (40 GB PCIe)": "a100-40gb-pcie", "A100 (80 GB SXM4)": "a100-80gb-sxm",
    "8x A100 (80 GB SXM4)": "a100-80gb-sxm", "H100 (80 GB SXM5)": "h100-sxm", "1x H100 (80 GB PCIe)": "h100-pcie",
    "GH200 (96 GB)": "gh200-96gb", "B200 (180 GB SXM6)": "b200", "A10 (24 GB PCIe)": "a10", "RTX 6000 (24 GB)": None,
    "RTX A6000 (48 GB)": "rtx-a6000", "Tesla V100 (16 GB)": "v100-16gb-sxm", "gpu_8x_h100_sxm5": "h100-sxm",
    "8x Tesla V100 (16 GB)": "v100-16gb-sxm", "gpu_8x_a100_80gb_sxm4": "a100-80gb-sxm", "N/A": None,
}  # fmt: skip
SKYPILOT: dict[str, str | None] = {  # AcceleratorName alone
    "A100": None, "A100-80GB": "a100-80gb-sxm", "A100-80GB-SXM": "a100-80gb-sxm", "H100": "h100-sxm",
    "H100-MEGA": "h100-sxm", "H100-NVL": "h100-nvl", "H100-NVLINK": None, "H100-SXM": "h100-sxm", "H200": "h200-sxm",
    "L4": "l4", "L40": "l40", "L40S": "l40s", "A10": "a10", "A10G": "a10g", "A4000": "rtx-a4000", "A6000": "rtx-a6000",
    "RTX6000": None, "RTX6000-Ada": "rtx-6000-ada", "RTX6000Ada": "rtx-6000-ada", "RTX4000-Ada": "rtx-4000-ada",
    "RTXA6000": "rtx-a6000", "RTXPRO6000S": "rtx-pro-6000-bse", "RTXPRO6000WS": None, "T4g": "t4g", "V100": None,
    "V100-32GB": "v100-32gb-sxm", "GH200": "gh200-96gb", "MI300X": "mi300x", "Gaudi HL-205": "gaudi1", "K80": "k80",
    "Radeon Pro V520": None, "tpu-v2": "tpu-v2", "tpu-v5litepod": "tpu-v5e", "tpu-v6e": "tpu-v6e", "B200": "b200",
    "A100-80G-PCIe-NVLink": "a100-80gb-pcie", "H100-80G-SXM5": "h100-sxm", "RTX-PRO-6000": "rtx-pro-6000-bse",
    "Trainium": "trainium1", "Trainium2": "trainium2", "M60": None,
}  # fmt: skip


@pytest.mark.parametrize(("printed", "memory"), [*VAST, *RUNPOD])
def test_marketplaces_print_name_and_memory(printed: str, memory: float) -> None:
    assert card(printed, memory) == (VAST | RUNPOD)[printed, memory]


@pytest.mark.parametrize("printed", [*LAMBDA, *SKYPILOT])
def test_others_print_a_name_alone(printed: str) -> None:
    assert card(printed, UNSAID) == (LAMBDA | SKYPILOT)[printed]


def test_every_card_of_the_catalog_is_found_by_its_own_names() -> None:
    for gpu in load_catalog().gpus:
        for printed in (gpu.id, gpu.name):
            assert card(printed, UNSAID) == gpu.id
            assert card(printed, gpu.mem_gib) == gpu.id
            assert card(printed, 2.5 * gpu.mem_gib) is None


def test_memory_decides_among_cards_of_one_name() -> None:
    found = {gib: card("A100", gib) for gib in (39.4, 40, 42.9, 60, 74.5, 79.2, 80)}
    assert found == {
        39.4: "a100-40gb-sxm", 40: "a100-40gb-sxm", 42.9: "a100-40gb-sxm", 60: None, 74.5: "a100-80gb-sxm",
        79.2: "a100-80gb-sxm", 80: "a100-80gb-sxm",
    }  # fmt: skip
    assert card("H100", 93.6) == "h100-nvl"


def test_a_name_that_contradicts_the_memory_is_no_card() -> None:
    assert card("A100 80GB", 40) is None
    assert card("NVIDIA H100 80GB HBM3", 94) is None


@pytest.mark.parametrize("printed", ["", " ", "🙂", "x" * 10_000, "RTX " * 40, "a100\0\n40gb;drop"])
def test_what_is_no_name_is_no_card(printed: str) -> None:
    assert card(printed, UNSAID) is None


def test_spellings_name_cards_of_the_catalog_each_once() -> None:
    lines = cards.SPELLINGS.read_text("utf-8").splitlines()[1:]
    rows = list(csv.DictReader(lines))
    ids = {gpu.id for gpu in load_catalog().gpus}
    assert {row["gpu"] for row in rows} - {""} <= ids
    assert all(row["why"] and None not in row for row in rows)
    assert len({row["printed"].lower() for row in rows}) == len(rows)
    assert {row["printed"]: card(row["printed"], UNSAID) for row in rows} == {
        row["printed"]: row["gpu"] or None for row in rows
    }


def test_a_catalog_without_the_card_of_a_spelling_does_not_know_it() -> None:
    catalog = load_catalog()
    without = replace(catalog, gpus=tuple(gpu for gpu in catalog.gpus if gpu.id != "h100-sxm"))
    assert cards.card_resolver(without)("NVIDIA H100 80GB HBM3", 80) is None
