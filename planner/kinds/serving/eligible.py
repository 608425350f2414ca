"""Which engine serves which precision on which card, and how often a group of cards holds the same keys and values."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.architecture import LATENT_ATTENTION
from planner.catalog.engines import Engine, EngineSupport, runs_on
from planner.catalog.rows import Bools, Catalog, Floats, Gpu, Model
from planner.kinds.serving.grid import Grid, distinct
from planner.space.serving.resolve import ServingSpace


@dataclass(frozen=True, slots=True)
class Cards:
    """What the cards of kinds of replicas can do, (n,) each."""

    served: Bools
    """Whether the engine serves the precision on the card."""
    kv_copies: Floats
    """Bytes of cached keys and values over those that the precision and the model ask for."""


def cards_of(grid: Grid, space: ServingSpace, catalog: Catalog) -> Cards:
    """Eligibility and copies of keys and values of every kind."""
    first, which = distinct([grid.model, grid.precision, grid.engine, grid.gpu, grid.cards])
    served, copies = [], []
    rows = grid.take(first)
    for m, p, e, g, cards in zip(
        *(column.tolist() for column in (rows.model, rows.precision, rows.engine, rows.gpu, rows.cards)), strict=True
    ):
        engine, gpu = space.engines[e], catalog.gpus[g]
        line = line_of(catalog, engine, space.precisions[p], gpu)
        served.append(line is not None)
        # Weight-only fp8 keeps keys and values in 16 bit: twice the byte of the law (DOMAIN 9.1).
        wider = 2.0 if line is not None and line.weight_only and space.precisions[p] == "fp8" else 1.0
        copies.append(wider * _copies(catalog.models[m], engine, cards))
    return Cards(np.array(served, bool)[which], np.array(copies, np.float64)[which])


def line_of(catalog: Catalog, engine: Engine, precision: str, gpu: Gpu) -> EngineSupport | None:
    """The line of `engine_support.csv` by which an engine serves a precision on a card; None where it does not."""
    return runs_on(catalog.engine_support, engine.family, precision, gpu.vendor, gpu.arch, gpu.compute_capability)


def _copies(model: Model, engine: Engine, cards: int) -> float:
    """Cards over heads of keys and values: each card has one at least. A latent cache is whole on every card."""
    if model.family in LATENT_ATTENTION:
        return 1.0 if engine.attention_by_sequence and model.moe_experts > 0 else float(cards)
    return max(1.0, cards / model.n_kv_heads)
