"""Hardware failures and what checkpoints weigh (DOMAIN 6). On one node they matter less than preemption."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats

STATE_BYTES: Final = 12.0
"""fp32 master weight and moments per trained parameter, on top of 2 B for every weight (DOMAIN 6)."""
ADAPTER_BYTES: Final = 12.0
"""4 B weight and 8 B moments per adapter parameter (DOMAIN 6)."""
GPU_MTBF_HOURS: Final = 50_677.0
"""GPU-hours per interruption of Llama-3 405B's pre-training (DOMAIN 6) [R]."""


def checkpoint_bytes(p_lora: Floats, p_trained: Floats, p_total: Floats) -> Floats:
    """Bytes of one checkpoint: 12 B per adapter parameter, or 2 B per weight and 12 B per trained one (DOMAIN 6)."""
    return np.where(p_trained > 0, 2.0 * p_total + STATE_BYTES * p_trained, ADAPTER_BYTES * p_lora)


def job_mtbf_hours(gpus: float, gpu_mtbf_hours: float = GPU_MTBF_HOURS, other_per_hour: float = 0.0) -> float:
    """Mean hours between failures of a job: 1/(n_gpus/MTBF_gpu + rate of everything else) (DOMAIN 6)."""
    return 1.0 / (gpus / gpu_mtbf_hours + other_per_hour)


def failure_probability(hours: float, mtbf_hours: float) -> float:
    """Probability of at least one failure in `hours`: 1 - exp(-t/MTBF)."""
    return float(-np.expm1(-hours / mtbf_hours))


def useful_fraction(
    checkpoint_hours: float, interval_hours: float, rate_per_hour: float, restart_hours: float, detect_hours: float
) -> float:
    """Effective share of the time: 1 - d/tau - lam*(tau/2 + R + D_detect) (DOMAIN 6)."""
    lost = rate_per_hour * (interval_hours / 2.0 + restart_hours + detect_hours)
    return 1.0 - checkpoint_hours / interval_hours - lost
