"""Runs that cannot have happened as told: faster than their card, or in less memory than the model itself takes."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from planner.calibrate.observed import speed_of
from planner.calibrate.run import Run
from planner.calibrate.run_columns import OUTCOMES
from planner.catalog.rows import Catalog
from planner.measured.columns import Rows, rows_of
from planner.measured.inputs import speed_inputs
from planner.measured.predict import predict_memory
from planner.measured.table import Unusable
from planner.source import Problem

LEAST_OF_WEIGHTS: Final = 0.8
"""Share of the weights' bytes that a peak must reach: parameters may be printed rounded, or partly off the card."""


def impossible(runs: Sequence[Run], catalog: Catalog) -> list[tuple[Run, Problem]]:
    """What no run can have done, each with its cell."""
    return [*_too_fast(runs, catalog), *_too_small(runs, catalog)]


def _told(runs: Sequence[Run], catalog: Catalog, figure: Callable[[Run], float]) -> tuple[list[Run], Rows | None]:
    """Runs that tell a figure, and their conditions as columns; no columns where there is none."""
    told = [run for run in runs if run.condition is not None and not math.isnan(figure(run))]
    return told, rows_of([run.condition for run in told if run.condition is not None], catalog) if told else None


def _too_fast(runs: Sequence[Run], catalog: Catalog) -> list[tuple[Run, Problem]]:
    """Runs faster than their card can be: FLOPs of the model alone, over every peak the card publishes."""
    told, rows = _told(runs, catalog, lambda run: run.tokens_per_s_per_gpu)
    if rows is None:
        return []
    flops = speed_inputs(rows, catalog.calibration).flops.model
    found = []
    for run, per_token, gpu in zip(told, flops.tolist(), rows["gpu"].tolist(), strict=True):
        try:
            speed_of({"tokens_per_s_per_gpu": repr(run.tokens_per_s_per_gpu)}, catalog.gpus[gpu], per_token)
        except Unusable as error:
            column = next(name for name in OUTCOMES if name in run.row.cells)
            hint = "tokens per second are per GPU, not of all of them"
            found.append((run, run.row.problem(str(error), column, hint)))
    return found


def _too_small(runs: Sequence[Run], catalog: Catalog) -> list[tuple[Run, Problem]]:
    """Runs whose peak is below the weights that lie on each card."""
    told, rows = _told(runs, catalog, lambda run: run.memory_gib)
    if rows is None:
        return []
    terms = predict_memory(rows, catalog.calibration).terms
    weights = (terms.weights + terms.adapters).tolist()
    return [
        (run, run.row.problem(
            f"impossible: a peak of {run.memory_gib:.1f} GiB, and the weights alone take {gib:.1f} GiB on each card",
            "peak_mem_gib",
            "is the model, the method, the sharding or the unit another one?",
        ))
        for run, gib in zip(told, weights, strict=True)
        if run.memory_gib < LEAST_OF_WEIGHTS * gib
    ]  # fmt: skip
