"""`planner list`: what the catalog knows."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.catalog_rows import NO_CATALOG, PRIVATE, TABLES, Row, template_rows
from planner.cli.environment import Settings
from planner.cli.model_filters import ModelFilters, filtering_models
from planner.cli.pricing import pricing
from planner.cli.tables import as_json, cell_text, table, unknown

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog


class _Table(click.Choice[str]):
    """A table by its name; of a wrong one the nearest is suggested."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's contract
        near = get_close_matches(str(value).lower(), TABLES, n=1)
        said = super().get_invalid_choice_message(value, ctx)
        return f"{said} Did you mean {near[0]!r}?" if near else said


@click.command("list")
@click.argument("what", type=_Table(list(TABLES)))
@click.option(
    "--where",
    "filters",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Keep rows whose column holds the value; may be repeated.",
)
@click.option("--sort", help="Column to sort by.")
@click.option("--limit", type=click.IntRange(min=1), help="At most this many rows.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--compare",
    "comparing",
    is_flag=True,
    help="offers: the cheapest price of every card by provider and service: on demand, spot, one and three years.",
)
@click.option("--retired", is_flag=True, help="--compare: retired series too.")
@click.option("--as-of", metavar="DATE", help="Date that ages are counted at. Default: the catalog's own.")
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Lay a CatalogOverlay on the catalog, or those that a scenario names; may be repeated, the last one counts.",
)
@filtering_models
@pricing
@click.pass_context
def command(
    context: click.Context, what: str, filters: tuple[str, ...], sort: str | None, limit: int | None, form: str,
    comparing: bool, retired: bool, as_of: str | None, overlays: tuple[Path, ...], wanted: ModelFilters,
) -> None:  # fmt: skip
    """List what the catalog knows about WHAT, with filters.

    Example: planner list offers --where gpu=l40s --where tier=spot --sort usd_per_gpu_hour

    planner list offers --compare --where model=h100-sxm

    planner list private --overlay scenarios/overlays/acme.yaml

    planner list models --min-params 6B --license apache-2.0 --task chat --min-context 32k
    """
    _check(what, comparing=comparing, retired=retired, wanted=wanted)
    if what == PRIVATE and not overlays:
        message = "private lists what overlays say: planner list private --overlay FILE"
        raise click.UsageError(message)
    catalog = _catalog(context, as_of)
    if overlays:
        catalog = _overlaid(catalog, overlays)
    if comparing:
        from planner.cli.compare import compare

        rows = compare(catalog, retired=retired)
    elif what == "templates":
        rows = template_rows(context.ensure_object(Settings).template_roots)
    else:
        rows = TABLES[what](catalog)
    if wanted:
        ids = wanted.models(catalog)
        rows = [row for row in rows if row["id"] in ids]
    for text in filters:
        rows = _filtered(rows, text)
    if sort is not None:
        _known(rows, sort)
        rows.sort(key=lambda row: (unknown(row[sort]), row[sort]))
    shown = rows[:limit] if limit else rows
    if form == "json":
        click.echo(as_json(shown))
        return
    click.echo(table(shown) if shown else "nothing matches")
    dated = "" if what in NO_CATALOG else f"; catalog of {catalog.as_of}"
    click.echo(f"{len(shown):,} of {len(rows):,} rows{dated}", err=True)


def _catalog(context: click.Context, as_of: str | None) -> Catalog:
    """The catalog that the environment asks for, as of a date."""
    return context.ensure_object(Settings).load_catalog(as_of)


def _overlaid(catalog: Catalog, overlays: tuple[Path, ...]) -> Catalog:
    """The catalog with overlays on it; what in them does not count is told."""
    from planner.source import in_order, render_all
    from planner.space.overlay.laying import lay_files

    laid, texts = lay_files(overlays, catalog)
    if laid.warnings:
        click.echo(render_all(in_order(laid.warnings), texts), err=True)
    return laid.catalog


def _check(what: str, *, comparing: bool, retired: bool, wanted: ModelFilters) -> None:
    """Options that mean nothing for what is listed are refused."""
    if comparing and what != "offers":
        message = "--compare goes with offers: planner list offers --compare"
        raise click.UsageError(message)
    if retired and not comparing:
        message = "--retired goes with --compare; the list of offers has retired ones in it"
        raise click.UsageError(message)
    if wanted and what != "models":
        message = f"requirements on models do not apply to {what}; use --where"
        raise click.UsageError(message)


def _filtered(rows: list[Row], text: str) -> list[Row]:
    column, found, value = text.partition("=")
    if not found:
        message = f"{text!r} is not COLUMN=VALUE"
        raise click.BadParameter(message, param_hint="--where")
    _known(rows, column)
    return [
        row
        for row in rows
        if cell_text(row[column]).lower() == value.lower()
        or (isinstance(row[column], str) and value.lower() in row[column].lower().split("-"))
    ]


def _known(rows: list[Row], column: str) -> None:
    if rows and column not in rows[0]:
        message = f"no column {column!r}; columns: {', '.join(rows[0])}"
        raise click.BadParameter(message)
