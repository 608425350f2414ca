"""`planner prices advise`: run a planned job now, wait, or move."""

from __future__ import annotations

from pathlib import Path

import click

from planner.cli import price_options
from planner.cli.price_options import kept_in, moment, opened, printed
from planner.cli.price_rows import as_json, printable


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
    not advised.

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
    found = advised(opened(context, folder), wanted, price_options.now(), until, least, region, provider)
    click.echo(as_json(advice_data(found)) if form == "json" else printable(advice_text(found, form)))
