"""Parameters of a model from its shape (DOMAIN 1.1), norms and biases included: what a published total adds up to."""

from planner.catalog.rows import Model

_NORMED_HEADS = ("qwen3", "qwen3_moe", "gemma3")
"""Families that normalise queries and keys per head."""
_NORMED_WIDTHS = ("olmo2",)
"""Families that normalise all queries and all keys together."""


def count_parameters(model: Model) -> tuple[int, int]:
    """Parameters in all, and those that one token uses (a mixture's routed experts not chosen left out).

    Learned positions and multi-head latent attention are not described by the columns and not counted.
    """
    return _count(model, model.moe_experts), _count(model, model.moe_active)


def _count(model: Model, experts: int) -> int:
    h = model.hidden_size
    hq, hkv = model.n_heads * model.head_dim, model.n_kv_heads * model.head_dim
    plain = model.n_ffn_matrices == 2
    layer = 2 * h * hq + 2 * h * hkv + model.norm_params_per_layer
    if model.moe_experts:
        layer += (experts + model.moe_shared_experts) * model.n_ffn_matrices * h * model.moe_ffn_hidden
        layer += h * model.moe_experts
    else:
        layer += model.n_ffn_matrices * h * model.ffn_hidden
    if model.attention_bias:
        layer += hq + 2 * hkv + (h + model.ffn_hidden + h if plain else 0)
    if model.family in _NORMED_HEADS:
        layer += 2 * model.head_dim
    if model.family in _NORMED_WIDTHS:
        layer += hq + hkv
    embeddings = model.vocab_size * h * (1 if model.tied_embeddings else 2)
    return model.n_layers * layer + embeddings + (2 * h if plain and model.family != "mpt" else h)
