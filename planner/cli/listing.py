"""`planner list`: what the catalog knows."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog

Row = dict[str, Any]


def _models(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": m.id,
            "family": m.family,
            "params_b": round(m.params_total / 1e9, 2),
            "active_b": round(m.params_active / 1e9, 2),
            "context": m.max_context,
            "license": m.license,
            "released": m.released,
            "decoder": m.decoder,
        }
        for m in catalog.models
    ]


def _gpus(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": g.id,
            "vendor": g.vendor,
            "memory_gib": g.mem_gib,
            "usable_gib": g.usable_gib,
            "bf16_tflops": g.bf16_tflops,
            "fp16_tflops": g.fp16_tflops,
            "bandwidth_gb_s": g.mem_bw_gb_s,
            "link_gb_s": g.link_gb_s,
            "tdp_w": g.tdp_w,
            "utilisation": g.utilisation_tag,
        }
        for g in catalog.gpus
    ]


def _offers(catalog: Catalog) -> list[Row]:
    o = catalog.offers
    return [
        {
            "provider": o.providers[o.provider[i]],
            "instance": str(o.instance[i]),
            "gpu": catalog.gpus[o.gpu[i]].id,
            "count": int(o.gpu_count[i]),
            "region": str(o.region[i]),
            "tier": "spot" if o.spot[i] else "on_demand",
            "usd_per_hour": float(o.price_usd_per_hour[i]),
            "usd_per_gpu_hour": float(o.price_usd_per_hour[i] / o.gpu_count[i]),
            "as_of": str(o.as_of[i]),
            "confidence": str(o.confidence[i]),
            "retired": bool(o.retired[i]),
            "marketplace": bool(o.marketplace[i]),
        }
        for i in range(len(o))
    ]


def _methods(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": m.id,
            "trains": m.trains,
            "base": m.base_precision,
            "options": ", ".join(m.options),
            "summary": m.summary,
        }
        for m in catalog.methods
    ]


def _stacks(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": s.id,
            "speed": ", ".join(f"{k} {v:g}" for k, v in s.k.items()),
            "sharing": ", ".join(s.parallelism),
            "checkpointing": ", ".join(s.checkpointing),
            "evidence": s.tag,
        }
        for s in catalog.stacks
    ]


def _tasks(catalog: Catalog) -> list[Row]:
    return [{"id": t.id, "benchmarks": ", ".join(t.benchmarks), "summary": t.summary} for t in catalog.tasks]


def _providers(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": p.id,
            "billed_per_s": p.billing_granularity_s,
            "least_s": p.billing_minimum_s,
            "queue_s": p.queue_s,
            "boot_s": p.boot_s,
            "longest_hours": p.max_run_hours,
            "preemption_per_hour": p.preemption_per_hour,
            "confidence": p.confidence,
        }
        for p in catalog.providers
    ]


def _templates(_catalog: Catalog) -> list[Row]:
    from planner.report.render import list_templates

    return [{"id": name} for name in list_templates()]


TABLES: dict[str, Callable[[Catalog], list[Row]]] = {
    "models": _models,
    "gpus": _gpus,
    "offers": _offers,
    "methods": _methods,
    "stacks": _stacks,
    "tasks": _tasks,
    "providers": _providers,
    "templates": _templates,
}


@click.command("list")
@click.argument("what", type=click.Choice(list(TABLES)))
@click.option(
    "--where",
    "filters",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Keep rows whose column holds the value; may be repeated.",
)
@click.option("--sort", help="Column to sort by.")
@click.option("--limit", type=click.IntRange(min=1), help="At most this many rows.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
def command(what: str, filters: tuple[str, ...], sort: str | None, limit: int | None, form: str) -> None:
    """List what the catalog knows about WHAT, with filters.

    Example: planner list offers --where gpu=l40s --where tier=spot --sort usd_per_gpu_hour
    """
    from planner.catalog.loader import load_catalog

    catalog = load_catalog()
    rows = TABLES[what](catalog)
    for text in filters:
        rows = _filtered(rows, text)
    if sort is not None:
        _known(rows, sort)
        rows.sort(key=lambda row: (_unknown(row[sort]), row[sort]))
    shown = rows[:limit] if limit else rows
    if form == "json":
        click.echo(json.dumps([{k: None if _unknown(v) else v for k, v in row.items()} for row in shown], indent=2))
        return
    click.echo(table(shown) if shown else "nothing matches")
    click.echo(f"{len(shown):,} of {len(rows):,} rows; catalog of {catalog.as_of}", err=True)


def _filtered(rows: list[Row], text: str) -> list[Row]:
    column, found, value = text.partition("=")
    if not found:
        message = f"{text!r} is not COLUMN=VALUE"
        raise click.BadParameter(message, param_hint="--where")
    _known(rows, column)
    return [
        row
        for row in rows
        if _text(row[column]).lower() == value.lower()
        or (isinstance(row[column], str) and value.lower() in row[column].lower().split("-"))
    ]


def _known(rows: list[Row], column: str) -> None:
    if rows and column not in rows[0]:
        message = f"no column {column!r}; columns: {', '.join(rows[0])}"
        raise click.BadParameter(message)


def _unknown(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "unknown" if math.isnan(value) else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def table(rows: list[Row]) -> str:
    """Rows as aligned text: words left, numbers right."""
    columns = list(rows[0])
    cells = [[_text(row[column]) for column in columns] for row in rows]
    widths = [max(len(column), *(len(row[i]) for row in cells)) for i, column in enumerate(columns)]
    right = [isinstance(rows[0][column], int | float) and not isinstance(rows[0][column], bool) for column in columns]
    lines = [
        "  ".join(
            cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in [columns, *cells]
    ]
    return "\n".join(lines)
