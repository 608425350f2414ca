"""The one table of targets. A further one is a module with `export(given, asked) -> Made` and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from planner.export.asked import Asked, Given, Made


class Module(Protocol):
    """What a target's module has."""

    def export(self, given: Sequence[Given], asked: Asked) -> Made:
        """Files, or what a server was sent; raises InputError, with all reasons, for what does not fit."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target."""

    module: str
    """Imported when the target is used."""
    told: str
    """What it writes."""
    options: frozenset[str] = frozenset()
    """Fields of `Asked` that it reads."""

    def export(self, given: Sequence[Given], asked: Asked) -> Made:
        """What the target's module makes."""
        return cast("Module", importlib.import_module(self.module)).export(given, asked)


TARGETS: Final[Mapping[str, Target]] = {
    "focus": Target(
        "planner.export.focus.export",
        "what plans or a review foresee, as rows of a bill (FOCUS 1.2)",
        frozenset({"decision", "start", "periods"}),
    ),
    "ical": Target("planner.export.ical.export", "the schedule of a portfolio, as a calendar (iCalendar, RFC 5545)"),
    "prometheus": Target("planner.export.prometheus.export", "metrics, rules and rule tests of a review"),
    "grafana": Target("planner.export.grafana.export", "a dashboard for these metrics"),
    "spend": Target(
        "planner.export.spend.export", "what a review found spent, for the budgets of policies (kind: Spend)"
    ),
    "mlflow": Target(
        "planner.export.mlflow.export",
        "figures and files as a run of MLflow",
        frozenset({"decision", "tracking_uri", "experiment", "again"}),
    ),
    "xlsx": Target("planner.export.xlsx.export", "a business case or a portfolio as a workbook with live formulas"),
}
"""Name → target."""
