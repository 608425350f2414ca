"""`planner lock`: commit the prices that a decision rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.environment import Settings
from planner.cli.pricing import pricing

if TYPE_CHECKING:
    from planner.outcome import AnyPlan


@click.command("lock")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--refresh", is_flag=True, help="Take the catalog's prices where a lock holds others.")
@click.option("--as-of", metavar="DATE", help="Date that prices are aged at. Default: the newest of the catalog.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@pricing
@click.pass_context
def command(context: click.Context, scenarios: tuple[Path, ...], refresh: bool, as_of: str | None, quiet: bool) -> None:
    """Write SCENARIO.lock.yaml beside each scenario: prices, catalog, version, seed, and the figures they give.

    Prices are those of all machines, managed fine-tuning services and APIs that the scenario may choose from.
    `planner plan` then uses the lock's prices until it is renewed, and `planner diff` can tell what a change of prices
    or of the planner does from what a change of the scenario does.

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
    from planner.space.overlay.lapsing import lapsed, lapsed_text

    for one in made:
        if as_of is None and one.overlays is not None:
            for ended in lapsed(one.overlays, one.plan.catalog.as_of, today()):
                click.echo(lapsed_text(ended), err=True)
        click.echo(f"{one.path}: {one.state}, prices of {one.plan.catalog.as_of}; {_what(one.plan)}")
        if one.trained:
            click.echo(f"{one.path}: prices of the tuning are not in it; planner lock {one.trained} keeps them")


def _what(plan: AnyPlan) -> str:
    """What the plan chooses, and what that costs."""
    from planner.outcome import Configuration, ManagedJob
    from planner.outcome.difference_words import choice_text
    from planner.outcome.service_words import service_cost
    from planner.outcome.serving_words import monthly
    from planner.outcome.sides import chosen_of
    from planner.units import usd

    best = chosen_of(plan, "knee")
    if best is None:
        return "nothing is feasible"
    if isinstance(best, ManagedJob):
        return f"cheapest managed service {choice_text(best)}, {service_cost(best)}"
    name = "knee" if "knee" in plan.decisions else "cheapest API"
    cost = usd(best.cost_usd) if isinstance(best, Configuration) else monthly(best.cost_usd_per_month)
    return f"{name} {choice_text(best)}, {cost}"
