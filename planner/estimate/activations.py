"""Bytes per token of layers, attention scores and caches (DOMAIN 3)."""

import numpy as np

from planner.catalog.rows import Floats


def layer_activation_bytes(
    hidden: Floats, hq: Floats, hkv: Floats, ffn: Floats, n_heads: Floats, ffn_matrices: Floats
) -> Floats:
    """Activation bytes one layer keeps per token, 16 bit, flash attention: 8h + 4hq + 4hkv + 8f + 4*heads.

    DOMAIN 3 prints 12h, for models whose query heads are as wide as the model. 8f is a gated MLP (gate, up, product
    and activation, 2 B each); a plain MLP keeps two of the four.
    """
    mlp = np.where(ffn_matrices >= 3, 8.0, 4.0) * ffn
    return 8.0 * hidden + 4.0 * hq + 4.0 * hkv + mlp + 4.0 * n_heads


def eager_attention_bytes(n_heads: Floats, s: Floats) -> Floats:
    """Bytes per token and layer of a materialised score matrix: 5*a*s (Korthikanti et al., arXiv 2205.05198)."""
    return 5.0 * n_heads * s


def gpt_layer_activation_bytes(s: float, b: float, h: float, heads: float, *, flash: bool) -> float:
    """Activation bytes of one GPT layer: s*b*h*(34 + 5*a*s/h), the last part gone with flash attention."""
    return s * b * h * (34.0 + (0.0 if flash else 5.0 * heads * s / h))


def kv_cache_bytes_per_token(n_layers: float, hkv: float, bytes_per_value: float = 2.0) -> float:
    """Bytes of keys and values per token over all layers: 2*L*hkv*bytes (DOMAIN 3)."""
    return 2.0 * n_layers * hkv * bytes_per_value
