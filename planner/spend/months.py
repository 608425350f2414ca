"""Months and days, as a review counts them."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    number: int
    """From 1."""

    @staticmethod
    def of(day: datetime.date) -> "Month":
        """The month of a day."""
        return Month(day.year, day.month)

    @staticmethod
    def parse(text: str) -> "Month":
        """The month written as 2026-10."""
        return Month(int(text[:4]), int(text[5:7]))

    @property
    def first(self) -> datetime.date:
        """Its first day."""
        return datetime.date(self.year, self.number, 1)

    @property
    def end(self) -> datetime.date:
        """The day after its last."""
        return self.later(1).first

    @property
    def days(self) -> int:
        """How many it has."""
        return (self.end - self.first).days

    def later(self, months: int) -> "Month":
        """The month so many after it."""
        whole = self.year * 12 + self.number - 1 + months
        return Month(whole // 12, whole % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
