"""`planner validate`: problems only."""

import json
from pathlib import Path

import click

from planner.errors import ExitCode


@click.command("validate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["table", "json", "github"]), default="table", show_default=True,
              help="How to print problems; github writes annotations.")  # fmt: skip
def command(files: tuple[Path, ...], form: str) -> int:
    """Check scenario FILEs against the schema and the catalog; exit 2 when something is wrong.

    Example: planner validate scenarios/*.yaml
    """
    from planner.planning import read_scenario
    from planner.source import InvalidInput, Problem, as_github, as_json, in_order, render_all

    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for path in files:
        try:
            ready = read_scenario(path)
        except InvalidInput as error:
            problems += error.problems
            texts |= error.texts
        else:
            problems += ready.warnings
            texts[ready.document.file] = ready.document.text
    errors = [problem for problem in problems if problem.severity == "error"]
    if form == "json":
        click.echo(json.dumps(as_json(in_order(problems)), indent=2, ensure_ascii=False))
    elif form == "github":
        for problem in in_order(problems):
            click.echo(as_github(problem))
    elif problems:
        click.echo(render_all(problems, texts), err=True)
    if form == "table" and not errors:
        click.echo(f"{len(files)} scenario{'s' if len(files) > 1 else ''} valid")
    return int(ExitCode.BAD_INPUT if errors else ExitCode.OK)
