"""What a business case decides: build against buy, hours, scale, other courses of the world, and what it hangs on."""

from pydantic import Field

from planner.outcome.business_case.figures import Banded
from planner.outcome.business_case.options import Returns
from planner.outcome.configuration import Figure, Frozen


class CrossoverVolume(Frozen):
    """A volume at which one option becomes cheaper than the other."""

    predictions_per_month: float
    cheaper_above: str
    """Name of the option that is cheaper above it."""
    times_today: Figure
    """Of today's demand; null where that is unknown."""


class BuildOrBuy(Frozen):
    """The decision between two options."""

    build: str
    buy: str
    choice: str
    """Name of the option to take; empty where neither is better."""
    reason: str
    """In words."""
    saved_usd: Banded
    """Net present value of build less that of buy, each at full features and with its own income."""
    chance_build_wins: Figure
    """Probability that it is above 0; null where nothing is uncertain."""
    returns: Returns
    """Of build against buy."""
    crossovers: list[CrossoverVolume] = Field(default_factory=list)
    crossover_note: str = ""
    """Why there is none, or what it is reckoned with."""
    weighted_choice: str = ""
    """Name of the option with the higher score; empty where the case weighs no factors."""
    agrees: bool | None = None
    """Whether money and factors choose the same; null where the case weighs none."""


class Swing(Frozen):
    """What one input does to the figure of the tornado, all others at their middle."""

    key: str
    text: str
    unit: str
    input_lo: float
    """One of ten is lower."""
    input_hi: float
    result_lo_usd: Figure
    result_hi_usd: Figure
    share: Figure = None
    """Of the variance of the result that it explains (rank correlation, squared and normalised); null where unknown."""


class TornadoChart(Frozen):
    """What the decision hangs on."""

    of: str
    """Figure in words: net present value of build against buy."""
    middle_usd: Figure
    swings: list[Swing]
    """The widest first."""


class ScenarioResult(Frozen):
    """The case in another course of the world."""

    name: str
    demand_growth_per_year: Figure
    price_decline_per_year: Figure
    demand: float
    present_cost_usd: dict[str, Figure]
    """Option → present value of its cost, at full features."""
    npv_usd: dict[str, Figure]
    """Option → net present value against the baseline; null as in `Returns`."""
    choice: str
    """As in build against buy; empty where nothing is compared."""
    chance_build_wins: Figure


class HourPrice(Frozen):
    """An hour of a machine in one way to have it."""

    name: str
    usd_per_useful_hour: Figure
    """At the case's utilisation."""
    by_utilisation: list[Figure]
    break_even_utilisation: Figure
    """Share of use above which it is cheaper than on demand; null where it never is, 0 where it always is."""
    cheapest: bool


class HourTable(Frozen):
    """Ways to have an hour against each other, by how much of them is used."""

    utilisation: float
    grid: list[float]
    ways: list[HourPrice]
    switches: list[str] = Field(default_factory=list)
    """Where the cheapest way changes, in words."""
    decline: list["HourDecline"] = Field(default_factory=list)
    """Own hours against rent whose price falls."""


class HourDecline(Frozen):
    """Own hours against rent whose price falls each year by so much."""

    price_decline_per_year: float
    levelised_rent_usd_per_hour: Figure
    break_even_utilisation: Figure
    """Null where owning never pays."""
    months_until_rent_is_cheaper: Figure = None
    """Until rent has fallen to the cost of an own hour at the case's utilisation: 0 where it is cheaper from the start,
    null where it never falls that far."""


class ScalePoint(Frozen):
    """The cost of a month at a multiple of today's volume."""

    times: float
    volume: float
    usd_per_month: Banded
    """The band is that of the fitted exponent; none where it was given."""
    usd_per_unit: Figure
    fixed_share: Figure


class ScaleResult(Frozen):
    """What a larger scale costs."""

    name: str
    option: str
    """Empty where it is of no option."""
    exponent: Figure
    exponent_lo: Figure = None
    exponent_hi: Figure = None
    fixed_usd_per_month: float
    linear_usd_per_unit: float
    coefficient_usd: float
    fitted_points: int = 0
    """Of the history; 0 where the exponent was given."""
    points: list[ScalePoint]
    text: str
    """In a sentence: ten times the volume costs 6.3 times as much."""
