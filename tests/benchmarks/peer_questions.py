"""A published measurement as a question that any estimator can be asked, in the same words for every peer.

Only columns that describe the run are read; what was measured and the free-text notes are not. Free text in a column
(`fsdp FULL_SHARD`, `adamw (bf16 states)`) becomes one word of a short list. Blank checkpointing and blank attention
are read as on, blank rank as 16 and blank targets as q,k,v,o, which is what fine-tuning stacks do by default [E].
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Row = Mapping[str, str]

ATTENTION: Final = ("q", "k", "v", "o")
ALL_LINEAR: Final = (*ATTENTION, "gate", "up", "down")

_MODULES: Final[dict[str, tuple[str, ...]]] = {
    **{name: (name,) for name in ALL_LINEAR},
    "c_attn": ("q", "k", "v"), "qkv": ("q", "k", "v"), "linear_qkv": ("q", "k", "v"), "w_pack": ("q", "k", "v"),
    "self_attn": ATTENTION, "c_proj": ("o", "down"), "w1": ("gate",), "w2": ("up",), "mlp": ("gate", "up", "down"),
    "lm_head": ("head",), "head": ("head",), "output": ("head",), "embedding": ("embedding",),
}  # fmt: skip
"""What a word in `lora_targets` adapts. Qwen-1 calls the fused q,k,v `c_attn`, and o and down both `c_proj` [C]."""

_METHODS: Final = {"full": "full", "pretrain": "full", "lora": "lora", "qlora": "qlora"}

_FARTHEST_COUNT: Final = 0.12
"""Widest gap between the parameters counted from the architecture and those stated, as a share. Learned positions
explain up to 0.10 of the smallest models; a mixture of experts is off by 0.8 and more [R]."""


class Unasked(Exception):  # noqa: N818 - no error: the row is counted under its reason
    """A row that lacks what every question needs; its text is the reason that is counted."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One training run, as JSON sends it to a peer."""

    id: int
    """Place of the row in its file, from 0."""
    what: str
    """`memory` or `throughput`."""
    params: int
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    ffn: int
    """Width of the feed-forward part; of one expert in a mixture."""
    vocab: int
    gated: bool
    """Three feed-forward matrices rather than two: whichever count comes nearer to the stated parameters."""
    tied: bool
    """Input and output embedding are one matrix; found like `gated`."""
    mixture: bool
    """No dense count comes near the stated parameters. Rows tell neither the experts nor how many are active."""
    method: str
    """`full` (also for pre-training), `lora`, `qlora` or `other`."""
    rank: int
    targets: tuple[str, ...]
    micro_batch: int
    seq_len: int
    checkpointing: str
    """`full`, `none` or `selective`."""
    flash: bool
    fused_loss: bool
    gpu: str
    """The catalog's id, or blank."""
    card_gib: float
    """Nominal memory of the card; 0 when the row names none, or several."""
    gpus: int
    sharding: str
    """`none`, `ddp`, `zero1`, `zero2`, `zero3` (also FSDP), `model-parallel`, `offload` or `unknown`."""
    optimizer: str
    """`adamw`, `adamw-8bit`, `paged-adamw`, `sgd`, `adafactor` or `other`."""
    states: str
    """Numbers of the optimizer's states: `fp32`, `bf16`, or blank where the row does not say (the peer's default)."""
    weights: str
    """`bf16`, `fp16`, `fp32`, `mixed` (fp32 under 16-bit autocast), `fp8`, `nf4`, `nf4-dq`, `int8`, `int8-ready`,
    `int4-ready` (a checkpoint quantised beforehand) or `2-bit`."""
    peak_tflops: float
    """Dense datasheet peak of the card for the row's number format; 0 when unknown."""


def question(row: Row, place: int, what: str, peaks: Mapping[str, Row]) -> Question:
    """What `row` asks. `peaks` holds the catalog's GPUs by id. Unasked when the architecture is not stated."""
    sizes = {
        name: _number(row, name) for name in ("n_layers", "hidden", "n_heads", "n_kv_heads", "ffn_hidden", "vocab")
    }
    layers, hidden, heads, kv_heads, ffn, vocab = map(int, sizes.values())
    params = round(_number(row, "params_b") * 1e9)
    gated, tied, gap = _shape(params, layers, hidden, heads, kv_heads, ffn, vocab)
    numbers = row.get("weight_precision", row.get("precision", ""))
    cards = cards_gib(row["gpu"])
    gpus = int(_number(row, "n_gpus"))
    return Question(
        id=place, what=what, params=params, layers=layers, hidden=hidden, heads=heads, kv_heads=kv_heads, ffn=ffn,
        vocab=vocab, gated=gated, tied=tied, mixture=gap > _FARTHEST_COUNT,
        method=_METHODS.get(row["method"], "other"),
        rank=int(row["lora_rank"] or 16), targets=_targets(row["lora_targets"]),
        micro_batch=int(_number(row, "micro_batch_size")), seq_len=int(_number(row, "seq_len")),
        checkpointing=_checkpointing(row["grad_checkpointing"]), flash=row["flash_attention"] != "n",
        fused_loss=row["loss_kernel"] == "fused", gpu=row["gpu_id"], card_gib=cards[0] if len(cards) == 1 else 0.0,
        gpus=gpus, sharding=_sharding(row["parallelism"], gpus), optimizer=_optimizer(row["optimizer"]),
        states=_states(row["optimizer"]), weights=_weights(numbers),
        peak_tflops=_peak(peaks.get(row["gpu_id"]), numbers),
    )  # fmt: skip


