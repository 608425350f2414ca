"""What exporters call the figures of a GPU, and the unit that each writes them in."""

import re
from collections.abc import Mapping
from typing import Final

METRICS: Final = (
    "kernel", "sm_active", "memory_copy", "dram_active", "used_mib", "free_mib", "total_mib", "power_w",
)  # fmt: skip
"""Figures of one GPU at one time. `kernel`: share of the time that a kernel was running; `sm_active`: share of the
streaming multiprocessors with work, mean over time; `memory_copy`: share of the time that device memory was read or
written; `dram_active`: share of the cycles in which its interface was busy (DCGM field identifiers, group 203 to 204
and 1002 to 1005)."""
SHARES: Final = METRICS[:4]
_PERCENT, _SHARE, _MIB, _WATT = "%", "share", "MiB", "W"
NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "dcgm_fi_dev_gpu_util": ("kernel", _PERCENT),
    "utilization_gpu": ("kernel", _PERCENT),
    "gpu_utilization": ("kernel", _PERCENT),
    "gpu_util": ("kernel", _PERCENT),
    "nvidia_smi_utilization_gpu_ratio": ("kernel", _SHARE),
    "dcgm_fi_prof_sm_active": ("sm_active", _SHARE),
    "sm_active": ("sm_active", _SHARE),
    "dcgm_fi_dev_mem_copy_util": ("memory_copy", _PERCENT),
    "utilization_memory": ("memory_copy", _PERCENT),
    "memory_utilization": ("memory_copy", _PERCENT),
    "nvidia_smi_utilization_memory_ratio": ("memory_copy", _SHARE),
    "dcgm_fi_prof_dram_active": ("dram_active", _SHARE),
    "dram_active": ("dram_active", _SHARE),
    "dcgm_fi_dev_fb_used": ("used_mib", _MIB),
    "memory_used": ("used_mib", _MIB),
    "memory_used_mib": ("used_mib", _MIB),
    "nvidia_smi_memory_used_bytes": ("used_mib", "B"),
    "dcgm_fi_dev_fb_free": ("free_mib", _MIB),
    "memory_free": ("free_mib", _MIB),
    "memory_free_mib": ("free_mib", _MIB),
    "dcgm_fi_dev_fb_total": ("total_mib", _MIB),
    "memory_total": ("total_mib", _MIB),
    "memory_total_mib": ("total_mib", _MIB),
    "nvidia_smi_memory_total_bytes": ("total_mib", "B"),
    "dcgm_fi_dev_power_usage": ("power_w", _WATT),
    "power_draw": ("power_w", _WATT),
    "power_draw_instant": ("power_w", _WATT),
    "power_draw_average": ("power_w", _WATT),
    "power_w": ("power_w", _WATT),
    "nvidia_smi_power_draw_watts": ("power_w", _WATT),
}
"""Name as exporters write it, in lower case with underscores → figure and unit where none is written."""
IDENTITY: Final[Mapping[str, tuple[str, ...]]] = {
    "timestamp": ("timestamp", "time", "ts", "datetime", "date"),
    "host": ("hostname", "host", "node", "instance", "machine"),
    "index": ("gpu", "index", "gpu_index", "device", "gpu_id", "minor_number"),
    "uuid": ("uuid", "gpu_uuid"),
    "card": ("modelname", "model_name", "name", "gpu_name", "card", "product_name"),
    "slice": ("gpu_i_id", "gpu_i_profile", "mig_instance"),
    "metric": ("metric", "__name__", "metric_name", "field"),
    "value": ("value", "val"),
}
"""What a row is about → its names, the likeliest first."""
UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "share": {"%": 0.01, "share": 1.0},
    "mib": {"mib": 1.0, "mb": 1e6 / 2**20, "gib": 1024.0, "gb": 1e9 / 2**20, "kib": 1 / 1024, "b": 1 / 2**20},
    "w": {"w": 1.0, "mw": 1e-3, "kw": 1e3},
}
"""Kind of figure → unit, in lower case → factor to a share, MiB or W."""
_SIGNS: Final = re.compile(r"[^a-z0-9_]+")
_UNIT: Final = re.compile(r"\s*\[([^\]]*)\]\s*$")


def plain(name: str) -> str:
    """A name in lower case, its words joined by underscores, without a unit in brackets."""
    return _SIGNS.sub("_", _UNIT.sub("", name.strip()).lower()).strip("_") if name != "__name__" else name


def unit_in(name: str) -> str:
    """The unit in brackets after a name, as `memory.used [MiB]`; empty without one."""
    found = _UNIT.search(name)
    return found[1].strip() if found else ""


def metric_of(name: str) -> tuple[str, float] | None:
    """The figure that a name stands for, and the factor of its unit; None for another name."""
    known = NAMES.get(plain(name))
    if known is None:
        return None
    figure, unit = known
    return figure, factor(figure, unit_in(name) or unit) or 1.0


def factor(figure: str, unit: str) -> float | None:
    """Factor from a written unit to the one of a figure; None where that has no such unit."""
    kind = "share" if figure in SHARES else "w" if figure == "power_w" else "mib"
    return UNITS[kind].get(unit.lower())


def identity_of(name: str) -> tuple[str, int] | None:
    """What a name says a row is about, and how likely it is meant (0 most); None for another name."""
    wanted = plain(name)
    return next(((what, names.index(wanted)) for what, names in IDENTITY.items() if wanted in names), None)
