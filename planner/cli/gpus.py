"""`planner gpus`: how busy GPUs were, what their idle hours cost, and which cheaper machines would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.environment import Settings
from planner.cli.tables import FORMATS
from planner.errors import InputError

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog
    from planner.gpu_metrics import GpuMetrics, Present, Sizing, Switching


class _Quantity(click.ParamType["float"]):
    """A quantity as scenarios write it, such as `5 %` or `24 GiB`."""

    def __init__(self, kind: str, most: float = float("inf")) -> None:
        self.kind, self.most, self.name = kind, most, kind

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number in the canonical unit; fails as click does."""
        from planner.units import parse_quantity

        try:
            number = value if isinstance(value, float) else parse_quantity(str(value), self.kind)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not 0 <= number <= self.most:
            self.fail(f"{value!r} is more than {self.most:g}", param, ctx)
        return number


@click.command("gpus")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--at", metavar="PROVIDER/INSTANCE@REGION", help="The machine that was measured, as the catalog lists it."
)
@click.option(
    "--price", type=_Quantity("money"), help="What one of the GPUs costs per hour; counts before --at's price."
)
@click.option("--idle-below", type=_Quantity("share", 1.0), default="5 %", show_default=True, help="Load that is idle.")
@click.option("--memory-margin", type=_Quantity("share", 10.0), default="10 %", show_default=True,
              help="Memory to keep free, on top of the p99 in use.")  # fmt: skip
@click.option("--memory-needed", type=_Quantity("memory"), help="Memory that the work of one GPU needs, where "
              "in use is only what a server reserves.")  # fmt: skip
@click.option("--load-limit", type=_Quantity("share", 1.0), default="80 %", show_default=True,
              help="Most of another card that the p95 load may take.")  # fmt: skip
@click.option("--independent", is_flag=True, help="Each GPU does its own work: it may stand alone and without NVLink.")
@click.option("--provider", "providers", multiple=True, metavar="NAME", help="Consider these alone; may be repeated.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.pass_context
def command(
    context: click.Context, file: Path, at: str | None, price: float | None, idle_below: float, memory_margin: float,
    memory_needed: float | None, load_limit: float, independent: bool, providers: tuple[str, ...], form: str,
) -> None:  # fmt: skip
    """Measure how busy GPUs were from a file of metrics, and find cheaper machines that would carry it.

    FILE is CSV or JSON lines, plain or .gz: metrics of DCGM, series out of Prometheus or VictoriaMetrics (of a long
    answer, one to a line: `jq -c '.data.result[]'`), or what nvidia-smi writes. With --at or --price it says what idle
    hours cost a month, and what would be cheaper.

    \b
    nvidia-smi -l 60 --format=csv --query-gpu=timestamp,name,index,utilization.gpu,memory.used,memory.total,power.draw

    Example: planner gpus metrics.csv --at aws/p5.48xlarge@us-east-1
    """  # noqa: D301 - click wants the character itself
    from planner.cli.gpus_text import gpus_data, gpus_text
    from planner.cli.tables import as_json
    from planner.gpu_metrics import Limits, read_gpu_metrics, right_sizing, switching_off
    from planner.source import render_all

    if load_limit == 0:
        message = "--load-limit is 0: nothing could carry any load"
        raise InputError(message)
    metrics = read_gpu_metrics(file, idle_below=idle_below)
    if metrics.warnings:
        click.echo(render_all(metrics.warnings, {}), err=True)
    present: Present | None = None
    switching: tuple[Switching, ...] = ()
    sizing: Sizing | None = None
    if at is not None or price is not None:
        settings = context.ensure_object(Settings)
        catalog = settings.load_catalog()
        present = _present(metrics, catalog, at, price)
        switching = switching_off(metrics, present)
        needed = float("nan") if memory_needed is None else memory_needed
        limits = Limits(memory_margin, load_limit, needed, independent)
        sizing = right_sizing(metrics, present, catalog, limits, providers, settings.price_max_age_months)
    if form == "json":
        click.echo(as_json(gpus_data(metrics, present, switching, sizing)))
    else:
        click.echo(gpus_text(metrics, present, switching, sizing, form))


def _present(metrics: GpuMetrics, catalog: Catalog, at: str | None, price: float | None) -> Present:
    from planner.gpu_metrics import machine_at, priced

    if at is not None:
        return machine_at(metrics, catalog, at, price)
    return priced(metrics, catalog, price or 0.0)