def cards_gib(gpu: str) -> tuple[float, ...]:
    """Memory of every card that a `gpu` cell names, smallest first: 24 and 32 for `V100-32GB/A10-24GB`."""
    return tuple(sorted({float(size) for size in re.findall(r"(\d+) ?Gi?B", gpu)}))


def _number(row: Row, column: str) -> float:
    if not row[column]:
        message = f"the row states no {column}"
        raise Unasked(message)
    return float(row[column])


def _shape(
    params: int, layers: int, hidden: int, heads: int, kv_heads: int, ffn: int, vocab: int
) -> tuple[bool, bool, float]:
    """(gated, tied, gap as a share) of the dense count that is nearest to `params`."""
    attention = 2 * hidden * hidden + 2 * hidden * kv_heads * hidden // heads
    counts = {
        (gated, tied): layers * (attention + (3 if gated else 2) * hidden * ffn + 2 * hidden)
        + vocab * hidden * (1 if tied else 2)
        + hidden
        for gated in (True, False)
        for tied in (True, False)
    }
    gated, tied = min(counts, key=lambda shape: abs(counts[shape] - params))
    return gated, tied, abs(counts[gated, tied] - params) / params


def _targets(text: str) -> tuple[str, ...]:
    lower = text.lower()
    if re.match(r"all.linear|\*_proj", lower):
        return ALL_LINEAR
    words = re.findall(rf"(?<![a-z_])({'|'.join(sorted(_MODULES, key=len, reverse=True))})(?:_proj)?(?![a-z_])", lower)
    found = {module for word in words for module in _MODULES[word]}
    return tuple(name for name in (*ALL_LINEAR, "head", "embedding") if name in found) or ATTENTION


def _checkpointing(text: str) -> str:
    if text.startswith("selective"):
        return "selective"
    return "none" if text in ("n", "none") else "full"


def _sharding(text: str, gpus: int) -> str:
    lower = text.lower()
    if "offload" in lower:
        return "offload"
    if re.search(r"\b(tp|pp|ep|cp|sp|vp)([2-9]|1\d)|\bmegatron|device_map|sequence-parallel|model-parallel", lower):
        return "model-parallel"
    if gpus == 1:
        return "none"
    for pattern, name in (
        (r"zero-?1", "zero1"),
        (r"zero-?2|shard.grad.op|sharded_ddp", "zero2"),
        (r"zero-?3|fsdp|full.shard", "zero3"),
        (r"\bd?dp\d*\b|^none$", "ddp"),
    ):
        if re.search(pattern, lower):
            return name
    return "unknown"


def _optimizer(text: str) -> str:
    lower = text.lower()
    if re.search(r"galore|backward|lora-fa|muon|lion|4.?bit", lower):
        return "other"
    if re.search(r"8.?bit", lower):
        return "adamw-8bit"
    if "paged" in lower:
        return "paged-adamw"
    return next((name for name in ("adafactor", "sgd") if name in lower), "adamw")


def _states(text: str) -> str:
    if re.search(r"bf16 states|states in param dtype", text):
        return "bf16"
    return "fp32" if "fp32" in text else ""


def _weights(text: str) -> str:
    lower = text.lower()
    for pattern, name in (
        (r"nf4-dq", "nf4-dq"),
        (r"nf4|bnb-int4|4-bit", "nf4"),
        (r"fp8|float8|fp4", "fp8"),
        (r"2.?bit", "2-bit"),
        (r"(gptq|awq|hqq).*(int)?8\b|int8-(gptq|awq)", "int8-ready"),
        (r"gptq|awq|hqq|prequantised", "int4-ready"),
        (r"int8", "int8"),
        (r"int4", "int4-ready"),
        (r"fp32 master|amp|mixed|autocast", "mixed"),
        (r"fp32", "fp32"),
        (r"fp16", "fp16"),
    ):
        if re.search(pattern, lower):
            return name
    return "bf16"


def _peak(card: Row | None, numbers: str) -> float:
    """Dense peak of `card` in TFLOP/s, for fp4, fp8, fp16 or else bf16; fp16 where a card has no bf16."""
    if card is None:
        return 0.0
    lower = numbers.lower()
    if "nvfp4" in lower:
        column = "fp4_dense_tflops"
    elif "fp8" in lower:
        column = "fp8_dense_tflops"
    else:
        column = "fp16_dense_tflops" if "fp16" in lower else "bf16_dense_tflops"
    return float(card[column] or card["fp16_dense_tflops"] or 0)
