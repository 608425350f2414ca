"""Means and highest values over spans of a minute or more, in bounded memory, whatever the order of the rows."""

import itertools
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.gpu_metrics.columns import METRICS
from planner.traffic.times import Micros

WIDTHS_MINUTES: Final = (1, 5, 15, 60)
"""Spans that are tried, the next when there are too many."""
MOST_SPANS: Final = 2_000_000
"""Spans of all figures and GPUs that are kept; a span takes 32 bytes."""
_PENDING: Final = 500_000
_FIGURES: Final = len(METRICS)
_SLOT_BITS: Final = 27
"""Minutes from 1970 to 2100 need as many."""


class TooManySpansError(ValueError):
    """More hours of GPUs than `MOST_SPANS`."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What one GPU did, span by span; (n,) each, and (figures, n)."""

    slots: Ints
    """Spans since 1970, ascending; spans without any row are absent."""
    means: Floats
    highest: Floats


@dataclass(slots=True)
class Minutes:
    """Adds values up as they come."""

    width: int = 0
    """Which of `WIDTHS_MINUTES`."""
    samples: int = 0
    _keys: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    _sums: Floats = field(default_factory=lambda: np.empty(0))
    _counts: Floats = field(default_factory=lambda: np.empty(0))
    _highest: Floats = field(default_factory=lambda: np.empty(0))
    _waiting: list[tuple[Ints, Floats]] = field(default_factory=list)
    _number: int = 0

    @property
    def width_minutes(self) -> int:
        """Length of a span."""
        return WIDTHS_MINUTES[self.width]

    def add(self, gpus: Ints, times: Micros, figure: str, values: Floats) -> None:
        """Values of a figure, (n,) with their GPUs and times; NaN counts as not measured."""
        known = ~np.isnan(values)
        slots = times[known] // (60_000_000 * self.width_minutes)
        keys = ((gpus[known] << _SLOT_BITS) | slots) * _FIGURES + METRICS.index(figure)
        self._waiting.append((keys, values[known]))
        self._number += len(keys)
        self.samples += len(keys)
        if self._number > _PENDING:
            self._settle()

    def _settle(self) -> None:
        """Join what waits to what is there; widen the spans until they are few enough."""
        added = [values for _, values in self._waiting]
        self._merge(
            np.concatenate([self._keys, *(keys for keys, _ in self._waiting)]),
            np.concatenate([self._sums, *added]),
            np.concatenate([self._counts, *(np.ones(len(values)) for values in added)]),
            np.concatenate([self._highest, *added]),
        )
        self._waiting, self._number = [], 0
        while len(self._keys) > MOST_SPANS:
            if self.width + 1 == len(WIDTHS_MINUTES):
                raise TooManySpansError
            ratio = WIDTHS_MINUTES[self.width + 1] // WIDTHS_MINUTES[self.width]
            self.width += 1
            pair, figure = np.divmod(self._keys, _FIGURES)
            gpu, slot = pair >> _SLOT_BITS, pair & ((1 << _SLOT_BITS) - 1)
            self._merge(
                ((gpu << _SLOT_BITS) | (slot // ratio)) * _FIGURES + figure, self._sums, self._counts, self._highest
            )

    def _merge(self, keys: Ints, sums: Floats, counts: Floats, highest: Floats) -> None:
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        self._keys = keys[first]
        if len(first):
            self._sums = np.add.reduceat(sums[order], first)
            self._counts = np.add.reduceat(counts[order], first)
            self._highest = np.maximum.reduceat(highest[order], first)

    def spans(self, gpus: int) -> list[Spans]:
        """The spans of each of so many GPUs; raises TooManySpansError."""
        self._settle()
        pair, figure = np.divmod(self._keys, _FIGURES)
        gpu, slot = pair >> _SLOT_BITS, pair & ((1 << _SLOT_BITS) - 1)
        bounds = np.searchsorted(gpu, np.arange(gpus + 1))
        found = []
        for start, end in itertools.pairwise(bounds.tolist()):
            slots, at = np.unique(slot[start:end], return_inverse=True)
            means, highest = (np.full((_FIGURES, len(slots)), np.nan) for _ in range(2))
            means[figure[start:end], at] = self._sums[start:end] / self._counts[start:end]
            highest[figure[start:end], at] = self._highest[start:end]
            found.append(Spans(slots, means, highest))
        return found
