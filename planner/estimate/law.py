"""The utilisation law's numbers for every card: its generation's constants, scaled by what the card sustains."""

from collections.abc import Iterable

import numpy as np

from planner.catalog.constants import Calibration
from planner.catalog.rows import Floats, Gpu

_WIDTH = {"ampere": "ampere", "hopper": "hopper", "blackwell": "hopper", "other": "hopper"}
"""Generation whose tile sizes set the width at which products reach half of their best."""
_ATTENTION = {"ampere": "ampere", "hopper": "hopper", "blackwell": "hopper", "other": "other"}


def law_columns(gpus: Iterable[Gpu], calibration: Calibration) -> dict[str, Floats]:
    """e0, h0, t0_tokens and eta_attention of every card (DOMAIN 2.2), and eta_attention of the kernels of 2023.

    Products reach half of their best at a multiple of the ridge, the tokens per weight at which compute takes as long
    as reading the weight: peak over bandwidth, at the best 16-bit or, without one, fp32 peak. NaN without a peak.
    """
    cards = tuple(gpus)
    c = calibration
    peak = np.array([_best_peak(gpu) for gpu in cards]) * 1e12
    ridge = peak / (np.array([gpu.mem_bw_gb_s for gpu in cards]) * 1e9)
    attention = np.array([c[f"speed.attention.{_ATTENTION[gpu.generation]}"] * gpu.attention for gpu in cards])
    ahead = np.array([gpu.generation in ("hopper", "blackwell") for gpu in cards])
    return {
        "e0": np.array([min(1.0, c[f"speed.gemm.{gpu.generation}"] * gpu.sustained) for gpu in cards]),
        "h0": np.array([c[f"speed.width.{_WIDTH[gpu.generation]}"] for gpu in cards]),
        "t0_tokens": c["speed.ridge_multiple"] * ridge,
        "eta_attention": attention,
        "eta_attention_2023": np.where(ahead, c["speed.attention.triton_2023"], attention),
    }


def _best_peak(gpu: Gpu) -> float:
    known = [rate for rate in (gpu.bf16_tflops, gpu.fp16_tflops, gpu.fp32_tflops) if np.isfinite(rate)]
    return known[0] if known else float("nan")
