"""What a business case is reckoned from, beside its scenario: costs that plans supply, and tables that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.scenario.case_lines import Category


@dataclass(frozen=True, slots=True)
class PlanAmount:
    """A part of what a plan costs; NaN bounds where it has no band."""

    category: Category
    usd: float
    """Of one run, or of a month."""
    usd_lo: float
    usd_hi: float
    """5 % and 95 %."""
    once: bool = False
    """Paid once, at the start, instead of each run or month: what levers of a Serving plan cost upfront."""


@dataclass(frozen=True, slots=True)
class PlanCosts:
    """What a plan supplies: of a FineTune scenario the cost of a run, of a Serving scenario that of a month."""

    text: str
    """In words: cheapest of support-bot: llama-3.1-8b by qlora on 1 x L4 at …, $12.30 a run."""
    path: str
    decision: str
    configuration: str
    """Id."""
    per: str
    """`run` or `month`."""
    amounts: tuple[PlanAmount, ...]
    predictions_per_month: float
    """Of a Serving scenario, the requests of a month that its cost is for; NaN of others."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Files that a case names, as they were read."""

    values: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Dotted place of a spread with a file → the values of its column."""
    histories: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    """Part of scale → (volume, cost in USD)."""
