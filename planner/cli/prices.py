"""`planner prices`: price lists of providers, their snapshots and their history; what it does is in modules beside."""

from __future__ import annotations

import importlib
from typing import Final

import click

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


class PriceVerbs(click.Group):
    """A group that imports a verb's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: D102 - click's contract
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: D102
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group("prices", cls=PriceVerbs)
def command() -> None:
    """Prices: fetch them, keep them in dated snapshots, see what moved. The only verbs that use the network.

    Example: planner prices refresh
    """
