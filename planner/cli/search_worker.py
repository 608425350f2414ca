"""`planner search-worker`: help a sampled search that another process leads, from here or from another machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.changes import calibrating, changing
from planner.cli.environment import Settings
from planner.cli.pricing import named, pricing
from planner.errors import ExitCode

if TYPE_CHECKING:
    from planner.scenario.compose import Changes


@click.command("search-worker")
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--storage", metavar="FILE|URL", help="Where `planner plan --storage` keeps it. Default: PLANNER_STORAGE."
)
@changing
@calibrating
@click.option("--as-of", metavar="DATE", help="Date that prices are aged at. Default: the newest of the catalog.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@pricing
@click.pass_context
def command(
    context: click.Context, scenario: Path, storage: str | None, changes: Changes, calibration: Path | None,
    as_of: str | None, quiet: bool,
) -> int:  # fmt: skip
    """Join the search of SCENARIO that `planner plan --storage` started, until its evaluations are used up.

    Scenario, options, catalog and planner must be those of the search; otherwise its storage does not hold it. A worker
    that is killed loses the generation in hand and nothing else; the others go on. Several may join, on this machine
    with a file, on others with a database.

    Example: planner search-worker scenarios/domain-70b.yaml --storage search.db
    """
    from planner.cli.progress import progress_bar
    from planner.locking.choosing import BESIDE, CATALOG
    from planner.planning import join_search, keep_search, read_scenario

    settings = context.ensure_object(Settings)
    place = storage or settings.storage
    if place is None:
        message = "name the storage of the search: --storage FILE or URL"
        raise click.UsageError(message)
    catalog, life = settings.load_catalog(as_of), settings.price_max_age_months
    # The same choice of prices as `planner plan` makes.
    prices = BESIDE if as_of is None and not named(context) else CATALOG
    ready = read_scenario(scenario, catalog, changes, life, calibration, prices)

    def tell(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    keeping = keep_search(ready, place, tell, must_exist=True, joins=True)
    if keeping is None:
        message = f"{ready.path} is searched exactly: there is nothing to join"
        raise click.UsageError(message)
    # Apart from every other worker's, on this machine or another.
    number = int.from_bytes(os.urandom(4), "big")
    with progress_bar(ready.scenario.metadata.name, show=not quiet) as progress:
        tried, stopped = join_search(ready, keeping, number, progress)
    tell(f"{tried:,} points tried; {_WHY[stopped]}")
    return int(ExitCode.OK)


_WHY = {
    "limit": "the evaluations of the search are used up",
    "converged": "the search has converged",
    "exhausted": "nothing new was left to try",
    "told": "the process that leads the search has ended it",
}
