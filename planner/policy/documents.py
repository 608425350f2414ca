"""The documents of a governance as people write them: policies, exceptions, approvals, spend."""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from planner.decision_names import DecisionName
from planner.policy.notify import NotifyTarget
from planner.policy.rule_blocks import Limit, Pattern, Rule, Scope, Severity, Unknown
from planner.scenario.blocks import Block, FileName, Name, Slug
from planner.scenario.quantities import Hours, Level, Money, Spent


def _day(text: str) -> str:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        message = f"{text} is no day of the calendar"
        raise ValueError(message) from None
    return text


Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]
"""A day, as 2026-03-31."""
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Governing = Literal["policy", "exception", "approval", "spend"]
ALERTS = (0.5, 0.75, 0.8, 0.9, 1.0, 1.1)


class PolicyMetadata(Block):
    """What the policy is called and who answers for it."""

    name: Slug
    """Short name; exceptions name it."""
    owner: Name | None = None
    """Person or group to ask."""


class Budget(Block):
    """An amount that jobs share, with what was spent already."""

    name: Slug
    """Short name, for messages and exceptions."""
    per: Literal["job", "team", "cost_centre", "everyone"]
    """Who has the amount: every job by itself, every team, every cost centre, or all together."""
    where: Scope | None = None
    """Scenarios that it is for; {team: ml-platform} makes a budget of that team."""
    amount_usd: Money = Field(alias="amount")
    """The amount, such as $5,000."""
    period: Literal["month", "total"] = "month"
    """Whether the amount is there anew every month. What is served counts with a month of it; in a total it is unknown.
    """
    counts: Literal["changed", "all"] = "changed"
    """Whose cost is added to what was spent: scenarios that the change adds or changes, or all there are."""
    alerts: Annotated[list[Level], Field(max_length=20)] = Field(default_factory=lambda: list(ALERTS))
    """Levels to tell of when they are reached, as shares of the amount."""
    alert: Literal["warn", "info"] = "warn"
    """What crossing a level is."""
    deny_at: Level = 1.0
    """Share of the amount from which on more is a breach."""
    severity: Severity = "deny"
    """What a breach is."""
    unknown_spend: Unknown = "warn"
    """What it is when nobody says what was spent; what is planned is judged all the same."""

    @model_validator(mode="after")
    def _spend_can_tell(self) -> "Budget":
        if (
            self.per != "job"
            and self.where
            and (self.where.name or self.where.path or self.where.labels or self.where.kind)
        ):
            message = "spend is known by team and cost centre only; a budget by name, path, label or kind is `per: job`"
            raise ValueError(message)
        return self


class ApprovalLevel(Block):
    """Who approves from an amount on."""

    above_usd: Spent = Field(alias="above")
    """Amount above which an approval is needed."""
    from_: Annotated[list[Name], Field(min_length=1, max_length=100)] = Field(alias="from")
    """Who may give it; one of them is enough."""


class Approvals(Block):
    """Which amounts need an approval, and whose."""

    required: bool = True
    """Whether a missing approval denies; otherwise it warns."""
    counts: Literal["cost", "increase"] = "cost"
    """What needs approval: the cost of a new or changed job, or what the change adds to it."""
    where: Scope | None = None
    """Scenarios that it is for; left out, all."""
    levels: Annotated[list[ApprovalLevel], Field(min_length=1, max_length=20)]
    """Who approves from which amount on; the highest level below the amount counts."""

    @field_validator("levels")
    @classmethod
    def _rising(cls, levels: list[ApprovalLevel]) -> list[ApprovalLevel]:
        amounts = [level.above_usd for level in levels]
        if sorted(set(amounts)) != amounts:
            message = "levels must rise: each `above` more than the one before"
            raise ValueError(message)
        return levels


class LockRules(Block):
    """What the locks of scenarios must be like."""

    required: bool = False
    """Whether every scenario must have a lock that fits it."""
    max_age_hours: Hours | None = Field(default=None, alias="max_age")
    """Age of its prices from which a lock is stale, such as 30 d."""
    severity: Severity = "deny"
    """What a missing or stale lock is. One that was edited is always denied."""


class Trust(Block):
    """What a pull request may bring along and have it count at once."""

    same_change: Annotated[list[Governing], Field(max_length=4, json_schema_extra={"uniqueItems": True})] = Field(
        default_factory=list
    )
    """Kinds of documents: policy, exception, approval, spend. All policies together allow what each allows; a lock
    always comes with its scenario, and counts where it is what this planner would write."""


