"""Rows kept by a key until the end of a log, in bounded memory: all of them, or those of some of the keys."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from planner.traffic.block import Keys

CAPACITY: Final = 2**24
"""Rows kept; beyond, every other key is let go with all of its rows, as often as needed."""
GROUP: Final = 2**19
"""Rows that are looked at together."""

Column = NDArray[Any]


class KeyedRows:
    """Rows with a 64-bit key and further columns of fixed types, in the order they came.

    Whole keys are let go, so that what is said of a key stays true; which ones hangs on their bits alone.
    """

    def __init__(self, dtypes: Mapping[str, DTypeLike], capacity: int = CAPACITY) -> None:
        self._dtypes: dict[str, DTypeLike] = {"key": np.uint64, **dtypes}
        self._parts: list[dict[str, Column]] = []
        self._capacity = capacity
        self._size = 0
        self._halvings = 0
        self.rows = 0
        """Rows with a key, kept or not."""

    @property
    def share(self) -> float:
        """Share of the keys that is kept."""
        return 0.5**self._halvings

    def add(self, keys: Keys, **columns: Column) -> None:
        """Keep the rows whose key is not 0."""
        kept = keys != 0
        self.rows += int(kept.sum())
        kept &= self._chosen(keys)
        part = {"key": keys, **columns}
        self._append({name: part[name][kept].astype(dtype, copy=False) for name, dtype in self._dtypes.items()})
        while self._size > self._capacity:
            self._halvings += 1
            parts, self._parts, self._size = self._parts, [], 0
            while parts:
                old = parts.pop(0)
                chosen = self._chosen(old["key"])
                self._append({name: column[chosen] for name, column in old.items()})

    def compact(self) -> None:
        """Keep one row of those whose columns are all alike."""
        groups = self.groups()
        parts = [{name: column[different(*part.values())] for name, column in part.items()} for part in groups]
        self._parts, self._size = [], 0
        for part in parts:
            self._append(part)

    @property
    def size(self) -> int:
        """Rows kept."""
        return self._size

    def groups(self, rows: int = GROUP) -> Iterator[dict[str, Column]]:
        """The columns, `key` and the others, in groups of about so many rows; all rows of a key are in one group."""
        count = max(1, math.ceil(self._size / rows))
        for group in range(count):
            chosen = [(part, (part["key"] >> np.uint64(24)) % np.uint64(count) == group) for part in self._parts]
            yield {
                name: np.concatenate([np.zeros(0, dtype=dtype), *(part[name][rows] for part, rows in chosen)])
                for name, dtype in self._dtypes.items()
            }

    def _append(self, part: dict[str, Column]) -> None:
        self._parts.append(part)
        self._size += part["key"].size

    def _chosen(self, keys: Keys) -> NDArray[np.bool_]:
        mask = np.uint64(2**self._halvings - 1)
        chosen: NDArray[np.bool_] = (keys & mask) == 0
        return chosen


def different(*columns: Column) -> NDArray[np.intp]:
    """Places of one row of each of those that are alike in all columns, (n,) each; sorted by the last column first."""
    order = np.lexsort(columns)
    new = np.ones(order.size, dtype=np.bool_)
    new[1:] = np.logical_or.reduce([column[order[1:]] != column[order[:-1]] for column in columns])
    return order[new]
