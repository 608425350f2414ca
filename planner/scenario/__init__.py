"""What a user may write: pydantic types, frozen, no unknown keys; the source of `schemas/`."""

from planner.scenario.fine_tune import FineTune
from planner.scenario.serving import Serving

Scenario = FineTune | Serving
KINDS: dict[str, type[FineTune] | type[Serving]] = {"FineTune": FineTune, "Serving": Serving}
"""Kind of scenario → its type. A new kind is one module here, one in `planner/kinds/`, and its lines in the tables."""

__all__ = ["KINDS", "FineTune", "Scenario", "Serving"]
