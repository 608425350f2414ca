"""`planner traffic`: what a log of requests says about its traffic."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

FORMATS = ("table", "json", "markdown", "yaml")


@click.command("traffic")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    metavar="DATE",
    help="For a log whose times are seconds from its start: that start, in UTC.",
)
def command(file: Path, form: str, start: dt.datetime | None) -> None:
    """Measure a log of requests: rates by hour of the week, bursts, lengths, repeats, conversations, tenants.

    FILE is CSV or JSON lines, plain or .gz, with timestamp, input_tokens and output_tokens and, where known,
    prompt_hash, latency_ms, ttft_ms, status, model, tenant, user and conversation; the usual other names are known
    too. `--format yaml` writes the block `traffic` of a scenario.

    Example: planner traffic requests.csv
    """
    from planner.cli.tables import as_json
    from planner.cli.traffic_text import scenario_block, traffic_data, traffic_text
    from planner.source import render_all
    from planner.traffic import read_traffic

    found = read_traffic(file, start=None if start is None else start.replace(tzinfo=dt.UTC))
    if found.warnings:
        click.echo(render_all(found.warnings, {}), err=True)
    match form:
        case "json":
            text = as_json(traffic_data(found))
        case "yaml":
            text = scenario_block(found)
        case _:
            text = traffic_text(found, form)
    click.echo(text)
