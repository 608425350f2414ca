"""llm-analysis: memory of full training with ZeRO; no adapters, no quantised training.

It knows two feed-forward matrices; a gated third is told as a width 1.5 times as large, as its own Llama models are.
It raises instead of answering when a run does not fit, so it is told of a card with room for anything.
"""

from collections.abc import Callable, Mapping
from typing import Any

NAME = "llm-analysis 0.2.2"
INSTALLS = (("--no-deps", "llm-analysis==0.2.2", "fire==0.5.0", "termcolor==3.3.0", "six==1.17.0"),)
HEAVY = False
ANSWERS = ("memory",)

_STAGES = {"none": 0, "ddp": 0, "zero1": 1, "zero2": 2, "zero3": 3}
_RECOMPUTED = {"none": 0, "selective": 1, "full": 2}
_ROOM_GIB = 1e6


def answerer() -> Callable[[Mapping[str, Any]], dict[str, float]]:
    """What answers one question."""
    import logging

    from llm_analysis.analysis import ActivationRecomputation, DSZeRO, LLMAnalysis
    from llm_analysis.config import DtypeConfig, GPUConfig, ModelConfig, ParallelismConfig

    logging.disable(logging.CRITICAL)
    card = GPUConfig(
        name="room for anything",
        mem_per_GPU_in_GB=_ROOM_GIB,
        hbm_bandwidth_in_GB_per_sec=2039,
        intra_node_bandwidth_in_GB_per_sec=300,
        intra_node_min_message_latency=8e-6,
        peak_fp16_TFLOPS=312,
    )

    def answer(asked: Mapping[str, Any]) -> dict[str, float]:
        _refuse(asked)
        ffn = asked["ffn"] * 3 // 2 if asked["gated"] else asked["ffn"]
        model = ModelConfig(
            name="the model",
            num_layers=asked["layers"],
            n_head=asked["heads"],
            hidden_dim=asked["hidden"],
            vocab_size=asked["vocab"],
            max_seq_len=asked["seq_len"],
            num_key_value_heads=asked["kv_heads"],
            ffn_embed_dim=ffn,
            expansion_ratio=ffn / asked["hidden"],
        )
        pure = asked["states"] == "bf16"
        summary = LLMAnalysis(
            model, card, DtypeConfig(), ParallelismConfig(dp_size=asked["gpus"]), flops_efficiency=0.5
        ).training(
            batch_size_per_gpu=asked["micro_batch"],
            gradient_accumulation_steps=1,
            seq_len=asked["seq_len"],
            activation_recomputation=ActivationRecomputation(_RECOMPUTED[asked["checkpointing"]]),
            ds_zero=DSZeRO(_STAGES[asked["sharding"]]),
            master_weights_dtype_bytes=2 if pure else 4,
            other_op_bytes=2 if pure else None,
            flash_attn=asked["flash"],
            mlp_gated_linear_units=asked["gated"],
        )
        return {"gib": summary["(weight+op_state+grad+act)_memory_per_gpu"] / 2**30}

    return answer


def _refuse(asked: Mapping[str, Any]) -> None:
    why = ""
    if asked["method"] != "full":
        why = f"method {asked['method']}"
    elif asked["mixture"]:
        why = "mixture of experts"
    elif asked["sharding"] not in _STAGES:
        why = f"sharding {asked['sharding']}"
    elif asked["weights"] not in ("bf16", "fp16", "mixed"):
        why = f"weights in {asked['weights']}"
    elif asked["fused_loss"]:
        why = "fused loss"
    elif asked["optimizer"] != "adamw":
        why = f"optimizer {asked['optimizer']}"
    if why:
        raise NotImplementedError(why)
