"""Our words → those of aiconfigurator; what it has no word for is said."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from planner.catalog.rows import Model
from planner.second_opinion.question import Question

SYSTEMS: Final[Mapping[str, str]] = {
    "a100-80gb-sxm": "a100_sxm", "h100-sxm": "h100_sxm", "h200-sxm": "h200_sxm", "l40s": "l40s", "b200": "b200_sxm",
    "b300": "b300_sxm", "gb200": "gb200", "gb300": "gb300", "rtx-pro-6000-bse": "rtx_pro_6000_server",
}  # fmt: skip
"""Our cards → its systems with measurements (`aiconfigurator_core/systems` of 0.12.0; a100_pcie, h100_pcie, a30 and l4
are described there, but nothing was measured on them)."""
BACKENDS: Final[Mapping[str, str]] = {"vllm": "vllm", "tensorrt": "trtllm", "sglang": "sglang"}
"""Families of our engines → its backends."""
ARCHITECTURES: Final[Mapping[str, str]] = {
    "llama": "LlamaForCausalLM", "mistral": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM", "mixtral": "MixtralForCausalLM", "qwen3_moe": "Qwen3MoeForCausalLM",
}  # fmt: skip
"""Families of our models whose layers it has, by the architecture of a config.json."""
FORMATS: Final[Mapping[str, tuple[str, str, str]]] = {
    "bf16": ("bfloat16", "bfloat16", "bfloat16"), "fp16": ("bfloat16", "bfloat16", "bfloat16"),
    "fp8": ("fp8", "fp8", "fp8"), "int8": ("int8_wo", "bfloat16", "bfloat16"),
    "int4": ("int4_wo", "int4_wo", "bfloat16"), "fp4": ("nvfp4", "nvfp4", "fp8"),
}  # fmt: skip
"""Our precisions → its modes of matrix products, experts and cache, as our law has them (16-bit weights are one; with
weight-only formats the cache keeps 16 bit)."""
STEP_TOKENS: Final = 8192
"""Tokens of a step that vLLM (`max_num_batched_tokens`) and TensorRT-LLM (`max_num_tokens`) take by default on such
cards."""
_MIXTURE: Final = frozenset(("mixtral", "qwen3_moe"))


class InexpressibleError(ValueError):
    """Why a question cannot be put to it."""


@dataclass(frozen=True, slots=True)
class Request:
    """Arguments of its `cli_estimate`, and the model's config.json."""

    system_name: str
    backend_name: str
    tp_size: int
    batch_size: int
    ctx_tokens: int
    """Prompt tokens that a step reads."""
    isl: int
    osl: int
    gemm_quant_mode: str
    kvcache_quant_mode: str
    moe_quant_mode: str | None
    moe_tp_size: int | None
    moe_ep_size: int | None
    config: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """As data; what is None is left to it."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def request_of(question: Question, sequences: int) -> Request:
    """The question with so many requests in flight; raises InexpressibleError."""
    model, mixture = question.model, question.model.moe_experts > 0
    named = (
        (SYSTEMS, question.gpu.id, "was not measured by it"),
        (BACKENDS, question.engine.family, "is no engine that it has"),
        (ARCHITECTURES, model.family, "is a family of models that it has no layers for"),
        (FORMATS, question.precision, "is a precision that it has no mode for"),
    )
    for table, name, why in named:
        if name not in table:
            message = f"{name} {why}; it has {', '.join(table)}"
            raise InexpressibleError(message)
    if question.engine.id != question.engine.family and question.engine.id not in ("tensorrt-llm", "vllm", "sglang"):
        message = f"it has only new versions of {question.engine.family}, and none like {question.engine.id}"
        raise InexpressibleError(message)
    gemm, experts, cache = FORMATS[question.precision]
    return Request(
        system_name=SYSTEMS[question.gpu.id], backend_name=BACKENDS[question.engine.family],
        tp_size=question.tensor_parallel, batch_size=sequences,
        ctx_tokens=_prompt_tokens(question, sequences), isl=question.input_tokens, osl=question.output_tokens,
        gemm_quant_mode=gemm, kvcache_quant_mode=cache, moe_quant_mode=experts if mixture else None,
        moe_tp_size=question.tensor_parallel if mixture else None, moe_ep_size=1 if mixture else None,
        config=config_of(model),
    )  # fmt: skip


def _prompt_tokens(question: Question, sequences: int) -> int:
    """Prompt tokens of a step that keep so many requests in flight: B/osl of them end in it, so isl*B/osl are read.

    No less than one prompt, and no more than engines take by default where that is longer. With one prompt alone, its
    own default, fewer requests would run than are asked for where outputs are short.
    """
    steady = math.ceil(question.input_tokens * sequences / question.output_tokens)
    return max(question.input_tokens, min(steady, STEP_TOKENS))


def config_of(model: Model) -> dict[str, Any]:
    """A config.json as Hugging Face has it, from the catalog's architecture: no file is fetched."""
    config: dict[str, Any] = {
        "architectures": [ARCHITECTURES[model.family]],
        "model_type": model.family,
        "hidden_size": model.hidden_size,
        "intermediate_size": model.ffn_hidden,
        "num_attention_heads": model.n_heads,
        "num_key_value_heads": model.n_kv_heads,
        "num_hidden_layers": model.n_layers,
        "head_dim": model.head_dim,
        "vocab_size": model.vocab_size,
        "max_position_embeddings": model.max_context,
        "attention_bias": model.attention_bias,
        "tie_word_embeddings": model.tied_embeddings,
        "hidden_act": "silu",
        "torch_dtype": "bfloat16",
    }
    if model.family in _MIXTURE:
        count = "num_local_experts" if model.family == "mixtral" else "num_experts"
        config |= {count: model.moe_experts, "num_experts_per_tok": model.moe_active}
        if model.family == "mixtral":
            config["intermediate_size"] = model.moe_ffn_hidden or model.ffn_hidden
        else:
            config["moe_intermediate_size"] = model.moe_ffn_hidden
    return config
