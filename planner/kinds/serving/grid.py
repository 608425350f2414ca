"""Replicas to look at: model, precision, engine, work, card and tensor parallelism, each combination once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Catalog, Ints
from planner.errors import InputError
from planner.space.serving.resolve import ServingSpace

MOST_REPLICAS: Final = 400_000
"""Kinds of replicas that one plan looks at."""
_LARGEST: Final = 2**62
_HEADS: Final = ("n_heads", "n_kv_heads")


@dataclass(frozen=True, slots=True)
class Grid:
    """Kinds of replicas, (n,) each."""

    model: Ints
    """Index into `Catalog.models`."""
    precision: Ints
    engine: Ints
    work: Ints
    gpu: Ints
    """Index into `Catalog.gpus`."""
    cards: Ints
    """GPUs that share one copy of the model."""

    def __len__(self) -> int:
        """Number of kinds."""
        return len(self.model)

    def take(self, rows: Ints) -> "Grid":
        """Some of them."""
        return Grid(
            *(column[rows] for column in (self.model, self.precision, self.engine, self.work, self.gpu, self.cards))
        )


def grid_of(space: ServingSpace, catalog: Catalog, models: Ints, works: int) -> Grid:
    """Every kind of replica that some machine of the market can hold.

    Tensor parallelism goes over powers of two up to the largest machine with that card, as far as heads divide over the
    cards, and heads of keys and values over the cards or the cards over them, which then hold copies.
    """
    shapes = space.market.shapes
    cards = [
        (gpu, 2**power)
        for gpu in np.unique(shapes.gpu).tolist()
        for power in range(int(math.log2(max(shapes.count[shapes.gpu == gpu]))) + 1)
    ]
    size = len(models) * len(space.precisions) * len(space.engines) * works * len(cards)
    if size > MOST_REPLICAS:
        message = (
            f"{size:,} kinds of replicas, at most {MOST_REPLICAS:,} are planned; name fewer models, GPUs or levers"
        )
        raise InputError(message)
    sizes = (len(models), len(space.precisions), len(space.engines), works, len(cards))
    model, precision, engine, work, card = (
        part.reshape(-1) for part in np.meshgrid(*(np.arange(n) for n in sizes), indexing="ij")
    )
    pairs = np.array(cards, np.int64).reshape(-1, 2)
    grid = Grid(models[model], precision, engine, work, pairs[card, 0], pairs[card, 1])
    heads, shared = (np.array([getattr(one, name) for one in catalog.models])[grid.model] for name in _HEADS)
    divides = (shared % grid.cards == 0) | (grid.cards % shared == 0)
    return grid.take(np.flatnonzero((heads % grid.cards == 0) & divides))


def distinct(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """First row of each distinct combination of columns that are not negative, and which of these every row is."""
    # Rows as one whole number: those of a matrix are much slower to sort.
    code, most = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        values = int(column.max(initial=0)) + 1
        if most * values >= _LARGEST:
            code = np.unique(code, return_inverse=True)[1]
            most = int(code.max(initial=0)) + 1
        code, most = code * values + column, most * values
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    return first, which
