"""DeepSpeed's estimators of ZeRO-2 and ZeRO-3: model states of full training with fp32 Adam; no activations."""

from collections.abc import Callable, Mapping
from typing import Any

NAME = "DeepSpeed 0.19.8"
INSTALLS = (
    ("torch==2.13.0+cpu",),
    ("setuptools==84.2.1", "wheel==0.48.0", "ninja==1.13.2", "py-cpuinfo==9.0.0"),
    ("--no-build-isolation", "deepspeed==0.19.8"),
)
HEAVY = True
ANSWERS = ("memory",)


def answerer() -> Callable[[Mapping[str, Any]], dict[str, float]]:
    """What answers one question."""
    from deepspeed.runtime.zero.stage3 import estimate_zero3_model_states_mem_needs
    from deepspeed.runtime.zero.stage_1_and_2 import estimate_zero2_model_states_mem_needs

    def answer(asked: Mapping[str, Any]) -> dict[str, float]:
        why = ""
        if asked["method"] != "full":
            why = f"method {asked['method']}: it counts frozen weights as trained"
        elif asked["sharding"] not in ("zero2", "zero3"):
            why = f"sharding {asked['sharding']}"
        elif asked["optimizer"] != "adamw" or asked["states"] == "bf16":
            why = "another optimizer than Adam with fp32 states"
        elif asked["weights"] not in ("bf16", "fp16", "mixed"):
            why = f"weights in {asked['weights']}"
        if why:
            raise NotImplementedError(why)
        if asked["sharding"] == "zero2":
            _, per_gpu = estimate_zero2_model_states_mem_needs(
                asked["params"], num_gpus_per_node=asked["gpus"], cpu_offload=False
            )
        else:
            largest = asked["hidden"] * max(asked["vocab"], asked["ffn"])
            _, per_gpu, _ = estimate_zero3_model_states_mem_needs(
                asked["params"], largest, num_gpus_per_node=asked["gpus"], cpu_offload=False, cpu_offload_params=False
            )
        return {"gib": per_gpu / 2**30}

    return answer
