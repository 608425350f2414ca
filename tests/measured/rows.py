"""Rows to read: one that is complete, and changes to it."""

from typing import Final

from planner.catalog.loader import load_catalog
from planner.measured.columns import Rows, rows_of
from planner.measured.condition import Condition, condition_of

CATALOG: Final = load_catalog()
ROW: Final = {
    "model": "Llama-2-7B", "method": "lora", "n_gpus": "1", "micro_batch_size": "2", "seq_len": "1024",
    "gpu_id": "A100-80GB-SXM", "stack": "hf-trainer", "parallelism": "none", "grad_checkpointing": "y",
    "flash_attention": "y", "lora_rank": "16", "lora_targets": "all", "weight_precision": "bf16", "optimizer": "adamw",
    "metric": "alloc",
}  # fmt: skip


def condition(**changes: str) -> Condition:
    """The conditions of the row with other cells."""
    return condition_of(ROW | changes, CATALOG, needs_gpu=True)


def rows(*changes: dict[str, str]) -> Rows:
    """Rows as columns, one for each set of changes."""
    return rows_of([condition(**cells) for cells in changes], CATALOG)
