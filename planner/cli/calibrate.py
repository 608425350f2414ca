"""`planner calibrate`: runs of your own beside what was predicted, and an overlay that plans then start from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from planner.calibrate.run_columns import columns_help
from planner.cli.environment import Settings
from planner.errors import ExitCode, InputError

if TYPE_CHECKING:
    from planner.calibrate.comparison import Compared, Summary
    from planner.calibrate.overlay import Overlay
    from planner.calibrate.run_rows import RunRows
    from planner.catalog.rows import Catalog
    from planner.source import Problem

FILE: Final = Path("calibration.overlay.yaml")


@click.command("calibrate", epilog=columns_help())
@click.argument("runs", metavar="[RUNS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--mlflow", metavar="URI", help="Also read the finished runs of this MLflow tracking server or folder.")
@click.option("--experiment", metavar="NAME", help="Only this experiment of it.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help=f"Overlay to write. Default: {FILE}."
)
@click.option("--skip-bad", is_flag=True, help="Leave out runs that cannot be read or cannot be true, and say so.")
@click.option("--compare", is_flag=True, help="Print every run, predicted beside actual; writes nothing without --out.")
@click.option("--plan", type=click.Path(path_type=Path), help="plan.json that the column `configuration` refers to.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="What to print.",
)
@click.pass_context
def command(
    context: click.Context, runs: tuple[Path, ...], mlflow: str | None, experiment: str | None, out: Path | None,
    skip_bad: bool, compare: bool, plan: Path | None, form: str,
) -> int:  # fmt: skip
    """Refit speed, memory, preemption, price and quality to RUNS of your own, and write an overlay.

    RUNS are CSV with a header or JSON lines, one run each. The overlay is a small file to commit; name it in a scenario
    (`calibration: calibration.overlay.yaml`) or with --calibration. Few runs move a figure part of the way. A run that
    cannot be read is told by file and line: exit 2, and nothing is written.

    Example: planner calibrate runs.csv --compare
    """
    from planner.calibrate.comparison import compare as beside
    from planner.calibrate.comparison import summarise
    from planner.calibrate.making import make_overlay
    from planner.calibrate.refit import not_predicted, refit_all
    from planner.calibrate.runs import understand
    from planner.cli.calibration_text import comparison_table, markdown, summary_text
    from planner.source import in_order, render_all

    if not runs and mlflow is None:
        message = "name a run file, or --mlflow URI"
        raise click.UsageError(message)
    if experiment is not None and mlflow is None:
        message = "--experiment is one of --mlflow"
        raise click.UsageError(message)
    catalog = context.ensure_object(Settings).load_catalog()
    read = _read(runs, mlflow, experiment)
    for remark in read.remarks:
        click.echo(remark, err=True)
    understood, found = understand(read.rows, catalog, _planned(plan))
    problems = in_order([*read.problems, *found])
    if problems:
        click.echo(render_all(problems, read.texts), err=True)
        if not skip_bad:
            click.echo("nothing was written; --skip-bad leaves these runs out", err=True)
            return int(ExitCode.BAD_INPUT)
    bad = len({(p.file, p.span.line if p.span else 0) for p in problems})
    if bad:
        click.echo(f"left out {bad} of {bad + len(understood)} runs", err=True)
    refitted = refit_all(understood, catalog)
    for run in not_predicted(understood, refitted):
        click.echo(f"{run.row.place}: its speed is not compared: the card publishes no 16-bit peak", err=True)
    overlay = make_overlay(understood, refitted, catalog, read.digest, bad)
    compared = beside(refitted, overlay, catalog)
    summaries = summarise(compared)
    if form == "json":
        click.echo(json.dumps(_data(overlay, compared, summaries, problems), indent=2))
    elif form == "markdown":
        click.echo(markdown(overlay, compared if compare else [], summaries))
    else:
        if compare:
            click.echo(comparison_table(compared) + "\n")
        click.echo(summary_text(overlay, summaries))
    if not compare or out is not None:
        _write(out or FILE, overlay, catalog)
    return int(ExitCode.OK)


def _read(paths: tuple[Path, ...], mlflow: str | None, experiment: str | None) -> RunRows:
    from planner.calibrate.run_rows import read_run_files

    found = read_run_files(paths)
    if mlflow is not None:
        from planner.calibrate.mlflow_runs import connect, read_mlflow

        logged = read_mlflow(connect(mlflow), experiment)
        found.rows += logged.rows
        found.remarks += logged.remarks
        found.digests += logged.digests
    return found


def _planned(path: Path | None) -> dict[str, float] | None:
    """Predicted q by id, without what an overlay had added to it already."""
    if path is None:
        return None
    from scipy.special import expit, logit

    from planner.report.reading import read_plan

    plan = read_plan(path)
    return {
        c.id: float(expit(logit(c.quality) - (c.quality_parts.get("yours") or 0.0)))
        for c in (*plan.front, *plan.beside)
        if c.quality is not None
    }


def _data(
    overlay: Overlay, compared: list[Compared], summaries: list[Summary], problems: list[Problem]
) -> dict[str, Any]:
    from dataclasses import asdict

    from planner.source import as_json

    return {
        "overlay": overlay.model_dump(exclude_none=True),
        "summary": [asdict(one) for one in summaries],
        "runs": [one.data() for one in compared],
        "left_out": as_json(problems),
    }


def _write(path: Path, overlay: Overlay, catalog: Catalog) -> None:
    """Write the overlay beside its place, then move it there; another kind of file is left alone."""
    from planner.calibrate.overlay import KIND, overlay_text
    from planner.calibrate.reading import read_overlay
    from planner.files import place
    from planner.source import InvalidInput

    if path.exists():
        try:
            read_overlay(path, str(path), catalog)
        except InvalidInput as error:
            if any(problem.code == "kind" or problem.span is None for problem in error.problems):
                message = f"{path} is there and is no {KIND}; it stays as it is: name another file with --out"
                raise InputError(message) from None
    place({path: overlay_text(overlay).encode()})
    click.echo(f"wrote {path}", err=True)
    click.echo(
        f"next: put `calibration: {path.name}` into a scenario beside it, or plan with --calibration {path}", err=True
    )
