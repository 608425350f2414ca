"""The utilisation law's numbers by card, stacks as columns, and the spread of a speed that rows have not narrowed."""

from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.architecture import build_architectures
from planner.catalog.constants import STACK_SPEED, Band, Calibration
from planner.catalog.loader import load_catalog
from planner.estimate import bands
from planner.estimate.eligibility import build_eligibility
from planner.estimate.law import law_columns
from planner.estimate.pairs import Facts, build_facts
from planner.estimate.spread import CARD_SD, TAKEN_OVER_SD, UNCALIBRATED_SD, memory_sd, speed_sd
from planner.estimate.stack_columns import stack_columns
from tests.estimate.memory_cases import PRIORS

CATALOG = load_catalog()
CARDS = {gpu.id: i for i, gpu in enumerate(CATALOG.gpus)}
STACKS = {stack.id: i for i, stack in enumerate(CATALOG.stacks)}
METHODS = {method.id: i for i, method in enumerate(CATALOG.methods)}


def facts(calibration: Calibration) -> Facts:
    catalog = replace(CATALOG, calibration=calibration)
    return build_facts(catalog, build_architectures(catalog.models), build_eligibility(catalog))


def test_the_law_of_a_card_is_its_generations_times_what_it_sustains() -> None:
    law = law_columns(CATALOG.gpus, PRIORS)
    a100, pcie, h100 = (CARDS[name] for name in ("a100-80gb-sxm", "a100-80gb-pcie", "h100-sxm"))
    assert law["e0"][a100] == PRIORS["speed.gemm.ampere"]
    assert law["e0"][pcie] == pytest.approx(PRIORS["speed.gemm.ampere"] * CATALOG.gpus[pcie].sustained)
    assert law["e0"][h100] == PRIORS["speed.gemm.hopper"]
    assert (law["h0"][a100], law["h0"][h100]) == (PRIORS["speed.width.ampere"], PRIORS["speed.width.hopper"])
    assert law["eta_attention"][h100] == PRIORS["speed.attention.hopper"]
    assert law["eta_attention_2023"][h100] == PRIORS["speed.attention.triton_2023"]
    assert law["eta_attention_2023"][a100] == law["eta_attention"][a100]


def test_half_speed_lies_at_a_multiple_of_the_ridge() -> None:
    """Ridges of 153 tokens on an A100-80GB and 295 on an H100 SXM, as ridge_tokens has them."""
    t0 = law_columns(CATALOG.gpus, PRIORS)["t0_tokens"] / PRIORS["speed.ridge_multiple"]
    assert t0[CARDS["a100-80gb-sxm"]] == pytest.approx(153, abs=1)
    assert t0[CARDS["h100-sxm"]] == pytest.approx(295, abs=1)
    assert np.isnan(t0[CARDS["gaudi1"]])  # whose vendor publishes no peak


def test_no_card_reaches_more_than_its_peak() -> None:
    eager = PRIORS.with_values({"speed.gemm.ampere": 0.999})
    assert law_columns(CATALOG.gpus, eager)["e0"].max() == 1.0


def test_a_stacks_speed_is_its_own_times_the_methods_over_the_methods_step() -> None:
    tuned = PRIORS.with_values({f"{STACK_SPEED}hf-trainer": 1.2, "speed.method.lora": 0.8})
    columns = stack_columns(CATALOG.stacks, CATALOG.methods, tuned)
    mine = columns.speed[STACKS["hf-trainer"]]
    assert mine[METHODS["full"]] == pytest.approx(1.2)
    assert mine[METHODS["lora"]] == pytest.approx(1.2 * 0.8)
    assert mine[METHODS["dora"]] == pytest.approx(1.2 * 0.8 / CATALOG.methods[METHODS["dora"]].step_factor)
    assert np.isnan(columns.speed[STACKS["unsloth"], METHODS["full"]])
    overhead = columns.overhead_s[STACKS["hf-trainer"]]
    assert overhead[METHODS["full"]] == pytest.approx(4500e-6)
    assert overhead[METHODS["dora"]] == pytest.approx(4500e-6 * CATALOG.methods[METHODS["dora"]].step_factor)


