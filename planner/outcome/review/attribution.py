"""Whose spend is whose, and the statement that each gets."""

from typing import Literal

from planner.outcome.configuration import Figure, Frozen

Way = Literal["direct", "to", "fixed", "proportional", "activity", "unattributed"]


class Part(Frozen):
    """An amount, and by which rule."""

    rule: str
    """Name of the scenario's rule; `tag` where the charge says itself whose it is, empty where nothing does."""
    way: Way
    billed_usd: float
    effective_usd: float


class Statement(Frozen):
    """What a value of a dimension is charged for a month."""

    dimension: str
    value: str
    """Empty for what is unattributed."""
    month: str
    billed_usd: float
    effective_usd: float
    parts: list[Part]
    """They make the amounts above."""
    lines: list["StatementLine"]
    """The same amounts by service."""
    before_usd: Figure = None
    """Effective cost in the month before; null where there is none."""
    gpu_hours: Figure = None


class StatementLine(Frozen):
    """A line of a statement."""

    service: str
    what: str
    """Card or meter, where there is one."""
    quantity: Figure
    unit: str
    billed_usd: float
    effective_usd: float


class Attributed(Frozen):
    """One dimension over the month: attributed + unattributed = billed, to the cent."""

    dimension: str
    billed_usd: float
    attributed_usd: float
    unattributed_usd: float
    effective_usd: float
    values: list["Value"]
    """The largest first; the unattributed is among them."""
    missing: list["MissingTag"]
    """Where what is unattributed comes from, the largest first."""


class Value(Frozen):
    """A value of a dimension."""

    value: str
    billed_usd: float
    effective_usd: float
    before_usd: Figure = None
    """Effective cost of the month before, of as many days where this month is not over."""
    share: Figure = None
    """Of the month's effective cost."""


class MissingTag(Frozen):
    """Charges that nothing tells whose they are."""

    provider: str
    service: str
    resource: str
    billed_usd: float


class MonthTotal(Frozen):
    """A month's spend."""

    month: str
    days: int
    """With charges."""
    whole: bool
    """Whether the month is over, and every source covers it."""
    billed_usd: float
    effective_usd: float
    list_usd: Figure
    credits_usd: float
    """Credits and refunds, negative."""
    commitment_unused_usd: float
    by_team: dict[str, float]
    """Team → effective cost; empty for what is unattributed."""


class DayTotal(Frozen):
    """A day's spend by team."""

    day: str
    effective_usd: float
    by_team: dict[str, float]
