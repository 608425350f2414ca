"""Training stacks as columns: speed by method, host overhead, and what they do with memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.constants import STACK_PEAK, STACK_SPEED, Calibration
from planner.catalog.rows import Bools, Floats
from planner.catalog.stacks import Method, Stack
from planner.catalog.training import TRAITS


@dataclass(frozen=True, slots=True)
class StackColumns:
    """One entry per stack of the catalog."""

    speed: Floats
    """(stacks, methods) multiplier on achieved speed; NaN where the stack trains neither the method nor its like."""
    own: Floats
    """Multiplier of the stack alone, whatever it trains."""
    speed_sd: Floats
    """Spread of a stack's speed on ln that rows have not taken away."""
    peak: Floats
    """What a user's runs multiply its peak memory by; 1 without any."""
    overhead_s: Floats
    """(stacks, methods) host time per layer and micro-batch."""
    kernels_2023: Bools
    """Attention kernels that do without what Hopper added."""
    logits_bytes: Floats
    """Bytes per token and vocabulary entry around an unfused loss."""
    fused_loss: Bools
    adapter_bytes: Floats
    master: Bools
    """16-bit weights are trained beside an fp32 copy, whatever the sharing."""
    traits: dict[str, Bools]
    """Trait of `training.TRAITS` → which stacks have it."""


def stack_columns(stacks: Sequence[Stack], methods: Sequence[Method], calibration: Calibration) -> StackColumns:
    """The stacks with the constants in use: own speed times that of the method, over the method's step factor."""
    own = np.array([calibration[STACK_SPEED + stack.id] for stack in stacks])
    by_method = np.array([_factor(f"speed.method.{method.like}", calibration) for method in methods])
    trains = np.array([[m.id in s.methods or m.like in s.methods for m in methods] for s in stacks])
    overhead = np.array([stack.layer_overhead_us for stack in stacks]) * 1e-6 * calibration["speed.host_overhead"]
    slower = np.array([method.step_factor for method in methods])
    return StackColumns(
        speed=np.where(trains, own[:, None] * by_method / slower, np.nan),
        own=own,
        speed_sd=np.array([calibration.constants[STACK_SPEED + stack.id].spread for stack in stacks]),
        peak=np.array([_factor(STACK_PEAK + stack.id, calibration) for stack in stacks]),
        overhead_s=np.where(trains, overhead[:, None] * slower, np.nan),
        kernels_2023=np.array([stack.attention == "triton_2023" for stack in stacks]),
        logits_bytes=np.array([calibration[f"memory.logits.{stack.loss}"] for stack in stacks]),
        fused_loss=np.array([stack.fused_loss for stack in stacks]),
        adapter_bytes=np.array([stack.adapter_bytes for stack in stacks]),
        master=np.array([stack.trained == "master" for stack in stacks]),
        traits={trait: np.array([stack.has(trait) for stack in stacks]) for trait in TRAITS},
    )


def _factor(name: str, calibration: Calibration) -> float:
    """A multiplier that only some stacks and methods have."""
    return calibration[name] if name in calibration.constants else 1.0
