"""`planner prices watch`: refresh, record, tell and sleep, for a machine without cron."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import price_options
from planner.cli.price_options import history_folder, kept_in, span
from planner.errors import PlannerError

if TYPE_CHECKING:
    from planner.catalog.prices.alerts import Alert, Thresholds

sleep: Callable[[float], None] = time.sleep
"""How the time between two rounds passes."""
LEAST, MOST = timedelta(minutes=1), timedelta(days=31)
"""Between two rounds: providers answer no faster than their prices move."""
Told = dict[tuple[object, ...], datetime]
"""Alert → when it was last found."""


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
    from planner.catalog.prices.alerts import Thresholds, alerts
    from planner.catalog.prices.history_files import open_history
    from planner.cli.prices_history import alert_rows
    from planner.cli.prices_refresh import refresh
    from planner.cli.tables import table

    kept = history_folder(context, folder)
    open_history(kept, create=True)
    told: Told = {}
    pause = span(every, "--every", LEAST, MOST)
    for number in rounds(pause, times, lambda: price_options.now().timestamp(), sleep):
        try:
            context.invoke(refresh, names=names, into=into, mappings=mappings, force=True, recorded=kept, form="table")
            now = price_options.now()
            found = alerts(open_history(kept, create=True), {}, now)
        except PlannerError as error:
            click.echo(f"round {number}: {error}", err=True)
            continue
        new = not_told(found, told, now, Thresholds())
        click.echo(table(alert_rows(new), "table") if new else "no price moved that far")


def not_told(found: Sequence[Alert], told: Told, now: datetime, limits: Thresholds) -> list[Alert]:
    """The alerts that are new; `told` forgets those that left the window that they were found in, and gets these."""
    for one in [one for one, at in told.items() if now - at > (limits.past if one[0] == "anomaly" else limits.window)]:
        del told[one]
    new = [alert for alert in found if (alert.kind, alert.key, alert.usd_per_hour) not in told]
    told.update({(alert.kind, alert.key, alert.usd_per_hour): now for alert in found})
    return new


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
