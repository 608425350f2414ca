"""Figures for rows: peak memory in the row's own metric, step time and tokens per second per GPU."""

from dataclasses import dataclass

from planner.catalog.constants import Calibration
from planner.catalog.rows import Floats
from planner.estimate.memory import MemoryTerms, peak_memory
from planner.estimate.memory_metrics import shown_gib
from planner.estimate.speed import StepTime, step_time
from planner.measured.columns import Rows
from planner.measured.inputs import memory_inputs, speed_inputs


@dataclass(frozen=True, slots=True)
class MemoryFigures:
    """Peak memory of every row."""

    shown_gib: Floats
    """As the row's own metric shows it."""
    needed_gib: Floats
    """What must fit: allocated, and the CUDA context."""
    terms: MemoryTerms


def predict_memory(rows: Rows, calibration: Calibration) -> MemoryFigures:
    """Peak memory of every row under a calibration."""
    x = memory_inputs(rows, calibration)
    here = rows["tokens"] / x.layout.context
    terms = peak_memory(x, here, rows["grad_accum"])
    return MemoryFigures(shown_gib(terms, rows["metric"], calibration), terms.total, terms)


@dataclass(frozen=True, slots=True)
class SpeedFigures:
    """Speed of every row; NaN where the card publishes no peak."""

    tokens_per_s_per_gpu: Floats
    step_s: Floats
    """One optimizer step."""
    parts: StepTime


def predict_speed(rows: Rows, calibration: Calibration) -> SpeedFigures:
    """Step time and throughput of every row under a calibration."""
    x = speed_inputs(rows, calibration)
    tokens, accum = rows["tokens"], rows["grad_accum"]
    parts = step_time(x, tokens, accum)
    step = parts.total
    return SpeedFigures(tokens * accum / (step * x.layout.group), step, parts)
