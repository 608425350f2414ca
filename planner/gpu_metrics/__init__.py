"""How busy GPUs were, measured from exported metrics, and which cheaper machines would carry that."""

from planner.gpu_metrics.idle import IDLE_BELOW
from planner.gpu_metrics.present import Present, machine_at, priced
from planner.gpu_metrics.reading import read_gpu_metrics
from planner.gpu_metrics.right_sizing import Limits, Option, Sizing, right_sizing
from planner.gpu_metrics.switching import Switching, switching_off
from planner.gpu_metrics.use import GpuMetrics, GpuUse, Host, Spread

__all__ = [
    "IDLE_BELOW", "GpuMetrics", "GpuUse", "Host", "Limits", "Option", "Present", "Sizing", "Spread", "Switching",
    "machine_at", "priced", "read_gpu_metrics", "right_sizing", "switching_off",
]  # fmt: skip
