"""Options that the verbs on the history of prices share: which history, which prices, in what form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from planner.cli.environment import Settings
from planner.cli.price_rows import BARS
from planner.cli.tables import FORMATS
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


def tell_ahead(held: History, moment: datetime) -> None:
    """Say how many prices no figure has in it because they are of a time to come."""
    from planner.catalog.prices.series import ahead

    if count := ahead(held, moment):
        click.echo(f"{count:,} prices are dated after now and left out: some clock is wrong", err=True)


def moment(text: str) -> datetime:
    """A day, which means its end, or a time, in UTC where it names no zone; raises BadParameter for neither."""
    try:
        read = datetime.fromisoformat(text)
        if _is_day(text):
            read = datetime.combine(read.date(), time(23, 59, 59))
        # Beside the first and the last day that there are, a time of another zone is none in UTC.
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = f"{text!r} is no date: write 2026-12-05 or 2026-12-05T18:00Z"
        raise click.BadParameter(message, param_hint="--by") from error


def _is_day(text: str) -> bool:
    """Whether it names a day and no time of it: 2026-12-05, 20261205, 2026-W49-6."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def span(text: str, option: str, least: timedelta, most: timedelta) -> timedelta:
    """A length of time such as `24 h`; raises BadParameter for what is none, or not from `least` to `most`."""
    from planner.units import duration, parse_quantity

    try:
        hours = parse_quantity(text, "time")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error
    shortest, longest = (limit / timedelta(hours=1) for limit in (least, most))
    if not shortest <= hours <= longest:
        message = f"{text!r} is not from {duration(shortest)} to {duration(longest)}"
        raise click.BadParameter(message, param_hint=option)
    return timedelta(hours=hours)


def shows_bars() -> bool:
    """Whether what prints takes more than ASCII."""
    try:
        BARS.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
