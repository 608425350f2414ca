"""Cards newer than the measurements are planned, and what is said of them is labelled as what it is."""

from typing import Any

import numpy as np
import pytest

from planner.catalog.architecture import build_architectures
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Gpu
from planner.estimate.eligibility import NOWHERE, build_eligibility
from planner.estimate.pairs import build_facts
from planner.estimate.spread import speed_sd
from planner.estimate.standing import standing
from planner.kinds.describe import describe
from planner.kinds.searching import build_problem, search_problem
from planner.planning import read_scenario

CATALOG = load_catalog()
FACTS = build_facts(CATALOG, build_architectures(CATALOG.models), build_eligibility(CATALOG))
MEASURED = CATALOG.calibration.known["throughput/gpu"]
NEWEST = max(gpu.release_year for gpu in CATALOG.gpus if gpu.id in MEASURED)
"""Year of the newest card that a measured row is of."""
NEWER = [gpu for gpu in CATALOG.gpus if gpu.release_year > NEWEST]
UNMEASURED = [gpu for gpu in CATALOG.gpus if gpu.id not in MEASURED]


def said(gpu: Gpu) -> str:
    words = {"stack": "hf-trainer", "method": "lora", "generation": gpu.generation, "gpu": gpu.id}
    return standing(CATALOG.calibration, "throughput", words, {}).word


def test_there_are_newer_cards_of_every_maker_that_has_announced_one() -> None:
    assert {"b300", "gb300", "rtx-5090", "rtx-pro-6000-bse", "mi350x", "mi355x", "tpu-v7"} <= {g.id for g in NEWER}


@pytest.mark.parametrize("gpu", UNMEASURED, ids=lambda gpu: gpu.id)
def test_a_card_without_rows_is_never_called_calibrated(gpu: Gpu) -> None:
    assert said(gpu) in ("extrapolated", "prior")
    assert gpu.utilisation_tag == "E"  # taken from another card


@pytest.mark.parametrize("gpu", NEWER, ids=lambda gpu: gpu.id)
def test_a_newer_card_has_a_wider_band_than_the_reference_and_a_stack_it_runs_on(gpu: Gpu) -> None:
    at = CATALOG.gpus.index(gpu)
    reference = next(i for i, other in enumerate(CATALOG.gpus) if other.id == "h100-sxm")
    sd = speed_sd(FACTS)
    assert (sd[:, :, at] > sd[:, :, reference]).all()
    assert (FACTS.eligibility.row[:, :, at] != NOWHERE).any()
    assert np.isfinite(FACTS.gpu["e0"][at])
    assert np.isfinite(FACTS.gpu["t0_tokens"][at])


@pytest.mark.parametrize(
    ("gpu", "stack", "method"),
    [
        ("b300", "hf-trainer", "lora"),
        ("rtx-pro-6000-bse", "hf-trainer", "qlora"),
        ("mi300x", "hf-trainer", "lora"),
        ("tpu-v6e", "maxtext", "lora"),
        ("trainium1", "optimum-neuron", "lora"),
    ],
)
def test_it_is_planned_with_its_label(gpu: str, stack: str, method: str) -> None:
    scenario: dict[str, Any] = {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "next"},
        "models": ["llama-3.2-1b"],
        "methods": [method],
        "stacks": [stack],
        "dataset": {"samples": 500, "tokens_per_sample": 200},
        "hardware": {"gpus": [gpu], "counts": [1, 4, 8, 16], "tiers": ["on_demand", "spot"], "allow": ["stale"]},
        "objectives": ["cost"],
    }
    ready = read_scenario(scenario)
    problem, found, _ = search_problem(build_problem(ready.scenario, ready.space, ready.catalog), ready.scenario)
    (configuration,) = describe(problem, found.front)
    assert configuration.hardware.gpu == gpu
    assert configuration.hours_label.startswith(("speed extrapolated", "speed prior"))
    assert configuration.hours_lo is not None
    assert configuration.hours_hi is not None
    assert configuration.hours_hi / configuration.hours_lo > 2
