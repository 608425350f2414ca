"""`planner prices watch`: refresh, record, tell and sleep, for a machine without cron."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click

from planner.cli import price_options
from planner.cli.price_options import history_folder, kept_in
from planner.errors import InputError, PlannerError

sleep: Callable[[float], None] = time.sleep
"""How the time between two rounds passes."""
LEAST = timedelta(minutes=1)
"""Providers answer no faster than their prices move."""


@click.command("watch")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--every", default="1 h", show_default=True, help="Time between the starts of two rounds.")
@click.option("--times", type=click.IntRange(min=1), help="Rounds. Default: until interrupted.")
@kept_in
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of snapshots, as of refresh.",
)
@click.option(
    "--mapping", "mappings", multiple=True, metavar="FILE", type=click.Path(path_type=Path, exists=True),
    help="Source described by a file, as of refresh; may be repeated.",
)  # fmt: skip
@click.pass_context
def watch(
    context: click.Context, names: tuple[str, ...], every: str, times: int | None, folder: Path | None,
    into: Path | None, mappings: tuple[Path, ...],
) -> None:  # fmt: skip
    """Refresh prices again and again, record them in the history, and print what moved as `planner prices alerts` does.

    A round that fails is told and the next one tries again; an alert that was told is not repeated. Ctrl-C ends it.

    Example: planner prices watch vast runpod --every 30min --history prices-seen
    """
    from planner.catalog.prices.alerts import alerts
    from planner.catalog.prices.history_files import open_history
    from planner.cli.price_rows import table
    from planner.cli.prices_history import alert_rows
    from planner.cli.prices_refresh import refresh

    kept = history_folder(context, folder)
    open_history(kept, create=True)
    told: set[tuple[object, ...]] = set()
    for number in rounds(_interval(every), times, lambda: price_options.now().timestamp(), sleep):
        try:
            context.invoke(refresh, names=names, into=into, mappings=mappings, force=True, recorded=kept, form="table")
            found = alerts(open_history(kept, create=True), {}, price_options.now())
        except PlannerError as error:
            click.echo(f"round {number}: {error}", err=True)
            continue
        new = [alert for alert in found if (alert.kind, alert.key, alert.usd_per_hour) not in told]
        told.update((alert.kind, alert.key, alert.usd_per_hour) for alert in new)
        click.echo(table(alert_rows(new), "table") if new else "no price moved that far")


def rounds(
    every: timedelta, times: int | None, clock: Callable[[], float], pause: Callable[[float], None]
) -> Iterator[int]:
    """Numbers from 1, one when each round is due; rounds that a long one leaves no time for are left out."""
    step, number, due = every.total_seconds(), 1, clock()
    while True:
        yield number
        number += 1
        if times is not None and number > times:
            return
        now = clock()
        due = max(due + step, now)
        if due > now:
            pause(due - now)


def _interval(text: str) -> timedelta:
    from planner.units import parse_quantity

    try:
        every = timedelta(hours=parse_quantity(text, "time"))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error), param_hint="--every") from error
    if not LEAST <= every <= timedelta(days=31):
        message = f"--every {text}: from 1 min to 31 days"
        raise InputError(message)
    return every
