"""What a run file may say: its columns, in the words and units in which people log runs."""

from collections.abc import Mapping
from typing import Final

CONDITIONS: Final[Mapping[str, str]] = {
    "model": "id, name or hub id; or any name, beside n_layers, hidden, n_heads, ffn_hidden, params_b …",
    "gpu_id": "the card, by id or another name of it; `gpu` means the same",
    "n_gpus": "cards in all",
    "n_nodes": "machines; left out, 8 cards each",
    "method": "full, lora or qlora",
    "lora_rank": "left out, 8",
    "lora_targets": "all-linear, or names: q,v; left out, what the stack does (PEFT: q,v)",
    "weight_precision": "bf16, fp32, nf4 …; `precision` means the same",
    "optimizer": "adamw_fused, adamw_8bit, paged …; left out, AdamW",
    "parallelism": "ddp, fsdp, zero2, zero3, tp2 pp4 …",
    "grad_checkpointing": "full, selective or none; left out, what the stack does",
    "flash_attention": "y or n",
    "loss_kernel": "fused, or blank",
    "micro_batch_size": "sequences per GPU and pass",
    "grad_accum": "passes per step; left out, 1, or by `global_batch_size`",
    "global_batch_size": "sequences per step over all GPUs",
    "seq_len": "tokens of a sequence, padding included",
    "stack": "training stack, as `planner list stacks` calls it",
}
"""What a speed or memory figure depends on."""
OUTCOMES: Final[Mapping[str, str]] = {
    "tokens_per_s_per_gpu": "speed; or step_s; or train_hours with tokens_total",
    "step_s": "seconds of one optimizer step",
    "train_hours": "hours of training alone, with tokens_total",
    "tokens_total": "tokens trained on in them, over all GPUs and epochs",
    "peak_mem_gib": "peak memory of the fullest GPU; from 94 % of the card on it says only that the run fits",
    "metric": "what showed that peak: alloc (torch.cuda.max_memory_allocated; the default), reserved, nvsmi",
    "provider": "for preemption and price",
    "tier": "on_demand or spot",
    "running_hours": "hours the spot machine ran, with preemptions",
    "preemptions": "times it was taken away in them",
    "listed_usd_per_hour": "list price of the machine, with one of the next two",
    "paid_usd_per_hour": "what it really cost; or cost_usd with billed_hours",
    "cost_usd": "what was paid for the machine in all",
    "billed_hours": "hours on that bill",
    "task": "kind of task, for quality: as `planner list tasks` calls it",
    "q": "quality from 0 (chance) to 1; or score with benchmark",
    "score": "points of the tuned model",
    "benchmark": "whose points they are",
    "predicted_q": "what the planner had predicted; or configuration with --plan",
    "configuration": "id in the plan.json that --plan names",
    "date": "day of the run: 2026-03-31",
}
"""What came out; each optional, one is needed."""
ARCHITECTURE: Final = ("n_layers", "hidden", "n_heads", "n_kv_heads", "ffn_hidden", "vocab", "params_b")
SYNONYMS: Final[Mapping[str, str]] = {"gpu": "gpu_id", "precision": "weight_precision"}
NOTES: Final = ("notes", "run", "run_id", "name", "source_id", "source_ref", "publisher", "kind", "unit", "gpu_id_sure")
"""Columns that may be there and mean nothing to us."""
KNOWN: Final = (*CONDITIONS, *OUTCOMES, *ARCHITECTURE, *SYNONYMS)
QUANTITIES: Final[Mapping[str, str]] = {
    "train_hours": "time", "running_hours": "time", "billed_hours": "time", "peak_mem_gib": "memory",
    "listed_usd_per_hour": "money", "paid_usd_per_hour": "money", "cost_usd": "money", "tokens_total": "count",
    "preemptions": "count",
}  # fmt: skip
"""Column → kind of quantity: a plain number is in the unit of the column's name, and a unit may be written."""


def columns_help() -> str:
    """The columns for `planner calibrate --help`."""
    width = max(map(len, (*CONDITIONS, *OUTCOMES)))

    def table(columns: Mapping[str, str]) -> str:
        return "\n".join(f"  {name:<{width}}  {means}" for name, means in columns.items())

    return (
        "\b\nConditions, for speed and memory:\n"
        + table(CONDITIONS)
        + "\n\n\b\nOutcomes, each optional:\n"
        + table(OUTCOMES)
    )
