"""What a search tells about itself while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from planner.catalog.rows import Floats
from planner.choose.indicators import share_of_box

Stage = Literal["grid", "sampling", "polish"]


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a search is."""

    stage: Stage
    done: int
    """Combinations of the stage that are settled: evaluated, or proven not to matter."""
    total: int
    front: int
    """Points of the front so far."""
    hypervolume: Callable[[], float | None]
    """Share that the front so far dominates of the box between its own best and worst values, as in a plan; worked out
    when asked for. None where there is no front."""


Progress = Callable[[Tick], None]
"""Called after every chunk or generation."""

Report = Callable[[int, Floats], None]
"""Called with what is settled and the losses of the front so far."""


def ticking(progress: Progress | None, stage: Stage, total: int) -> Report | None:
    """A report that sends ticks of a stage; None where nobody listens."""
    if progress is None:
        return None

    def report(done: int, losses: Floats) -> None:
        def share() -> float | None:
            return share_of_box(losses, losses.min(axis=0), losses.max(axis=0)) if len(losses) else None

        progress(Tick(stage, done, total, len(losses), share))

    return report
