"""accelerate's `estimate-memory`: weights, gradients and Adam of full training on one GPU; no activations.

Its command refuses local and gated models without the network, so its arithmetic is called with the row's parameters;
its answer is the largest of the four figures, which is what the command prints.
"""

from collections.abc import Callable, Mapping
from typing import Any

NAME = "accelerate 1.15.0"
INSTALLS = (("torch==2.13.0+cpu",), ("accelerate==1.15.0",))
HEAVY = True
ANSWERS = ("memory",)

_DTYPES = {"bf16": "bfloat16", "fp16": "float16", "mixed": "bfloat16", "fp32": "float32"}


def answerer() -> Callable[[Mapping[str, Any]], dict[str, float]]:
    """What answers one question."""
    from accelerate.commands.estimate import estimate_training_usage

    def answer(asked: Mapping[str, Any]) -> dict[str, float]:
        why = ""
        if asked["method"] != "full":
            why = f"method {asked['method']}"
        elif asked["gpus"] > 1 or asked["sharding"] != "none":
            why = "more than one GPU, or offload"
        elif asked["optimizer"] != "adamw":
            why = f"optimizer {asked['optimizer']}"
        elif asked["weights"] not in _DTYPES:
            why = f"weights in {asked['weights']}"
        if why:
            raise NotImplementedError(why)
        usage = estimate_training_usage(4 * asked["params"], _DTYPES[asked["weights"]])
        return {"gib": max(usage.values()) / 2**30}

    return answer
