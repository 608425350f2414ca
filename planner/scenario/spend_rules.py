"""By what a review tells spend apart, and how shared spend is split."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from planner.scenario.blocks import Block, Name, Slug
from planner.scenario.quantities import Share

DIMENSIONS = ("team", "project", "model", "tenant", "feature")
"""What every review can tell spend apart by; a scenario may add more."""
CHARGE_COLUMNS = (
    "source", "provider", "billing_account", "sub_account", "service", "service_category", "category", "class",
    "pricing_category", "region", "resource", "resource_name", "resource_type", "sku", "meter", "gpu", "description",
)  # fmt: skip
"""Columns of a charge, from the bill itself, that rules can ask for."""
TABLE_COLUMNS = (
    "actions", "billed", "billed_usd", "cached_tokens", "commitment_status", "contracted", "contracted_usd",
    "cost_from", "cost_usd", "day", "deployment", "effective", "effective_usd", "egress_gib", "ended", "epochs",
    "failed", "gpu_count", "gpu_hours", "higher_is_better", "hour", "input_tokens", "job", "latency_p95_ms", "list",
    "list_usd", "method", "metric", "month", "output_tokens", "place", "quantity", "repeated_tokens", "repeats",
    "replicas", "requests", "rows", "rule", "run", "samples", "scenario", "stack", "started", "status",
    "storage_gib", "tier", "tokens", "unit", "users", "value", "version",
)  # fmt: skip
"""Columns of runs, requests and deployments, beside which those of dimensions stand, and other names that are taken."""
Dimension = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


def _not_a_column(name: str) -> str:
    if name in CHARGE_COLUMNS or name in TABLE_COLUMNS:
        of = "the bill" if name in CHARGE_COLUMNS else "bills or logs"
        message = f"{name} is a column of {of}; call the dimension something else"
        raise ValueError(message)
    return name


OwnDimension = Annotated[Dimension, AfterValidator(_not_a_column)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A value; * and ? stand for any signs, upper and lower case are the same."""
Patterns = Pattern | Annotated[list[Pattern], Field(min_length=1, max_length=500)]
Where = Annotated[dict[Dimension, Patterns], Field(min_length=1, max_length=30)]
"""Dimension, or column of the bill → what it must be; all must hold, of several values any."""
By = Literal["cost", "gpu_hours", "requests", "tokens", "runs", "samples"]


class Told(Block):
    """Where the value of a dimension stands: the first of these that is there counts."""

    tags: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    """Keys of tags, the likeliest first; upper and lower case are the same."""
    columns: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)
    """Columns of the bill, as FOCUS calls them: SubAccountName, ResourceName."""
    same: Annotated[
        dict[Name, Annotated[list[Pattern], Field(min_length=1, max_length=200)]], Field(max_length=1000)
    ] = Field(default_factory=dict)
    """Value → other spellings of it: {research: [Research, rsch-*]}."""


class Rule(Block):
    """What becomes of charges: whose they are, or how they are split. The first rule that fits a charge counts."""

    name: Slug
    """Short name; statements name it beside each amount."""
    where: Where | None = None
    """Charges that it is for; left out, all that no earlier rule took and that name nobody themselves."""
    by: Dimension = "team"
    """Dimension whose values get the amount."""
    to: Name | None = None
    """direct: all of it is this one's."""
    fixed: Annotated[dict[Name, Share], Field(min_length=1, max_length=500)] | None = None
    """fixed: shares, which together make 1: {research: 60 %, product: 40 %}."""
    proportional: Literal["cost"] | None = None
    """proportional: in the ratio of what is theirs directly, in the same month."""
    activity: By | None = None
    """activity-based: in the ratio of their gpu_hours, requests, tokens, runs or samples, in the same month."""
    among: Annotated[list[Pattern], Field(min_length=1, max_length=500)] | None = None
    """proportional, activity: only these share it."""

    @model_validator(mode="after")
    def _one_way(self) -> "Rule":
        ways = [self.to, self.fixed, self.proportional, self.activity]
        if sum(way is not None for way in ways) != 1:
            message = "say one of to, fixed, proportional and activity"
            raise ValueError(message)
        if self.among is not None and self.proportional is None and self.activity is None:
            message = "`among` goes with proportional and activity"
            raise ValueError(message)
        if self.fixed is not None and abs(sum(self.fixed.values()) - 1.0) > 1e-9:
            message = f"the shares make {sum(self.fixed.values()):.6g}, not 1"
            raise ValueError(message)
        return self


class Attribution(Block):
    """Whose spend is whose.

    What carries a value of its own is attributed directly, by tag or column, unless a rule says otherwise; what nothing
    tells stays unattributed and is shown so.
    """

    dimensions: Annotated[dict[OwnDimension, Told], Field(max_length=20)] = Field(default_factory=dict)
    """team, project, model, tenant, feature and your own: where each is told. Left out, tags of that name."""
    rules: Annotated[list[Rule], Field(max_length=500)] = Field(default_factory=list)
    """Rules for what is shared, in order."""
