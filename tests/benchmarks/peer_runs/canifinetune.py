"""canifinetune: memory of one GPU, full, LoRA and QLoRA, any architecture through its override.

`gib` is its physical parts; what it holds against the card (`card_gib`) also has its overhead and margin, 13 % of the
card. LoRA targets are one of three scopes: the smallest that holds the row's.
"""

from collections.abc import Callable, Mapping
from typing import Any

NAME = "canifinetune 0.4.1"
INSTALLS = (("canifinetune==0.4.1",),)
HEAVY = False
ANSWERS = ("memory",)

_OPTIMIZERS = {"adamw": "adamw_torch", "adamw-8bit": "adamw_8bit", "sgd": "sgd"}
_QUANTIZED = {"nf4": "nf4", "nf4-dq": "nf4_double_quant", "int8": "int8"}
_PLAIN = ("bf16", "fp16", "fp32")


def answerer() -> Callable[[Mapping[str, Any]], dict[str, float]]:
    """What answers one question."""
    from canifinetune.estimator.memory import EstimateRequest, estimate

    def answer(asked: Mapping[str, Any]) -> dict[str, float]:
        _refuse(asked)
        weights = asked["weights"]
        request = EstimateRequest(
            model_id="the-model",
            method=asked["method"],
            seq_len=asked["seq_len"],
            micro_batch_size=asked["micro_batch"],
            base_dtype=weights if weights in _PLAIN else "bf16",
            quantization=_QUANTIZED.get(weights, "nf4_double_quant"),
            lora_rank=asked["rank"],
            lora_target_scope=_scope(set(asked["targets"])),
            optimizer=_OPTIMIZERS[asked["optimizer"]],
            gradient_checkpointing=asked["checkpointing"] == "full",
            attention_implementation="flash_attention_2" if asked["flash"] else "eager",
            loss_backend="liger" if asked["fused_loss"] else "stock",
            gpu_vram_gb=asked["card_gib"],
            use_network=False,
            override={
                "family": "llama" if asked["gated"] else "phi",
                "hidden_size": asked["hidden"],
                "num_hidden_layers": asked["layers"],
                "num_attention_heads": asked["heads"],
                "num_key_value_heads": asked["kv_heads"],
                "intermediate_size": asked["ffn"],
                "vocab_size": asked["vocab"],
                "total_params": asked["params"],
                "tie_word_embeddings": asked["tied"],
            },
        )
        memory = estimate(request).memory
        total = memory.total_estimated_gb
        return {"gib": total - memory.cuda_overhead_gb - memory.safety_margin_gb, "card_gib": total}

    return answer


def _scope(targets: set[str]) -> str:
    if targets <= {"q", "v"}:
        return "conservative"
    return "attention" if targets <= {"q", "k", "v", "o"} else "all_linear"


def _refuse(asked: Mapping[str, Any]) -> None:
    why = ""
    if asked["method"] == "other":
        why = "another method than full, LoRA and QLoRA"
    elif asked["mixture"]:
        why = "mixture of experts"
    elif asked["gpus"] > 1 or asked["sharding"] != "none":
        why = "more than one GPU, or offload"
    elif asked["checkpointing"] == "selective":
        why = "selective checkpointing"
    elif asked["weights"] not in (_QUANTIZED if asked["method"] == "qlora" else _PLAIN):
        why = f"weights in {asked['weights']}"
    elif asked["method"] == "full" and asked["states"] not in ("", asked["weights"]):
        why = "optimizer states in other numbers than the weights"
    elif asked["optimizer"] not in _OPTIMIZERS:
        why = f"optimizer {asked['optimizer']}"
    elif {"head", "embedding"} & set(asked["targets"]):
        why = "trained head or embedding"
    elif not asked["card_gib"]:
        why = "card's memory not stated"
    if why:
        raise NotImplementedError(why)
