"""Leave one publisher out: every row predicted by constants that its publisher's rows took no part in."""

import math
from dataclasses import dataclass

import numpy as np

from planner.calibrate.published import band_groups, bands, figures, fitted
from planner.catalog.constants import Calibration
from planner.catalog.rows import Bools, Catalog, Floats
from tests.benchmarks.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Judged:
    """A dataset with what is predicted for it, fitted on all rows and held out."""

    data: Dataset
    calibration: Calibration
    """Fitted on all rows."""
    predicted: Floats
    """By that calibration."""
    held_out: Floats
    needed_held_out: Floats
    """GiB that must fit, held out; NaN for throughput."""
    band_low: Floats
    """Ends of the 90 % band about `held_out`, made from the residuals of other publishers alone."""
    band_high: Floats

    def residuals(self, predicted: Floats) -> Floats:
        """ln(measured/predicted) of every row."""
        return np.asarray(np.log(self.data.values() / predicted), np.float64)


def fit_on(data: Dataset, calibration: Calibration) -> Calibration:
    """Constants fitted to these rows."""
    return fitted(data.quantity, calibration, data.rows, data.values(), data.complete, data.publishers)


def groups_of(data: Dataset) -> dict[str, Bools]:
    """Rows that share a band."""
    pretraining = np.array([method == "pretrain" for method in data.texts("method")], bool)
    return dict(band_groups(data.quantity, data.rows, data.complete, data.texts("metric"), pretraining))


def judge(data: Dataset, catalog: Catalog) -> Judged:
    """Fit on all rows, then once per publisher without it."""
    prior = catalog.calibration
    whole = fit_on(data, prior)
    publishers = np.array(data.publishers, np.str_)
    held, needed = np.full(len(data.rows), math.nan), np.full(len(data.rows), math.nan)
    for name in sorted(set(data.publishers)):
        others, own = np.flatnonzero(publishers != name), np.flatnonzero(publishers == name)
        calibration = fit_on(data.part(others), prior)
        held[own] = figures(data.quantity, data.part(own).rows, calibration)
        if data.quantity == "memory":
            from planner.measured.predict import predict_memory

            needed[own] = predict_memory(data.part(own).rows, calibration).needed_gib
    predicted = figures(data.quantity, data.rows, whole)
    residuals = np.log(data.values() / held)
    low, high = _nested_bands(data, residuals)
    return Judged(data, whole, predicted, held, needed, held * np.exp(low), held * np.exp(high))


def _nested_bands(data: Dataset, residuals: Floats) -> tuple[Floats, Floats]:
    """Band of every row's finest group that has one, from the residuals of other publishers.

    Those residuals come from fits that left out their own publisher, not this one too; fitting once more for every pair
    moved coverage by 0.2 percentage points at most.
    """
    publishers = np.array(data.publishers, np.str_)
    low, high = np.full(len(residuals), math.nan), np.full(len(residuals), math.nan)
    groups = {name: members for name, members in groups_of(data).items() if name != "memory/complete"}
    for name in sorted(set(data.publishers)):
        own = publishers == name
        others = {group: members & ~own for group, members in groups.items()}
        for group, band in bands(others, residuals, data.publishers).items():
            low[own & groups[group]], high[own & groups[group]] = band.low, band.high
    return low, high


def published_bands(judged: Judged) -> dict[str, object]:
    """Bands for users, who are in nobody's rows: from all held-out residuals."""
    residuals = judged.residuals(judged.held_out)
    return dict(bands(groups_of(judged.data), residuals, judged.data.publishers))
