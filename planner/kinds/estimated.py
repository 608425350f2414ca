"""What `planner estimate` gives: one configuration with what it rests on and what it breaks."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from planner.outcome import (
    Assumption,
    CalibrationReference,
    CatalogReference,
    Configuration,
    Metadata,
    PlannerReference,
    Reference,
    Source,
)


class Estimate(BaseModel):
    """One configuration of a scenario, estimated whether it can run and keeps the limits or not."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="null")

    api_version: Literal["planner/v1"]
    kind: str
    metadata: Metadata
    scenario: Reference
    catalog: CatalogReference
    planner: PlannerReference
    calibration: CalibrationReference | None = None
    """The overlay on the catalog, where there is one; what it changed stands among the assumptions."""
    configuration: Configuration
    stopped_by: str
    """Why it cannot run at all; empty where it can."""
    broken: list[str]
    """Limits of the scenario that it does not keep, each with its name."""
    assumptions: list[Assumption]
    warnings: list[str]
    sources: list[Source]

    @property
    def feasible(self) -> bool:
        """Whether it runs and keeps every limit."""
        return not self.stopped_by and not self.broken
