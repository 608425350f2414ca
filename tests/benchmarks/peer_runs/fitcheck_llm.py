"""fitcheck-llm: memory of one GPU, dense models with gated feed-forward, full, LoRA and QLoRA.

Asked through its Python calls. The model is read by its own reader of `config.json`, and its own rule refuses a model
whose parameters it counts wrong by more than 2 % (the row's count stands in for the Hub's).
"""

from collections.abc import Callable, Mapping
from typing import Any

NAME = "fitcheck-llm 0.3.1"
INSTALLS = (("fitcheck-llm==0.3.1",),)
HEAVY = False
ANSWERS = ("memory",)

_CARDS = {
    "A100-40GB-SXM": "a100-40", "A100-80GB-SXM": "a100-80", "H100-SXM": "h100", "H200-SXM": "h200", "B200": "b200",
    "A10": "a10", "L4": "l4", "L40": "l40", "L40S": "l40s", "T4": "t4", "RTX-3090": "3090", "RTX-4090": "4090",
    "RTX-A6000": "a6000", "RTX-6000-Ada": "rtx6000-ada", "V100-16GB-SXM": "v100-16",
}  # fmt: skip
_MODULES = {"head": "lm_head", "embedding": "embed_tokens"}
_OPTIMIZERS = {"adamw": "adamw", "adamw-8bit": "adam8bit", "sgd": "sgd"}
_WEIGHTS = {
    "bf16": ("bf16", "none"), "fp16": ("fp16", "none"), "fp32": ("fp32", "none"), "mixed": ("bf16", "none"),
    "nf4": ("bf16", "nf4"), "nf4-dq": ("bf16", "nf4"), "int8": ("bf16", "int8"),
}  # fmt: skip
"""Precision and quantisation. Full fine-tuning in bf16 has fp32 master weights here, which is what `mixed` means."""


def answerer() -> Callable[[Mapping[str, Any]], dict[str, float]]:
    """What answers one question."""
    from fitcheck import ModelConfig, TrainingConfig, estimate, get_gpu
    from fitcheck.config_parser import _count_params, _parse_fields, _reconcile_param_count

    def answer(asked: Mapping[str, Any]) -> dict[str, float]:
        _refuse(asked)
        precision, quantization = _WEIGHTS[asked["weights"]]
        fields = _parse_fields(
            {
                "hidden_size": asked["hidden"], "num_hidden_layers": asked["layers"],
                "num_attention_heads": asked["heads"], "num_key_value_heads": asked["kv_heads"],
                "intermediate_size": asked["ffn"], "vocab_size": asked["vocab"], "tie_word_embeddings": asked["tied"],
            }
        )  # fmt: skip
        params = _reconcile_param_count("the model", asked["params"], _count_params(fields))
        training = TrainingConfig(
            precision=precision,
            quantization=quantization,
            double_quant=asked["weights"] == "nf4-dq",
            optimizer=_OPTIMIZERS[asked["optimizer"]],
            optimizer_dtype=asked["states"] or "fp32",
            batch_size=asked["micro_batch"],
            seq_len=asked["seq_len"],
            lora_rank=None if asked["method"] == "full" else asked["rank"],
            lora_targets=[_MODULES.get(target, f"{target}_proj") for target in asked["targets"]],
            grad_checkpoint=asked["checkpointing"] == "full",
            flash_attn=asked["flash"],
        )
        card = _CARDS.get(asked["gpu"])
        gpu = get_gpu(card) if card else get_gpu(vram_mib=int(asked["card_gib"] or 80) * 1024)
        report = estimate(ModelConfig(name="the model", num_params=params, **vars(fields)), training, gpu)
        return {"gib": report.total_mib / 1024}

    return answer


def _refuse(asked: Mapping[str, Any]) -> None:
    why = ""
    if asked["method"] == "other":
        why = "another method than full, LoRA and QLoRA"
    elif asked["mixture"]:
        why = "mixture of experts"
    elif asked["gpus"] > 1 or asked["sharding"] != "none":
        why = "more than one GPU, or offload"
    elif asked["fused_loss"]:
        why = "fused loss"
    elif asked["checkpointing"] == "selective":
        why = "selective checkpointing"
    elif asked["weights"] not in _WEIGHTS:
        why = f"weights in {asked['weights']}"
    elif asked["optimizer"] not in _OPTIMIZERS:
        why = f"optimizer {asked['optimizer']}"
    if why:
        raise NotImplementedError(why)
