"""`planner plan`: plan scenarios, write plan.json and the reports, print the decisions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from planner.cli.changes import calibrating, changing
from planner.cli.environment import OUTPUTS, Settings, names_of_outputs
from planner.errors import ExitCode

if TYPE_CHECKING:
    from planner.outcome import Plan
    from planner.planning import Ready
    from planner.report.second_process import Helper
    from planner.scenario.compose import Changes

Output = Literal["html", "pdf", "md"]


def outputs_of(context: click.Context, _param: click.Parameter, value: str | None) -> tuple[Output, ...]:
    """The reports that are asked for, as an option's callback."""
    try:
        names = context.ensure_object(Settings).outputs if value is None else names_of_outputs(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return cast("tuple[Output, ...]", names)


@click.command("plan")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to. Default: reports/<name>.",
)
@click.option(
    "--outputs",
    callback=outputs_of,
    help=f"Reports beside plan.json, or none. Default: {','.join(OUTPUTS)}, or PLANNER_OUTPUTS.",
)
@changing
@calibrating
@click.option("--template", default="technical", show_default=True, help="Report template.")
@click.option(
    "--candidates",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write every combination and tried point, flat and unpruned, to this .csv or .parquet file.",
)
@click.option("--as-of", metavar="DATE", help="Date that prices are aged at. Default: the newest of the catalog.")
@click.option(
    "--refresh", is_flag=True, help="Renew the lock beside each scenario, and plan with the catalog's prices."
)
@click.option("--sample", type=click.IntRange(min=1), help="Write only this many candidates, evenly spread.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="What to print.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@click.pass_context
def command(
    context: click.Context, scenarios: tuple[Path, ...], out: Path | None, outputs: tuple[Output, ...],
    changes: Changes, calibration: Path | None, template: str, candidates: Path | None, sample: int | None,
    as_of: str | None, refresh: bool, form: str, quiet: bool,
) -> int:  # fmt: skip
    """Plan SCENARIO: the exact Pareto front, the decisions on it, and a report.

    Writes plan.json (always), report.html, report.pdf and summary.md. Exit 3 when nothing is feasible; the message
    says which single constraint to relax, and by how much. The prices of a lock beside the scenario count.

    Example: planner plan scenarios/support-bot.yaml --outputs html
    """
    from planner.cli.files import without_locks
    from planner.report.page import template_folder
    from planner.report.second_process import prepare

    template_folder(template)
    scenarios = without_locks(scenarios)
    if candidates is not None and len(scenarios) > 1:
        message = "--candidates writes one file; plan one scenario at a time with it"
        raise click.UsageError(message)
    worst = ExitCode.OK
    with prepare(outputs) as helper:
        from planner.locking.choosing import BESIDE, CATALOG
        from planner.planning import read_scenario

        settings = context.ensure_object(Settings)
        catalog, life = settings.load_catalog(as_of), settings.price_max_age_months
        if refresh:
            _renew(scenarios, settings, as_of)
        # A date that is asked for counts more than that of a lock.
        prices = BESIDE if as_of is None else CATALOG
        ready = [read_scenario(path, catalog, changes, life, calibration, prices) for path in scenarios]
        _distinct(ready)
        for one in ready:
            folder = _folder(one, out, several=len(ready) > 1)
            code = _plan_one(one, folder, outputs, helper, template, candidates, sample, form, quiet=quiet)
            worst = max(worst, code)
    return int(worst)


def _renew(scenarios: tuple[Path, ...], settings: Settings, as_of: str | None) -> None:
    """Make the locks again that there are."""
    from planner.files import place
    from planner.gate.lockfile import contents, make_lock
    from planner.locking.lock import lock_path

    there = [path for path in scenarios if lock_path(path).is_file()]
    made = [make_lock(path, settings.setting(as_of), refresh=True) for path in there]
    for path in place(contents(made)):
        click.echo(f"wrote {path}", err=True)


def _folder(ready: Ready, out: Path | None, *, several: bool) -> Path:
    name = ready.scenario.metadata.name
    if out is None:
        return Path("reports") / name
    return out / name if several else out


def _distinct(ready: list[Ready]) -> None:
    names = [one.scenario.metadata.name for one in ready]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"several scenarios are called {', '.join(twice)}; their reports would overwrite each other"
        raise click.UsageError(message)


def _plan_one(
    ready: Ready, folder: Path, outputs: tuple[Output, ...], helper: Helper | None, template: str,
    candidates: Path | None, sample: int | None, form: str, *, quiet: bool,
) -> ExitCode:  # fmt: skip
    from planner.cli.progress import progress_bar
    from planner.files import place
    from planner.planning import plan_ready, refuse_candidates
    from planner.report.render import render
    from planner.source import render_all

    if candidates is not None:
        refuse_candidates(ready, candidates, sample)
    if ready.warnings and not quiet:
        click.echo(render_all(ready.warnings, ready.document.texts), err=True)
    if ready.lock is not None and not quiet:
        click.echo(f"prices of {ready.lock.as_of} by {ready.lock.file}; --refresh takes the catalog's", err=True)
    with progress_bar(ready.scenario.metadata.name, show=not quiet) as progress:
        plan = plan_ready(ready, progress)
    written = place({folder / "plan.json": plan_json(plan).encode()})
    if candidates is not None:
        from planner.planning import write_candidates

        written.append(write_candidates(ready, candidates, sample))
    files, notes = render(plan, template, folder, outputs, helper)
    written += files
    if not quiet:
        _print(plan, form)
        for path in written:
            click.echo(f"wrote {path}", err=True)
    for note in notes:
        click.echo(note, err=True)
    if not plan.feasible:
        _infeasible(ready, plan)
        return ExitCode.INFEASIBLE
    return ExitCode.OK


def plan_json(plan: Plan) -> str:
    """The text of plan.json."""
    return plan.model_dump_json(indent=2) + "\n"


def _print(plan: Plan, form: str) -> None:
    from planner.report.gather import report_data
    from planner.report.markdown import markdown
    from planner.report.text import text

    if form == "json":
        click.echo(plan_json(plan), nl=False)
    elif form == "markdown":
        click.echo(markdown(report_data(plan)), nl=False)
    else:
        click.echo(text(report_data(plan), screen_width()), nl=False)


def screen_width() -> int:
    """Columns of the terminal; 120 where there is none."""
    import shutil

    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 120


def _infeasible(ready: Ready, plan: Plan) -> None:
    from planner.report.wording import unknown_objective

    what = "no front" if plan.unknown else "nothing is feasible"
    click.echo(f"{ready.document.file}: {what}", err=True)
    if plan.unknown:
        click.echo(f"  {unknown_objective(plan)}", err=True)
    for relaxation in plan.relaxations:
        click.echo(f"  {relaxation.text}", err=True)
    if not plan.relaxations and not plan.unknown:
        click.echo("  no single constraint stands in the way alone; see the counts by reason", err=True)
