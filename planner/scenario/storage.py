"""What a scenario keeps on disk beside the run, and what its account sends out."""

from typing import Annotated

from pydantic import Field

from planner.scenario.blocks import Block
from planner.scenario.quantities import Gib, Hours


class Storage(Block):
    """What stays on disk before and after the run, and what was sent out already; all of it is part of the cost."""

    keep_checkpoints: Annotated[int, Field(ge=1, le=1000)] = 2
    """Checkpoints on disk at a time, which also stay for as long as `retain` says."""
    retain_hours: Hours | None = Field(default=None, alias="retain")
    """How long the checkpoints stay after the run, such as 90 days; left out, they go with the machine."""
    cache_hours: Hours | None = Field(default=None, alias="cache")
    """Weights and prepared data stayed on disk since the run before, that long ago, such as 7 days: their storage in
    between is paid for, and this run reads them there instead of downloading and preparing them."""
    sent_this_month_gib: Gib | None = Field(default=None, alias="sent_this_month")
    """What the account sent to the internet this month before the job, such as 2 TB: prices per GB fall with it, and
    what a provider gives away may be left. Left out, exactly what is given away is taken as used up."""
