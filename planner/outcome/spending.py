"""Budgets and what was spent, read from the documents that govern plans: plain data for reports."""

from pydantic import Field

from planner.outcome.configuration import Frozen
from planner.outcome.verdict import BudgetState


class SpendDocument(Frozen):
    """A month of which a committed document says what was spent."""

    month: str
    """YYYY-MM."""
    as_of: str
    """Day up to which it is counted."""
    file: str
    source: str = ""


class SpendAmount(Frozen):
    """One amount that was spent in a month."""

    month: str
    team: str | None = None
    cost_centre: str | None = None
    scenario: str | None = None
    """Path or name of the scenario, where the money went to one job."""
    usd: float


class SharedBudget(Frozen):
    """A budget as it stands for one of those who have it."""

    per: str
    """`job`, `team`, `cost_centre` or `everyone`."""
    key: str | None
    """The path, team or cost centre; null for everyone, and for those who name none."""
    state: BudgetState
    highest: float | None = None
    """Its highest alert level, as a share; null where it is not told."""


class Spending(Frozen):
    """What was spent and what may be, as of one day."""

    today: str
    """Day that the current month and budgets are counted at, as 2026-03-31."""
    documents: list[SpendDocument] = Field(default_factory=list)
    """One for each month that is known."""
    amounts: list[SpendAmount] = Field(default_factory=list)
    budgets: list[SharedBudget] = Field(default_factory=list)
    """Budgets that somebody shares; of those that every job has for itself the ones that reach an alert level."""
    policies: list[str] = Field(default_factory=list)
    """Files the budgets come from."""
