"""Predicted beside actual, run by run, before and after the overlay; and how far off each way was on the whole.

A fit looks better on the runs it was made from than on the next one, so each run is also predicted by a fit to the
others, from three runs on, with a band from the others too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.special import expit, logit

from planner.calibrate.making import PRIOR_SD, cards, own_band
from planner.calibrate.overlay import Overlay
from planner.calibrate.refit import PRICE_ROW_SD, PRICE_SD, Refitted
from planner.calibrate.run import Run
from planner.catalog.architecture import build_architectures
from planner.catalog.rows import Catalog, Floats
from planner.estimate.eligibility import build_eligibility
from planner.estimate.evidence import OFFSET_SD, RESIDUAL_SD
from planner.estimate.pairs import build_facts
from planner.estimate.spread import memory_sd, speed_sd
from planner.units import Z90

UNITS: Final = {"speed": "tokens/s per GPU", "memory": "GiB", "price": "USD/h", "quality": "q"}
Way = Literal["before", "after", "left_out"]
WAYS: Final[dict[Way, str]] = {
    "before": "as published",
    "after": "with the overlay, on the runs it was fitted to",
    "left_out": "with the overlay, each run left out of its own fit",
}


@dataclass(frozen=True, slots=True)
class Prediction:
    """One run predicted in one way."""

    value: float
    low: float
    high: float
    inside: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One run and one of its figures."""

    run: Run
    quantity: str
    group: str
    actual: float
    ways: dict[Way, Prediction]

    def data(self) -> dict[str, Any]:
        """As plain values."""
        told: dict[str, Any] = {
            str(way): {
                "predicted": p.value,
                "low": p.low,
                "high": p.high,
                "ratio": self.actual / p.value,
                "inside": p.inside,
            }
            for way, p in self.ways.items()
        }
        where = {"file": self.run.row.file, "line": self.run.row.line or None, "date": self.run.date or None}
        figure = {"quantity": self.quantity, "unit": UNITS[self.quantity], "group": self.group, "actual": self.actual}
        return {**where, **figure, **told}


@dataclass(frozen=True, slots=True)
class Summary:
    """How one way of predicting did on one quantity."""

    quantity: str
    way: Way
    runs: int
    median_ape: float
    """Median of |predicted/actual - 1|."""
    bias: float
    """Mean of ln(actual/predicted): below 0 where runs come out lower than predicted."""
    coverage: float
    """Share inside the 90 % band."""


def compare(refitted: Sequence[Refitted], overlay: Overlay, catalog: Catalog) -> list[Compared]:
    """Every run under every way of predicting it, in the order of the quantities, groups and runs."""
    return [one for part in refitted for one in _part(part, overlay, catalog)]


def summarise(compared: Sequence[Compared]) -> list[Summary]:
    """Each quantity under each way that it was predicted in."""
    found = []
    for quantity in dict.fromkeys(one.quantity for one in compared):
        for way in WAYS:
            mine = [one for one in compared if one.quantity == quantity and way in one.ways]
            if mine:
                ratios = np.array([one.ways[way].value / one.actual for one in mine])
                inside = float(np.mean([one.ways[way].inside for one in mine]))
                ape, bias = float(np.median(np.abs(ratios - 1.0))), float(-np.mean(np.log(ratios)))
                found.append(Summary(quantity, way, len(mine), ape, bias, inside))
    return found


def _part(part: Refitted, overlay: Overlay, catalog: Catalog) -> list[Compared]:
    bands: dict[Way, tuple[Floats, Floats]] = {
        "before": _published(part, catalog),
        "after": _own(part, overlay, catalog),
        "left_out": _others(part, catalog),
    }
    predicted: dict[Way, Floats] = {"before": part.before, "after": part.after, "left_out": part.left_out}
    found = []
    for i, run in enumerate(part.runs):
        ways: dict[Way, Prediction] = {}
        for way, (low, high) in bands.items():
            value = float(predicted[way][i])
            if np.isfinite(value):
                least, most = (_moved(part, value, float(end[i])) for end in (low, high))
                ways[way] = Prediction(value, least, most, bool(least <= part.actual[i] <= most))
        found.append(Compared(run, part.quantity, part.group, float(part.actual[i]), ways))
    return found


def _moved(part: Refitted, value: float, by: float) -> float:
    """A prediction moved by a residual, which is in logits where it is a quality."""
    return float(expit(logit(value) + by) if part.quantity == "quality" else value * np.exp(by))


def _published(part: Refitted, catalog: Catalog) -> tuple[Floats, Floats]:
    """Ends of the band of every residual before any run of the user's."""
    n = len(part.runs)
    if part.quantity in ("price", "quality"):
        sd = np.full(
            n, np.hypot(PRICE_SD, PRICE_ROW_SD) if part.quantity == "price" else np.hypot(OFFSET_SD, RESIDUAL_SD)
        )
        return -Z90 * sd, Z90 * sd
    facts = build_facts(catalog, build_architectures(catalog.models), build_eligibility(catalog))
    conditions = [run.condition for run in part.runs if run.condition is not None]
    methods = [method.id for method in catalog.methods]
    stack, method = (
        np.array([c.stack for c in conditions]), np.array([methods.index(c.method) for c in conditions])
    )  # fmt: skip
    if part.quantity == "memory":
        sd = memory_sd(facts)[stack, method]
    else:
        sd = speed_sd(facts)[stack, method, np.array([c.gpu for c in conditions])]
    return -Z90 * sd, Z90 * sd


def _own(part: Refitted, overlay: Overlay, catalog: Catalog) -> tuple[Floats, Floats]:
    """The same with the overlay's band; where it has none, as wide as what it leaves open."""
    if part.quantity in ("price", "quality"):
        row = PRICE_ROW_SD if part.quantity == "price" else RESIDUAL_SD
        reach = np.full(len(part.runs), Z90 * np.hypot(part.error, row))
        return -reach, reach
    if part.quantity == "memory":
        one = overlay.bands.memory.get(part.group)
        if one is None:
            return _published(part, catalog)
        return np.full(len(part.runs), one.low), np.full(len(part.runs), one.high)
    mine = [overlay.bands.throughput[f"{part.group}/{card}"] for card in cards(part, catalog)]
    return np.array([band.low for band in mine]), np.array([band.high for band in mine])


def _others(part: Refitted, catalog: Catalog) -> tuple[Floats, Floats]:
    """The same from the residuals of the other runs alone, of the same card where speed is compared."""
    n = len(part.runs)
    if part.quantity in ("price", "quality"):
        row, prior = (PRICE_ROW_SD, PRICE_SD) if part.quantity == "price" else (RESIDUAL_SD, OFFSET_SD)
        left = (1.0 / prior**2 + (n - 1) / row**2) ** -0.5
        reach = np.full(n, Z90 * np.hypot(left, row))
        return -reach, reach
    off = part.residuals(part.left_out)
    names = np.array(cards(part, catalog)) if part.quantity == "speed" else np.zeros(n)
    ends = np.array(
        [own_band(off[(names == names[i]) & (np.arange(n) != i)], PRIOR_SD[part.quantity]) for i in range(n)]
    )
    return ends[:, 0], ends[:, 1]
