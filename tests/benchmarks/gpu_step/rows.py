"""Measured cases as rows of the measurement tables: memory.csv and throughput.csv, column for column."""

import csv
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.catalog.rows import Gpu
from tests.benchmarks.gpu_step.cases import Case

MEMORY_COLUMNS: Final = (
    "source_id", "source_ref", "model", "params_b", "n_layers", "hidden", "n_heads", "n_kv_heads", "ffn_hidden",
    "vocab", "gpu", "n_gpus", "method", "lora_rank", "lora_targets", "weight_precision", "optimizer", "parallelism",
    "grad_checkpointing", "flash_attention", "micro_batch_size", "seq_len", "peak_mem_gb_per_gpu", "unit", "kind",
    "fits", "notes", "publisher", "stack", "metric", "loss_kernel", "gpu_id", "gpu_id_sure",
)  # fmt: skip
THROUGHPUT_COLUMNS: Final = (
    "source_id", "source_ref", "model", "params_b", "n_layers", "hidden", "n_heads", "n_kv_heads", "ffn_hidden",
    "vocab", "gpu", "n_gpus", "n_nodes", "interconnect", "method", "lora_rank", "lora_targets", "precision",
    "optimizer", "parallelism", "grad_checkpointing", "flash_attention", "packing", "micro_batch_size", "grad_accum",
    "global_batch_size", "seq_len", "tokens_per_s_total", "tokens_per_s_per_gpu", "samples_per_s", "tflops_per_gpu",
    "mfu", "wall_clock_hours", "peak_mem_gb_per_gpu", "price_or_cost_usd", "notes", "publisher", "stack", "metric",
    "loss_kernel", "gpu_id", "gpu_id_sure",
)  # fmt: skip

PUBLISHER: Final = "finetune-planner"
STACK: Final = "plain-pytorch"
SCRIPT: Final = "tests/benchmarks/measure_gpu.py"
_TARGETS: Final = {"all-linear": "all linear", "attention": "q,k,v,o", "qv": "q,v"}
_IN_MEMORY: Final = {"none": "n", "selective": "selective layer", "full": "y"}
"""How memory.csv writes checkpointing; throughput.csv uses the planner's words."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured."""

    name: str
    """As the driver prints it; `cpu` without an accelerator."""
    card: Gpu | None
    sure: bool
    """The catalog knew the printed name; otherwise whoever ran it said which card it is."""
    torch: str
    flash: bool
    """Attention runs fused: bf16 on compute capability 8.0 or newer."""


def memory_rows(case: Case, seen: Mapping[str, Any], machine: Machine) -> list[Row]:
    """One row per metric; a single one without a figure where memory ran out or is not counted (CPU)."""
    oom = seen["status"] == "oom"
    row = _shared(case, machine) | {
        "weight_precision": _weights(case),
        "grad_checkpointing": _IN_MEMORY[case.checkpointing],
        "parallelism": "none",
        "kind": "measured",
        "fits": "OOM" if oom else "y" if machine.card else "",
    }
    if oom or seen["alloc_gib"] is None:
        why = f"out of memory in the {seen['phase']}" if oom else "no accelerator, so memory was not counted"
        return [row | {"metric": "none", "notes": f"metric=none; {why}; {_notes(case, seen)}"}]
    figures = {"alloc": seen["alloc_gib"], "reserved": seen["reserved_gib"]}
    return [
        row
        | {
            "peak_mem_gb_per_gpu": f"{gib:.3f}",
            "unit": "GiB",
            "metric": metric,
            "notes": f"metric={metric}; torch max_memory_{'allocated' if metric == 'alloc' else metric} "
            f"over warm-up and timed steps; context_gib={seen['context_gib']:.2f}; {_notes(case, seen)}",
        }
        for metric, gib in figures.items()
    ]


