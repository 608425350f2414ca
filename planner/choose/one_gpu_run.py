"""The run of `tests/benchmarks/measure_gpu.py` that measures a configuration on one GPU, and what it cannot tell."""

import math
import shlex
from dataclasses import dataclass
from typing import Final, Literal

from planner.choose.risks import SHARDED
from planner.outcome import Configuration
from planner.units import SECONDS_PER_HOUR, share_text

SCRIPT: Final = "tests/benchmarks/measure_gpu.py"
STAND_IN: Final = {"lora-8bit": "qlora", "dora": "lora", "freeze": "full"}
"""Methods that the script does not train, and the one that keeps and computes most alike."""
PLAIN: Final = ("hf-trainer",)
"""Stacks that run much as plain PyTorch does."""
START_S: Final = 90.0
"""Starting PyTorch and making the weights of a model [E]."""
TIMED_STEPS: Final = 7
"""Steps of the script, warm-up counted."""
MOST_ACCUMULATED: Final = 2
"""Micro-batches of a measured step: the second adds what any further one adds, to memory and to time."""
_FILLED: Final = 0.9
"""Share of the usable memory that a model cut to fit may take."""
_SHARDS: Final[dict[str, tuple[str, ...]]] = {
    "zero1": ("optimizer",),
    "zero2": ("optimizer", "gradients"),
    "fsdp": ("weights", "adapters", "gradients", "optimizer"),
    "tp": ("weights", "adapters", "gradients", "optimizer"),
    "pp": ("weights", "adapters", "gradients", "optimizer"),
}
"""Terms of the peak that each way of spreading a model divides over the cards."""


@dataclass(frozen=True, slots=True)
class OneGpuRun:
    """A command, what it costs, and what it leaves open."""

    gpu: str
    command: str
    minutes: float
    usd: float | None
    """At the configuration's own price per GPU; None where that is unknown."""
    depth: tuple[float, ...]
    """Shares of the layers that the model is cut to; `(1.0,)` where it is not."""
    untold: tuple[str, ...]


def one_gpu_run(c: Configuration, what: Literal["memory", "step time"]) -> OneGpuRun:
    """The run that measures a configuration's peak memory or step time on one of its GPUs."""
    t, name = c.train, str(c.method["name"])
    optimizer = t.get("optimizer", "adamw_fused")
    method, depth = STAND_IN.get(name, name), cut(c)
    micro = int(t["micro_batch_size"])
    length = int(t["max_seq_len"]) if what == "memory" else math.ceil(c.work.tokens_per_micro_batch / micro)
    accumulated = min(int(t["grad_accum"]), MOST_ACCUMULATED)
    words = {
        "--model": c.model,
        "--methods": method,
        "--seq-lens": length,
        "--micro-batches": micro,
        "--grad-accum": accumulated,
        "--checkpointing": t["checkpointing"],
        "--loss-kernel": t.get("loss_kernel", "standard"),
        "--optimizer": "adamw_fused" if optimizer == "adamw_8bit" else optimizer,
    }
    if method != "full":
        words |= {"--rank": c.method.get("rank", 16), "--targets": c.method.get("targets", "all-linear")}
    if c.method.get("precision", "bf16_mixed") != "bf16_mixed":
        words["--precision"] = c.method["precision"]
    if depth != (1.0,):
        words["--layers"] = ",".join(f"{share:.0%}" for share in depth)
    words |= {"--memory-out": "memory.csv", "--throughput-out": "throughput.csv"}
    micro_s = c.work.step_s / max(int(t["grad_accum"]), 1)
    minutes = sum(START_S + TIMED_STEPS * accumulated * micro_s * share for share in depth) / 60
    price = c.offer.price_usd_per_hour
    return OneGpuRun(
        gpu=c.hardware.gpu,
        command=shlex.join(["python", SCRIPT, *(str(word) for pair in words.items() for word in pair)]),
        minutes=minutes,
        usd=None if price is None else price / c.hardware.count * minutes * 60 / SECONDS_PER_HOUR,
        depth=depth,
        untold=tuple(_untold(c, what, method)),
    )


def cut(c: Configuration) -> tuple[float, ...]:
    """Shares of the layers at which an unsharded model fits on one card: two of them, whose difference is a layer's.

    `(1.0,)` where the whole model fits.
    """
    m, cards = c.memory_gib, c.hardware.count * c.hardware.nodes
    mode = c.hardware.parallelism
    if mode not in SHARDED:
        return (1.0,)
    if mode == "fsdp_offload":
        return (0.05, 0.1)  # its states lie in host memory, so that the plan does not say how large they are
    sharded = sum(getattr(m, name) for name in _SHARDS[mode])
    deep = sharded * cards + m.weights * ("weights" not in _SHARDS[mode]) + m.activations
    shallow = m.logits + m.temporary + m.context
    share = (_FILLED * m.usable - shallow) / deep
    if share >= 1:
        return (1.0,)
    whole = max(0.02, math.floor(share * 50) / 50)
    return (whole / 2, whole)


def _untold(c: Configuration, what: str, method: str) -> list[str]:
    """What the run leaves open, in words."""
    cards, name = c.hardware.count * c.hardware.nodes, c.method["name"]
    found = []
    if cards > 1:
        share = c.work.step_parts_s.get("communication", 0.0) / c.work.step_s
        found.append(f"communication between the {cards} GPUs ({share_text(share, 1)} of the step by estimate)")
    if what == "memory" and c.hardware.parallelism in SHARDED:
        found.append("the layers that sharding gathers, and its buffers")
    if method != name:
        found.append(f"{name} itself: the script trains {method} in its place")
    if c.train.get("optimizer") == "adamw_8bit":
        found.append("8-bit AdamW: the script keeps full states")
    if c.stack not in PLAIN:
        found.append(f"what {c.stack} does better or worse than plain PyTorch")
    return found