def test_stacks_differ_in_what_they_do_with_memory() -> None:
    columns = stack_columns(CATALOG.stacks, CATALOG.methods, PRIORS)
    trainer, torchtune, foundry = (STACKS[name] for name in ("hf-trainer", "torchtune", "llm-foundry"))
    assert columns.traits["upcasts_quantised"][trainer]
    assert not columns.traits["upcasts_quantised"][torchtune]
    assert (columns.adapter_bytes[trainer], columns.adapter_bytes[torchtune]) == (4, 2)
    assert columns.logits_bytes[trainer] == PRIORS["memory.logits.upcast"]
    assert columns.logits_bytes[foundry] == PRIORS["memory.logits.parallel"]
    assert columns.kernels_2023.tolist() == [i == foundry for i in range(len(CATALOG.stacks))]


def test_before_any_row_the_spread_is_the_priors() -> None:
    sd = speed_sd(facts(PRIORS))
    trainer, full, dora = STACKS["hf-trainer"], METHODS["full"], METHODS["dora"]
    stack = CATALOG.stacks[trainer].speed_sd
    a100, l4 = CARDS["a100-80gb-sxm"], CARDS["l4"]
    assert sd[trainer, full, a100] == pytest.approx(np.hypot(UNCALIBRATED_SD, stack))
    assert sd[trainer, full, l4] == pytest.approx(bands.combined(UNCALIBRATED_SD, stack, CARD_SD["E"]))
    assert sd[trainer, dora, a100] == pytest.approx(bands.combined(UNCALIBRATED_SD, stack, TAKEN_OVER_SD))


def test_rows_narrow_the_stacks_they_name_and_give_bands_to_methods() -> None:
    narrow = Band(-0.1, 0.12, 50, 4)
    calibrated = replace(
        PRIORS, bands={"throughput/full": narrow, "memory": narrow}, known={"throughput/stack": ("hf-trainer",)}
    )
    found = facts(calibrated)
    sd, a100 = speed_sd(found), CARDS["a100-80gb-sxm"]
    assert sd[STACKS["hf-trainer"], METHODS["full"], a100] == pytest.approx(narrow.sd)
    assert sd[STACKS["torchtune"], METHODS["full"], a100] == pytest.approx(
        np.hypot(narrow.sd, CATALOG.stacks[STACKS["torchtune"]].speed_sd)
    )
    assert sd[STACKS["hf-trainer"], METHODS["lora"], a100] == pytest.approx(UNCALIBRATED_SD)
    grid = (len(CATALOG.stacks), len(CATALOG.methods))
    assert memory_sd(found) == pytest.approx(np.full(grid, narrow.sd))
    assert memory_sd(facts(PRIORS)) == pytest.approx(np.full(grid, bands.MEMORY_SD))


def test_runs_of_ones_own_give_the_band_of_their_stack_and_card_alone() -> None:
    mine = Band(-0.05, 0.05, 12, 1)
    found = facts(replace(PRIORS, own_bands={"throughput/torchtune/l4": mine, "memory/torchtune": mine}))
    sd, memory, tune = speed_sd(found), memory_sd(found), STACKS["torchtune"]
    assert sd[tune, :, CARDS["l4"]] == pytest.approx(np.full(len(CATALOG.methods), mine.sd))
    assert memory[tune] == pytest.approx(np.full(len(CATALOG.methods), mine.sd))
    plain = facts(PRIORS)
    assert sd[tune, :, CARDS["h100-sxm"]] == pytest.approx(speed_sd(plain)[tune, :, CARDS["h100-sxm"]])
    assert memory[STACKS["hf-trainer"]] == pytest.approx(memory_sd(plain)[STACKS["hf-trainer"]])
