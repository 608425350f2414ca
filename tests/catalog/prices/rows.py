"""Prices and sources for the tests beside this file and others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from typing import Any

from planner.catalog.prices.checking import Known
from planner.catalog.prices.merging import Answer
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.source import Ask, Fetched

DAY, LATER = "2026-11-29", "2026-11-30"
KNOWN = Known(("aws", "gcp", "lambda", "runpod", "vast", "nebius"), ("h100-sxm", "a100-80gb-sxm", "l4"))
_ROW = PriceRow(
    provider="vast", instance="H100 x1", gpu="h100-sxm", gpu_count=1, vcpus=16.0, memory_gib=float("nan"),
    region="any", tier="on_demand", usd_per_hour=2.5, market="marketplace", as_of=DAY, confidence="high",
    source="vast",
)  # fmt: skip


def price(**changes: Any) -> PriceRow:
    """A price that is believable, but for the changes."""
    return replaced(_ROW, **changes)


def answered(name: str, *rows: PriceRow, providers: tuple[str, ...] = (), **others: Any) -> Answer:
    """What came of a source that gave rows."""
    return Answer(name, providers, Fetched(rows, **others))


def failed(name: str, why: str = "no answer", providers: tuple[str, ...] = ()) -> Answer:
    """What came of a source that gave nothing."""
    return Answer(name, providers, None, why)


@dataclass(frozen=True)
class FakeSource:
    """A source that does what it is told."""

    name: str
    gives: Callable[[Ask], Fetched]
    providers: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def fetch(self, ask: Ask) -> Fetched:
        return self.gives(ask)
