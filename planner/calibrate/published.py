"""The fit to published rows: which constants, how far a row is trusted, which rows share a band, where rows lie."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from planner.calibrate.fit import Sample, cluster_sd, fit
from planner.calibrate.residuals import held_out_band
from planner.catalog.constants import Band, Calibration
from planner.catalog.rows import Bools, Floats
from planner.estimate.memory_metrics import METRICS
from planner.measured.columns import Rows
from planner.measured.predict import predict_memory, predict_speed

PREFIX: Final = {"memory": "memory.", "throughput": "speed."}
"""Names of the constants that a quantity's rows are fitted for."""
SD: Final = {"memory": (0.08, 0.5), "throughput": (0.1, 0.2)}
"""Standard deviation of ln(actual/predicted) of a complete and of a partial row: targets of DOMAIN 12, and what lengths
that are only caps and metrics that are not stated leave open [E]."""
UNTRUSTED_SD: Final = 1e6
"""A row without a stack is judged, but says nothing about constants that belong to stacks."""
BAND_ROWS, BAND_PUBLISHERS = 20, 3
"""Fewest rows and publishers for a band of their own."""


def figures(quantity: str, rows: Rows, calibration: Calibration) -> Floats:
    """Predictions in the unit of what was observed: GiB in the row's metric, or tokens/s per GPU."""
    if quantity == "memory":
        return predict_memory(rows, calibration).shown_gib
    return predict_speed(rows, calibration).tokens_per_s_per_gpu


def fitted(
    quantity: str, calibration: Calibration, rows: Rows, observed: Floats, complete: Sequence[bool],
    publishers: Sequence[str],
) -> Calibration:  # fmt: skip
    """The calibration with the constants of one quantity fitted to rows."""
    names = [name for name in calibration.constants if name.startswith(PREFIX[quantity])]
    strict, loose = SD[quantity]
    sd = cluster_sd(np.where(np.array(complete, bool), strict, loose), publishers)
    sd = np.where(rows["named_stack"], sd, UNTRUSTED_SD)
    return fit(calibration, names, Sample(observed, lambda c: figures(quantity, rows, c), sd))


def band_groups(
    quantity: str, rows: Rows, complete: Sequence[bool], metrics: Sequence[str], pretraining: Bools
) -> Mapping[str, Bools]:
    """Rows that share a band, by its name: all with a stack; finer where conditions make a difference."""
    named = rows["named_stack"]
    if quantity == "memory":
        stated = np.array([metric in METRICS for metric in metrics], bool)
        return {
            "memory": np.ones(len(rows), bool),
            "memory/complete": np.array(complete, bool),
            "memory/stated": stated,
            "memory/unstated": ~stated,
        }
    methods = [method.id for method in rows.catalog.methods]
    groups = {
        "throughput": named,
        "throughput/tuning": named & ~pretraining,
        "throughput/pretrain": named & pretraining,
    }
    for method in ("full", "lora", "qlora"):
        groups[f"throughput/{method}"] = named & ~pretraining & (rows["method"] == methods.index(method))
    return groups


def bands(groups: Mapping[str, Bools], residuals: Floats, publishers: Sequence[str]) -> dict[str, Band]:
    """Bands of the groups that have rows and publishers enough; the first group, all rows, has one in any case."""
    found = {}
    names = np.array(publishers, np.str_)
    for i, (group, members) in enumerate(groups.items()):
        chosen = members & np.isfinite(residuals)
        enough = chosen.sum() >= BAND_ROWS and len(set(names[chosen].tolist())) >= BAND_PUBLISHERS
        if enough or (i == 0 and chosen.any()):
            found[group] = held_out_band(residuals[chosen], names[chosen].tolist())
    return found


RANGES: Final[Mapping[str, Callable[[Rows], Floats]]] = {
    "parameters": lambda rows: rows["p_total"],
    "length_tokens": lambda rows: rows["seq_len"],
    "micro_batch_tokens": lambda rows: rows["tokens"],
    "gpus": lambda rows: rows["gpus"],
}
"""Conditions whose range among the rows used is kept, so that a job outside it can be told so."""


def seen_words(rows: Rows, used: Bools) -> dict[str, tuple[str, ...]]:
    """Words that rows used have: stacks, methods, cards, generations."""
    catalog = rows.catalog
    chosen = [row for row, keep in zip(rows.conditions, used, strict=True) if keep]
    cards = [catalog.gpus[row.gpu] for row in chosen if row.gpu >= 0]
    return {
        "stack": tuple(sorted({catalog.stacks[row.stack].id for row in chosen if row.named_stack})),
        "method": tuple(sorted({row.method for row in chosen})),
        "gpu": tuple(sorted({card.id for card in cards})),
        "generation": tuple(sorted({card.generation for card in cards})),
    }
