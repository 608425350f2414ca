"""What is put into runs comes out of a calibration: in full from many, in part from one."""

import math

import numpy as np
import pytest

from planner.calibrate.comparison import compare, summarise
from planner.calibrate.laying import overlaid
from planner.calibrate.making import make_overlay
from planner.calibrate.overlay import Overlay, overlay_text
from planner.calibrate.refit import Refitted, left_out_in_turn, not_predicted, refit_all
from planner.calibrate.runs import understand
from planner.catalog.constants import STACK_SPEED
from planner.estimate.conformal import runs_needed
from tests.calibrate.known_truth import BETTER, CATALOG, FULLER, PAID, PREEMPTED, SLOWER, STACK, as_rows, runs

PUBLISHED = CATALOG.calibration[STACK_SPEED + STACK]


def calibrate(made: list[dict[str, str]]) -> tuple[Overlay, list[Refitted]]:
    understood, problems = understand(as_rows(made), CATALOG)
    assert not problems, problems
    refitted = refit_all(understood, CATALOG)
    return make_overlay(understood, refitted, CATALOG, "0" * 64, 0), refitted


@pytest.fixture(scope="module")
def many() -> tuple[Overlay, list[Refitted]]:
    return calibrate(runs(48))


def test_many_runs_give_the_truth_within_its_error(many: tuple[Overlay, list[Refitted]]) -> None:
    overlay, _ = many
    speed, memory = overlay.speed[STACK], overlay.memory[STACK]
    assert abs(math.log(speed.value / (SLOWER * PUBLISHED))) < 2 * speed.error < 0.08
    assert abs(math.log(memory.value / FULLER)) < 2 * memory.error < 0.06
    price, quality = overlay.price["gcp/on_demand"], overlay.quality["chat"]
    assert abs(math.log(price.value / PAID)) < 2 * price.error < 0.06
    assert abs(quality.mean - BETTER) < 2 * quality.sd < 0.15
    rate = overlay.preemption["gcp/spot"]
    assert abs(rate.value - PREEMPTED) < 2 * rate.value / math.sqrt(rate.shape) < 0.12
    assert speed.before == pytest.approx(PUBLISHED, rel=1e-5)
    assert (speed.runs, price.runs, rate.runs) == (48, 24, 24)


def test_one_run_moves_a_figure_part_of_the_way() -> None:
    first, second = runs(2)
    overlay, _ = calibrate([first])
    speed, memory, quality = overlay.speed[STACK], overlay.memory[STACK], overlay.quality["chat"]
    assert SLOWER * PUBLISHED * 1.01 < speed.value < PUBLISHED
    assert speed.error == pytest.approx(0.10, rel=0.15)  # DOMAIN 2.3: 0.25 before, 0.10 after one run
    assert 1.0 < memory.value < FULLER
    assert 0.0 < quality.mean < BETTER
    assert quality.sd == pytest.approx((1 / 0.5**2 + 1 / 0.3**2) ** -0.5, rel=1e-4)
    rate = overlay.preemption["gcp/spot"]
    assert rate.shape == 2 + int(first["preemptions"])
    assert rate.hours == pytest.approx(8 + float(first["running_hours"]))
    overlay, _ = calibrate([second])
    paid = float(second["paid_usd_per_hour"]) / 2.0
    assert paid < overlay.price["gcp/on_demand"].value < 1.0


def test_bands_of_many_runs_are_conformal_and_of_few_blended(many: tuple[Overlay, list[Refitted]]) -> None:
    overlay, _ = many
    band = overlay.bands.throughput[f"{STACK}/l40s"]
    assert (band.way, band.runs) == ("conformal", 24)
    assert runs_needed() <= 24
    assert 0.05 < (band.high - band.low) / 2 < 0.15  # noise of 0.05: 1.645 times that, and a little for few runs
    few, _ = calibrate(runs(4))
    assert few.bands.throughput[f"{STACK}/l40s"].way == "student-t"
    assert few.bands.throughput[f"{STACK}/l40s"].high > band.high
    one, _ = calibrate(runs(1))
    assert one.bands.memory == {}
    (lone,) = one.bands.throughput.values()
    assert (lone.high - lone.low) / 2 == pytest.approx(0.10 * 2.1318, rel=1e-3)  # t(0.95, nu0 = 4)


