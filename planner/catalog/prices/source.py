"""What a source of prices is: asked once, it gives rows, cards that nobody knows, and rows that are none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from planner.catalog.prices.row import PriceRow
from planner.http.transport import Transport


@dataclass(frozen=True, slots=True)
class Ask:
    """What a source may use; it reads neither clock nor environment by itself."""

    transport: Transport
    """Tries again, waits as long as it is asked to, and bounds time and size."""
    environment: Mapping[str, str]
    """Keys and settings; a key never gets into a row or a message."""
    day: str
    """Today, YYYY-MM-DD: the date of prices that are current when asked for."""
    card: Callable[[str, float], str | None]
    """Catalog id of a card as a provider prints it, with its memory in GiB (NaN: not said); None where unknown."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source answered."""

    rows: tuple[PriceRow, ...]
    unknown: Mapping[str, int] = field(default_factory=dict)
    """Cards that the catalog lacks, as printed, and in how many rows."""
    malformed: tuple[str, ...] = ()
    """Rows that cannot be read: which, and why, in words."""


class Source(Protocol):
    """One place that prices come from. A source is a module of this package and a line in `table.SOURCES`."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""

    @property
    def providers(self) -> tuple[str, ...]:
        """Ids of the providers whose prices it gives: those it replaces in a snapshot. Empty: what its rows name."""

    @property
    def variables(self) -> Mapping[str, str]:
        """Environment variables it reads, and what each is for."""

    @property
    def required(self) -> tuple[str, ...]:
        """Those of them without which it cannot be asked."""

    def fetch(self, ask: Ask) -> Fetched:
        """All its prices; raises HostError or InputError where it cannot be asked or makes no sense.

        Rows with an unknown card or without a believable price are reported in `unknown` and `malformed`.
        """
