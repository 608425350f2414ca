"""Numbers that are not known for sure: a number, or how it is spread."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, FileName, Name, Question
from planner.scenario.quantities import Count, Margin, Share, Spent, UnitPrice, Yearly

T = TypeVar("T")


class Spread(Block, Generic[T]):
    """How a number is spread: exactly one way."""

    triangular: Annotated[list[T], Field(min_length=3, max_length=3)] | None = None
    """Lowest, most likely and highest value."""
    uniform: Annotated[list[T], Field(min_length=2, max_length=2)] | None = None
    """Lowest and highest value, all between as likely."""
    normal: Annotated[list[T], Field(min_length=2, max_length=2)] | None = None
    """Where nine of ten values lie, bell-shaped: one of twenty is lower, one of twenty higher."""
    lognormal: Annotated[list[T], Field(min_length=2, max_length=2)] | None = None
    """The same for what is multiplied together and never negative: prices, costs, demand."""
    values: Annotated[list[T], Field(min_length=2, max_length=10_000)] | None = None
    """Values that were seen, each as likely as the others."""
    file: FileName | None = None
    """CSV with such values, by its path from here."""
    column: Name | None = None
    """Column of the file; left out where it has only one."""
    source: Question | None = None
    """Who says so."""

    @model_validator(mode="after")
    def _one_way(self) -> "Spread[T]":
        ways = [name for name in ("triangular", "uniform", "normal", "lognormal", "values", "file")
                if getattr(self, name) is not None]  # fmt: skip
        if len(ways) != 1:
            told = f"{ways[0]} and {ways[1]} are two" if ways else "none is given"
            message = f"a spread has exactly one of triangular, uniform, normal, lognormal, values and file: {told}"
            raise ValueError(message)
        if self.column is not None and self.file is None:
            message = "column is of a file, and none is named"
            raise ValueError(message)
        return self


class MoneySpread(Spread[Spent]):
    """How an amount of money is spread."""


class UnitPriceSpread(Spread[UnitPrice]):
    """How the price of one of something is spread."""


class CountSpread(Spread[Count]):
    """How a number of things is spread."""


class ShareSpread(Spread[Margin]):
    """How a part of a whole is spread."""


class YearlySpread(Spread[Yearly]):
    """How a yearly change is spread."""


AnyMoney = Spent | MoneySpread
AnyUnitPrice = UnitPrice | UnitPriceSpread
AnyCount = Count | CountSpread
AnyShare = Margin | ShareSpread
AnyYearly = Yearly | YearlySpread
AnyParity = Share | ShareSpread
