"""`planner report`: a plan printed again, by any template, without planning it again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

import click

from planner.cli.environment import EVERY_OUTPUT, Settings, names_of_outputs
from planner.decision_names import DECISIONS
from planner.errors import ExitCode
from planner.policy import POLICIES

if TYPE_CHECKING:
    from planner.gate.drift import Role
    from planner.outcome.any_plan import Outcome
    from planner.outcome.drift import Drift
    from planner.report.data.collection import Collection
    from planner.report.printing.template import Template
    from planner.report.render import Output

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
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, exists=True),
    metavar="PLAN",
    help="A plan to hold this one against: what has drifted since. For templates that print it: model-performance.",
)
@click.option(
    "--previous", type=click.Path(path_type=Path, exists=True), metavar="PLAN",
    help="The plan before this one, told in the same way.",
)  # fmt: skip
@click.option(
    "--decision", type=click.Choice(DECISIONS), help="Of several plans: the decision that is shown. Default: knee."
)
@click.option(
    "--policies", metavar="FOLDER", help=f"Where budgets and spend are read, from the repository's root: {POLICIES}."
)
@click.option(
    "--sections", metavar="NAMES", help="Of a review of spend: the parts to print, such as summary,budget,forecast."
)
@click.option("--as-of", metavar="DATE", help="Day that months and budgets are counted at. Default: today.")
@click.option("--open", "opened", is_flag=True, help="Open the report that was written; of several files the page.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@click.pass_context
def command(
    context: click.Context, plans: tuple[Path, ...], template: str, templates: Path | None,
    forms: tuple[Output, ...] | None, out: Path | None, paper: Literal["A4", "letter"],
    baseline: Path | None, previous: Path | None, decision: str | None, policies: str | None, sections: str | None,
    as_of: str | None, opened: bool, quiet: bool,
) -> int:  # fmt: skip
    """Print PLAN (a plan.json, or the folder it lies in) by a template.

    Some templates print several plans together: compare, index, cost-centre. Of a folder without a plan they take all
    plans below it. What was spent, and may be, is read from the documents in policies/. Of reviews, portfolios
    and business cases PLAN is what `planner plan` wrote for them.

    Example: planner report reports/support-bot --template executive --format pdf

    Example: planner report reports/support-bot --template ./our-template --open

    Example: planner report reports/support-bot --template model-performance --previous old/plan.json

    Example: planner report reports/support-bot reports/code-model --template compare

    Example: planner report reports --template cost-centre --as-of 2026-11-30

    Example: planner report reports/our-spend --sections summary,budget,forecast
    """
    from planner.cli.making import making
    from planner.cli.opening import open_first
    from planner.errors import InputError
    from planner.report.printing.second_process import prepare
    from planner.report.printing.template import find_template, list_templates
    from planner.source.excerpt import visible

    settings = context.ensure_object(Settings)
    roots = [root for root in (templates, settings.templates) if root is not None]
    chosen = find_template(template, roots)
    together = chosen.takes == "plans"
    if len(plans) > 1 and not together:
        several = ", ".join(one.name for one in list_templates(roots) if one.takes == "plans")
        message = f"template {chosen.name} prints one plan, not {len(plans)}; several are printed by {several}"
        raise InputError(message)
    _refuse(
        chosen,
        {"--decision": decision, "--policies": policies, "--as-of": as_of},
        {"--baseline": baseline, "--previous": previous, "--sections": sections},
    )
    wanted = cast("tuple[Output, ...]", chosen.forms()[:-1] if forms is None else forms)
    drawing = prepare(wanted, charts=chosen.charts != ())
    with making(visible(chosen.name), show=not quiet) as doing, drawing as helper:
        # Other processes load what draws while this one loads the rest.
        from planner.report.reading import read_outcome
        from planner.report.render import FILES, render

        doing("reading")
        data: Outcome | Collection
        if together:
            from planner.cli.report_several import Wanted, folder_for, gathered, named_twice, passed_over, plans_in

            paths = plans_in(plans, chosen)
            folder, drifts = out or folder_for(plans, paths), list["Drift"]()
            remarks = [*named_twice(plans), *passed_over(plans)]
            data = gathered(paths, chosen, folder, Wanted(decision, policies or POLICIES, as_of))
        else:
            data = read_outcome(plans[0])
            _refuse_sections(data, chosen, sections)
            drifts, remarks = _drifts(data, chosen, wanted, baseline, previous), []
            folder = out or (plans[0] if plans[0].is_dir() else plans[0].parent)
        written, notes = render(
            data, chosen, folder, wanted, helper, paper=paper, names=_names(chosen, FILES), drifts=drifts,
            sections=None if sections is None else _section_names(sections), tell=doing,
        )  # fmt: skip
    for note in (*remarks, *notes):
        click.echo(note, err=True)
    if not quiet:
        for path in written:
            click.echo(f"wrote {path}", err=True)
    if opened:
        open_first(written)
    return ExitCode.OK


def _refuse(template: Template, of_several: Mapping[str, object], of_one: Mapping[str, object]) -> None:
    """Raise UsageError for an option that says nothing to this template."""
    together = template.takes == "plans"
    for name, value in (of_one if together else of_several).items():
        if value is not None:
            printed = "several plans" if together else "one plan"
            message = f"{name} says nothing to template {template.name}, which prints {printed}"
            raise click.UsageError(message)
    if together and not template.spend:
        for name in ("--policies", "--as-of"):
            if of_several[name] is not None:
                message = f"{name} is for templates that print what was spent, such as cost-centre"
                raise click.UsageError(message)


def _section_names(sections: str) -> list[str]:
    return [name.strip() for name in sections.split(",") if name.strip()]


def _refuse_sections(data: Outcome, template: Template, sections: str | None) -> None:
    """Raise UsageError for parts of what has none, or by a template that prints other ones."""
    if sections is None:
        return
    from planner.kind_names import CALLED
    from planner.outcome.review import Review
    from planner.report.data.review import SECTIONS
    from planner.report.printing.page import read
    from planner.report.printing.template import PAGE, TEXT, fitting

    if not isinstance(data, Review):
        message = f"--sections are parts of a review of spend, and this is {CALLED[data.kind]}"
        raise click.UsageError(message)
    if not _section_names(sections):
        message = f"--sections names none; there is {', '.join(SECTIONS)}"
        raise click.UsageError(message)
    printing = fitting(template, "review")
    pages = [read(folder, name) for folder in printing.folders for name in (PAGE, TEXT)]
    if not any("report.sections" in text for text in pages):
        message = f"template {printing.name} prints no sections; spend does"
        raise click.UsageError(message)


def _drifts(
    plan: Outcome, template: Template, forms: tuple[Output, ...], baseline: Path | None, previous: Path | None
) -> list[Drift]:  # fmt: skip
    """What moved since the plans that were named; raises UsageError where neither page nor data would tell it."""
    if baseline is None and previous is None:
        return []
    from planner.kind_names import CALLED
    from planner.outcome import Plan

    if not isinstance(plan, Plan):
        message = (
            f"--baseline and --previous hold plans of fine-tuning against each other, and this is {CALLED[plan.kind]}"
        )
        raise click.UsageError(message)
    from planner.gate.drift import plan_drift
    from planner.report.printing.page import read
    from planner.report.printing.template import PAGE, TEXT
    from planner.report.reading import read_plan

    # A page that fills blocks of another prints what that one does.
    pages = [read(folder, name) for folder in template.folders for name in (PAGE, TEXT)]
    if "json" not in forms and not any("report.drifts" in text for text in pages):
        message = f"template {template.name} prints no drift; model-performance does, and so does --format json"
        raise click.UsageError(message)

    roles: tuple[tuple[Role, Path | None], ...] = (("baseline", baseline), ("previous", previous))
    return [plan_drift(role, (str(path), read_plan(path)), plan) for role, path in roles if path is not None]


def _names(template: Template, files: Mapping[str, str]) -> dict[str, str]:
    """Names of the files: those of `planner plan` for its own template, else the template's name."""
    if template.name == PLANNED:
        return dict(files)
    # A template that is called plan must not take the place of plan.json.
    stem = "plan-report" if template.name == "plan" else template.name
    return {form: f"{stem}.{form}" for form in files}
