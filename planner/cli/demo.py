"""`planner demo`: a scenario of ours in a folder of yours, planned."""

from pathlib import Path

import click

from planner.errors import InputError

FOLDER = "planner-demo"
SCENARIO = "support-bot.yaml"


@click.command("demo")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=FOLDER)
@click.pass_context
def command(context: click.Context, /, folder: Path) -> int:
    """Copy the support-bot scenario into DIR (planner-demo), plan it, and say where the report is.

    Never overwrites: DIR must not be there yet, or be empty.

    Example: planner demo my-demo
    """
    from planner.cli.plan import command as plan
    from planner.resources import SCENARIOS

    if folder.is_dir() and any(folder.iterdir()):
        message = f"{folder} is already there and not empty; name another folder"
        raise InputError(message)
    scenario, out = folder / SCENARIO, folder / "report"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scenario.write_text(_copied((SCENARIOS / SCENARIO).read_text("utf-8")), "utf-8")
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise InputError(message) from error
    with plan.make_context("plan", [str(scenario), "--out", str(out)], parent=context) as own:
        code = int(plan.invoke(own) or 0)
    report = next((out / name for name in ("report.html", "summary.md", "plan.json") if (out / name).is_file()), out)
    click.echo(f"the report: {report}", err=True)
    click.echo(f"change {scenario}, then: planner plan {scenario} -o {out}", err=True)
    return code


def _copied(text: str) -> str:
    """The scenario for its new place: the schema that its first line names lies beside it if anywhere."""
    return text.replace("$schema=../schemas/", "$schema=", 1)
