"""`planner diff`: what a change does to cost, time, quality and carbon."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.environment import Settings
from planner.cli.pricing import pricing
from planner.decision_names import COMPARED
from planner.errors import ExitCode, InputError

if TYPE_CHECKING:
    from planner.outcome import Difference

_HEAD = 1 << 16
"""Bytes at the start of a plan in which it says what made it."""
FORMATS = ("table", "json", "markdown", "github")


@click.command("diff")
@click.argument("names", metavar="[BASE HEAD | PATH...]", nargs=-1)
@click.option("--base", metavar="REV", help="Compare with this revision of the repository; PATHs then narrow it down.")
@click.option("--head", metavar="REV", help="Revision to compare. Default: the working tree.")
@click.option(
    "--decision", type=click.Choice(COMPARED), default="knee", show_default=True, help="Which decision is compared."
)
@click.option("--all", "everything", is_flag=True, help="Plan and list unchanged scenarios too.")
@click.option("--no-effects", is_flag=True, help="Do not compute what each edit alone does.")
@click.option("--as-of", metavar="DATE", help="Date that prices are aged at. Default: the newest of the catalog.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="What to print.")
@pricing
@click.pass_context
def command(
    context: click.Context, names: tuple[str, ...], base: str | None, head: str | None, decision: str,
    everything: bool, no_effects: bool, as_of: str | None, form: str,
) -> int:  # fmt: skip
    """Compare two files, two folders, two plan.json files or two revisions: BASE and HEAD.

    With --base the base is read from git's objects, nothing is checked out. Scenarios are looked for in scenarios/
    (without it everywhere), and in all else that the change touches. Every change of a figure is split into what the
    planner, the prices and the scenario contributed. Exit 2 where a scenario cannot be read or planned.

    Example: planner diff --base origin/main
    """
    settings = context.ensure_object(Settings)
    if base is None and (len(names) != 2 or head is not None):
        message = "name BASE and HEAD, or a revision to compare with: planner diff --base origin/main [PATH...]"
        raise click.UsageError(message)
    plans = [path for name in names if base is None and (path := _plan_file(Path(name))) is not None]
    if len(plans) == 2:
        difference = _of_plans(plans[0], plans[1], decision)
    elif plans:
        message = f"{plans[0]} is a plan and the other is not: compare two plans, or two scenarios"
        raise InputError(message)
    else:
        difference = _of_trees(
            settings, names, base, head, decision, as_of, unchanged=everything, effects=not no_effects
        )
    show(difference, form)
    broken = any(one.after is not None and one.after.problems for one in difference.scenarios)
    return int(ExitCode.BAD_INPUT if broken else ExitCode.OK)


def tell(count: int) -> None:
    """Say on a terminal that something is being planned."""
    if sys.stderr.isatty():
        click.echo(f"planning {count} …", err=True)


def show(difference: Difference, form: str) -> None:
    """Print a difference."""
    if form == "json":
        click.echo(difference.model_dump_json(indent=2))
    elif form == "github":
        from planner.report.changes.annotations import annotations

        for line in annotations(difference):
            click.echo(line)
    elif form == "markdown":
        from planner.report.changes.comment import difference_markdown

        click.echo(difference_markdown(difference), nl=False)
    else:
        from planner.cli.plan import screen_width
        from planner.report.changes.difference_text import difference_text

        click.echo(difference_text(difference, screen_width()), nl=False)
    for warning in difference.warnings:
        click.echo(f"warning: {warning}", err=True)


def _plan_file(path: Path) -> Path | None:
    """The plan.json that a path names, itself or as the folder it lies in; None where it names none."""
    inside = path / "plan.json"
    if inside.is_file():
        return inside
    if path.suffix != ".json" or not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(_HEAD)
    # A scenario may be JSON too, and has no such keys.
    return path if b'"catalog"' in head and b'"planner"' in head else None


def _of_trees(
    settings: Settings, names: tuple[str, ...], base: str | None, head: str | None, decision: str,
    as_of: str | None, *, unchanged: bool, effects: bool,
) -> Difference:  # fmt: skip
    from planner.cli.comparing import revisions, sides
    from planner.gate.cache import PlanCache
    from planner.gate.difference import Wanted, find_difference

    opened = sides(names[0], names[1]) if base is None else revisions(base, head, tuple(map(Path, names)))
    with opened as compared:
        wanted = Wanted(
            compared.base_paths, compared.head_paths, compared.named, base is not None and not compared.named,
            decision=decision, unchanged=unchanged, effects=effects,
        )  # fmt: skip
        found = find_difference(
            compared.base, compared.head, wanted, settings.setting(as_of), PlanCache(settings.cache), tell
        ).difference
        note = [compared.note] if compared.note else []
        return found.model_copy(update={"warnings": [*note, *found.warnings]})


def _of_plans(base: Path, head: Path, decision: str) -> Difference:
    from planner.gate.plan_files import plan_difference
    from planner.report.reading import read_any_plan

    before, after = read_any_plan(base), read_any_plan(head)
    for plan, path in ((before, base), (after, head)):
        if plan.front and decision not in plan.decisions:
            message = f"{path} has no decision {decision!r}: {', '.join(plan.decisions)}"
            raise InputError(message)
    return plan_difference((str(base), before), (str(head), after), decision)
