"""A scenario that was read: what its kind needs to be planned, and where it comes from."""

import datetime
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from planner.catalog.rows import Catalog
from planner.outcome import LockReference
from planner.scenario.compose import Composed
from planner.scenario.fine_tune import FineTune
from planner.scenario.paths import scenario_root
from planner.scenario.serving import Serving
from planner.source import Document, Problem
from planner.source import Path as Place
from planner.space.dataset_places import Found
from planner.space.overlay.laying import Overlays
from planner.space.resolve import Space

if TYPE_CHECKING:
    from planner.outcome.portfolio import PortfolioPlan
    from planner.scenario.business_case import BusinessCase
    from planner.scenario.portfolio import Portfolio
    from planner.scenario.spend_review import SpendReview
    from planner.scenario.spend_sources import Source as SpendSource
    from planner.space.serving.resolve import ServingSpace

Source = str | os.PathLike[str] | Mapping[str, Any]
MAPPING: Final = "<mapping>"


@dataclass(frozen=True, slots=True)
class Ready:
    """A FineTune scenario that was read, checked and looked up in the catalog."""

    document: Document
    scenario: FineTune
    space: Space
    catalog: Catalog
    warnings: tuple[Problem, ...]
    path: str
    """The scenario's name in its plan."""
    texts: Mapping[str, str]
    """Of the files that warnings point into."""
    lock: LockReference | None = None
    """The lock whose prices count instead of the catalog's."""
    templates: Path | None = None
    """Folder of report templates that the scenario names; `missing_templates` says whether it is there."""
    overlays: Overlays | None = None
    """Those that the scenario names; their lines may have ended since the catalog's date."""


@dataclass(frozen=True, slots=True)
class ServingReady:
    """A Serving scenario that was read, its traffic among it, checked and looked up in the catalog."""

    document: Document
    scenario: Serving
    space: "ServingSpace"
    catalog: Catalog
    warnings: tuple[Problem, ...]
    path: str
    texts: Mapping[str, str]
    lock: LockReference | None = None
    templates: Path | None = None
    overlays: Overlays | None = None
    trained: Ready | None = None
    """The fine-tuning scenario whose choice is served, where it names one."""


AnyReady = Ready | ServingReady
"""What is planned."""


@dataclass(frozen=True, slots=True)
class ReviewReady:
    """A SpendReview that was read and checked, with the files of its sources found; these are read by the review."""

    document: Document
    scenario: "SpendReview"
    files: "tuple[tuple[str, SpendSource, tuple[Found, ...]], ...]"
    """Name, source and files of each source."""
    plans: tuple[Found, ...]
    as_of: datetime.date
    usd_per_unit: Mapping[str, float]
    """Currency → USD for one unit."""
    catalog: Catalog
    warnings: tuple[Problem, ...]
    path: str
    texts: Mapping[str, str]
    templates: Path | None = None
    overlays: Overlays | None = None
    lock: None = None
    """Nothing of it is locked: bills say themselves what was paid."""


@dataclass(frozen=True, slots=True)
class JobReady:
    """A job of a portfolio: its scenario as it was read, or why it cannot be."""

    name: str
    ready: AnyReady | None
    """None where its scenario cannot be read."""
    path: str
    """Name of its scenario in the plan."""
    problems: tuple[Problem, ...] = ()
    """Of its scenario: errors where it cannot be read."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Of the files that these point into."""
    kind: Literal["FineTune", "Serving"] = "FineTune"
    team: str = ""
    """That of the job, else of its scenario, else of the portfolio; empty where none says so."""
    digest: str = ""
    """Of its scenario as it was read."""


@dataclass(frozen=True, slots=True)
class PortfolioReady:
    """A Portfolio that was read and checked, with the scenarios of its jobs."""

    document: Document
    scenario: "Portfolio"
    jobs: tuple[JobReady, ...]
    """As written."""
    earlier: "PortfolioPlan | None"
    """The plan of before, of a portfolio that runs already."""
    catalog: Catalog
    warnings: tuple[Problem, ...]
    path: str
    texts: Mapping[str, str]
    templates: Path | None = None
    overlays: Overlays | None = None
    lock: None = None
    """Each job has the lock beside its own scenario."""


@dataclass(frozen=True, slots=True)
class CaseReady:
    """A BusinessCase that was read and checked, with the scenarios that supply costs and the tables that it names."""

    document: Document
    scenario: "BusinessCase"
    plans: Mapping[tuple[str, int], AnyReady]
    """(option, place in its `plans`) → scenario."""
    values: Mapping[str, tuple[float, ...]]
    """Dotted place of a spread with a file → the values of its column."""
    histories: Mapping[str, tuple[tuple[float, float], ...]]
    """Part of scale → (volume, cost in USD) of its history."""
    catalog: Catalog
    warnings: tuple[Problem, ...]
    path: str
    texts: Mapping[str, str]
    templates: Path | None = None
    overlays: Overlays | None = None
    lock: None = None
    """Each scenario that supplies costs has the lock beside it."""


Readied = AnyReady | ReviewReady | PortfolioReady | CaseReady
"""A scenario of whatever kind."""


def file_of(source: Source) -> Path:
    """The scenario's file, or what a mapping is called."""
    return Path(MAPPING if isinstance(source, Mapping) else source)


def shown_path(path: Path) -> str:
    """A scenario's name in plans: relative to its repository's root, so that the folder it lies in changes nothing."""
    return path.resolve().relative_to(scenario_root(path)).as_posix()


def laid_over(document: Document) -> Callable[[Place, Place], bool]:
    """Whether what is at one place was laid over what is at another: by a file that extends it, or by an option."""
    homes = document.homes if isinstance(document, Composed) else {}
    return lambda place, below: homes.get(place, 0) > homes.get(below, 0)