def test_runs_are_never_judged_by_their_own_fit_alone(many: tuple[Overlay, list[Refitted]]) -> None:
    overlay, refitted = many
    found = {(one.quantity, one.way): one for one in summarise(compare(refitted, overlay, CATALOG))}
    for quantity in ("speed", "memory", "price", "quality"):
        before, after, left_out = (found[quantity, way] for way in ("before", "after", "left_out"))
        assert left_out.median_ape < 0.5 * before.median_ape
        assert after.median_ape <= left_out.median_ape * 1.05
        assert abs(left_out.bias) < 0.02 < abs(before.bias)
        assert left_out.coverage >= 0.8
    two, parts = calibrate(runs(2))
    assert {one.way for one in summarise(compare(parts, two, CATALOG))} == {"before", "after"}


def test_a_run_that_is_left_out_has_no_say_in_its_own_prediction() -> None:
    made = runs(8)
    _, refitted = calibrate(made)
    made[3]["tokens_per_s_per_gpu"] = f"{1.5 * float(made[3]['tokens_per_s_per_gpu']):.1f}"
    _, moved = calibrate(made)
    here, there = (next(p for p in parts if p.quantity == "speed") for parts in (refitted, moved))
    assert here.left_out[3] == pytest.approx(there.left_out[3])
    assert here.left_out[2] != pytest.approx(there.left_out[2])
    assert here.after[3] != pytest.approx(there.after[3])


def test_many_runs_are_left_out_in_groups() -> None:
    asked = []

    def refit(kept: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        asked.append(len(kept))
        return np.arange(100.0)

    assert np.isfinite(left_out_in_turn(100, refit)).all()
    assert asked == [95] * 20
    assert np.isnan(left_out_in_turn(2, refit)).all()


def test_the_file_is_the_same_whatever_the_order_of_groups_and_how_often_it_is_made() -> None:
    made = runs(6)
    texts = {overlay_text(calibrate(one)[0]) for one in (made, made, list(made))}
    assert len(texts) == 1
    (text,) = texts
    assert len(text) < 4000
    assert text.index("speed:") < text.index("memory:") < text.index("bands:")


@pytest.mark.real
def test_bands_hold_the_next_runs() -> None:
    """On average over samples: a single band of a few dozen runs is itself off by some per cent."""
    later, _ = understand(as_rows(runs(96, seed=99)), CATALOG)
    held = []
    for seed in range(100, 104):
        overlay, _ = calibrate(runs(24, seed))
        calibrated = overlaid(CATALOG, overlay, "overlay.yaml", "0" * 64)
        part = next(p for p in refit_all(later, calibrated) if p.quantity == "speed")
        off = part.residuals(part.before)  # nothing is fitted to these: `before` is what the overlay predicts
        bands = overlay.bands.throughput.values()
        held += [np.mean((off > band.low) & (off < band.high)) for band in bands]
    assert 0.85 <= np.mean(held) <= 0.99


def test_runs_that_disagree_leave_a_larger_error() -> None:
    made = runs(12)
    for i, one in enumerate(made):
        one["tokens_per_s_per_gpu"] = f"{(0.6, 1.5)[i % 2] * float(one['tokens_per_s_per_gpu']):.1f}"
    unruly, calm = calibrate(made)[0].speed[STACK], calibrate(runs(12))[0].speed[STACK]
    assert unruly.error > 2 * calm.error


def test_a_speed_on_a_card_without_a_published_peak_is_told() -> None:
    card = next(gpu.id for gpu in CATALOG.gpus if np.isnan(gpu.bf16_tflops) and np.isnan(gpu.fp16_tflops))
    understood, problems = understand(as_rows([one | {"gpu_id": card, "peak_mem_gib": ""} for one in runs(2)]), CATALOG)
    assert not problems
    refitted = refit_all(understood, CATALOG)
    assert not_predicted(understood, refitted) == understood
    assert not [part for part in refitted if part.quantity == "speed"]
