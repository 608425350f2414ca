"""Runs that came to their end, as they are held against plans."""

import datetime
import math
from dataclasses import dataclass
from typing import Final

from planner.spend.advice.past_runs import BILLED, TIER
from planner.spend.store import Store

_TEXTS: Final = (
    "run", "job", "scenario", "version", "model", "method", "stack", "gpu", "provider", "region", "status", "metric",
)  # fmt: skip
_NUMBERS: Final = ("gpu_count", "hours", "epochs", "tokens", "value", "cost_usd", "paid_usd", "list_usd", "billed")
_QUERY: Final = f"""
SELECT {", ".join(f"coalesce(r.{name}, '')" for name in _TEXTS)}, {TIER}, r.started, r.gpu_count,
    epoch(r.ended - r.started) / 3600.0, r.epochs, r.tokens, r.value,
    CASE WHEN r.cost_from <> 'catalog' THEN r.cost_usd END, b.paid, b.listed, b.gpu_hours
FROM runs r LEFT JOIN ({BILLED}) b ON b.run = r.run
WHERE r.ended > r.started AND r.ended <= ? ORDER BY r.started, r.run, r.ended, r.place"""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run with what came of it; '' and NaN are unknown."""

    run: str
    job: str
    scenario: str
    version: str
    model: str
    method: str
    stack: str
    gpu: str
    provider: str
    region: str
    status: str
    metric: str
    tier: str
    started: datetime.datetime
    gpu_count: float
    hours: float
    epochs: float
    tokens: float
    value: float
    cost_usd: float
    """What was paid; NaN where it is only hours at the catalog's price."""
    paid_usd: float
    """Of its GPU-hours on the bill."""
    list_usd: float
    """Of the same, by list."""
    billed_gpu_hours: float

    @property
    def ended_well(self) -> bool:
        """As its log says; one that says nothing of it did."""
        return self.status in ("ok", "")

    @property
    def gpu_hours(self) -> float:
        """From start to end, on all of its GPUs."""
        return self.hours * self.gpu_count

    @property
    def tokens_per_s_per_gpu(self) -> float:
        """Over the whole run, its start-up among it."""
        return self.tokens / (self.gpu_hours * 3600.0) if self.gpu_hours > 0.0 else math.nan


def finished_runs(store: Store) -> list[FinishedRun]:
    """All that ended before `store.as_of`, oldest first, however they ended."""
    rows = store.rows(_QUERY, [store.begin(store.as_of)])
    numbers = len(_NUMBERS)
    return [
        FinishedRun(*row[:-numbers], *(math.nan if value is None else float(value) for value in row[-numbers:]))
        for row in rows
    ]
