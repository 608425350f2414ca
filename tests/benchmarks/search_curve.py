"""What a search has found by when: the front so far against seconds and evaluations, held against the exact one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from moocore import is_nondominated

from planner.catalog.rows import Bools, Floats
from planner.choose.indicators import share_of_box

WHOLE: Final = 0.99999
"""Share of the exact hypervolume at which a run may stop: nothing is left to find."""
_CHECK_EVERY: Final = 1.1
"""Growth of the evaluations after which a run asks again whether it is done."""


@dataclass(frozen=True, slots=True)
class Box:
    """The exact front as a measure of others: the hypervolume between its ideal and its nadir point."""

    ideal: Floats
    nadir: Floats
    whole: float

    @classmethod
    def around(cls, exact: Floats) -> "Box":
        """The box of an exact front's (n, objectives) losses."""
        ideal, nadir = exact.min(axis=0), exact.max(axis=0)
        return cls(ideal, nadir, share_of_box(exact, ideal, nadir))

    def ratio(self, losses: Floats) -> float:
        """Hypervolume of these losses as a share of that of the exact front; 0 without any."""
        return share_of_box(losses, self.ideal, self.nadir) / self.whole if len(losses) else 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One run: at each mark the seconds and evaluations so far, and what the front had by then."""

    box: Box
    seconds: Floats
    evaluations: Floats
    found: Sequence[Floats]
    """Losses that were new to the front at each mark."""
    estimating_s: float = 0.0
    """Seconds that went into estimates; the rest is the optimiser's own."""

    def ratio(self, mark: int) -> float:
        """Share of the exact hypervolume at a mark; 0 at -1, before the first."""
        new = [losses for losses in self.found[: mark + 1] if len(losses)]
        return self.box.ratio(_front(np.concatenate(new))) if new else 0.0

    def at_seconds(self, seconds: float) -> float:
        """Share reached within this time."""
        return self.ratio(int(np.searchsorted(self.seconds, seconds, side="right")) - 1)

    def at_evaluations(self, evaluations: float) -> float:
        """Share reached within so many evaluations."""
        return self.ratio(int(np.searchsorted(self.evaluations, evaluations, side="right")) - 1)

    def mark_of(self, share: float) -> int | None:
        """First mark at which a share is reached, None where it never is; the share only grows along the run."""
        low, high = 0, len(self.seconds) - 1
        if high < 0 or self.ratio(high) < share:
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.ratio(middle) >= share else (middle + 1, high)
        return low

    def points(self, most: int) -> list[dict[str, float]]:
        """At most so many marks, evenly spread over the logarithm of the evaluations, the last one among them."""
        if not len(self.seconds):
            return []
        wanted = np.geomspace(max(self.evaluations[0], 1), self.evaluations[-1], most)
        marks = np.unique(np.minimum(np.searchsorted(self.evaluations, wanted * (1 - 1e-9)), len(self.seconds) - 1))
        return [
            {"seconds": float(self.seconds[m]), "evaluations": float(self.evaluations[m]), "ratio": self.ratio(m)}
            for m in marks.tolist()
        ]


class Recorder:
    """Takes down what a run evaluates. Its own work is not on the clock of the run."""

    def __init__(self, box: Box, seconds: float, evaluations: float = np.inf) -> None:
        self.box, self.most_seconds, self.most_evaluations = box, seconds, evaluations
        self._front = np.empty((0, len(box.ideal)))
        self._seconds: list[float] = []
        self._evaluations: list[int] = []
        self._found: list[Floats] = []
        self.estimating_s = 0.0
        """Seconds of the run that went into estimates; the rest is the optimiser's own."""
        self._done, self._asked, self._whole = 0, 0.0, False
        self._paused, self._start = 0.0, time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds of the run, those of the recorder left out."""
        return time.perf_counter() - self._start - self._paused

    @property
    def over(self) -> bool:
        """Whether the time or the evaluations are used up, or nothing is left to find."""
        return self._whole or self._done >= self.most_evaluations or self.seconds >= self.most_seconds

    def add(self, losses: Floats, evaluations: int) -> None:
        """Some evaluations are done; `losses` are those of them that may be on a front."""
        now = self.seconds
        came = time.perf_counter()
        self._done += evaluations
        new = self._new(losses)
        self._seconds.append(now)
        self._evaluations.append(self._done)
        self._found.append(new)
        if self._done >= self._asked:
            self._asked = self._done * _CHECK_EVERY
            self._whole = self.box.ratio(self._front) >= WHOLE
        self._paused += time.perf_counter() - came

    def _new(self, losses: Floats) -> Floats:
        """The losses that the front takes up."""
        if len(losses) > 1:
            losses = _front(losses)
        if not len(losses):
            return losses
        both = np.concatenate([self._front, losses])
        # Of equals the first is kept: what the front has already is not new.
        kept: Bools = np.asarray(is_nondominated(both))
        self._front = both[kept]
        new: Floats = losses[kept[len(both) - len(losses) :]]
        return new

    def curve(self) -> Curve:
        """The run so far."""
        return Curve(
            self.box, np.array(self._seconds), np.array(self._evaluations, np.float64), self._found, self.estimating_s
        )


def _front(losses: Floats) -> Floats:
    kept: Bools = np.asarray(is_nondominated(losses))
    front: Floats = losses[kept]
    return front
