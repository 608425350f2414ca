"""`planner plan`: plan scenarios, write plan.json and the reports, print the decisions."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

import click

from planner.cli.changes import calibrating, changing
from planner.cli.environment import OUTPUTS, Settings, names_of_outputs
from planner.cli.pricing import named, pricing, requiring_fresh
from planner.cli.storing import kept, storing
from planner.errors import ExitCode

if TYPE_CHECKING:
    from planner.batch.order import Form, Order
    from planner.cli.making import Making
    from planner.report.printing.second_process import Helper
    from planner.scenario.compose import Changes

Output = Literal["html", "pdf", "md", "json"]
PLAN: Final = "plan.json"
MOST_JOBS: Final = 1024
"""Processes that can be asked for."""


def outputs_of(context: click.Context, _param: click.Parameter, value: str | None) -> tuple[Output, ...]:
    """The reports that are asked for, as an option's callback."""
    try:
        names = context.ensure_object(Settings).outputs if value is None else names_of_outputs(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return cast("tuple[Output, ...]", names)


def jobs_of(_context: click.Context, _param: click.Parameter, value: str) -> int:
    """The number of processes, 0 for one per core, as an option's callback."""
    if value == "auto":
        return 0
    if not value.isdecimal() or not 1 <= int(value) <= MOST_JOBS:
        message = f"{value!r} is no number of processes: 1 to {MOST_JOBS}, or auto for one per core"
        raise click.BadParameter(message)
    return int(value)


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
@click.option(
    "-t", "--template", default="technical", show_default=True,
    help="Report template: of the scenario's `templates`, of PLANNER_TEMPLATES, of the planner, or the path of its "
    "folder: ./ours",
)  # fmt: skip
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
    help="What to print; several plans are one JSON list.",
)
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    default="1",
    callback=jobs_of,
    show_default=True,
    help="Scenarios that are planned at a time, each in a process; auto for one per core.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Plan on the Dask cluster of this scheduler (tcp://host:8786), which can run code here and there.",
)
@click.option(
    "--simulate", is_flag=True,
    help="Serving: run every decision as a simulation of arrivals and batching, beside the law of latency.",
)  # fmt: skip
@storing
@click.option("--open", "opened", is_flag=True, help="Open the report, or the page that lists several.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@pricing
@requiring_fresh
@click.pass_context
def command(
    context: click.Context, scenarios: tuple[Path, ...], out: Path | None, outputs: tuple[Output, ...],
    changes: Changes, calibration: Path | None, template: str, candidates: Path | None, sample: int | None,
    as_of: str | None, refresh: bool, form: Form, jobs: int, cluster: str | None, simulate: bool,
    storage: str | None, resume: bool, opened: bool, quiet: bool, require_fresh: bool,
) -> int:  # fmt: skip
    """Plan SCENARIO: the exact Pareto front, the decisions on it, and a report.

    Writes plan.json (always), report.html, report.pdf and summary.md. Exit 3 when nothing is feasible; the message
    says which single constraint to relax, and by how much. The prices of a lock beside the scenario count.

    Of a folder all scenarios in it are planned. Of several one that fails stops no other; a table ends them, and the
    exit code is the worst of 70, 2, 3 and 0, in this order.

    Example: planner plan scenarios/support-bot.yaml --outputs html

    Example: planner plan scenarios/ --jobs auto

    Example: planner plan scenarios/domain-70b.yaml --storage search.db
    """
    from planner.cli.files import scenarios_in, without_locks
    from planner.report.printing.second_process import prepare

    several = len(scenarios) > 1 or any(path.is_dir() for path in scenarios)
    _refuse(
        several=several,
        candidates=candidates,
        refresh=refresh,
        jobs=jobs,
        cluster=cluster,
        keeps=storage is not None or resume,
        simulate=simulate,
    )
    paths = scenarios_in(without_locks(scenarios))
    alone = not several and cluster is None
    # The second process loads what draws while this one loads the rest.
    with prepare(outputs if alone else ()) as helper:
        from planner.batch.order import Order
        from planner.cli.prices_edge import today
        from planner.locking.choosing import BESIDE, CATALOG

        settings = context.ensure_object(Settings)
        order = Order(
            settings.setting(as_of), changes, calibration,
            # What is asked for, a date or prices, counts more than a lock.
            BESIDE if as_of is None and not named(context) else CATALOG,
            refresh, outputs, template, settings.template_roots, form, out, several, candidates, sample,
            screen_width(), quiet,
            sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
            logging.getLogger("planner").isEnabledFor(logging.DEBUG),
            settings.price_ttl_hours if require_fresh or settings.prices is not None else None, require_fresh,
            "" if as_of is not None else today(), settings.tracking_uri, simulate,
        )  # fmt: skip
        if alone:
            usual = settings.storage if candidates is None else None
            return int(_plan_alone(paths[0], order, helper, (storage, usual), resume=resume, opened=opened))
    from planner.cli.batch import Engine, plan_batch

    return int(plan_batch(paths, order, Engine(jobs, cluster), opened=opened))


def _refuse(
    *, several: bool, candidates: Path | None, refresh: bool, jobs: int, cluster: str | None, keeps: bool,
    simulate: bool,
) -> None:  # fmt: skip
    """Raise UsageError for options that do not go together."""
    message = ""
    if candidates is not None and (several or cluster is not None):
        message = "--candidates writes one file; plan one scenario at a time with it, on this machine"
    elif cluster is not None and jobs != 1:
        message = "--jobs is for this machine; how many scenarios a cluster plans at a time, its workers say"
    elif cluster is not None and refresh:
        message = "--refresh plans on this machine; renew the locks first: planner lock --refresh SCENARIO..."
    elif simulate and cluster is not None:
        message = "--simulate runs on this machine; leave out --cluster"
    elif keeps and (several or cluster is not None or candidates is not None):
        message = (
            "--storage keeps one search; plan one scenario at a time with it, on this machine, without --candidates"
        )
    if message:
        raise click.UsageError(message)


class _Terminal:
    """A desk at which everything is printed and written at once; what is being made stands there until then."""

    def __init__(self, doing: Making) -> None:
        self.doing = doing
        self.written: list[Path] = []

    def tell(self, text: str) -> None:
        self.doing.end()
        click.echo(text, err=True)

    def show(self, text: str) -> None:
        self.doing.end()
        click.echo(text, nl=False)

    def keep(self, contents: Mapping[Path, bytes]) -> list[Path]:
        from planner.files import place

        self.written += (placed := place(contents))
        return placed

    def wrote(self, paths: Sequence[Path]) -> None:
        self.doing.end()
        for path in paths:
            click.echo(f"wrote {path}", err=True)


def _plan_alone(
    path: Path, order: Order, helper: Helper | None, storage: tuple[str | None, str | None], *, resume: bool,
    opened: bool,
) -> ExitCode:  # fmt: skip
    """Plan one scenario in this process; what goes wrong is raised."""
    from planner.batch.one import announce, code_of, deliver, make, plan_json, read
    from planner.cli.making import making
    from planner.cli.opening import open_first
    from planner.cli.progress import progress_bar
    from planner.planning import ServingReady

    with making(path.stem, show=not order.quiet) as doing:
        desk = _Terminal(doing)
        ready = read(path, order, desk)
        announce(ready, order, desk)
        if order.simulate and not isinstance(ready, ServingReady):
            kind = ready.scenario.kind
            message = f"{path}: --simulate is for scenarios of the kind Serving, and this is a {kind}"
            raise click.UsageError(message)
        keeping = kept(ready, *storage, resume=resume, quiet=order.quiet)
        with progress_bar(ready.scenario.metadata.name, show=not order.quiet) as progress:
            made = make(ready, order, progress, keeping, desk.doing)
        deliver(ready, made, plan_json(made.outcome), order, desk, helper)
    if opened:
        open_first([path for path in desk.written if path.name != PLAN])
    return code_of(made.outcome, order)


def screen_width() -> int:
    """Columns of the terminal; 120 where there is none."""
    import shutil

    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 120
