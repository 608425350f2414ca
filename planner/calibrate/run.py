"""One run of the user, understood: what was run, and what came out."""

import math
from dataclasses import dataclass

from planner.calibrate.run_rows import Row
from planner.measured.condition import Condition


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the user; NaN and empty where it does not say."""

    row: Row
    condition: Condition | None = None
    """What speed and memory depend on; None where it tells neither."""
    tokens_per_s_per_gpu: float = math.nan
    memory_gib: float = math.nan
    machine: str = ""
    """`provider/tier`."""
    preemptions: float = math.nan
    running_hours: float = math.nan
    listed_usd: float = math.nan
    paid_usd: float = math.nan
    task: str = ""
    q: float = math.nan
    predicted_q: float = math.nan
    date: str = ""
