"""What each option of a business case costs, brings and returns."""

from pydantic import Field

from planner.outcome.business_case.figures import Banded, CashLine
from planner.outcome.configuration import Figure, Frozen


class CategoryCost(Frozen):
    """The cost of one category over the horizon."""

    category: str
    usd: Banded
    share: Figure
    """Of the option's cost."""
    usd_per_prediction: Figure
    usd_per_user_month: Figure
    usd_per_revenue_usd: Figure


class UnitTable(Frozen):
    """What one of something costs and leaves, month by month (index 0 is month 1)."""

    usd_per_prediction: list[Figure]
    usd_per_user: list[Figure]
    usd_per_revenue_usd: list[Figure]
    margin_share: list[Figure]
    """Of revenue, what is left after this option's cost."""
    margin_usd_per_user: list[Figure]
    margin_trend_per_month: Figure
    """By how much the margin moves a month, by least squares, in shares of revenue."""
    usd_per_prediction_trend_per_month: Figure
    unknown: list[str] = Field(default_factory=list)
    """What cannot be told, and why: no revenue in months 1 to 3."""


class Returns(Frozen):
    """What an option returns against another, or by its own income.

    Net flows are the other's cost less its own, and its income less the other's; costs at full features.
    """

    against: str
    """Name of the option it is held against; empty where its own income is its return."""
    net_usd: list[Figure]
    """By month, now first; money in is positive."""
    cumulative_usd: list[Figure]
    cumulative_lo_usd: list[Figure]
    cumulative_hi_usd: list[Figure]
    invested_usd: Figure
    """The deepest that cumulative flows go, as a positive amount; 0 where they never are negative."""
    benefit_usd: Figure
    """Sum of the net flows that follow."""
    npv_usd: Banded
    roi_percent: Banded
    """(benefit - cost) / cost (MISSION A7); value null where nothing is invested, with the reason in `notes`."""
    payback_months: Banded
    """Months until cumulative flows are positive for good, with the part of the last month; null where never."""
    discounted_payback_months: Banded
    break_even_month: int | None
    """The first month in which cumulative flows are 0 or more for good; null where never within the horizon."""
    irr_per_year: Figure
    """Null where there is none or more than one; `irr_note` says why."""
    irr_rates_per_year: list[float] = Field(default_factory=list)
    """All of them, where there are several."""
    irr_note: str = ""
    profitability_index: Figure = None
    chance_positive: Figure = None
    """Probability that the net present value is above 0; null where nothing is uncertain."""
    notes: list[str] = Field(default_factory=list)
    """What is not defined, and why, in words."""


class OptionResult(Frozen):
    """One option of the case."""

    name: str
    title: str
    role: str
    parity: Banded
    lines: list[CashLine]
    costs_by_month_usd: dict[str, list[Figure]]
    """Category → cost of each month, now first, positive, at full features; hardware is less what machines are sold
    for in the month."""
    income_by_month_usd: list[Figure]
    """The option's own income."""
    cost_usd: Banded
    """Over the horizon, at full features: its total cost of ownership, less what machines are sold for."""
    cost_as_is_usd: Banded
    """The same before parity."""
    present_cost_usd: Banded
    first_year_usd: Banded
    present_income_usd: Banded
    net_present_usd: Banded
    """Revenue and own income less cost, discounted; value null where there is no income at all."""
    overlooked_usd: Banded
    """Of the cost, what is easily overlooked."""
    breakdown: list[CategoryCost]
    """The dearest first."""
    units: UnitTable
    returns: Returns | None
    """Against the baseline; null of the baseline itself, and where there is neither baseline nor income."""
    weighted_score: Figure
    """0 to 10, by the factors' weights; null where the case has none or a score is missing."""
    scores: dict[str, Figure] = Field(default_factory=dict)
    follows: list[str] = Field(default_factory=list)
    """Plans that supply costs, in words: scenario, decision, configuration, figure."""
