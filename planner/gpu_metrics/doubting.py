"""What had to be assumed, and what the figures do not say."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.gpu_metrics.adding import Adding
from planner.gpu_metrics.measuring import FLAT_LEVEL
from planner.gpu_metrics.use import GpuUse
from planner.units import HOURS_PER_WEEK, duration, share_text

_GAPS: Final = 0.05
_NAMED: Final = 6


def assumptions_of(adding: Adding, step_minutes: float) -> tuple[str, ...]:
    """What was taken to be so."""
    found = []
    if adding.clock.naive_line:
        found.append("times without a zone are UTC")
    if any(not own.host for own in adding.gpus.known):
        found.append("GPUs without a host are all in one machine")
    found.append(f"each mean is over {duration(step_minutes / 60)}, and stands for that time; a gap is not measured")
    return tuple(found)


def doubts_of(uses: Sequence[GpuUse], hours: float) -> tuple[str, ...]:
    """What a reader must know before acting on the figures."""
    found = []
    if hours < HOURS_PER_WEEK:
        found.append(f"the file covers {duration(hours)}, less than a week: other days may look different")
    sm = [use for use in uses if not np.isnan(use.sm_active.mean)]
    kernel = [use for use in uses if not np.isnan(use.kernel.mean)]
    if kernel and len(sm) < len(uses):
        found.append(
            "GPU_UTIL (utilization.gpu) says how long a kernel was running, not how full the multiprocessors were: one "
            "small kernel reads as 100 %; export DCGM_FI_PROF_SM_ACTIVE for that. As a load it is an upper bound"
        )
    blind = [use for use in uses if np.isnan(use.idle_hours)]
    if blind:
        found.append(f"how busy {_names(blind)} was is not in the file: neither idle hours nor sizes are known of it")
    if any(np.isnan(use.dram_active.mean) for use in uses):
        found.append(
            "how busy the memory's interface was is not in the file (DCGM_FI_PROF_DRAM_ACTIVE): the time in which "
            "memory was read or written, or a kernel ran, stands for it as an upper bound"
        )
    flat = [use for use in uses if use.flat]
    if flat:
        share = flat[0].used_gib.p50 / flat[0].total_gib
        found.append(
            f"memory in use of {_names(flat)} is flat at {share_text(share)} ({share_text(FLAT_LEVEL)} counts): "
            "that is what a server such as vLLM reserves (gpu_memory_utilization), not what it needs; give the need "
            "(--memory-needed) where you know it, else no smaller memory is considered"
        )
    gaps = [use for use in uses if use.gap_share > _GAPS]
    if gaps:
        worst = max(gaps, key=lambda use: use.gap_share)
        found.append(
            f"{share_text(worst.gap_share)} of the time of {worst.name} has no rows: what it did then is unknown"
        )
    return tuple(found)


def _names(uses: Sequence[GpuUse]) -> str:
    more = f" and {len(uses) - _NAMED} more" if len(uses) > _NAMED else ""
    return f"GPU {', '.join(use.name for use in uses[:_NAMED])}{more}"
