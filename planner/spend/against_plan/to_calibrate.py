"""Runs in the columns that `planner calibrate` takes, so that a review feeds the next plans."""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from planner.catalog.names import resolve_provider
from planner.catalog.rows import Catalog
from planner.outcome import Configuration, Plan
from planner.spend.against_plan.finished import FinishedRun, finished_runs
from planner.spend.against_plan.matching import Plans
from planner.spend.sheets import inert
from planner.spend.store import Store

COLUMNS: Final = (
    "run", "date", "model", "gpu_id", "n_gpus", "n_nodes", "method", "lora_rank", "lora_targets", "parallelism",
    "grad_checkpointing", "micro_batch_size", "grad_accum", "seq_len", "stack", "train_hours", "tokens_total",
    "provider", "tier", "running_hours", "preemptions", "listed_usd_per_hour", "paid_usd_per_hour",
)  # fmt: skip
"""All are columns of `calibrate.run_columns`, and `run`, which it takes as a note."""
SAME_UNIT: Final = 10.0
"""Paid over list, or the inverse, from which `planner calibrate` refuses a price."""
_TOLD: Final = {"single": None, "ddp": "ddp", "zero2": "zero2", "fsdp": "fsdp"}
"""Ways to share that a run file can tell without degrees that plans do not name."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST: Final = 200
MOST: Final = 100_000
"""Runs that are handed on, the newest: a file of them is no larger than `planner calibrate` reads."""


def calibration_rows(
    store: Store, plans: Sequence[tuple[str, Plan]] = (), catalog: Catalog | None = None
) -> str:  # fmt: skip
    """CSV text with a row for each run that something can be learned from; empty where there is none.

    Prices are those of runs on demand that the bill has with their list price. Preemptions are those of spot runs,
    whichever way they ended. Speeds need settings that logs do not have: those of the configuration that a run followed
    among `plans`, less what it planned beside training: loading, data, warm-up, evaluation, checkpoints and upload.
    With a catalog, providers that it lacks are left out. Of more than `MOST` runs the newest are looked at.
    """
    rows = []
    known = Plans(plans)
    for run in finished_runs(store)[-MOST:]:
        found = known.match(run) if run.ended_well else None
        rented = dict(_rented(run)) if catalog is None or resolve_provider(catalog, run.provider) is not None else {}
        cells = {**rented, **(dict(_speed(run, found.configuration)) if found is not None else {})}
        if cells:
            rows.append({"run": _note(run.run), "date": run.started.date().isoformat(), **cells})
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _rented(run: FinishedRun) -> Iterator[tuple[str, str]]:
    """Price and preemptions, where they are known."""
    if not run.provider or run.tier not in ("on_demand", "spot"):
        return
    rented = [("provider", _clean(run.provider)), ("tier", run.tier)]
    if run.tier == "spot" and run.status in ("ok", "preempted"):
        yield from rented
        yield "running_hours", _number(run.hours)
        yield "preemptions", str(int(run.status == "preempted"))
    elif run.tier == "on_demand" and run.list_usd > 0.0 and run.paid_usd > 0.0 and run.billed_gpu_hours > 0.0:
        machine = run.gpu_count if run.gpu_count > 0.0 else 1.0
        if abs(math.log(run.paid_usd / run.list_usd)) <= math.log(SAME_UNIT):
            yield from rented
            yield "listed_usd_per_hour", _number(run.list_usd / run.billed_gpu_hours * machine)
            yield "paid_usd_per_hour", _number(run.paid_usd / run.billed_gpu_hours * machine)


def tells_speed(run: FinishedRun, c: Configuration) -> bool:
    """Whether calibration learns a speed from the run of a configuration."""
    return any(_speed(run, c))


def _speed(run: FinishedRun, c: Configuration) -> Iterator[tuple[str, str]]:
    """What the run trained on in how long, under the settings that its configuration has."""
    parts = c.hour_parts
    beside = parts.weights + parts.data + parts.warmup + parts.evaluate + parts.checkpoints + parts.upload
    hours = run.hours - beside  # A run is logged from the start of its process on: the machine is up by then.
    method = str(c.method.get("name", ""))
    settings = {name: c.train.get(name) for name in ("micro_batch_size", "micro_batch", "grad_accum", "max_seq_len")}
    micro = settings["micro_batch_size"] or settings["micro_batch"]
    gpus = c.hardware.count * c.hardware.nodes
    told = run.tokens > 0.0 and hours > 0.0 and micro and settings["max_seq_len"] and run.gpu_count == gpus
    # Of another card or method, the settings of the plan are not those of the run.
    if not told or run.gpu not in ("", c.hardware.gpu) or run.method.lower() not in ("", method):
        return
    if run.tier == "spot" or method not in ("full", "lora", "qlora") or run.stack not in ("", c.stack):
        return  # Time lost to preemptions is not the machine's speed, nor another stack's the plan's.
    if c.hardware.parallelism not in _TOLD:
        return
    cells = {
        "model": c.model, "gpu_id": c.hardware.gpu, "n_gpus": gpus, "n_nodes": c.hardware.nodes, "method": method,
        "lora_rank": c.method.get("rank"), "lora_targets": c.method.get("targets"),
        "parallelism": _TOLD[c.hardware.parallelism], "grad_checkpointing": c.train.get("checkpointing"),
        "micro_batch_size": micro, "grad_accum": settings["grad_accum"], "seq_len": settings["max_seq_len"],
        "stack": c.stack, "train_hours": _number(hours), "tokens_total": _number(run.tokens),
    }  # fmt: skip
    yield from ((name, _clean(str(value))) for name, value in cells.items() if value is not None)


def _number(value: float) -> str:
    return f"{value:.10g}"


def _note(text: str) -> str:
    """The same, and no formula where the file is opened as a sheet."""
    return inert(_clean(text))


def _clean(text: str) -> str:
    """On one line, and no longer than a cell should be."""
    return _CONTROL.sub(" ", text)[:_LONGEST].strip()
