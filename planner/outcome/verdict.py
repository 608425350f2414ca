"""What policies say of plans and changes: one verdict for each rule and what it was held against."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen
from planner.outcome.difference import Difference, Place

Severity = Literal["deny", "warn", "info"]
Result = Literal["pass", "info", "warn", "deny", "excepted"]


class Verdict(Frozen):
    """One rule held against one scenario, team or change."""

    policy: str
    """Name of the policy document."""
    rule: str
    """Name of the rule in it."""
    severity: Severity
    """What the rule says a breach is."""
    result: Result
    """What came of it; a breach that an exception covers is `excepted`."""
    subject: str
    """What was judged: a scenario's path, `team ml-platform`, `the whole change`."""
    scenario: str = ""
    """Path of the scenario, where one is judged."""
    figure: str = ""
    """The figure, as the rule names it."""
    value: Figure = None
    """Its value; null where it is unknown or no number."""
    limit: Figure = None
    value_text: str = ""
    """The value as a person reads it."""
    limit_text: str = ""
    message: str
    """The verdict in one sentence, with figure and limit."""
    fix: str = ""
    """What would make it pass."""
    place: Place
    """Where the rule or its limit is written."""
    cause: Place | None = None
    """The line of the scenario that set the figure."""
    exception: str = ""
    """The exception that covers a breach, or that would if it had not expired, in words."""


class BudgetState(Frozen):
    """A budget with what is spent and what this adds."""

    policy: str
    budget: str
    """Name of the budget."""
    who: str
    """`team ml-platform`, `cost centre cc-104`, `everyone`."""
    month: str
    """YYYY-MM; empty for a budget without a period."""
    limit_usd: float
    spent_usd: Figure
    """Month to date, from committed files; null where none covers it."""
    spent_as_of: str = ""
    planned_usd: Figure
    """What the scenarios judged here would add."""
    planned_at_least: bool = False
    """Whether that is a lower bound, since a fee or minimum of a managed service in it is not known."""
    share: Figure
    """(spent + planned) / limit."""
    share_before: Figure = None
    """spent / limit."""
    reached: list[float] = Field(default_factory=list)
    """Alert levels at or below `share`, as shares."""
    crossed: list[float] = Field(default_factory=list)
    """Those that this adds: above `share_before`."""
    place: Place


class ApprovalState(Frozen):
    """An approval that the amount asks for."""

    policy: str
    scenario: str
    amount_usd: float
    needed_from: list[str]
    """Anyone of these may approve."""
    approved_by: str = ""
    """Who did; empty while it is open."""
    file: str = ""
    """The approval."""
    text: str
    place: Place


class Judgement(Frozen):
    """All verdicts, and the one that counts."""

    result: Literal["pass", "warn", "deny"]
    """deny if any rule denies; warn if any warns."""
    verdicts: list[Verdict]
    """Breaches first, by severity; rules that pass last."""
    budgets: list[BudgetState] = Field(default_factory=list)
    approvals: list[ApprovalState] = Field(default_factory=list)
    policies: list[str] = Field(default_factory=list)
    """Files the rules come from."""
    policies_from: str = ""
    """The revision that policies were read at, in words."""
    warnings: list[str] = Field(default_factory=list)


class Check(Frozen):
    """A change, or plans alone, and what the policies say: what `planner check` writes and comments are made of."""

    api_version: Literal["planner/v1"] = "planner/v1"
    kind: Literal["Check"] = "Check"
    difference: Difference
    """For plans without a base every scenario counts as added."""
    judgement: Judgement
