"""Figures of a business case: what is put in, and what comes out with its band."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen


class Banded(Frozen):
    """A figure at the middle of every input, and where it lies in nine of ten draws."""

    value: Figure
    """Null where it is unknown or not defined."""
    lo: Figure = None
    """One of twenty draws is lower; null where nothing uncertain moves it."""
    hi: Figure = None
    """One of twenty draws is higher; null beside a known `lo` where it has no end, as a payback that never comes."""
    mean: Figure = None
    """Over the draws; null where nothing uncertain moves it."""


class CaseInput(Frozen):
    """A number that the case rests on."""

    key: str
    """Its place in the scenario, as options.build.costs.engineers.per_month; of a plan, options.build.plans.0."""
    text: str
    """What it is, in words."""
    unit: Literal["usd", "usd/month", "usd/year", "usd/unit", "count", "share", "share/year", "hours", "months", "kW"]
    value: Figure
    """Its middle (median): what all figures without a band are reckoned with."""
    lo: Figure = None
    """5 %; null where it is known."""
    hi: Figure = None
    """95 %."""
    form: str = ""
    """triangular, uniform, normal, lognormal, values, or plan; empty of a known number."""
    written: list[float] = Field(default_factory=list)
    """Its parameters as they were written; of values none."""
    source: str
    """Who says so, or which plan; of a default that it is one; empty where nobody is named."""
    tag: str
    """Evidence: U the user's own, P a plan's, E a default."""


class CashLine(Frozen):
    """One line of an option's cash flow: an amount, and what makes of it what is paid in each month.

    What is paid in month t is amount x (1 + growth_per_year)^(s/12) x (1 - decline_per_year)^(s/12) x driver(t), in the
    months from `first` to `last` in steps of `every`, and 0 in others; s is t - 1 of what is paid by the month, t of
    what is paid once or every so often. driver(t) is 1, or today's predictions, users or revenue of a month, times
    demand's growth (1 + g)^((t - 1)/12). A cost at full features is that over `parity`.
    """

    option: str
    name: str
    category: str
    side: Literal["cost", "income"]
    amount_usd: Figure
    """At the middle of its inputs; of a driver per unit of it (per dollar of revenue). Below 0 is what machines are
    sold for: it is taken off the cost."""
    driver: Literal["", "demand", "predictions", "users", "revenue"]
    """demand: 1 today, and grows as demand does."""
    first: int
    last: int
    every: int
    """1 by the month; 0 once, in the month `first`."""
    growth_per_year: float
    decline_per_year: float
    parity: float
    """Part of the features needed that the option has; 1 of income, whose amount is what it is."""
    keys: list[str]
    """Of the inputs that it rests on."""
    total_usd: Banded
    """Over the horizon, positive whether it is paid or received, negative of machines that are sold; as it is paid,
    before parity."""
    present_usd: Figure
    """The same, discounted."""
    source: str
