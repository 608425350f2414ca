"""The fit of the serving law to published rows, in two steps, and the rows that share its bands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np

from planner.calibrate.fit import Sample, cluster_sd, fit
from planner.calibrate.residuals import held_out_band
from planner.catalog.constants import ENGINE_SPEED, Band, Calibration
from planner.catalog.rows import Bools, Floats
from planner.estimate.serving.inputs import linked
from planner.estimate.serving.throughput import StepTimes, tokens_per_s
from planner.measured.serving import ServingRow, predict_served

PREFIX: Final = "serving."
"""Names of the constants of the serving law."""
LATER: Final = ("serving.fp4_compute",)
"""Constants on which only rows in fp4 bear: fitted to those, with all others held."""
SD: Final = 0.1
"""Standard deviation of ln(actual/predicted) of a row (DOMAIN 9.1: 7.4 % on average) [R]."""
ENGINE_ROWS: Final = 10
"""Fewest rows for an engine to be fitted, and to count as one that rows are known of."""
BAND_ROWS, BAND_MODELS = 15, 2
"""Fewest rows and models for a band of their own."""


def serving_figures(rows: Sequence[ServingRow], calibration: Calibration) -> Floats:
    """Output tokens per second, with one sequence at least: what was measured did run, whatever memory says."""
    served = predict_served(rows, calibration)
    output = np.array([row.output_tokens for row in rows], np.float64)
    return tokens_per_s(StepTimes(served.decode_s, served.prefill_s), np.maximum(served.sequences, 1.0), output)


def fitted_serving(calibration: Calibration, rows: Sequence[ServingRow], observed: Floats) -> Calibration:
    """The calibration with the constants of the serving law fitted.

    First all but `LATER` to rows in 16 and 8 bit, then those to rows in fp4 of cards that need not talk over their
    slots, whose rate nobody measured apart. Rows of one model on the same cards are one cluster: they share what is
    wrong about it. An engine with fewer than `ENGINE_ROWS` keeps its prior speed.
    """
    engines = Counter(row.engine.id for row in rows)
    few = {f"{ENGINE_SPEED}{row.engine.id}" for row in rows if engines[row.engine.id] < ENGINE_ROWS}
    enough = [i for i, row in enumerate(rows) if engines[row.engine.id] >= ENGINE_ROWS]
    rows, observed = [rows[i] for i in enough], observed[enough]
    names = [name for name in calibration.constants if name.startswith(PREFIX) and name not in few]
    fp4 = np.array([row.precision == "fp4" for row in rows], bool)
    slots = np.array([row.gpus > 1 and not linked(row.gpu) for row in rows], bool)
    for chosen, constants in ((~fp4, [n for n in names if n not in LATER]), (fp4 & ~slots, list(LATER))):
        where = np.flatnonzero(chosen)
        if len(where):
            some = [rows[i] for i in where.tolist()]
            sd = cluster_sd(np.full(len(where), SD), [_cluster(row) for row in some])
            predict = partial(serving_figures, some)
            calibration = fit(calibration, constants, Sample(observed[where], predict, sd))
    return calibration


def _cluster(row: ServingRow) -> str:
    name = getattr(row.model, "id", repr(row.model))
    return f"{row.engine.id}|{name}|{row.gpu.id}|{row.gpus:g}|{row.precision}"


def serving_groups(rows: Sequence[ServingRow]) -> Mapping[str, Bools]:
    """Rows that share a band, by its name: all in 16 and 8 bit; those of `ServingRow.group`; of one engine."""
    group = np.array([row.group for row in rows], np.str_)
    engine = np.array([row.engine.id for row in rows], np.str_)
    found = {"serving": ~np.isin(group, ("fp4", "static"))}
    for name in ("dense", "mixture", "fp4", "static"):
        found[f"serving/{name}"] = group == name
        found |= {f"serving/{name}/{one}": (group == name) & (engine == one) for one in sorted(set(engine.tolist()))}
    return found


def serving_bands(groups: Mapping[str, Bools], residuals: Floats, models: Sequence[str]) -> dict[str, Band]:
    """Bands of the groups that have rows and models enough, from residuals of models held out."""
    names = np.array(models, np.str_)
    found = {}
    for group, members in groups.items():
        chosen = members & np.isfinite(residuals)
        if chosen.sum() >= BAND_ROWS and len(set(names[chosen].tolist())) >= BAND_MODELS:
            found[group] = held_out_band(residuals[chosen], names[chosen].tolist())
    return found
