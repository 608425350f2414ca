"""How far an estimate rests on measurements of jobs like it: calibrated, extrapolated or prior, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.constants import Band, Calibration
from planner.catalog.rows import Bools, Floats, Ints

WIDER_OUTSIDE: Final = 1.5
"""Factor on the band of a job outside the range of the rows used [E]."""
WIDER_PRIOR: Final = 2.0
"""Factor where a constant that matters has no rows at all: the stack, or the generation of the card [E]."""
NEAR_SIZE: Final = 2.0
"""Factor on the size of a user's own models up to which a job is like them [E]."""
_DECIDES: Final = ("stack", "generation", "engine")
"""Words without which a constant is only believed."""
_SAID: Final = {
    "parameters": "parameters",
    "length_tokens": "tokens of length",
    "micro_batch_tokens": "tokens in a micro-batch",
    "gpus": "GPUs",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an estimate rests on."""

    word: str
    """calibrated, extrapolated or prior."""
    reasons: tuple[str, ...]
    wider: float
    """Factor on the half-width of the band."""
    basis: str = ""
    """A user's own runs that it rests on: `with 12 runs of yours`; empty for published rows."""

    def __str__(self) -> str:
        said = f"{self.word} {self.basis}".rstrip()
        return f"{said}: {'; '.join(self.reasons)}" if self.reasons else said


def standing(
    calibration: Calibration, quantity: str, words: Mapping[str, str], figures: Mapping[str, float]
) -> Standing:
    """Standing of one job: its stack, method, card and generation, and its figures, against those of the rows used.

    A word that is empty was not stated.
    """
    if not calibration.known and not calibration.seen:
        return Standing("prior", ("no calibration",), 1.0)
    priors: list[str] = []
    far: list[str] = []
    for name, word in words.items():
        if word in calibration.known.get(f"{quantity}/{name}", ()):
            continue
        said = f"no rows of {name} {word}" if word else f"{name} not stated or not known"
        (priors if name in _DECIDES else far).append(said)
    if any(said.startswith("no rows of generation") for said in priors):
        far = [said for said in far if not said.startswith("no rows of gpu")]
    for name, (low, high) in calibration.seen.get(quantity, {}).items():
        if name in figures and not low <= figures[name] <= high:
            far.append(f"{figures[name]:.4g} {_SAID[name]}, rows have {low:.4g} to {high:.4g}")
    if priors:
        return Standing("prior", tuple(priors + far), WIDER_PRIOR)
    return Standing("extrapolated", tuple(far), WIDER_OUTSIDE) if far else Standing("calibrated", (), 1.0)


def own_standing(band: Band, method: str, parameters: float) -> Standing:
    """Standing of a job by a user's own runs on its stack; unlike are other methods, far smaller and larger models."""
    far = [] if _by_own(band, method) else [f"no run of yours by {method}"]
    if not _of_own_size(band, np.array(parameters)):
        least, most = band.parameters
        far.append(f"{parameters:.4g} parameters, runs of yours have {least:.4g} to {most:.4g}")
    count = f"{band.rows} run{'' if band.rows == 1 else 's'} of yours"
    if far:
        return Standing("extrapolated", tuple(far), WIDER_OUTSIDE, f"from {count}")
    return Standing("calibrated", (), 1.0, f"with {count}")


def outside_own(band: Band, methods: Sequence[str], method: Ints, parameters: Floats) -> Bools:
    """Which of many jobs are unlike the runs of a user's own band; `method` indexes `methods`."""
    known = np.array([_by_own(band, name) for name in methods])
    return np.asarray(~known[method] | ~_of_own_size(band, parameters))


def _by_own(band: Band, method: str) -> bool:
    return not band.methods or method in band.methods


def _of_own_size(band: Band, parameters: Floats) -> Bools:
    least, most = band.parameters
    return np.asarray((parameters >= least / NEAR_SIZE) & (parameters <= most * NEAR_SIZE))


def outside(calibration: Calibration, quantity: str, figures: Mapping[str, Floats]) -> Bools:
    """Which of many jobs have a figure outside the range of the rows used."""
    seen = calibration.seen.get(quantity, {})
    found: Bools = np.zeros(np.shape(next(iter(figures.values()))), bool)
    for name, values in figures.items():
        if name in seen:
            found = found | (values < seen[name][0]) | (values > seen[name][1])
    return found
