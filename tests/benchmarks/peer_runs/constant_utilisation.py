"""The naive line: every run reaches 40 % of the card's dense peak, at 6 FLOPs per parameter and token.

Frozen weights need no gradient of their own, so LoRA and QLoRA need 4. Attention and recomputation are not counted.
"""

from collections.abc import Callable, Mapping
from typing import Any

NAME = "constant 40 % utilisation"
INSTALLS: tuple[tuple[str, ...], ...] = ()
HEAVY = False
ANSWERS = ("throughput",)

UTILISATION = 0.4
FLOPS_PER_PARAM = {"full": 6, "lora": 4, "qlora": 4}


def answerer() -> Callable[[Mapping[str, Any]], dict[str, float]]:
    """What answers one question."""

    def answer(asked: Mapping[str, Any]) -> dict[str, float]:
        if asked["method"] not in FLOPS_PER_PARAM:
            message = f"method {asked['method']}"
            raise NotImplementedError(message)
        if asked["mixture"]:
            message = "mixture of experts: active parameters not stated"
            raise NotImplementedError(message)
        if not asked["peak_tflops"]:
            message = "card's peak unknown for these numbers"
            raise NotImplementedError(message)
        flops = FLOPS_PER_PARAM[asked["method"]] * asked["params"]
        return {"tokens_per_s_per_gpu": UTILISATION * asked["peak_tflops"] * 1e12 / flops}

    return answer
