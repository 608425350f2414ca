"""Rows of served throughput: conditions, prediction at saturation, and why a row cannot be expressed."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from planner.catalog.constants import ENGINE_SPEED, Band, Calibration
from planner.catalog.engines import UNKNOWN, Engine, printed_engine
from planner.catalog.models import id_of
from planner.catalog.names import hint_of
from planner.catalog.rows import Catalog, Floats, Gpu, Model
from planner.estimate.serving.inputs import WEIGHT_BYTES, ModelColumns, model_columns, serving_inputs
from planner.estimate.serving.throughput import Served, saturated
from planner.estimate.standing import WIDER_OUTSIDE, Standing, standing
from planner.measured.models import RowModel, known_model, row_model
from planner.measured.table import RowTable, Unusable, number
from planner.units import Z90

SD: Final = 0.25
"""Spread on ln where the catalog has no band for serving (DOMAIN 12)."""


@dataclass(frozen=True, slots=True)
class ServingRow:
    """Conditions of one served run."""

    model: Model | RowModel
    """The catalog's, or one by the columns of the row."""
    gpu: Gpu
    gpus: float
    precision: str
    engine: Engine
    input_tokens: float
    output_tokens: float
    most: float
    """Sequences at a time; infinite at full load."""

    @property
    def mixture(self) -> bool:
        """Whether the model is a mixture of experts."""
        return self.model.moe_experts > 0 if isinstance(self.model, Model) else self.model.experts > 1

    @property
    def kind(self) -> str:
        """What the targets tell apart: fp4, else mixture or dense."""
        return "fp4" if self.precision == "fp4" else "mixture" if self.mixture else "dense"

    @property
    def group(self) -> str:
        """Rows that share a band: of engines with static batches, else of the same kind."""
        return "static" if self.engine.static else self.kind


def serving_row(record: Mapping[str, str], catalog: Catalog) -> ServingRow:
    """The conditions of a row; `Unusable` where they do not suffice."""
    model = _model(record, catalog)
    cards = {gpu.id: gpu for gpu in catalog.gpus}
    card = cards.get(id_of(record.get("gpu_id", "")))
    if card is None:
        message = f"gpu_id {record.get('gpu_id', '')!r} is not in the catalog"
        raise Unusable(message, hint_of(record.get("gpu_id", ""), cards, "`planner list gpus` has them all"))
    precision = record.get("precision", "").strip().lower()
    if precision not in WEIGHT_BYTES:
        message = f"precision {record.get('precision', '')!r} is not one of {', '.join(WEIGHT_BYTES)}"
        raise Unusable(message)
    figures = [number(record, name) for name in ("n_gpus", "input_len", "output_len")]
    if any(map(math.isnan, figures)):
        message = "n_gpus, input_len and output_len must be given"
        raise Unusable(message)
    most = record.get("concurrency", "").strip().lower()
    if most.startswith("qps") and most != "qps=inf":
        message = "an offered load says nothing of saturation"
        raise Unusable(message)
    if most not in ("", "max", "qps=inf") and not re.fullmatch(r"[1-9]\d*", most):
        message = f"concurrency {record['concurrency']!r} is no whole number above 0"
        raise Unusable(message, "leave it blank, or say max, for full load")
    at_a_time = float(most) if most.isdigit() else math.inf
    gpus, given, made = figures
    engine = printed_engine(catalog.engines, record.get("engine", "")) or _unknown(catalog)
    return ServingRow(model, card, gpus, precision, engine, given, made, at_a_time)


def _model(record: Mapping[str, str], catalog: Catalog) -> Model | RowModel:
    """The catalog's model where the row says nothing else of its shape: it knows what columns cannot tell."""
    if all(math.isnan(number(record, name)) for name in ("n_layers", "hidden", "params_b")):
        known = known_model(catalog, record.get("model", ""))
        if known is not None:
            return known
    return row_model(record, catalog)


def _unknown(catalog: Catalog) -> Engine:
    return next(engine for engine in catalog.engines if engine.id == UNKNOWN)


def predict_served(rows: Sequence[ServingRow], calibration: Calibration) -> Served:
    """What the replica of every row does; NaN tokens where its weights leave no room, or a peak is not known."""
    inputs = serving_inputs(
        _model_columns(rows), [row.gpu for row in rows], _column([row.gpus for row in rows]),
        [row.precision for row in rows], [row.engine for row in rows], calibration,
    )  # fmt: skip
    lengths = _column([row.input_tokens for row in rows]), _column([row.output_tokens for row in rows])
    return saturated(inputs, *lengths, _column([row.most for row in rows]))


