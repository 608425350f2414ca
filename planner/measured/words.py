"""What people write in the cells of a row: precisions, optimizers, ways to share, checkpointing, adapter targets."""

import math
import re
from dataclasses import dataclass

from planner.estimate.flops import FULL, NONE, SELECTIVE
from planner.measured.models import RowModel
from planner.measured.table import Faulty, Unusable

METHODS = {"full": "full", "pretrain": "full", "lora": "lora", "qlora": "qlora"}
"""Methods that can be expressed, and the catalog's method each is taken as."""
_QUANTISED = (  # word, bytes per linear weight
    ("nf4", 4.127 / 8), ("2-bit", 0.28), ("2bit", 0.28), ("int8", 1.02), ("8-bit", 1.02), ("8bit", 1.02),
    ("int4", 0.53), ("4-bit", 0.53), ("4bit", 0.53), ("fp4", 4.127 / 8), ("awq", 0.53), ("gptq", 0.53), ("hqq", 0.53),
)  # fmt: skip
_NF4_SINGLE = 4.5 / 8
"""NF4 with fp32 scales of 64 weights: 4 + 32/64 bit (MEMORY.md 4.2)."""
_NOT_BITSANDBYTES = ("gptq", "awq", "aqlm", "hqq", "torchao")
_YES = ("y", "yes", "true", "on", "1")
_NO = ("n", "no", "false", "off", "0")
_BLANK = ("", "nan")


@dataclass(frozen=True, slots=True)
class Precision:
    """How the base is stored and computed with."""

    base_bytes: float
    """Bytes per linear weight of a frozen base."""
    bitsandbytes: bool
    """A quantised base that PEFT prepares by keeping the rest in fp32."""
    fp32_weights: bool
    """Weights are stored in fp32 and cast, or computed with as they are."""
    fp32_compute: bool
    compute: str
    """bf16 (or fp16), fp8 or fp4."""


def precision_of(words: str, method: str, *, single_quantisation: bool) -> Precision:
    """Precision of a row's `weight_precision` or `precision` cell."""
    text = re.sub(r"\bfloat32\b|\b32-?bit\b|\b32-true\b", "fp32", words.lower())
    fp8 = "fp8" in text or "float8" in text
    fp4 = "nvfp4" in text or "mxfp4" in text
    quantised = next((size for word, size in _QUANTISED if word in text), None) if not (fp8 or fp4) else None
    if method == "qlora" and quantised is None:
        quantised = 4.127 / 8
    if single_quantisation and "nf4" in text and "dq" not in text:
        quantised = _NF4_SINGLE
    frozen = method in ("lora", "qlora")
    fp32 = "fp32" in text or "amp" in text or "mixed" in text or "autocast" in text
    plain_fp32 = text.strip() == "fp32"
    return Precision(
        base_bytes=quantised if quantised is not None and frozen else 4.0 if fp32 and frozen else 2.0,
        bitsandbytes=quantised is not None and not any(word in text for word in _NOT_BITSANDBYTES),
        fp32_weights=fp32,
        fp32_compute=plain_fp32,
        compute="fp4" if fp4 else "fp8" if fp8 else "bf16",
    )


@dataclass(frozen=True, slots=True)
class Optimizer:
    """What an optimizer keeps."""

    moment_share: float
    """Bytes of moments over those of AdamW in the parameter's own precision; NaN where `moment_bytes` is given."""
    moment_bytes: float
    """Bytes of moments per parameter, whatever its precision; NaN where `moment_share` is given."""
    copies: bool
    """The foreach implementation, which copies what it updates."""
    in_backward: bool
    states: str
    """`fp32`, `bf16` or empty where the row does not say."""


def optimizer_of(words: str) -> Optimizer:
    """Optimizer of a row; AdamW where it does not say. Paged states are no part of what PyTorch counts."""
    text = words.lower()
    in_backward = "backward" in text or "lomo" in text
    states = "fp32" if "fp32 states" in text else "bf16" if "param dtype" in text or "bf16 states" in text else ""
    plain = not any(word in text for word in ("fused", "8bit", "8-bit", "4bit", "4-bit", "paged", "sgd", "distributed"))
    fixed = {"paged": 0.0, "8bit": 2.0, "8-bit": 2.0, "4bit": 1.0, "4-bit": 1.0, "adafactor": 0.05, "lomo": 0.0}
    size = next((bytes_ for word, bytes_ in fixed.items() if word in text), math.nan)
    share = 0.0 if "sgd" in text else 0.5 if "lion" in text or "muon" in text else 1.0
    return Optimizer(share if math.isnan(size) else math.nan, size, plain and math.isnan(size), in_backward, states)


def checkpointing_of(words: str, *, by_default: bool) -> int:
    """Activation checkpointing of a row; blank is what the stack does unless told otherwise."""
    text = words.lower().strip()
    if text.startswith("selective"):
        return SELECTIVE
    if text.startswith(("y", "full")) or text in _YES:
        return FULL
    if text in (*_NO, "none"):
        return NONE
    if text not in _BLANK:
        message = f"grad_checkpointing {words!r} is not one of full, selective, none"
        raise Faulty(message)
    return FULL if by_default else NONE


def flash_of(words: str) -> bool | None:
    """Whether a row's attention never stores its scores; None where it does not say."""
    text = words.lower().strip()
    if text in (*_YES, "flash", "sdpa", "fa2", "fa3", "flash_attention_2", "flash_attention_3"):
        return True
    if text in (*_NO, "eager"):
        return False
    if text not in _BLANK:
        message = f"flash_attention {words!r} is not one of y, n"
        raise Faulty(message)
    return None


