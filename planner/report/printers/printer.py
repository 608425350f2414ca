"""What prints one kind of outcome: the one place that a kind's report is put together from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from planner.report.printers.takes import Takes

if TYPE_CHECKING:
    from planner.outcome.drift import Drift
    from planner.report.data.collection import Member

Paper = Literal["A4", "letter"]
"""Sizes of a sheet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report may be asked for beside its outcome."""

    drifts: "Sequence[Drift]" = ()
    """What moved since earlier plans; of plans of fine-tuning."""
    sections: Sequence[str] | None = None
    """Parts of a review of spend that are printed; None for those that its scenario names."""


@dataclass(frozen=True, slots=True)
class Printer:
    """How an outcome of one kind is printed."""

    takes: Takes
    """Which templates print it."""
    data_type: type
    """Type of the data of its report."""
    data: Callable[[Any, Asked], Any]
    """Outcome → data of its report."""
    markdown: Callable[[Any], str]
    """Data → summary."""
    text: Callable[[Any, int], str]
    """Data, width → what a terminal shows."""
    on_paper: Callable[[Any, Paper], Any]
    """Data → the same with what a sheet has room for."""
    member: "Callable[[Any], Member]"
    """Outcome → its line in a list of several."""
