"""`planner estimate`: one configuration of a scenario, with its bands, labels and assumptions."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.changes import calibrating, changing
from planner.cli.environment import Settings
from planner.cli.pricing import named, pricing
from planner.cli.rows import QUANTITIES, predict_rows
from planner.errors import ExitCode

if TYPE_CHECKING:
    from planner.kinds.estimated import Estimate
    from planner.outcome import Assumption
    from planner.scenario.compose import Changes

EVIDENCE = {"C": "source", "R": "computed", "M": "memory", "E": "prior", "U": "yours"}
_WIDEST = 34


@click.command("estimate")
@click.argument("scenario", type=click.Path(path_type=Path), required=False)
@changing
@click.option("--rows", type=click.Path(path_type=Path), help="CSV of runs to predict instead of a scenario.")
@click.option("--what", type=click.Choice(QUANTITIES), help="What to predict for --rows.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="CSV for --rows. Default: standard output.")
@calibrating
@click.option("--model", help="Model, one of the scenario's.")
@click.option("--method", help="Method.")
@click.option("--stack", help="Training stack.")
@click.option("--gpu", help="GPU id or family.")
@click.option("--count", type=click.IntRange(min=1), help="GPUs per machine.")
@click.option("--provider", help="Provider.")
@click.option("--service", help="Managed service, or vm for a plain machine.")
@click.option("--instance", help="Machine type, as the provider calls it.")
@click.option("--region", help="Region.")
@click.option("--tier", help="on_demand, spot, or a commitment: reserved_1y, savings_3y …")
@click.option("--as-of", metavar="DATE", help="Date that prices are aged at. Default: the newest of the catalog.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="What to print."
)
@pricing
@click.pass_context
def command(
    context: click.Context, /, scenario: Path | None, changes: Changes, calibration: Path | None, rows: Path | None,
    what: str | None, output: Path | None, as_of: str | None, form: str, **picks: Any,  # noqa: ANN401
) -> int:  # fmt: skip
    """Estimate the one configuration of SCENARIO that is left when the options have picked among its alternatives.

    Exit 2 when several are left (the message says what still varies), 3 when it cannot run or breaks a limit.

    \b
    Example: planner estimate scenarios/support-bot.yaml --set axes=null --set train.max_seq_len=2048
             --model qwen2.5-7b --method qlora --stack unsloth --gpu l4 --count 1 --provider gcp
             --region us-central1 --tier on_demand --instance g2-standard-8

    \b
    With --rows a CSV of runs comes back with predictions beside every row, in the row's own metric, with 90 % bands:
             planner estimate --rows runs.csv --what throughput -o predicted.csv
    Conditions are read from the columns of published measurements (model, method, n_gpus, micro_batch_size, seq_len,
    stack, gpu_id ...), never from measured columns; `tokens`, or `samples`, to train on gives hours as well. A row that
    cannot be predicted says why in pred_reason. pred_label is calibrated (fitted to jobs like it), extrapolated (to
    none with its card, method or size: the band is wider) or prior (to none with its stack or generation of cards).
    """  # noqa: D301 - click's mark, not an escape
    from planner.kinds.single import Picks
    from planner.locking.choosing import BESIDE, CATALOG
    from planner.planning import estimate_ready, read_scenario
    from planner.source import render_all

    settings = context.ensure_object(Settings)
    catalog, life = settings.load_catalog(as_of), settings.price_max_age_months
    if rows is not None:
        of_scenarios = {"SCENARIO": scenario, **picks, "override": changes.overrides, "set": changes.assignments}
        given = [name for name, value in of_scenarios.items() if value not in (None, ())]
        given += ["format json: it writes CSV"] if form == "json" else []
        if given or what is None:
            raise click.UsageError("--rows needs --what" if what is None else f"--rows goes without {given[0]}")
        return predict_rows(rows, what, output, catalog, calibration)
    if scenario is None:
        message = "a SCENARIO, or --rows FILE --what QUANTITY"
        raise click.UsageError(message)
    if what is not None or output is not None:
        message = "--what and --output go with --rows"
        raise click.UsageError(message)
    ready = read_scenario(scenario, catalog, changes, life, calibration, CATALOG if named(context) else BESIDE)
    if ready.warnings:
        click.echo(render_all(ready.warnings, ready.document.texts), err=True)
    found = estimate_ready(ready, Picks(**picks))
    click.echo(found.model_dump_json(indent=2) if form == "json" else estimate_text(found))
    for line in _against(found):
        click.echo(f"{scenario}: {line}", err=True)
    return int(ExitCode.OK if found.feasible else ExitCode.INFEASIBLE)


def _against(found: Estimate) -> list[str]:
    """What keeps the configuration from being feasible."""
    stopped = [f"it cannot run: {found.stopped_by}"] if found.stopped_by else []
    return stopped + [f"it breaks {limit}" for limit in found.broken]


def estimate_text(found: Estimate) -> str:
    """The estimate for a terminal: the configuration term by term, then what was assumed."""
    from planner.cli.explain import calibrated_lines, explained

    lines = [explained(found.configuration), *calibrated_lines(found.calibration, found.assumptions)]
    lines += ["", "assumed", *(_assumed(a) for a in found.assumptions if not a.key.startswith("calibration "))]
    lines += ["", *(f"warning: {text}" for text in found.warnings)] if found.warnings else []
    return "\n".join(lines)


def _assumed(a: Assumption) -> str:
    key = a.key if len(a.key) <= _WIDEST else a.key[: _WIDEST - 1] + "…"
    start = f"  {key:<{_WIDEST}}  {EVIDENCE.get(a.tag, a.tag):<8}  "
    return textwrap.fill(f"{a.value}; {a.note}", 120, initial_indent=start, subsequent_indent=" " * len(start))
