"""Options that change a scenario for one call: the same on every verb that reads one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def calibrating(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --calibration to a command."""
    return click.option(
        "--calibration",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="File that `planner calibrate` made, instead of the one that the scenario names.",
    )(command)


def changing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --override and --set to a command, which gets them as `changes`."""

    @click.option(
        "--override",
        "overrides",
        multiple=True,
        metavar="NAME",
        help="Lay this override of the scenario on it; may be repeated, later ones count more.",
    )
    @click.option(
        "--set",
        "assignments",
        multiple=True,
        metavar="KEY=VALUE",
        help="Set one value by its dotted path, in YAML; null removes it. May be repeated; counts most of all.",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, overrides: tuple[str, ...], assignments: tuple[str, ...], **others: Any) -> Any:  # noqa: ANN401
        from planner.scenario.compose import Changes

        return command(*args, changes=Changes(overrides, assignments), **others)

    return wrapped
