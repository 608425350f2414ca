"""What price verbs have from outside: the day, the network, the environment, and the sources that there are."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from planner.cli.environment import Settings

if TYPE_CHECKING:
    from planner.catalog.prices.source import Ask, Source
    from planner.catalog.rows import Catalog

FOLDER: Final = "prices"
"""Where snapshots go unless another folder is named."""
_TIMEOUT_S: Final = 30.0
_TRIES: Final = 4


def today() -> str:
    """The day in UTC, YYYY-MM-DD."""
    return datetime.now(UTC).date().isoformat()


def bundled(settings: Settings) -> Catalog:
    """The catalog without any snapshot."""
    from planner.catalog.loader import load_catalog
    from planner.resources import CATALOG_DATA

    return load_catalog(None, settings.catalog or CATALOG_DATA)


def open_ask(catalog: Catalog, day: str, tries: int = _TRIES) -> Ask:
    """What sources may use: the network, this environment, the day, and the cards that the catalog knows."""
    from planner.catalog.prices.cards import card_resolver
    from planner.catalog.prices.source import Ask
    from planner.http.transport import Clock, Patience, Transport

    transport = Transport(Clock(time.time, time.sleep), Patience(timeout_s=_TIMEOUT_S, tries=tries))
    return Ask(transport, os.environ, day, card_resolver(catalog))


def known_sources() -> Mapping[str, Source]:
    """Sources that come with the planner, by name."""
    from planner.catalog.prices.table import SOURCES

    return SOURCES


def chosen(names: Iterable[str], mappings: Sequence[Path]) -> list[Source]:
    """The sources of these names and those of these mapping files, each once; all where neither is given.

    Raises UsageError for an unknown name, or for one that two of them have.
    """
    from planner.catalog.names import hint_of
    from planner.catalog.prices.mapped import mapped_source

    ours = known_sources()
    mapped: dict[str, Source] = {}
    for path in mappings:
        source = mapped_source(path)
        if source.name in ours or source.name in mapped:
            message = f"{path}: there is a source called {source.name!r} already; give it another name"
            raise click.UsageError(message)
        mapped[source.name] = source
    known = (*ours, *mapped)
    wanted = dict.fromkeys((*names, *mapped))
    for name in wanted:
        if name not in known:
            hint = hint_of(name, known, f"sources: {', '.join(known)}")
            message = f"no source {name!r}; {hint}"
            raise click.UsageError(message)
    return [mapped[name] if name in mapped else ours[name] for name in wanted or known]