def throughput_row(case: Case, seen: Mapping[str, Any], machine: Machine) -> Row:
    """The row of a case that ran."""
    sequences = case.micro_batch * case.grad_accum
    tokens_per_s = sequences * case.seq_len / seen["step_s"]
    peak = seen["alloc_gib"]
    spread = f"step_s={seen['step_s']:.4f} median of {case.steps}, {seen['step_s_min']:.4f} to {seen['step_s_max']:.4f}"
    return _shared(case, machine) | {
        "n_nodes": "1",
        "precision": "nf4/bf16" if case.method == "qlora" else "bf16",
        "parallelism": "single-gpu",
        "grad_checkpointing": case.checkpointing,
        "packing": "y",
        "grad_accum": str(case.grad_accum),
        "global_batch_size": str(sequences),
        "tokens_per_s_total": f"{tokens_per_s:.1f}",
        "tokens_per_s_per_gpu": f"{tokens_per_s:.1f}",
        "samples_per_s": f"{sequences / seen['step_s']:.4f}",
        "peak_mem_gb_per_gpu": "" if peak is None else f"{peak:.3f}",
        "notes": f"{spread}; {'' if peak is None else 'memory in GiB allocated; '}{_notes(case, seen)}",
    }


def _shared(case: Case, machine: Machine) -> Row:
    a, adapted = case.architecture, case.method != "full"
    return {
        "source_id": "finetune_planner_measure_gpu",
        "source_ref": f"{SCRIPT} with torch {machine.torch}",
        "model": a.label,
        "params_b": f"{a.parameters / 1e9:.4g}",
        "n_layers": str(a.n_layers),
        "hidden": str(a.hidden),
        "n_heads": str(a.n_heads),
        "n_kv_heads": str(a.n_kv_heads),
        "ffn_hidden": str(a.ffn),
        "vocab": str(a.vocab),
        "gpu": machine.name,
        "n_gpus": "1",
        "method": case.method,
        "lora_rank": str(case.rank) if adapted else "",
        "lora_targets": _TARGETS[case.targets] if adapted else "",
        "optimizer": f"adamw ({'fp32' if case.precision == 'bf16_mixed' else 'bf16'} states)",
        "flash_attention": "y" if machine.flash else "",
        "micro_batch_size": str(case.micro_batch),
        "seq_len": str(case.seq_len),
        "publisher": PUBLISHER,
        "stack": STACK,
        "loss_kernel": "fused" if case.loss_kernel == "fused" else "",
        "gpu_id": machine.card.name if machine.card else "",
        "gpu_id_sure": ("y" if machine.sure else "n") if machine.card else "",
    }


def _weights(case: Case) -> str:
    """How weights rest on the card: the base's under an adapter, else the trained ones."""
    if case.method == "qlora":
        return "nf4-dq"
    return "fp32" if case.method == "full" and case.precision == "bf16_mixed" else "bf16"


def _notes(case: Case, seen: Mapping[str, Any]) -> str:
    words = [
        "random weights and tokens, every sequence full", case.optimizer, case.precision,
        f"grad_accum={case.grad_accum}", f"{case.loss_kernel} loss",
    ]  # fmt: skip
    if case.precision == "bf16_mixed":
        words.append(f"bf16 autocast, {'weights' if case.method == 'full' else 'adapters'} in fp32")
    if case.method == "qlora":
        words.append("NF4 by bitsandbytes" if case.quantiser == "bitsandbytes" else "NF4 of the script's own")
    if seen.get("allocator"):
        words.append(f"allocator {seen['allocator']}")
    if "trained_parameters" in seen:
        words.append(f"trainable params {seen['trained_parameters']:,}")
    return "; ".join(words)


def append(file: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Add rows to a table, or begin it; whoever reads meanwhile sees the old table or the new one, never a part.

    ValueError where the file has other columns, or no folder to lie in.
    """
    if not file.parent.is_dir():
        message = f"{file}: there is no folder {file.parent}"
        raise ValueError(message)
    old = file.read_text("utf-8") if file.exists() else ""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    if old:
        header = next(csv.reader(io.StringIO(old)))
        if header != list(columns):
            message = f"{file}: its columns are not those of this table; nothing was written"
            raise ValueError(message)
        text.write(old if old.endswith("\n") else old + "\n")
    else:
        writer.writeheader()
    writer.writerows(rows)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text.getvalue())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
