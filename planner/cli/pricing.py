"""The option that names a snapshot of prices: the same on every verb that reads the catalog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from planner.cli.environment import Settings


def pricing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --prices to a command; the settings that it finds in its context have the snapshot then."""
    return click.option(
        "--prices",
        metavar="FILE|DIR",
        type=click.Path(path_type=Path, exists=True),
        expose_value=False,
        is_eager=True,
        callback=_chosen,
        help="Snapshot of prices, or a folder whose newest one counts. Default: PLANNER_PRICES, else the catalog's.",
    )(command)


def requiring_fresh(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --require-fresh to a command."""
    return click.option(
        "--require-fresh",
        is_flag=True,
        help="Exit 4 where a choice rests on a price older than PLANNER_PRICE_TTL_HOURS at the catalog's date.",
    )(command)


def _chosen(context: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.obj = replace(context.ensure_object(Settings), prices=value)


def named(context: click.Context) -> bool:
    """Whether the command line names prices: then they count more than those of a lock beside a scenario."""
    return context.get_parameter_source("prices") is click.core.ParameterSource.COMMANDLINE
