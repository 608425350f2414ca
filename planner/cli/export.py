"""`planner export`: plans and reviews in the files of other tools."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from planner.decision_names import COMPARED
from planner.export.targets import TARGETS

if TYPE_CHECKING:
    from datetime import date

    from planner.export.asked import Given, Periods

_OPTIONS: Final = {
    "decision": "--decision", "start": "--start", "periods": "--periods", "tracking_uri": "--tracking-uri",
    "experiment": "--experiment", "again": "--again",
}  # fmt: skip


@click.command(
    "export", epilog="\b\nTargets:\n" + "\n".join(f"  {name:<10}  {one.told}" for name, one in TARGETS.items())
)
@click.argument("target", type=click.Choice(list(TARGETS)))
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE_OR_FOLDER",
    help="Where to write. Default: the folder of the first plan. focus: .csv, .csv.gz or .parquet.",
)  # fmt: skip
@click.option("--decision", type=click.Choice(COMPARED), help="Which decision of a plan is meant. Default: knee.")
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="focus: day on which what plans foresee starts (UTC). Default: today. A portfolio has times of its own.",
)  # fmt: skip
@click.option("--periods", type=click.Choice(["month", "day"]), help="focus: what charges are cut at. Default: month.")
@click.option("--tracking-uri", metavar="URI", help="mlflow: where the server is. Default: MLFLOW_TRACKING_URI.")
@click.option("--experiment", metavar="NAME", help="mlflow: the experiment. Default: planner.")
@click.option("--again", is_flag=True, default=None, help="mlflow: log once more what is logged already.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
def command(
    target: str, plans: tuple[Path, ...], out: Path | None, decision: str | None, start: datetime | None,
    periods: Periods | None, tracking_uri: str | None, experiment: str | None, again: bool | None, quiet: bool,
) -> None:  # fmt: skip
    """Write PLAN (a plan.json, or the folder it lies in) in the files of another tool.

    Example: planner export focus reports/support-bot --start 2026-12-01 -o forecast.csv

    Example: planner export ical reports/team-month -o schedule.ics

    Example: planner export prometheus reports/spend -o monitoring
    """
    import os

    from planner.export.asked import Asked
    from planner.files import place

    _refuse(target, {
        "decision": decision, "start": start, "periods": periods, "tracking_uri": tracking_uri,
        "experiment": experiment, "again": again,
    })  # fmt: skip
    if target == "mlflow" and out is not None:
        message = "-o says nothing to mlflow, which sends everything to its server"
        raise click.UsageError(message)
    if start is not None and not 2000 <= start.year <= 2100:
        message = "a day from 2000 to 2100"
        raise click.BadParameter(message, param_hint="--start")
    given = _read(plans)
    asked = Asked(
        start=_today() if start is None else start.date(),
        decision=decision or "knee",
        periods=periods or "month",
        suffix=_suffix(out) if target == "focus" else "",
        tracking_uri=tracking_uri or os.environ.get("MLFLOW_TRACKING_URI", "").strip(),
        experiment=experiment or "",
        again=bool(again),
    )
    made = TARGETS[target].export(given, asked)
    written = place(_places(made.files, out, given[0].file.parent))
    if not quiet:
        for line in (*made.told, *(f"wrote {path}" for path in written)):
            click.echo(line, err=True)


def _refuse(target: str, options: Mapping[str, object]) -> None:
    """Raise UsageError for an option that says nothing to this target."""
    for field, value in options.items():
        if value is not None and field not in TARGETS[target].options:
            others = ", ".join(name for name, one in TARGETS.items() if field in one.options)
            message = f"{_OPTIONS[field]} says nothing to {target}; it is for {others}"
            raise click.UsageError(message)


def _read(plans: tuple[Path, ...]) -> list[Given]:
    """All plans; InputError with every problem at once."""
    from planner.errors import InputError
    from planner.export.asked import Given
    from planner.report.reading import read_outcome

    read, problems = list["Given"](), list[str]()
    for path in plans:
        file = path / "plan.json" if path.is_dir() else path
        if any(one.file.resolve() == file.resolve() for one in read):
            problems.append(f"{path}: named twice, and would count twice")
            continue
        try:
            read.append(Given(file, read_outcome(path)))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    return read


def _today() -> date:
    from datetime import UTC

    return datetime.now(UTC).date()


def _suffix(out: Path | None) -> str:
    """The ending of a file that is named; empty for a folder."""
    if out is None or out.is_dir():
        return ""
    return ".csv.gz" if out.name.endswith(".csv.gz") else out.suffix


def _places(files: Mapping[str, bytes], out: Path | None, folder: Path) -> dict[Path, bytes]:
    """Where the files go: one file to a file that is named like it ends, all else into a folder."""
    from planner.errors import InputError

    names = list(files)
    if out is None or out.is_dir():
        return {(folder if out is None else out) / name: content for name, content in files.items()}
    if len(names) == 1 and out.name.endswith(Path(names[0]).suffix) and out.suffix:
        return {out: files[names[0]]}
    if out.is_file() or (out.suffix and len(names) == 1):
        message = f"{out}: {', '.join(names)} needs a folder" + (
            f", or a file that ends in {Path(names[0]).suffix}" if len(names) == 1 else ""
        )
        raise InputError(message)
    return {out / name: content for name, content in files.items()}
