"""`planner report`: a plan printed again, by any template, without planning it again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

import click

from planner.cli.environment import EVERY_OUTPUT, Settings, names_of_outputs
from planner.errors import ExitCode

if TYPE_CHECKING:
    from planner.report.render import Output
    from planner.report.template import Template

PLANNED: Final = "technical"
"""The template that `planner plan` prints without a word on it; its files keep their names."""


def forms_of(_context: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """The outputs that are asked for, as an option's callback."""
    try:
        return None if value is None else names_of_outputs(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("report")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-t", "--template", default=PLANNED, show_default=True, help="Name of a template, or the path of its folder: ./ours"
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of templates of your own, which come first. Default: PLANNER_TEMPLATES.",
)
@click.option(
    "-f",
    "--format",
    "forms",
    callback=forms_of,
    help=f"What to write: {', '.join(EVERY_OUTPUT)}. Default: all that the template prints but json.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder. Default: the plan's.")
@click.option(
    "--paper", type=click.Choice(["A4", "letter"], case_sensitive=False), default="A4", show_default=True,
    help="Paper of the PDF.",
)  # fmt: skip
@click.option("--open", "opened", is_flag=True, help="Open the first file that was written.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@click.pass_context
def command(
    context: click.Context, plans: tuple[Path, ...], template: str, templates: Path | None,
    forms: tuple[Output, ...] | None, out: Path | None, paper: Literal["A4", "letter"], opened: bool, quiet: bool,
) -> int:  # fmt: skip
    """Print PLAN (a plan.json, or the folder it lies in) by a template.

    Example: planner report reports/support-bot --template executive --format pdf

    Example: planner report reports/support-bot --template ./our-template --open
    """
    from planner.errors import InputError
    from planner.report.reading import read_plan
    from planner.report.render import FILES, render
    from planner.report.second_process import prepare
    from planner.report.template import find_template

    settings = context.ensure_object(Settings)
    roots = [root for root in (templates, settings.templates) if root is not None]
    chosen = find_template(template, roots)
    if len(plans) > 1:
        message = f"template {chosen.name} prints one plan, not {len(plans)}"
        raise InputError(message)
    wanted = cast("tuple[Output, ...]", chosen.forms()[:-1] if forms is None else forms)
    with prepare(wanted) as helper:
        plan = read_plan(plans[0])
        folder = out or (plans[0] if plans[0].is_dir() else plans[0].parent)
        written, notes = render(
            plan, chosen, folder, wanted, helper, paper=paper, names=_names(chosen, FILES)
        )  # fmt: skip
    for note in notes:
        click.echo(note, err=True)
    if not quiet:
        for path in written:
            click.echo(f"wrote {path}", err=True)
    if opened and written:
        _open(written[0])
    return ExitCode.OK


def _names(template: Template, files: Mapping[str, str]) -> dict[str, str]:
    """Names of the files: those of `planner plan` for its own template, else the template's name."""
    if template.name == PLANNED:
        return dict(files)
    return {form: f"{template.name}.{form}" for form in files}


def _open(path: Path) -> None:
    """Show a file in the program that the system has for it."""
    if click.launch(str(path)):
        logging.getLogger(__name__).warning("%s: nothing here opens it", path)
