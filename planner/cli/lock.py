"""`planner lock`: commit the prices that a decision rests on."""

from __future__ import annotations

from pathlib import Path

import click

from planner.cli.environment import Settings
from planner.cli.pricing import pricing


@click.command("lock")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--refresh", is_flag=True, help="Take the catalog's prices where a lock holds others.")
@click.option("--as-of", metavar="DATE", help="Date that prices are aged at. Default: the newest of the catalog.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@pricing
@click.pass_context
def command(context: click.Context, scenarios: tuple[Path, ...], refresh: bool, as_of: str | None, quiet: bool) -> None:
    """Write SCENARIO.lock.yaml beside each scenario: prices, catalog, version, seed, and the figures they give.

    Prices are those of all machines and managed fine-tuning services that the scenario may choose from. `planner plan`
    then uses the lock's prices until it is renewed, and `planner diff` can tell what a change of prices or of the
    planner does from what a change of the scenario does.

    Example: planner lock scenarios/support-bot.yaml
    """
    from planner.cli.files import without_locks
    from planner.files import place
    from planner.gate.lockfile import contents, make_lock

    scenarios = without_locks(scenarios)
    setting = context.ensure_object(Settings).setting(as_of)
    made = [make_lock(path, setting, refresh=refresh) for path in scenarios]
    place(contents(made))
    if quiet:
        return
    from planner.cli.prices_edge import today
    from planner.outcome.difference_words import choice_text
    from planner.outcome.service_words import service_cost
    from planner.space.overlay.lapsing import lapsed, lapsed_text
    from planner.units import usd

    for one in made:
        if as_of is None and one.overlays is not None:
            for ended in lapsed(one.overlays, one.plan.catalog.as_of, today()):
                click.echo(lapsed_text(ended), err=True)
        chosen = one.plan.decisions.get("knee")
        best = one.plan.configuration(chosen) if chosen else None
        service = one.plan.cheapest_service
        what = f"knee {choice_text(best)}, {usd(best.cost_usd)}" if best is not None else "nothing is feasible"
        if best is None and service is not None:
            what = f"cheapest managed service {choice_text(service)}, {service_cost(service)}"
        click.echo(f"{one.path}: {one.state}, prices of {one.plan.catalog.as_of}; {what}")
