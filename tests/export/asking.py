"""Exports of plans and reviews that tests make."""

import csv
import datetime
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.export.asked import Asked, Given, Made
from planner.export.targets import TARGETS

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome

START = datetime.date(2026, 11, 30)
FILE = Path("plan.json")


def exported(target: str, *outcomes: "Outcome", **asked: Any) -> Made:
    """What a target makes of these."""
    given = [Given(FILE, one) for one in outcomes]
    return TARGETS[target].export(given, Asked(**{"start": START, **asked}))


def bill(*outcomes: "Outcome", **asked: Any) -> list[dict[str, str]]:
    """The rows of their FOCUS file in CSV."""
    (content,) = exported("focus", *outcomes, **asked).files.values()
    return list(csv.DictReader(io.StringIO(content.decode())))


def total(rows: list[dict[str, str]], column: str = "BilledCost", **like: str) -> Decimal:
    """The sum of a column over the rows whose other columns are so."""
    return sum((Decimal(row[column]) for row in rows if matches(row, like)), Decimal())


def matches(row: Mapping[str, str], like: Mapping[str, str]) -> bool:
    """Whether a row has these values."""
    return like.items() <= row.items()
