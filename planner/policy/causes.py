"""The line of a scenario that most probably moved a figure."""

from collections.abc import Mapping
from typing import Final

from planner.outcome import Edit, Place, ScenarioDifference

_PREFERRED: Final[Mapping[str, tuple[str, ...]]] = {
    "cost": ("constraints.max_cost", "train", "methods", "models", "hardware", "dataset", "axes", "constraints"),
    "monthly": (
        "constraints.max_cost_per_month",
        "traffic",
        "replicas",
        "levers",
        "latency",
        "models",
        "apis",
        "precisions",
        "hardware",
        "fine_tune",
        "constraints",
    ),
    "latency": ("latency", "traffic", "replicas", "levers", "precisions", "hardware", "models", "engines", "apis"),
    "monthly carbon": ("constraints.max_carbon", "hardware", "traffic", "replicas", "models", "constraints"),
    "price": ("hardware", "constraints.max_cost", "axes"),
    "hours": ("constraints.deadline", "train", "dataset", "hardware", "methods", "models", "axes", "constraints"),
    "quality": ("quality", "methods", "models", "train", "dataset", "axes", "precisions", "levers", "apis"),
    "carbon": ("constraints.max_carbon", "hardware", "train", "methods", "models", "dataset", "axes"),
    "memory": ("train", "methods", "models", "hardware", "constraints.memory_margin", "axes"),
    "choice": ("hardware", "models", "methods", "stacks", "train", "constraints", "objectives", "axes", "dataset"),
    "hardware": ("hardware", "include", "exclude"),
    "models": ("models", "include", "exclude"),
    "methods": ("methods", "include", "exclude"),
    "stacks": ("stacks", "methods", "hardware"),
    "metadata": ("metadata",),
}
"""What is asked about → keys of a scenario that decide it, the likeliest first."""


def cause_of(scenario: ScenarioDifference, topic: str) -> Place | None:
    """Where the edit stands that explains a breach about `topic`; None where no edit does.

    For costs it is the edit that adds most by itself, where that was computed.
    """
    if topic in ("cost", "monthly"):
        priced = [(edit.effect_usd, edit) for edit in scenario.edits if edit.effect_usd is not None]
        if priced and (dearest := max(priced, key=lambda pair: pair[0]))[0] > 0:
            return dearest[1].place
    for prefix in _PREFERRED.get(topic, ()):
        found = [edit for edit in scenario.edits if _under(edit, prefix)]
        if found:
            return min(found, key=lambda edit: (edit.place.file, edit.place.line, edit.place.column)).place
    return None


def _under(edit: Edit, prefix: str) -> bool:
    rest = edit.key.removeprefix(prefix)
    return rest != edit.key and (not rest or rest[0] in ".[")