@dataclass(frozen=True, slots=True)
class Sharing:
    """Degrees of parallelism; see `estimate.layout.Layout`."""

    data: float
    tensor: float
    pipeline: float
    chunks: float
    context: float
    expert: float
    stage: int
    offloaded: bool
    in_turn: bool
    deepspeed: bool


def sharing_of(words: str, gpus: float, method: str, *, shards_states: bool) -> Sharing:
    """How a row's GPUs share the job; `Unusable` where the degrees do not divide them.

    Several GPUs without a word are taken as replicas of an adapter's base, and as sharded for full training.
    """
    text = words.lower().replace("-parallel", " parallel").replace("hsdp", "fsdp")
    text = re.sub(r"zero[\s_-]*(?:stage[\s_-]*)?(?=\d)", "zero", text)
    degree = {name: _degree(text, name) for name in ("tp", "pp", "cp", "ep")}
    chunks = max(_degree(text, "vp"), _degree(text, "vpp"))
    found = re.search(r"sequence parallel (\d+)", text)
    context = float(found[1]) if found else degree["cp"]
    in_turn = "device_map" in text or "device map" in text
    model_parallel = re.search(r"model parallel degree (\d+)", text)
    tensor = float(model_parallel[1]) if model_parallel else degree["tp"]
    pipeline = degree["pp"]
    if in_turn:
        replicas = max(_degree(text, "ddp"), 1.0) if "ddp" in text else 1.0
        replicas = 2.0 if "ddp" in text and replicas == 1.0 and gpus > 2 else replicas
        pipeline = max(1.0, gpus // replicas)
    group = tensor * pipeline * context
    if not 0 < group <= gpus or gpus % group:
        message = f"parallelism {words!r} does not divide {gpus:g} GPUs"
        raise Unusable(message)
    data = gpus / group
    if "megatron" in text and gpus > 1 and not re.search(r"(tp|pp|cp|ep|dp)\d|\bdp\b|fsdp", text):
        message = f"parallelism {words!r} does not give its degrees"
        raise Unusable(message)
    silent = text.strip() in ("", "none", "nan", "single-gpu")
    if "shard_grad_op" in text or "zero2" in text or "sharded_ddp" in text:
        stage = 2
    elif "zero3" in text or "fsdp" in text:
        stage = 3
    elif "zero1" in text or "distributed optimizer" in text or (shards_states and "ddp" not in text):
        stage = 1
    elif "zero" in text or "deepspeed" in text:
        stage = 2
    elif silent and data > 1 and method == "full":
        stage = 3
    else:
        stage = 0
    return Sharing(
        data, tensor, pipeline, chunks, context, degree["ep"], stage, "offload" in text, in_turn,
        "deepspeed" in text or ("zero" in text and "fsdp" not in text),
    )  # fmt: skip


def _degree(text: str, name: str) -> float:
    """Degree behind a short name, written `tp2`, `tp 2`, `tp=2` or `tp-2`; 1 where it is not named."""
    found = re.search(rf"(?<![a-z]){name}[\s=:_-]?(\d+)", text)
    return float(found[1]) if found else 1.0


_FUSED_QKV = ("c_attn", "qkv", "w_pack", "query_key_value", "q,k,v projection", "linear_qkv", "default")


@dataclass(frozen=True, slots=True)
class Targets:
    """What adapters are put on."""

    coefficient: float
    """Adapter parameters per unit of rank, over the whole model."""
    mlp: bool
    trained: float
    """Weights of the model itself that are trained beside the adapters (embeddings, head)."""


def targets_of(words: str, model: RowModel, *, by_default: str) -> Targets:
    """Targets of a row's `lora_targets`; blank is the stack's default."""
    text = words.lower().strip() or by_default
    h, f = model.hidden, model.expert_ffn
    q, kv, out, fused = h + model.hq, h + model.hkv, model.hq + h, h + model.hq + 2.0 * model.hkv
    mlp_all = model.matrices * (h + f) * model.experts
    names = set(re.findall(r"[a-z_0-9]+", text))
    head = (h + model.vocab) / model.n_layers if "head" in text or "output" in names else 0.0
    trained = 2.0 * model.p_embedding if "embedding" in text else 0.0
    wide = "all" in text or "*_proj" in text or {"gate", "up", "down", "mlp", "w1"} & names != set()
    if "all" in text or "*_proj" in text or ({"mlp"} & names and {"q", "qkv", "c_attn"} & names):
        per_layer = q + 2.0 * kv + out + mlp_all
    elif "w1" in names:
        per_layer = fused + out + mlp_all
    elif any(word in text for word in _FUSED_QKV):
        per_layer = fused + (out if "o" in names or "c_proj" in names else 0.0)
    elif "self_attn" in text:
        per_layer = q + 2.0 * kv + out
    else:
        sizes = {"q": q, "k": kv, "v": kv, "o": out}
        per_layer = sum(size for name, size in sizes.items() if {name, f"{name}_proj"} & names)
        per_layer += out if {"output_proj", "out_proj"} & names else 0.0
        parts = sum(f"{name}_proj" in names or name in names for name in ("gate", "up", "down"))
        per_layer += parts * (h + f) * model.experts
        wide = parts > 0
    if per_layer <= 0:
        message = f"lora_targets {words!r} name nothing that is known"
        raise Unusable(message)
    return Targets(model.n_layers * (per_layer + head), wide, trained)
