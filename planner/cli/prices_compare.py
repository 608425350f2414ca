"""`planner prices diff` and `show`: what moved between two lists of prices, and the prices in force."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from planner.catalog.prices.row import TIERS
from planner.cli import prices_edge
from planner.cli.environment import Settings, chosen_snapshot, tell_once
from planner.cli.price_matches import what_there_is
from planner.cli.pricing import pricing
from planner.cli.tables import as_json, table, unknown

if TYPE_CHECKING:
    from planner.catalog.prices.difference import PriceChanges
    from planner.catalog.prices.row import PriceRow
    from planner.catalog.prices.snapshot import Snapshot

Row = dict[str, Any]
BUNDLED: Final = "bundled"
_FORM = click.option(
    "--format", "form", type=click.Choice(["table", "json", "markdown", "csv"]), default="table", show_default=True,
    help="What to print.",
)  # fmt: skip
_LIMIT = click.option("--limit", type=click.IntRange(min=1), help="Show only so many rows.")


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@_LIMIT
@_FORM
@click.pass_context
def diff(context: click.Context, before: str, after: str, limit: int | None, form: str) -> None:
    """Compare two lists of prices: snapshots, folders (their newest counts), or `bundled`, that of the planner.

    The largest move comes first. A snapshot is held against the bundled list as it would be planned with: providers
    that it does not have stay as they are.

    Example: planner prices diff bundled prices
    """
    from planner.catalog.prices.difference import compare

    settings = context.ensure_object(Settings)
    old, new = _rows(settings, before, after), _rows(settings, after, before)
    changes = compare(old, new)
    rows = change_rows(changes)
    _print(rows[:limit] if limit else rows, form, "nothing moved")
    moves = [move.share for move in changes.moved]
    click.echo(
        f"{len(moves):,} moved ({sum(one > 0 for one in moves):,} up, {sum(one < 0 for one in moves):,} down), "
        f"{len(changes.appeared):,} appeared, {len(changes.vanished):,} vanished, {changes.same:,} the same",
        err=True,
    )


@click.command("show")
@click.option("--gpu", help="Card or family, such as h100.")
@click.option("--provider", help="Provider.")
@click.option("--region", help="Region.")
@click.option("--tier", type=click.Choice(TIERS), help="Way to rent.")
@_LIMIT
@_FORM
@pricing
@click.pass_context
def show(
    context: click.Context, gpu: str | None, provider: str | None, region: str | None, tier: str | None,
    limit: int | None, form: str,
) -> None:  # fmt: skip
    """Show the prices that plans are made with, the cheapest card-hour first, with their age and source.

    Ages are counted up to the catalog's date: that of the newest list.

    Example: planner prices show --gpu h100 --tier spot --limit 10
    """
    from planner.catalog.names import hint_of, resolve_gpus
    from planner.catalog.prices.difference import rows_in_force
    from planner.units import earliest_day

    settings = context.ensure_object(Settings)
    catalog, snapshot = settings.load_catalog(), _snapshot(settings, settings.snapshot())
    ids = {catalog.gpus[at].id for at in resolve_gpus(catalog, gpu)} if gpu else None
    if ids is not None and not ids:
        names = [one.id for one in catalog.gpus]
        message = f"no card {gpu!r}; {hint_of(str(gpu), names, 'see `planner list gpus`')}"
        raise click.UsageError(message)
    if provider and provider not in catalog.offers.providers:
        message = (
            f"no provider {provider!r}; {hint_of(provider, catalog.offers.providers, 'see `planner list providers`')}"
        )
        raise click.UsageError(message)
    sources = {row.key: row.source for row in snapshot.rows} if snapshot is not None else {}
    today = earliest_day(catalog.as_of)
    wanted = [
        row
        for row in rows_in_force(catalog)
        if (ids is None or row.gpu in ids)
        and provider in (None, row.provider)
        and region in (None, row.region)
        and tier in (None, row.tier)
    ]
    wanted.sort(key=lambda row: (row.usd_per_hour / row.gpu_count, row.key))
    rows: list[Row] = [
        {
            "provider": row.provider,
            "instance": row.instance,
            "gpu": row.gpu,
            "count": row.gpu_count,
            "region": row.region,
            "tier": row.tier,
            "usd_per_hour": row.usd_per_hour,
            "usd_per_gpu_hour": row.usd_per_hour / row.gpu_count,
            "age_days": max(0, (today - earliest_day(row.as_of)).days),
            "confidence": row.confidence,
            "source": sources.get(row.key, BUNDLED),
        }
        for row in (wanted[:limit] if limit else wanted)
    ]
    _print(rows, form, "nothing matches")
    if not wanted:
        asked = {"provider": provider, "region": region, "tier": tier}
        given = {"gpu": sorted(ids)} if ids else {}
        given |= {name: [value] for name, value in asked.items() if value is not None}
        held = [{name: getattr(row, name) for name in ("gpu", *asked)} for row in rows_in_force(catalog)]
        for line in what_there_is(given, held):
            click.echo(line, err=True)
    click.echo(f"{len(rows):,} of {len(wanted):,} prices; catalog of {catalog.as_of}", err=True)


def change_rows(changes: PriceChanges) -> list[Row]:
    """A difference as rows: moves, then what appeared, then what vanished."""
    rows = [
        _change(move.after, "moved", move.before.usd_per_hour, move.after.usd_per_hour, 100 * move.share)
        for move in changes.moved
    ]
    rows += [_change(row, "appeared", math.nan, row.usd_per_hour, math.nan) for row in changes.appeared]
    return rows + [_change(row, "vanished", row.usd_per_hour, math.nan, math.nan) for row in changes.vanished]


def _change(row: PriceRow, what: str, before: float, after: float, percent: float) -> Row:
    return {
        "provider": row.provider, "instance": row.instance, "region": row.region, "tier": row.tier, "change": what,
        "before_usd_per_hour": before, "after_usd_per_hour": after, "percent": round(percent, 2),
    }  # fmt: skip


def _rows(settings: Settings, name: str, other: str) -> list[PriceRow]:
    """The prices of one side; against the bundled list those that a plan with the snapshot would see."""
    from planner.catalog.prices.difference import rows_in_force
    from planner.catalog.prices.doubts import doubts

    if name == BUNDLED:
        return rows_in_force(prices_edge.bundled(settings))
    path = chosen_snapshot(Path(name))
    if other == BUNDLED:
        return rows_in_force(replace(settings, prices=path).load_catalog())
    found = _snapshot(settings, path)
    for doubt in () if found is None else doubts(found, path, prices_edge.bundled(settings)):
        tell_once(doubt)
    return list(found.rows) if found is not None else []


def _snapshot(settings: Settings, path: Path | None) -> Snapshot | None:
    from planner.catalog.prices.checking import Known
    from planner.catalog.prices.snapshot import read_snapshot

    return None if path is None else read_snapshot(path, Known.of(prices_edge.bundled(settings)))


def _print(rows: list[Row], form: str, nothing: str) -> None:
    """Rows in a form; what is unknown is null in JSON and empty in CSV."""
    if form == "json":
        click.echo(as_json(rows))
    elif form == "csv":
        text = io.StringIO()
        if rows:
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: None if unknown(value) else value for name, value in row.items()} for row in rows)
        click.echo(text.getvalue(), nl=False)
    else:
        click.echo(table(rows, form) if rows else nothing)
