"""Options that the verbs on the history of prices share: which history, which prices, in what form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from planner.cli.environment import Settings
from planner.cli.price_rows import BARS, FORMATS
from planner.errors import InputError

if TYPE_CHECKING:
    from planner.catalog.prices.history_files import History

F = TypeVar("F", bound=Callable[..., Any])
Picked = dict[str, tuple[str | int, ...]]
"""Column → values asked for."""


def kept_in(command: F) -> F:
    """Add --history."""
    return click.option(
        "--history",
        "folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder with the history. Default: PLANNER_HISTORY.",
    )(command)


def printed(command: F) -> F:
    """Add --format."""
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print it."
    )(command)


def picking(command: F) -> F:
    """Add the filters; the command gets one for each column, a tuple of values."""
    for name in ("tier", "region", "instance", "provider", "gpu"):
        command = click.option(
            f"--{name}", multiple=True, metavar="NAME", help=f"Prices of this {name} alone; may be repeated."
        )(command)
    return command


def picked(**columns: tuple[str, ...]) -> Picked:
    """The filters that were given."""
    return {name: values for name, values in columns.items() if values}


def history_folder(context: click.Context, folder: Path | None) -> Path:
    """The folder that is asked for; raises InputError where none is."""
    found = folder or context.ensure_object(Settings).history
    if found is None:
        message = "no history named; give --history DIR or set PLANNER_HISTORY"
        raise InputError(message)
    return found


def opened(context: click.Context, folder: Path | None) -> History:
    """The history that is asked for, found sound."""
    from planner.catalog.prices.history_files import open_history

    return open_history(history_folder(context, folder))


def now() -> datetime:
    """What the clock says."""
    return datetime.now(UTC)


def moment(text: str) -> datetime:
    """A day, which means its end, or a time, in UTC where it names no zone; raises BadParameter for neither."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no date: write 2026-12-05 or 2026-12-05T18:00Z"
        raise click.BadParameter(message) from error
    if len(text) == len("2026-12-05"):
        read = datetime.combine(read.date(), time(23, 59, 59))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def shows_bars() -> bool:
    """Whether what prints takes more than ASCII."""
    try:
        BARS.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
