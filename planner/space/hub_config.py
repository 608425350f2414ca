"""Hugging Face `config.json` → the shape of a model; only families whose layers the formulas know, never any code."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner.scenario.own_models import Architecture

Config = Mapping[str, Any]


class ConfigError(ValueError):
    """A config.json that describes no model we can plan, and what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Family:
    """How a family's configuration differs from a plain Llama's."""

    family: str
    gated: bool = True
    tied: bool = False
    """Whether the head shares the embedding when the configuration does not say."""
    norms: int = 2
    """Norm parameters per layer, over the hidden width."""
    bias: Callable[[Config], bool] = lambda config: bool(config.get("attention_bias", False))
    head_dim: int | None = None
    kv_heads: Callable[[Config], int | None] = lambda config: config.get("num_key_value_heads")
    ffn: str = "intermediate_size"
    experts: str | None = None
    """Key of the number of routed experts."""


def _always(_config: Config) -> bool:
    return True


def _falcon_kv_heads(config: Config) -> int | None:
    if config.get("new_decoder_architecture"):
        return config.get("num_kv_heads") or config.get("num_attention_heads")
    return 1 if config.get("multi_query", True) else config.get("num_attention_heads")


FAMILIES: Mapping[str, Family] = {
    "llama": Family("llama"),
    "mistral": Family("mistral"),
    "mixtral": Family("mixtral", experts="num_local_experts"),
    "qwen2": Family("qwen2", bias=_always),
    "qwen3": Family("qwen3"),
    "qwen3_moe": Family("qwen3_moe", experts="num_experts"),
    "gemma": Family("gemma", tied=True, head_dim=256),
    "gemma2": Family("gemma2", tied=True, head_dim=256, norms=4),
    "gemma3_text": Family("gemma3", tied=True, head_dim=256, norms=4),
    "phi": Family("phi", gated=False, bias=_always),
    "phi3": Family("phi3"),
    "gpt_neox": Family("gpt_neox", gated=False, norms=4, bias=lambda c: bool(c.get("attention_bias", True))),
    "falcon": Family("falcon", gated=False, tied=True, bias=lambda c: bool(c.get("bias", False)),
                     kv_heads=_falcon_kv_heads, ffn="ffn_hidden_size"),
    "starcoder2": Family("starcoder2", gated=False, tied=True, norms=4, bias=lambda c: bool(c.get("use_bias", True))),
}  # fmt: skip
"""`model_type` → how to read it."""
_LONGEST_CONTEXT = 2048
"""Of a configuration that does not say (Falcon)."""


def parse_config(text: str) -> Config:
    """The text of a config.json as a mapping; raises ConfigError."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"is not JSON: {error.msg}, line {error.lineno}" if isinstance(error, json.JSONDecodeError) else (
            "is not JSON that can be read"
        )  # fmt: skip
        raise ConfigError(message) from None
    if not isinstance(data, dict):
        message = "holds no configuration: a mapping of keys to values is expected"
        raise ConfigError(message)
    nested = data.get("text_config")
    return {"model_type": f"{data.get('model_type')}_text", **nested} if isinstance(nested, dict) else data


def read_shape(config: Config, name: str) -> tuple[Architecture, Family, int]:
    """Shape, family and norm parameters per layer of a configuration; raises ConfigError."""
    kind = config.get("model_type")
    family = FAMILIES.get(kind) if isinstance(kind, str) else None
    if family is None:
        said = "has no model_type" if kind is None else f"describes an architecture that is not known here: {kind!r}"
        raise ConfigError(said, f"known: {', '.join(FAMILIES)}; any other decoder can be described with `define:`")
    _refuse_uneven(config)
    hidden, heads = _whole(config, "hidden_size"), _whole(config, "num_attention_heads")
    ffn = config.get(family.ffn) or (4 * hidden if kind == "falcon" else _whole(config, family.ffn))
    shape: dict[str, Any] = {
        "id": name,
        "layers": _whole(config, "num_hidden_layers"),
        "hidden": hidden,
        "heads": heads,
        "kv_heads": family.kv_heads(config) or heads,
        "head_dim": config.get("head_dim") or family.head_dim,
        "ffn": ffn,
        "gated_mlp": family.gated,
        "vocab": _whole(config, "vocab_size"),
        "tied_embeddings": config.get("tie_word_embeddings", family.tied),
        "attention_bias": family.bias(config),
        "context": config.get("max_position_embeddings") or _LONGEST_CONTEXT,
    }
    if family.experts:
        shape["experts"] = {
            "count": _whole(config, family.experts),
            "active": _whole(config, "num_experts_per_tok"),
            "ffn": config.get("moe_intermediate_size"),
        }
    try:
        architecture = Architecture.model_validate(shape)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        message = f"does not add up: {f'{where}: ' if where else ''}{said[0].lower()}{said[1:]}"
        raise ConfigError(message) from None
    norms = 4 if kind == "falcon" and config.get("new_decoder_architecture") else family.norms
    return architecture, family, norms * hidden


def _whole(config: Config, key: str) -> int:
    value = config.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**9:
        said = f"lacks {key!r}" if value is None else f"{key} is {str(value)[:40]!r}, which is no whole number above 0"
        raise ConfigError(said, "is it the config.json of a language model?")
    return value


def _refuse_uneven(config: Config) -> None:
    """Layers that differ from each other are not described by one shape."""
    if config.get("mlp_only_layers") or config.get("decoder_sparse_step", 1) != 1:
        message = "mixes dense layers and layers of experts, which one shape does not describe"
        raise ConfigError(message, "describe the average layer with `define:`")
