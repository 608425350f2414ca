"""`planner prices`: price lists of providers, their snapshots and their history; what it does is in modules beside."""

from __future__ import annotations

from typing import Final

import click

from planner.cli.verbs import Verbs

VERBS: Final = {
    "refresh": "planner.cli.prices_refresh:refresh",
    "test": "planner.cli.prices_refresh:test",
    "diff": "planner.cli.prices_compare:diff",
    "show": "planner.cli.prices_compare:show",
    "history": "planner.cli.prices_history:history",
    "alerts": "planner.cli.prices_history:alerts",
    "advise": "planner.cli.prices_advise:advise",
    "watch": "planner.cli.prices_watch:watch",
}
"""Verb → module and click command; a module is imported only when one of its verbs is used or listed."""


@click.group("prices", cls=Verbs, verbs=VERBS)
def command() -> None:
    """Prices: fetch them, keep them in dated snapshots, see what moved. The only verbs that use the network.

    Example: planner prices refresh
    """
