"""`planner validate`: problems only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.changes import changing
from planner.cli.environment import Settings
from planner.cli.pricing import pricing
from planner.errors import ExitCode

if TYPE_CHECKING:
    from planner.scenario.compose import Changes
    from planner.source import Problem

_INCOMPLETE = 3
"""Missing keys at the top level from which a file looks like a base for others."""


@click.command("validate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@changing
@click.option("--format", "form", type=click.Choice(["table", "json", "github"]), default="table", show_default=True,
              help="How to print problems; github writes annotations.")  # fmt: skip
@pricing
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], changes: Changes, form: str) -> int:
    """Check scenario FILEs, or all in a folder, against the schema and the catalog; exit 2 when something is wrong.

    Policies, and what goes with them, locks, catalog overlays and price mappings are checked as what they are. Checks
    every override of a scenario in turn, unless --override names some. A base for others (abstract: true) is checked as
    far as it goes.

    Example: planner validate scenarios/*.yaml
    """
    from planner.cli.files import check_others, expanded
    from planner.planning import check_scenario
    from planner.source import as_github, as_json, in_order, render_all

    settings = context.ensure_object(Settings)
    catalog = settings.load_catalog()
    files = tuple(expanded(files))
    others, problems, pointed = check_others(files, catalog)
    texts = dict(pointed)
    scenarios = [path for path in files if path not in others]
    for path in scenarios:
        found, pointed = check_scenario(path, catalog, changes, settings.price_max_age_months)
        problems += found
        texts |= pointed
    errors = [problem for problem in problems if problem.severity == "error"]
    if form == "json":
        click.echo(json.dumps(as_json(in_order(problems)), indent=2, ensure_ascii=False))
    elif form == "github":
        for problem in in_order(problems):
            click.echo(as_github(problem))
    elif problems:
        click.echo(render_all(problems, texts), err=True)
    if form == "table":
        for file in _bases(errors):
            click.echo(f"{file}: if others only extend it, write `abstract: true` in it", err=True)
        if not errors:
            click.echo(f"{_counted(len(scenarios), len(others))} valid")
    return int(ExitCode.BAD_INPUT if errors else ExitCode.OK)


def _counted(scenarios: int, others: int) -> str:
    parts = [(scenarios, "scenario"), (others, "other document")]
    return " and ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in parts if n)


def _bases(errors: list[Problem]) -> list[str]:
    """Files that leave out so much that they are probably bases for others."""
    missing = [problem.file for problem in errors if problem.code == "missing-key" and "." not in problem.at]
    return sorted({file for file in missing if missing.count(file) >= _INCOMPLETE})
