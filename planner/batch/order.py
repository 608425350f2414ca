"""What a command asks for every scenario that it plans, and where the words and files of a plan go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from planner.gate.plans import Setting
from planner.locking.choosing import BESIDE, Prices
from planner.planning import NO_CHANGES
from planner.report.render import Output
from planner.scenario.compose import Changes

Form = Literal["table", "json", "markdown"]
Stream = Literal["out", "err"]


@dataclass(frozen=True, slots=True)
class Order:
    """What all scenarios of one command have in common; it travels to the processes that plan them."""

    setting: Setting = field(default_factory=Setting)
    changes: Changes = NO_CHANGES
    calibration: Path | None = None
    prices: Prices = BESIDE
    refresh: bool = False
    """Whether the lock beside a scenario, where there is one, is made anew."""
    outputs: tuple[Output, ...] = ()
    template: str = "technical"
    templates: tuple[Path, ...] = ()
    """Folders of templates that are looked into after the one that a scenario names, before the planner's own."""
    form: Form = "table"
    out: Path | None = None
    """Folder to write to; None for reports/<name>."""
    several: bool = False
    """Whether each scenario gets a folder of its own in `out`."""
    candidates: Path | None = None
    sample: int | None = None
    width: int = 120
    """Columns of the table."""
    quiet: bool = False
    color: bool = False
    debug: bool = False
    fresh_hours: float | None = None
    """Age from which the price of a choice is told to be old; None for never."""
    require_fresh: bool = False
    """Whether such a price is a failure."""
    today: str = ""
    """Day from which contracts that have ended are told of; empty for no word on them."""
    tracking_uri: str | None = None
    """MLflow's server, for reviews whose runs are there."""
    simulate: bool = False
    """Whether decisions of Serving scenarios are run as simulations."""

    def folder(self, name: str) -> Path:
        """Where the plan of a scenario of this name goes."""
        if self.out is None:
            return Path("reports") / name
        return self.out / name if self.several else self.out


class Desk(Protocol):
    """Where what a plan has to say goes, and its files."""

    def tell(self, text: str) -> None:
        """Say something about the work."""

    def doing(self, what: str) -> None:
        """Say what is being made now, for whoever waits for it."""

    def show(self, text: str) -> None:
        """Print a result, which ends with its own line feed."""

    def keep(self, contents: Mapping[Path, bytes]) -> list[Path]:
        """Put files at their places, all or none; returns the places."""

    def wrote(self, paths: Sequence[Path]) -> None:
        """Say which files there are now."""


@dataclass
class Tray:
    """A desk that keeps everything for whoever asked: it is printed and written where the command runs.

    A process that is killed therefore never leaves half a file behind.
    """

    said: list[tuple[Stream, str]] = field(default_factory=list)
    contents: list[dict[Path, bytes]] = field(default_factory=list)
    """Files that belong together, in the order in which they were made."""

    def tell(self, text: str) -> None:
        """Say something about the work."""
        self.said.append(("err", text + "\n"))

    def doing(self, what: str) -> None:
        """Nothing: the batch says how far it is."""

    def show(self, text: str) -> None:
        """Print a result."""
        self.said.append(("out", text))

    def keep(self, contents: Mapping[Path, bytes]) -> list[Path]:
        """Hold files for their places."""
        if contents:
            self.contents.append(dict(contents))
        return list(contents)

    def wrote(self, paths: Sequence[Path]) -> None:
        """Nothing: that is told by whoever writes them."""
