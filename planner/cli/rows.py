"""`planner estimate --rows`: measurement rows in, the same rows with predictions out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from planner.errors import ExitCode, InputError

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog

QUANTITIES: Final = ("memory", "throughput", "serving")
_NEEDED: Final = {
    "memory": ("model", "method", "n_gpus", "micro_batch_size", "seq_len"),
    "throughput": ("model", "method", "n_gpus", "micro_batch_size", "seq_len", "gpu_id"),
    "serving": ("model", "gpu_id", "n_gpus", "precision", "input_len", "output_len"),
}
_SHOWN: Final = 8
"""Most reasons that are printed."""


def predict_rows(rows: Path, what: str, output: Path | None, catalog: Catalog, calibration: Path | None = None) -> int:
    """Write the rows back in their order with predictions beside them; say on stderr how many have none, and why."""
    from planner.files import place as place_all
    from planner.measured.answer import COLUMNS, answers
    from planner.measured.table import read_rows, written

    if calibration is not None:
        from planner.calibrate.laying import overlaid
        from planner.calibrate.reading import read_overlay

        overlay, digest = read_overlay(calibration, str(calibration), catalog)
        catalog = overlaid(catalog, overlay, calibration.name, digest)
    table = read_rows(rows, _NEEDED[what])
    clash = [name for name in (*COLUMNS[what], "pred_label", "pred_reason") if name in table.header]
    if clash:
        message = f"{rows}: has columns that predictions are written to: {', '.join(clash)}"
        raise InputError(message)
    added = answers(table, catalog, what)
    text = written(table, added)
    if output is None:
        click.echo(text, nl=False)
    else:
        if output.is_dir():
            message = f"{output}: cannot be written: it is a folder"
            raise InputError(message)
        place_all({output: text.encode()})
    first = added[COLUMNS[what][0]]
    without = [i for i, value in enumerate(first) if not value]
    empty = Counter(added["pred_reason"][i] for i in without)
    earliest = {added["pred_reason"][i]: table.where(i) for i in reversed(without)}
    click.echo(f"{len(table) - empty.total()} of {len(table)} rows predicted", err=True)
    for reason, count in empty.most_common(_SHOWN):
        place = earliest[reason] + (" and others" if count > 1 else "")
        click.echo(f"  {count:5} not: {reason} ({place})", err=True)
    if len(empty) > _SHOWN:
        rest = sum(count for _, count in empty.most_common()[_SHOWN:])
        click.echo(f"  {rest:5} not, for {len(empty) - _SHOWN} other reasons: see pred_reason", err=True)
    return int(ExitCode.OK)
