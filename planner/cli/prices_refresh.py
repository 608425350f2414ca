"""`planner prices refresh` and `test`: sources are asked; what they say becomes a snapshot, or is counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import prices_edge
from planner.cli.environment import Settings
from planner.cli.tables import as_json, table
from planner.errors import ExitCode

if TYPE_CHECKING:
    from planner.catalog.prices.snapshot import Snapshot
    from planner.catalog.prices.source import Source

_SOURCES = click.argument("names", metavar="[SOURCE]...", nargs=-1)
_MAPPING = click.option(
    "--mapping", "mappings", multiple=True, metavar="FILE", type=click.Path(path_type=Path, exists=True),
    help="File that says how a CSV or JSON list of prices is read; a source of its own. May be repeated.",
)  # fmt: skip
_TRIES = 2
"""Of each request of a test: somebody waits for it, and a refresh is more patient."""
_FORM = click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="What to print."
)


@click.command("refresh")
@_SOURCES
@click.option(
    "--into", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Folder of snapshots. Default: PLANNER_PRICES where that is no .csv, else prices.",
)  # fmt: skip
@_MAPPING
@click.option("--require", "required", multiple=True, metavar="SOURCE", help="Exit 4 where this source fails.")
@click.option(
    "--for", "scenarios", multiple=True, metavar="SCENARIO", type=click.Path(path_type=Path, exists=True),
    help="Exit 4 where a source fails that this scenario needs: no older price, or a stale one.",
)  # fmt: skip
@click.option(
    "--confirm", multiple=True, metavar="KEY",
    help="Take a price that jumped: provider/instance/region/tier, how that begins, or all.",
)  # fmt: skip
@click.option(
    "--history", "recorded", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Also record what sources answered in this history of prices. Default: PLANNER_HISTORY.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Ask sources again whose prices are younger than PLANNER_PRICE_TTL_HOURS.")
@_FORM
@click.pass_context
def refresh(
    context: click.Context, names: tuple[str, ...], into: Path | None, mappings: tuple[Path, ...],
    required: tuple[str, ...], scenarios: tuple[Path, ...], confirm: tuple[str, ...], recorded: Path | None,
    force: bool, form: str,
) -> int:  # fmt: skip
    """Ask SOURCEs (default: all, or the mappings) for prices, and write them as DIR/YYYY-MM-DD.csv, to be reviewed.

    A source that fails keeps its older prices with their dates. A price that changed tenfold or more is put into
    YYYY-MM-DD.quarantine.csv instead, and the older one stays, until somebody confirms it; that it is seen again
    confirms nothing. Exit 4 where a source fails that was required, or none could be had at all.

    Example: planner prices refresh vast lambda
    """
    from planner.catalog.prices.checking import Known
    from planner.catalog.prices.difference import rows_in_force
    from planner.catalog.prices.refreshing import ask_all, due, missing, previous_snapshot, write_refreshed
    from planner.cli.prices_text import told, verdict_rows
    from planner.units import earliest_day

    settings = context.ensure_object(Settings)
    listed = prices_edge.chosen(names, mappings)
    listed += [one for one in prices_edge.chosen(required, ()) if required and one.name not in _names(listed)]
    catalog, day = prices_edge.bundled(settings), prices_edge.today()
    known, folder = Known.of(catalog), _folder(settings, into)
    if day < (listed_on := earliest_day(catalog.as_of).isoformat()):
        click.echo(f"warning: it is {day} here, before the catalog's own {listed_on}: is the clock right?", err=True)
    previous = previous_snapshot(folder, known, day)
    asked, fresh = (listed, []) if force else due(listed, previous, day, settings.price_ttl_hours)
    ask = prices_edge.open_ask(catalog, day)
    # What nobody named may lack its key.
    usual = not names and not mappings
    silent = [one for one in asked if usual and one.name not in required and missing(one, ask.environment)]
    answers = ask_all([one for one in asked if one not in silent], ask)
    if not answers and not confirm:
        _say_idle(fresh, silent, ask.environment)
        lacking = _lacking(settings, scenarios, folder, previous, silent, previous)
        return int(ExitCode.PRICE if lacking or not fresh else ExitCode.OK)
    done = write_refreshed(
        folder, answers, day, known, confirm, lambda text: click.echo(text, err=True), rows_in_force(catalog)
    )
    rows = verdict_rows(done.merged, fresh, silent, previous)
    if form == "json":
        click.echo(as_json(rows))
    else:
        click.echo(table(rows) if rows else "no source was asked")
    for line in told(done):
        click.echo(line, err=True)
    if (history := recorded or settings.history) is not None:
        from planner.cli.price_recording import recorded_text

        click.echo(recorded_text(history, done.merged), err=True)
    failed = {one.source for one in done.merged.taken if one.failed} | {one.name for one in silent}
    lost = [one for one in listed if one.name in failed]
    lacking = _lacking(settings, scenarios, done.path, done.merged.snapshot, lost, previous)
    for name in sorted(failed.intersection(required)):
        click.echo(f"{name} is required and could not be had", err=True)
    none = bool(answers) and all(one.failed for one in done.merged.taken)
    return int(ExitCode.PRICE if lacking or none or failed.intersection(required) else ExitCode.OK)


@click.command("test")
@_SOURCES
@_MAPPING
@_FORM
@click.pass_context
def test(context: click.Context, names: tuple[str, ...], mappings: tuple[Path, ...], form: str) -> int:
    """Ask SOURCEs (default: all, or the mappings), write nothing, and say which cannot be reached, and why.

    Exit 4 where one cannot be reached; one that lacks its key or its package counts only where it is named.

    Example: planner prices test
    """
    from planner.catalog.prices.refreshing import ask_all
    from planner.cli.prices_text import reach_rows

    settings = context.ensure_object(Settings)
    asked = prices_edge.chosen(names, mappings)
    ask = prices_edge.open_ask(prices_edge.bundled(settings), prices_edge.today(), _TRIES)
    answers = ask_all(asked, ask)
    rows = reach_rows(answers)
    click.echo(as_json(rows) if form == "json" else table(rows))
    click.echo(f"{sum(one.fetched is not None for one in answers)} of {len(answers)} sources can be reached", err=True)
    named = bool(names or mappings)
    bad = [one for one in answers if one.fetched is None and (named or not one.unready)]
    return int(ExitCode.PRICE if bad else ExitCode.OK)


def _folder(settings: Settings, into: Path | None) -> Path:
    usual = settings.prices if settings.prices is not None and settings.prices.suffix != ".csv" else None
    return into or usual or Path(prices_edge.FOLDER)


def _say_idle(fresh: Sequence[Source], silent: Sequence[Source], environment: Any) -> None:  # noqa: ANN401 - a mapping
    from planner.catalog.prices.refreshing import missing

    if fresh:
        names = ", ".join(one.name for one in fresh)
        click.echo(f"nothing is due: {names}; --force asks again", err=True)
    for one in silent:
        click.echo(f"{one.name}: not asked: {', '.join(missing(one, environment))} not set", err=True)


def _names(sources: Sequence[Source]) -> set[str]:
    return {one.name for one in sources}


def _lacking(
    settings: Settings, scenarios: Sequence[Path], path: Path, snapshot: Snapshot | None, lost: Sequence[Source],
    previous: Snapshot | None,
) -> bool:  # fmt: skip
    """Whether scenarios need something of sources that could not be had; says what."""
    if not scenarios or not lost:
        return False
    from planner.catalog.loader import load_catalog
    from planner.cli.prices_needs import needs
    from planner.resources import CATALOG_DATA

    catalog = load_catalog(None, settings.catalog or CATALOG_DATA, path if snapshot and snapshot.rows else None)
    lines = [
        line
        for scenario in scenarios
        for line in needs(scenario, catalog, snapshot, lost, previous, settings.price_max_age_months)
    ]
    for line in lines:
        click.echo(line, err=True)
    return bool(lines)
