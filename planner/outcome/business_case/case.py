"""A whole business case."""

from typing import Literal

from pydantic import Field

from planner.outcome.business_case.comparisons import BuildOrBuy, HourTable, ScaleResult, ScenarioResult, TornadoChart
from planner.outcome.business_case.figures import CaseInput
from planner.outcome.business_case.options import OptionResult
from planner.outcome.configuration import Figure
from planner.outcome.findings import Assumption, Source
from planner.outcome.plan import PlanHead


class Case(PlanHead):
    """A whole business case: what each option costs, brings and returns, and which to take.

    Money is in USD. Month 0 is now; flows of month t are discounted by (1 + monthly rate)^t.
    """

    kind: Literal["BusinessCase"]
    months: int
    """The horizon."""
    discount_rate_per_year: float
    discount_rate_per_month: float
    """(1 + yearly)^(1/12) - 1."""
    demand_by_month: dict[str, list[Figure]]
    """predictions, users → of each month from 1 on; left out where not told."""
    revenue_by_month_usd: list[Figure]
    """Of each month from 1 on; empty without revenue."""
    demand_growth_per_year: Figure
    price_decline_per_year: Figure
    inputs: list[CaseInput]
    options: list[OptionResult]
    """As written."""
    baseline: str
    """Empty where there is none."""
    decision: BuildOrBuy | None
    """Null where nothing is compared."""
    cheapest: str
    """Option of the least present cost at full features."""
    weights: dict[str, float] = Field(default_factory=dict)
    """Factor → its part of all weights."""
    tornado: TornadoChart | None
    """Null where nothing is uncertain."""
    draws: int
    """0 where nothing is uncertain."""
    seed: int
    scenarios: list[ScenarioResult]
    hours: HourTable | None
    scale: list[ScaleResult]
    assumptions: list[Assumption]
    warnings: list[str]
    sources: list[Source]