class Policy(Block):
    """Rules that plans and changes are held against. They count as they stand at the base of a pull request."""

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["Policy"]
    """What this file is."""
    metadata: PolicyMetadata
    decision: DecisionName | None = None
    """Which decision of a plan is judged: knee (default), cheapest, fastest, best or greenest."""
    rules: Annotated[list[Rule], Field(max_length=500)] = Field(default_factory=list)
    """Limits, lists of what is allowed, least confidence, what a change may not do."""
    budgets: Annotated[list[Budget], Field(max_length=200)] = Field(default_factory=list)
    """Amounts that jobs share."""
    approvals: Approvals | None = None
    """Which amounts need an approval; left out, none."""
    lock: LockRules | None = None
    """What locks must be like."""
    infeasible: Severity = "deny"
    """What a scenario is for which nothing is feasible."""
    unreadable: Severity = "deny"
    """What a scenario is that cannot be read or planned."""
    ignore: Annotated[list[Pattern], Field(max_length=100)] = Field(default_factory=list)
    """Paths outside of the folder of scenarios, with wildcards, that hold some which nobody runs: tests/*."""
    trust: Trust = Trust()
    notify: Annotated[list[NotifyTarget], Field(max_length=50)] = Field(default_factory=list)
    """Who is told of events."""


class PolicyException(Block):
    """A breach that is accepted for a while, with the reason; committed and reviewed like the policy."""

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["PolicyException"]
    """What this file is."""
    policy: Slug
    """Name of the policy."""
    rules: Annotated[list[Pattern], Field(min_length=1, max_length=100)]
    """Names of its rules and budgets, or infeasible, unreadable, approvals, lock; with wildcards."""
    scenarios: Annotated[list[Pattern], Field(min_length=1, max_length=500)] | None = None
    """Paths or names of scenarios that it covers, with wildcards. A name counts only for the file that bore it before a
    change; a path always does."""
    teams: Annotated[list[Pattern], Field(min_length=1, max_length=100)] | None = None
    """Teams whose scenarios it covers, with wildcards; a changed scenario must have been of them before too."""
    until: Day
    """Last day on which it counts, as 2026-03-31."""
    justification: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)]
    """Why, in a sentence."""
    owner: Name
    """Who answers for it."""
    limit: Limit | None = None
    """A limit that counts instead: the exception then covers values up to it only."""

    @model_validator(mode="after")
    def _for_somebody(self) -> "PolicyException":
        if self.scenarios is None and self.teams is None:
            message = 'name scenarios or teams; `scenarios: ["*"]` is all of them'
            raise ValueError(message)
        return self


class Approval(Block):
    """Somebody's word that a scenario may cost an amount."""

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["Approval"]
    """What this file is."""
    scenario: FileName
    """Path of the scenario from the repository's root, or its name, which counts only for the file that bore it before
    a change."""
    approver: Name
    """Who approves, as the policy names them."""
    up_to_usd: Money = Field(alias="up_to")
    """Most that is approved, such as $450."""
    date: Day
    """Day it was given."""
    until: Day
    """Last day on which it counts."""
    note: Sentence | None = None
    """What else there is to say."""

    @model_validator(mode="after")
    def _ordered(self) -> "Approval":
        if self.until < self.date:
            message = f"ends on {self.until}, before it was given"
            raise ValueError(message)
        return self


class SpendEntry(Block):
    """What one team, cost centre or job has spent."""

    team: Name | None = None
    """Team whose budget paid."""
    cost_centre: Name | None = None
    """Cost centre that was charged."""
    scenario: FileName | None = None
    """Path or name of the scenario, where the money went to one job."""
    usd: Spent
    """Amount, such as $1,234.50; 0 says that nothing was spent."""


class SpendFigures(Block):
    """Month to date: everything that was spent in a month up to a day."""

    month: Month
    """The month, as 2026-03."""
    as_of: Day
    """Day up to which it is counted."""
    entries: Annotated[list[SpendEntry], Field(max_length=10_000)]
    """Amounts; what stands in several entries is added up."""
    source: Sentence | None = None
    """Where the figures come from."""

    @model_validator(mode="after")
    def _in_its_month(self) -> "SpendFigures":
        if self.as_of < f"{self.month}-01":
            message = f"counted up to {self.as_of}, before {self.month} began"
            raise ValueError(message)
        return self


class Spend(SpendFigures):
    """Month to date: everything that was spent in a month up to a day; budgets add what is planned to it."""

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["Spend"]
    """What this file is."""
