"""`planner prices advise`: run a planned job now, wait, or move."""

from __future__ import annotations

from pathlib import Path

import click

from planner.cli import price_options
from planner.cli.environment import Settings
from planner.cli.price_options import kept_in, moment, opened, printed, tell_ahead
from planner.cli.tables import as_json, printable


@click.command("advise")
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("configuration", metavar="[ID]", required=False)
@kept_in
@click.option(
    "--by", metavar="DATE", help="When it is to be finished, UTC. Default: the plan's deadline, counted from now."
)
@click.option("--region", multiple=True, metavar="NAME", help="Move to this region alone; may be repeated.")
@click.option("--provider", multiple=True, metavar="NAME", help="Move to this provider alone; may be repeated.")
@click.option(
    "--least-saving",
    "least",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Smallest saving that counts, in USD.",
)
@printed
@click.pass_context
def advise(
    context: click.Context, plan: Path, configuration: str | None, folder: Path | None, by: str | None,
    region: tuple[str, ...], provider: tuple[str, ...], least: float, form: str,
) -> None:  # fmt: skip
    """Say when and where to buy the machine hours of one configuration of PLAN: now, later, or elsewhere.

    ID is an id, the beginning of one, or the name of a decision; left out, it is the knee. Savings are in expected
    compute cost. What saves less than noise is not advised: 2 % of the cost, the error of a forecast's mean, or
    --least-saving, whichever is most. Marketplaces, prices of low confidence and those over a week old are shown and
    not advised, and no move leads out of the providers, regions and countries that the scenario of PLAN names.

    Example: planner prices advise reports/support-bot cheapest --history prices-seen --by 2026-12-05
    """
    from planner.cli.buying_text import advice_data, advice_text
    from planner.cli.explain import find_configuration
    from planner.market.advise import advise as advised
    from planner.market.job import job
    from planner.report.reading import read_plan

    read = read_plan(plan)
    wanted = job(read, find_configuration(read, configuration))
    until = None if by is None else moment(by)
    places = _countries(context) if wanted.allowed is not None and wanted.allowed.countries is not None else {}
    held, now = opened(context, folder), price_options.now()
    tell_ahead(held, now)
    found = advised(held, wanted, now, until, least, region, provider, places)
    click.echo(as_json(advice_data(found)) if form == "json" else printable(advice_text(found, form)))


def _countries(context: click.Context) -> dict[tuple[str, str], str]:
    """The countries of the catalog's regions."""
    from planner.catalog.places import read_countries
    from planner.catalog.tables import Directory
    from planner.resources import CATALOG_DATA

    directory = Directory(context.ensure_object(Settings).catalog or CATALOG_DATA)
    found = read_countries(directory)
    directory.problems.raise_any()
    return found
