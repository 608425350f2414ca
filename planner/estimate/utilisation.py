"""How much of a card's dense peak a training step reaches: the fitted law of DOMAIN 2.2."""

from planner.catalog.rows import Floats


def matmul_utilisation(e0: Floats, h0: Floats, t0_tokens: Floats, hidden: Floats, tokens: Floats) -> Floats:
    """Share of the dense peak that matrix products reach: e0 * h/(h+h0) * T/(T+T0).

    `hidden` is the model width, `tokens` the tokens of one micro-batch on one GPU.
    """
    return e0 * hidden / (hidden + h0) * tokens / (tokens + t0_tokens)


def attention_share(attention_full: Floats, p_mm: Floats) -> Floats:
    """Attention's share f_a of forward FLOPs, full-attention convention: 4Lhs / (4Lhs + 2P_mm)."""
    return attention_full / (attention_full + 2.0 * p_mm)


def hardware_utilisation(f_a: Floats, eta_mm: Floats, eta_attention: Floats) -> Floats:
    """HFU: harmonic mean of both utilisations, weighted with their share of the FLOPs."""
    return 1.0 / ((1.0 - f_a) / eta_mm + f_a / eta_attention)


def ridge_tokens(peak_flops_s: Floats, bandwidth_bytes_s: Floats, bytes_per_weight: float = 2.0) -> Floats:
    """Tokens per weight read at which compute time equals memory time: peak / bandwidth, for 2 FLOPs a weight."""
    return peak_flops_s * bytes_per_weight / 2.0 / bandwidth_bytes_s
