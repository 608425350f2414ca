"""Lines of a case: an amount, and the form by which it becomes what is paid in each month (see CashLine)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.finance.levels import MONTHS_PER_YEAR

Values = Mapping[str, Floats]
"""Input → (draws,) values, or (1,) where all draws have the same."""
Amount = Callable[[Values], Floats]
"""(draws,) or (1,) USD."""
Driver = Literal["", "demand", "predictions", "users", "revenue"]


@dataclass(frozen=True, slots=True)
class Form:
    """When something is paid and what moves it; lines of one form add up before they become months."""

    first: int
    last: int
    every: int
    growth: str
    """Key of its yearly growth; empty of none."""
    decline: str
    """Key of the yearly fall of its price; empty of none."""
    driven: bool
    """Whether it grows as demand does."""

    def months(self, horizon: int) -> Ints:
        """Those in which it is paid, none beyond the horizon."""
        last = min(self.last, horizon)
        if self.every == 0:
            return np.arange(self.first, last + 1)[:1]
        return np.arange(self.first, last + 1, self.every)

    def years(self, months: Ints) -> Floats:
        """Years by which its amount has moved in a month: s/12, s = t - 1 by the month, else t."""
        return (months - (1 if self.every == 1 else 0)) / MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an option."""

    option: str
    name: str
    category: str
    side: Literal["cost", "income"]
    amount: Amount
    """Today's, of a driver per unit of it."""
    keys: tuple[str, ...]
    """Of the inputs that the amount is made from."""
    first: int
    last: int
    every: int = 1
    driver: Driver = ""
    growth: str = ""
    """Key of its yearly growth; empty of none."""
    decline: str = ""
    """Key of the yearly fall of its price; empty of none."""
    source: str = ""
    overlooked: bool = False
    """Whether it is one of those that are easily overlooked."""
    sold: bool = False
    """Whether it is what machines are sold for: an amount below 0 among the costs, so that these are net of it."""

    @property
    def form(self) -> Form:
        """When it is paid and what moves it."""
        return Form(self.first, self.last, self.every, self.growth, self.decline, self.driver != "")


def of_input(key: str, times: float = 1.0) -> Amount:
    """An input, as often as said."""

    def amount(values: Values) -> Floats:
        return values[key] * times

    return amount
