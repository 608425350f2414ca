"""What would make a decision better: changes of one thing each, estimated again by the same formulas."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen


class Advice(Frozen):
    """One change of a configuration, and what it is worth; everything else stays as it is.

    What the scenario leaves to the planner (micro-batch, checkpointing, sharing) is chosen anew. Savings are positive
    where the change is better, and their bands are of the difference: errors that both sides share cancel.
    """

    decisions: list[str]
    """Decisions that the configuration is; empty where nothing is feasible and the one nearest to fitting is told."""
    configuration: str
    """Id of the configuration that is changed."""
    kind: str
    """What is changed: epochs, dataset, batch, rank, optimizer, method, stack, tier, gpu, region …"""
    change: str
    """The change in words."""
    settings: list[str]
    """The same for `--set`, or to be written into the scenario."""
    opens: list[str] = Field(default_factory=list)
    """Lists of the scenario that do not hold it yet; empty where the scenario's own space has it."""
    becomes: str
    """Id of the changed configuration; of a pilot that of the rival."""
    saves: Literal["cost", "time", "quality", "memory"]
    """What it is recommended for."""
    confidence: Figure
    """Probability that it really is better on that; null for memory and for a pilot."""
    cost_usd: Figure
    """What the changed configuration costs; of a pilot what it costs itself."""
    cost_saved_usd: Figure
    cost_saved_usd_lo: Figure
    cost_saved_usd_hi: Figure
    hours: Figure
    hours_saved: Figure
    hours_saved_lo: Figure
    hours_saved_hi: Figure
    quality: Figure
    quality_change: Figure
    """Predicted q after the change, less before it."""
    quality_change_lo: Figure
    quality_change_hi: Figure
    memory_gib: Figure
    """Peak on the fullest GPU after the change."""
    memory_freed_gib: Figure
    fits: bool = True
    """Whether the changed configuration runs and keeps to every limit; advice on memory tells others too."""
    stopped_by: str = ""
    """What then still keeps it out, by the first reason met; empty where it fits."""
    trade_offs: list[str] = Field(default_factory=list)
    """Objectives that it worsens by more than noise: cost, time, quality."""
    steps: list[str]
    """What to do, in order."""
    risk: str
    """What may go wrong, in a sentence."""