def _model_columns(rows: Sequence[ServingRow]) -> ModelColumns:
    """Columns of the rows' models; every distinct one is described once."""
    listed = list(dict.fromkeys(row.model for row in rows if isinstance(row.model, Model)))
    own = list(dict.fromkeys(row.model for row in rows if isinstance(row.model, RowModel)))
    both: list[Model | RowModel] = [*listed, *own]
    place = {model: i for i, model in enumerate(both)}
    at = np.array([place[row.model] for row in rows], np.int64)
    known, described = model_columns(listed), _described(own)
    return ModelColumns(
        **{
            column.name: np.concatenate([getattr(known, column.name), getattr(described, column.name)])[at]
            for column in fields(ModelColumns)
        }
    )


def _described(models: Sequence[RowModel]) -> ModelColumns:
    """Columns of models that rows describe."""
    return ModelColumns(
        p_total=_column([model.p_total for model in models]),
        p_active=_column([model.p_mm_active for model in models]),
        p_expert=_column([model.p_expert for model in models]),
        experts=_column([model.experts for model in models]),
        used=_column([model.used for model in models]),
        p_embedding=_column([model.p_embedding for model in models]),
        tables=_column([1.0 if model.tied else 2.0 for model in models]),
        n_layers=_column([model.n_layers for model in models]),
        hidden=_column([model.hidden for model in models]),
        hq=_column([model.hq for model in models]),
        kv_width=_column([2.0 * model.hkv for model in models]),
    )


def serving_answers(table: RowTable, catalog: Catalog) -> tuple[list[list[float]], list[str], list[str]]:
    """Figures, labels and reasons of a file's rows, in their order."""
    cells: list[list[float]] = [[] for _ in range(len(table))]
    labels, reasons = [""] * len(table), [""] * len(table)
    kept, rows = [], []
    for i, record in enumerate(table.records()):
        try:
            rows.append(serving_row(record, catalog))
            kept.append(i)
        except Unusable as why:
            reasons[i] = why.told
    served = predict_served(rows, catalog.calibration)
    for i, row, rate in zip(kept, rows, served.tokens_per_s.tolist(), strict=True):
        if math.isnan(rate):
            reasons[i] = "weights leave no room for a cache on these cards, or no peak at this precision is known"
            continue
        found = serving_standing(row, catalog.calibration)
        band = serving_band(row, catalog.calibration, found)
        cells[i] = [rate, rate * math.exp(band.low), rate * math.exp(band.high)]
        labels[i], reasons[i] = found.word, "; ".join(found.reasons)
    return cells, labels, reasons


def serving_standing(row: ServingRow, calibration: Calibration) -> Standing:
    """Whether rows like this one were used in the fit; if not, what is unlike."""
    total = row.model.params_total if isinstance(row.model, Model) else row.model.p_total
    words = serving_words(row)
    figures = {"parameters": total, "length_tokens": row.input_tokens + row.output_tokens, "gpus": row.gpus}
    return standing(calibration, "serving", words, figures)


def serving_words(row: ServingRow) -> dict[str, str]:
    """What of a row is a word: engine, card, precision, and what kind of model."""
    kind = "mixture" if row.mixture else "dense"
    precision = row.precision.replace("bf16", "fp16")
    return {"engine": row.engine.id, "gpu": row.gpu.id, "precision": precision, "weights": kind}


def serving_band(row: ServingRow, calibration: Calibration, found: Standing) -> Band:
    """The 90 % interval of ln(actual/predicted): of rows like it, joined with what is not known of its engine's speed.

    An engine without rows is no other reason to widen; whatever else is unlike the rows is.
    """
    band = calibration.band("serving", row.group, row.engine.id) or Band(-SD * Z90, SD * Z90, 0, 0)
    engine = Z90 * calibration.constants[f"{ENGINE_SPEED}{row.engine.id}"].spread
    other = [reason for reason in found.reasons if not reason.startswith("no rows of engine")]
    wider = WIDER_OUTSIDE if other else 1.0
    low, high = (math.copysign(math.hypot(end * wider, engine), end) for end in (band.low, band.high))
    return replace(band, low=low, high=high)


def _column(values: Sequence[float]) -> Floats:
    return np.array(values, np.float64)
