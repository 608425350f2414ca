"""ftuneai: memory and time, one or several GPUs with ZeRO or FSDP; full, LoRA and QLoRA.

Asked through its core classes, so that any architecture can be told. Its command line would need `typer`, which it
does not declare. LoRA targets are one of three scopes: the smallest that holds the row's. Cards are those it lists.
"""

from collections.abc import Callable, Mapping
from typing import Any

NAME = "ftuneai 0.4.1"
INSTALLS = (("ftuneai==0.4.1", "typer==0.29.2", "rich==15.0.0"),)
HEAVY = False
ANSWERS = ("memory", "throughput")

_OPTIMIZERS = {"adamw": "adamw", "adamw-8bit": "adam_8bit", "sgd": "sgd", "adafactor": "adafactor"}
_SHARDING = {"none": "none", "ddp": "none", "zero1": "zero_1", "zero2": "zero_2", "zero3": "zero_3"}
_DTYPES = {"fp32": "float32", "mixed": "float32", "fp16": "float16"}
_QUANTIZED = {"nf4": "4bit", "nf4-dq": "4bit", "int4-ready": "4bit", "int8": "8bit", "int8-ready": "8bit"}
_CARDS = {
    "H200-SXM": "H200-141GB", "H100-SXM": "H100-80GB", "A100-80GB-SXM": "A100-80GB", "A100-40GB-SXM": "A100-40GB",
    "L4": "L4-24GB", "RTX-4090": "RTX-4090-24GB", "RTX-3090": "RTX-3090-24GB", "T4": "T4-16GB",
    "V100-16GB-SXM": "V100-16GB", "V100-32GB-SXM": "V100-32GB", "A10G": "A10G-24GB",
}  # fmt: skip
_SAMPLES = 1_000_000_000
"""Samples to train on when time is asked: so many that its rounding to 0.01 hours does not show."""


def answerer() -> Callable[[Mapping[str, Any]], dict[str, float]]:
    """What answers one question."""
    from ftuneai.core import models
    from ftuneai.core.memory import MemoryEstimator
    from ftuneai.core.time import TimeEstimator
    from ftuneai.loader import load_gpus

    cards = load_gpus()

    def answer(asked: Mapping[str, Any]) -> dict[str, float]:
        _refuse(asked)
        memory = asked["what"] == "memory"
        model = models.ModelSpec(
            name="the model",
            parameters=asked["params"],
            hidden_size=asked["hidden"],
            num_layers=asked["layers"],
            num_attention_heads=asked["heads"],
            num_kv_heads=asked["kv_heads"],
            intermediate_size=asked["ffn"],
            vocab_size=asked["vocab"],
            max_seq_length=asked["seq_len"],
            # In memory the numbers that weights rest in, in time those that they are multiplied in.
            default_dtype=_DTYPES.get(asked["weights"], "bfloat16") if memory else "bfloat16",
        )
        training = models.TrainingConfig(
            method=models.FineTuneMethod(asked["method"]),
            quantization=models.Quantization(_QUANTIZED.get(asked["weights"], "none")),
            batch_size=asked["micro_batch"],
            seq_length=asked["seq_len"],
            gradient_checkpointing=asked["checkpointing"] == "full",
            optimizer=models.OptimizerType(_OPTIMIZERS.get(asked["optimizer"], "adamw")),
            lora_rank=asked["rank"],
            lora_target=models.LoRATarget(_scope(set(asked["targets"]))),
            flash_attention=asked["flash"],
            sharding=models.ShardingStrategy(_SHARDING[asked["sharding"]]),
            num_gpus=asked["gpus"],
        )
        if memory:
            return {"gib": MemoryEstimator(model, training).estimate().total_gb}
        time = TimeEstimator(model, training).estimate(
            cards[_CARDS[asked["gpu"]]], _SAMPLES, epochs=1, num_gpus=asked["gpus"]
        )
        return {"tokens_per_s_per_gpu": time.total_tokens / (time.total_hours * 3600) / asked["gpus"]}

    return answer


def _scope(targets: set[str]) -> str:
    if targets <= {"q", "v"}:
        return "attention"
    return "attention_all" if targets <= {"q", "k", "v", "o"} else "all_linear"


def _refuse(asked: Mapping[str, Any]) -> None:
    why = ""
    memory = asked["what"] == "memory"
    if asked["method"] == "other":
        why = "another method than full, LoRA and QLoRA"
    elif asked["mixture"]:
        why = "mixture of experts"
    elif asked["sharding"] not in _SHARDING:
        why = f"sharding {asked['sharding']}"
    elif asked["weights"] in ("fp8", "2-bit"):
        why = f"weights in {asked['weights']}"
    elif memory and asked["checkpointing"] == "selective":
        why = "selective checkpointing"
    elif memory and asked["fused_loss"]:
        why = "fused loss"
    elif memory and asked["optimizer"] not in _OPTIMIZERS:
        why = f"optimizer {asked['optimizer']}"
    elif memory and asked["method"] == "full" and asked["states"] == "bf16":
        why = "optimizer states in 16 bits"
    elif memory and {"head", "embedding"} & set(asked["targets"]):
        why = "trained head or embedding"
    elif not memory and asked["gpu"] not in _CARDS:
        why = "card not in its list"
    if why:
        raise NotImplementedError(why)
