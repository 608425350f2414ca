"""Predictions for rows as cells: figures with 90 % bands, whether they are calibrated, and why a row has none."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.stats import norm

from planner.catalog.constants import Band, Calibration
from planner.catalog.rows import Catalog, Floats
from planner.estimate.bands import MEMORY_SD
from planner.estimate.memory_metrics import METRICS
from planner.estimate.standing import Standing, own_standing, standing
from planner.measured.columns import Rows, rows_of
from planner.measured.condition import Condition, condition_of
from planner.measured.predict import predict_memory, predict_speed
from planner.measured.serving import serving_answers
from planner.measured.table import RowTable, Unusable, number
from planner.units import Z90

UNCALIBRATED_SD: Final = {"memory": MEMORY_SD, "throughput": 0.25}
"""Spread on ln before any calibration (DOMAIN 12, 2.3)."""

SURE: Final = 0.001
"""No chance is told as nearer to never or always: a band of some hundred rows knows nothing of its far ends."""

COLUMNS: Final = {
    "memory": ("pred_mem_gib", "pred_mem_lo_gib", "pred_mem_hi_gib", "pred_fit_prob"),
    "throughput": (
        "pred_tokens_per_s_per_gpu", "pred_tokens_per_s_per_gpu_lo", "pred_tokens_per_s_per_gpu_hi", "pred_step_s",
        "pred_hours",
    ),
    "serving": ("pred_tokens_per_s", "pred_tokens_per_s_lo", "pred_tokens_per_s_hi"),
}  # fmt: skip
"""Columns added for each quantity; `pred_label` and `pred_reason` follow."""


def standing_of(row: Condition, catalog: Catalog, quantity: str) -> Standing:
    """Whether rows like this one were used in the fit; if not, what is unlike."""
    own = own_band(row, catalog, quantity)
    if own is not None:
        found = own_standing(own, row.method, row.model.p_total)
        return replace(found, reasons=(found.basis, *found.reasons))
    words = {"stack": catalog.stacks[row.stack].id if row.named_stack else "", "method": row.method}
    if row.gpu >= 0 and quantity == "throughput":
        card = catalog.gpus[row.gpu]
        words |= {"generation": card.generation, "gpu": card.id}
    figures = {
        "parameters": row.model.p_total,
        "length_tokens": row.seq_len,
        "micro_batch_tokens": row.micro_batch * row.seq_len,
        "gpus": row.gpus,
    }
    return standing(catalog.calibration, quantity, words, figures)


def own_band(row: Condition, catalog: Catalog, quantity: str) -> Band | None:
    """The band of a user's own runs on the row's stack, and for speed its card; None without such runs."""
    card = catalog.gpus[row.gpu].id if row.gpu >= 0 else ""
    return catalog.calibration.own_band(quantity, catalog.stacks[row.stack].id, card)


def answers(table: RowTable, catalog: Catalog, quantity: str) -> dict[str, list[str]]:
    """The added columns for every row of a file, in its order; a row that cannot be expressed keeps them empty."""
    makers = {"memory": _memory, "throughput": _throughput, "serving": serving_answers}
    cells, labels, reasons = makers[quantity](table, catalog)
    names = COLUMNS[quantity]
    columns = {name: [_cell(row[i]) if row else "" for row in cells] for i, name in enumerate(names)}
    return {**columns, "pred_label": labels, "pred_reason": reasons}


def usable(table: RowTable, catalog: Catalog, *, needs_gpu: bool) -> tuple[list[int], list[Condition], dict[int, str]]:
    """Rows that can be expressed, their conditions, and why the others cannot."""
    kept, conditions, why = [], [], {}
    for i, record in enumerate(table.records()):
        try:
            conditions.append(condition_of(record, catalog, needs_gpu=needs_gpu))
            kept.append(i)
        except Unusable as reason:
            why[i] = reason.told
    return kept, conditions, why


def _memory(table: RowTable, catalog: Catalog) -> tuple[list[list[float]], list[str], list[str]]:
    kept, conditions, why = usable(table, catalog, needs_gpu=False)
    rows = rows_of(conditions, catalog)
    found = predict_memory(rows, catalog.calibration)
    records = table.records()
    stated = [records[i].get("metric", "") in METRICS for i in kept]
    labels = [standing_of(row, catalog, "memory") for row in conditions]
    groups = ["stated" if is_stated else "unstated" for is_stated in stated]
    low, high = _edges(found.shown_gib, rows, "memory", groups, labels)
    fits = _fit_probability(rows, found.needed_gib, labels)
    figures = np.stack([found.shown_gib, low, high, fits], axis=1).tolist()
    return _spread(len(table), kept, figures, labels, why)


def _fit_probability(rows: Rows, needed_gib: Floats, labels: Sequence[Standing]) -> Floats:
    """Probability that the job fits on its card; NaN where the row names none."""
    catalog = rows.catalog
    usable_gib = np.array([catalog.gpus[i].usable_gib if i >= 0 else math.nan for i in rows["gpu"]])
    plain = Band(-MEMORY_SD * Z90, MEMORY_SD * Z90, 0, 0)
    complete = catalog.calibration.band("memory", "complete") or plain
    found = [own_band(row, catalog, "memory") or complete for row in rows.conditions]
    middle = np.array([(band.low + band.high) / 2.0 for band in found], np.float64)
    sd = np.array([band.sd * label.wider for band, label in zip(found, labels, strict=True)], np.float64)
    chance = norm.cdf((np.log(usable_gib / needed_gib) - middle) / sd)
    return np.clip(np.asarray(chance, np.float64), SURE, 1.0 - SURE)


def _throughput(table: RowTable, catalog: Catalog) -> tuple[list[list[float]], list[str], list[str]]:
    kept, conditions, why = usable(table, catalog, needs_gpu=True)
    rows = rows_of(conditions, catalog)
    found = predict_speed(rows, catalog.calibration)
    records = table.records()
    labels = [standing_of(row, catalog, "throughput") for row in conditions]
    groups = [_speed_group(records[i], row.method) for i, row in zip(kept, conditions, strict=True)]
    rate = found.tokens_per_s_per_gpu
    low, high = _edges(rate, rows, "throughput", groups, labels)
    hours = [_hours(records[i], value, row.gpus) for i, value, row in zip(kept, rate, conditions, strict=True)]
    labels = [
        label if not wrong else replace(label, reasons=(*label.reasons, f"no hours: {wrong}"))
        for label, (_, wrong) in zip(labels, hours, strict=True)
    ]
    figures = np.stack([rate, low, high, found.step_s, [value for value, _ in hours]], axis=1).tolist()
    for place, i in enumerate(kept):
        if not math.isfinite(figures[place][0]):
            why[i] = f"{catalog.gpus[conditions[place].gpu].id} publishes no 16-bit peak"
    return _spread(len(table), kept, figures, labels, why)


def _speed_group(record: Mapping[str, str], method: str) -> str:
    return "pretrain" if record.get("method", "").strip().lower() == "pretrain" else method


def _hours(record: Mapping[str, str], rate: float, gpus: float) -> tuple[float, str]:
    """Hours for the tokens a row gives, in `tokens` or as `samples` of full length; NaN where it gives none.

    And what is wrong with those cells: the speed stands without them.
    """
    try:
        tokens = number(record, "tokens")
        if math.isnan(tokens):
            tokens = number(record, "samples") * number(record, "seq_len")
    except Unusable as error:
        return math.nan, error.told
    return tokens / (rate * gpus) / 3600.0, ""


def _edges(
    figures: Floats, rows: Rows, quantity: str, groups: Sequence[str], labels: Sequence[Standing]
) -> tuple[Floats, Floats]:
    """Ends of the 90 % bands, wider about their middle where a row is unlike those used."""
    lows, highs = [], []
    calibration, plain = rows.catalog.calibration, UNCALIBRATED_SD[quantity] * Z90
    for row, group, label in zip(rows.conditions, groups, labels, strict=True):
        band = own_band(row, rows.catalog, quantity) or _band(calibration, quantity, group) or Band(-plain, plain, 0, 0)
        middle, half = (band.low + band.high) / 2.0, (band.high - band.low) / 2.0 * label.wider
        lows.append(middle - half)
        highs.append(middle + half)
    return figures * np.exp(lows), figures * np.exp(highs)


def _band(calibration: Calibration, quantity: str, group: str) -> Band | None:
    tuning = quantity == "throughput" and group in ("full", "lora", "qlora")
    if tuning and f"{quantity}/{group}" not in calibration.bands:
        group = "tuning"
    return calibration.band(quantity, group)


def _spread(
    count: int, kept: Sequence[int], figures: list[list[float]], labels: Sequence[Standing], why: Mapping[int, str]
) -> tuple[list[list[float]], list[str], list[str]]:
    """Figures, labels and reasons put back in the order of the file."""
    cells: list[list[float]] = [[] for _ in range(count)]
    words, reasons = [""] * count, [why.get(i, "") for i in range(count)]
    for i, figure, label in zip(kept, figures, labels, strict=True):
        if i not in why:
            cells[i], words[i], reasons[i] = figure, label.word, "; ".join(label.reasons)
    return cells, words, reasons


def _cell(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
