"""The published rows as the benchmarks use them: usable ones in two tiers, and why the others are not usable."""

import functools
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from planner.calibrate.observed import Observed, card, memory_of, speed_of
from planner.catalog.rows import Catalog, Floats, Ints
from planner.measured.columns import Rows, rows_of
from planner.measured.condition import Condition, condition_of
from planner.measured.table import Faulty, Unusable, read_rows

FOLDER: Final = Path(__file__).resolve().parent / "measurements"
NEEDED: Final = (
    "source_id",
    "model",
    "method",
    "n_gpus",
    "micro_batch_size",
    "seq_len",
    "publisher",
    "stack",
    "gpu_id",
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Usable rows of one quantity."""

    quantity: str
    rows: Rows
    records: tuple[Mapping[str, str], ...]
    places: tuple[str, ...]
    """`file:line` of every row."""
    indices: tuple[int, ...]
    """Place of every row among all rows of the file."""
    observed: tuple[Observed, ...]
    complete: tuple[bool, ...]
    unusable: Counter[str]
    """Why rows cannot be used, and how many."""
    faults: tuple[str, ...]
    """`file:line: what` of rows with figures that cannot be true; never averaged in."""

    def texts(self, name: str) -> list[str]:
        """A column as text."""
        return [record.get(name, "") for record in self.records]

    @property
    def publishers(self) -> list[str]:
        """Who published each row."""
        return self.texts("publisher")

    def part(self, chosen: Ints) -> "Dataset":
        """Some of the rows."""
        some = chosen.tolist()
        return Dataset(
            self.quantity,
            self.rows.part(chosen),
            tuple(self.records[i] for i in some),
            tuple(self.places[i] for i in some),
            tuple(self.indices[i] for i in some),
            tuple(self.observed[i] for i in some),
            tuple(self.complete[i] for i in some),
            self.unusable,
            self.faults,
        )

    def values(self) -> Floats:
        """What was measured: GiB in the row's metric, or tokens per second and GPU; NaN where only fits is known."""
        figure = "memory_gib" if self.quantity == "memory" else "tokens_per_s_per_gpu"
        return np.array([getattr(outcome, figure) for outcome in self.observed], np.float64)


@functools.cache
def _fixed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "tiers.yaml").read_text())
    return found


def is_complete(record: Mapping[str, str], condition: Condition, quantity: str) -> bool:
    """The written rule of tiers.yaml: every condition that matters is stated, or fixed by the source."""
    tiers, source = _fixed(), record["source_id"]
    fixed = tiers["fixed"].get(source, [])
    exact = source in tiers["exact_length"] or record.get("packing") == "y"
    stated = {
        "checkpointing": bool(record.get("grad_checkpointing", "").strip()),
        "attention": bool(record.get("flash_attention", "").strip()),
        "optimizer": bool(record.get("optimizer", "").strip()) or condition.adapted,
    }
    known = all(said or name in fixed for name, said in stated.items())
    metric = quantity != "memory" or record.get("metric") in ("alloc", "reserved", "nvsmi", "none")
    return exact and known and metric and condition.named_stack


def load(quantity: str, catalog: Catalog, folder: Path = FOLDER) -> Dataset:
    """Usable rows of `memory` or `throughput`, and the reasons of the rest."""
    table = read_rows(folder / f"{quantity}.csv", NEEDED)
    unusable: Counter[str] = Counter()
    faults: list[str] = []
    conditions: list[Condition] = []
    kept: list[tuple[Mapping[str, str], str, int, Observed, bool]] = []
    for i, record in enumerate(table.records()):
        try:
            condition = condition_of(record, catalog, needs_gpu=quantity == "throughput")
            outcome = _outcome(record, condition, catalog, quantity)
        except Unusable as why:
            unusable[str(why)] += 1
            if isinstance(why, Faulty):
                faults.append(f"{table.where(i)}: {why}")
            continue
        conditions.append(condition)
        kept.append((record, table.where(i), i, outcome, is_complete(record, condition, quantity)))
    records, places, indices, observed, complete = zip(*kept, strict=True) if kept else ((), (), (), (), ())
    return Dataset(
        quantity, rows_of(conditions, catalog), records, places, indices, observed, complete, unusable, tuple(faults)
    )


def _outcome(record: Mapping[str, str], condition: Condition, catalog: Catalog, quantity: str) -> Observed:
    gpu = card(catalog, condition.gpu)
    if quantity == "throughput":
        if gpu is not None and math.isnan(gpu.bf16_tflops) and math.isnan(gpu.fp16_tflops):
            message = f"{gpu.id} publishes no 16-bit peak"
            raise Unusable(message)
        return speed_of(record, gpu, 2.0 * condition.model.p_mm_active)
    outcome = memory_of(record, gpu)
    if math.isnan(outcome.memory_gib) and outcome.fits is None:
        message = "no memory figure, and not said whether it fits"
        raise Unusable(message)
    return outcome
