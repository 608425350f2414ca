"""A job of a portfolio as policies see it: a scenario that is new, and whose it is."""

from typing import Final

from planner.outcome import Metadata, ScenarioDifference
from planner.outcome.portfolio import JobPlan

COSTING: Final = frozenset({"runs", "started"})
"""States of jobs whose cost is still to come, or comes now."""


def scenario_of(job: JobPlan) -> ScenarioDifference:
    """The job's scenario, of the job's team; where its own metadata is not known, with the job's name."""
    own = job.metadata or Metadata(name=job.name)
    metadata = own.model_copy(update={"team": job.team or None})
    return ScenarioDifference(
        path=job.scenario.path, name=metadata.name, kind=job.kind, metadata=metadata, change="added", before=None,
        after=None,
    )  # fmt: skip
