"""Lines of a business case: what an option costs and brings, once or month by month."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, FileName, Name, Question, Slug
from planner.scenario.quantities import Months
from planner.scenario.spreads import AnyCount, AnyMoney, AnyShare, AnyUnitPrice, AnyYearly

Category = Literal[
    "training", "inference", "storage", "processing", "annotation", "external_apis", "engineering", "infrastructure",
    "licences", "support", "hardware", "power", "colocation", "experiments", "debt", "compliance", "egress", "other",
]  # fmt: skip
"""What an amount is for."""
AMOUNTS = ("once", "per_month", "per_year", "per_prediction", "per_user", "of_revenue")
"""Keys of which a line has exactly one."""


class CaseLine(Block):
    """An amount: once, each month or year, for each prediction, user or dollar of revenue."""

    name: Name
    """What it is, once in its list."""
    once: AnyMoney | None = None
    """Paid or received once, in the month `at`."""
    at: Annotated[int, Field(ge=0, le=1200)] = 0
    """Month of `once`; 0 is now."""
    per_month: AnyMoney | None = None
    """Each month, at today's demand and prices."""
    per_year: AnyMoney | None = None
    """The same by the year, a twelfth each month."""
    per_prediction: AnyUnitPrice | None = None
    """For each prediction of `demand`."""
    per_user: AnyUnitPrice | None = None
    """For each user of `demand`, each month."""
    of_revenue: AnyShare | None = None
    """Part of the revenue, such as a fee of 3 %."""
    growth: AnyYearly | None = None
    """By how much the amount grows each year beside demand, such as salaries by 3 %; negative where it falls."""
    with_demand: bool = False
    """Of per_month and per_year: grows as demand does."""
    market_price: bool = False
    """Falls as market prices do: by `market.price_decline`, and by that of each scenario."""
    starts: Annotated[int, Field(ge=1, le=1200)] = 1
    """First month of what is paid each month."""
    ends: Annotated[int, Field(ge=1, le=1200)] | None = None
    """Last month of it; left out, the end of the horizon."""
    source: Question | None = None
    """Who says so; the report lists it among the assumptions."""

    @model_validator(mode="after")
    def _one_amount(self) -> "CaseLine":
        given = [key for key in AMOUNTS if getattr(self, key) is not None]
        if len(given) != 1:
            told = f"{given[0]} and {given[1]} are two" if given else "none is given"
            message = f"a line has exactly one of {', '.join(AMOUNTS)}: {told}"
            if {"per_month", "per_year"} <= set(given):
                message = "a line has one amount: per_month and per_year are two"
            raise ValueError(message)
        if self.ends is not None and self.ends < self.starts:
            message = f"it ends in month {self.ends}, before it starts in month {self.starts}"
            raise ValueError(message)
        if self.at and self.once is None:
            message = "at is the month of what is paid once; a line by the month starts with `starts`"
            raise ValueError(message)
        if self.once is not None and (self.with_demand or self.ends is not None or self.starts != 1):
            message = "what is paid once takes no with_demand, starts or ends; `at` is its month"
            raise ValueError(message)
        return self


class CostLine(CaseLine):
    """An amount that is paid."""

    category: Category
    """What it is for; tables add up by it."""


class CasePlan(Block):
    """A FineTune or Serving scenario whose plan supplies costs, so that the case follows the plan."""

    scenario: FileName
    """File of the scenario, by its path from here."""
    decision: Slug = "cheapest"
    """Which choice of its plan: cheapest, fastest, best, knee …; of a Serving plan cheapest_api too."""
    variant: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)
    """Named overrides of the scenario that are laid on it, in order."""
    runs_once: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """Of a FineTune scenario: runs at the start; left out with `runs_per_year`, one."""
    runs_per_year: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """Of a FineTune scenario: runs each year."""
    with_demand: bool = True
    """Of a Serving scenario: its cost grows as demand does, but for the runs that it is trained by. By how much less
    than demand is a matter of `scale`."""
    market_price: bool = True
    """Its cost falls as market prices do, but for labour and management."""


class Overlooked(Block):
    """Parts of the cost of owning that are easily overlooked."""

    engineer_per_month: AnyMoney | None = None
    """What an engineer costs a month, with all that comes on top of the salary."""
    build_engineer_months: AnyCount | None = None
    """Work until the first release."""
    operate_engineers: AnyCount | None = None
    """Full-time engineers who keep it running, such as 0.5."""
    salary_growth: AnyYearly | None = None
    """By how much salaries grow each year."""
    label: AnyUnitPrice | None = None
    """What one label costs."""
    labels_at_start: AnyCount | None = None
    labels_per_month: AnyCount | None = None
    experiments: AnyMoney | None = None
    """Machine time of the experiments that succeed, until the first release."""
    failed_share: AnyShare | None = None
    """Of all experiments, those that lead nowhere."""
    debt_share_per_year: AnyShare | None = None
    """Of the build, work on the debt it left, each year."""
    compliance_at_start: AnyMoney | None = None
    compliance_per_year: AnyMoney | None = None
    egress_gb_per_month: AnyCount | None = None
    egress_per_gb: AnyUnitPrice | None = None
    source: Question | None = None
    """Who says so."""


class OwnMachines(Block):
    """Hardware of one's own."""

    price: AnyMoney
    """Of all of it."""
    life: Months
    """Such as 4 years; it is bought again at the end of it, as long as the horizon lasts."""
    residual: AnyShare = 0.0
    """Part of the price that it brings at the end of its life; before, its worth falls evenly."""
    power_kw: AnyCount
    """Drawn while in use."""
    pue: Annotated[float, Field(ge=1, le=3)] = 1.3
    """Power of the site over that of its machines."""
    electricity_per_kwh: AnyUnitPrice
    idle_power_share: AnyShare = 1.0
    """Of its power, drawn while idle."""
    colocation_per_month: AnyMoney = 0.0
    staff_per_month: AnyMoney = 0.0
    utilisation: AnyShare = 1.0
    """Part of all hours that it is in use; moves power alone."""
    price_falls: bool = True
    """New machines are bought at a price that has fallen with the market."""
    source: Question | None = None
    """Who says so."""
