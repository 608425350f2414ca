"""The quality prior (DOMAIN 4.2, 4.3)."""

import numpy as np
import pytest

from planner.estimate.quality import (
    LEAST_BAND,
    RUN_SD,
    QualityTerms,
    capacity_penalty,
    data_gain,
    effective_examples,
    epochs_allowed,
    information_bits,
    normalised,
    overfit_penalty,
    paired_sd,
)  # fmt: skip


def one(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value])


def test_repetition() -> None:  # T-4.3, the pretraining constant of Muennighoff 2023
    ratio = effective_examples(np.ones(4), np.array([2.0, 4.0, 8.0, 16.0]), repeat=15.387756)
    assert ratio == pytest.approx([1.9682, 3.7257, 6.6241, 10.5825], abs=1e-4)


def test_capacity() -> None:  # T-4.4
    bits = information_bits(one(10_000 * 200.0))
    assert bits[0] == pytest.approx(2.885e6, rel=1e-3)
    assert bits[0] / (2 * 39_976_960) == pytest.approx(0.0361, abs=1e-4)
    assert capacity_penalty(one(2e6), one(39_976_960.0), np.array([False]))[0] == 0
    assert capacity_penalty(one(2e9), one(39_976_960.0), np.array([False]))[0] > 0
    assert capacity_penalty(one(2e9), one(0.0), np.array([True]))[0] == 0


def test_less_than_an_epoch_counts_less() -> None:
    assert effective_examples(one(1000.0), one(0.25))[0] == 250


def test_gain_grows_and_saturates() -> None:
    gain = data_gain(np.array([0.0, 300.0, 3e4, 3e6]))
    assert gain[0] == 0
    assert (np.diff(gain) > 0).all()
    assert gain[-1] < 1


def test_overfitting() -> None:
    assert epochs_allowed(np.array([500.0, 1000.0, 10_000.0, 1e6])) == pytest.approx([5, 5, 3, 3])
    assert overfit_penalty(one(1e5), one(3.0))[0] == 0
    assert overfit_penalty(one(1e5), one(5.0))[0] == pytest.approx(0.08)


def test_chance_is_removed_and_the_ends_are_clipped() -> None:
    assert normalised(np.array([25.0, 62.5, 10.0]), 25.0, 100.0) == pytest.approx([0.005, 0.5, 0.005])


def terms(base: float, method_sd: float = 0.05) -> QualityTerms:
    z = one(0.0)
    return QualityTerms(one(base), one(0.6), one(0.8), z, one(method_sd), z, z)


def test_a_prior_is_never_narrow() -> None:
    for base in (-3.0, 0.0, 3.0):
        quality = terms(base)
        low, high = quality.band(0.01)
        assert quality.q[0] - low[0] >= min(LEAST_BAND, quality.q[0]) - 1e-12
        assert high[0] - quality.q[0] >= min(LEAST_BAND, 1 - quality.q[0]) - 1e-12


def test_shared_errors_cancel() -> None:
    z = one(0.0)
    across = paired_sd(z, z, z, one(0.85), one(0.07))
    within = paired_sd(one(0.1), z, z, z, z)
    assert within < across
    assert paired_sd(z, z, z, z, z)[0] == RUN_SD
