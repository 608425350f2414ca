"""What a module of advice finds, before it is judged and told."""

import datetime
from dataclasses import dataclass
from typing import Final, Literal

from planner.catalog.rows import Floats
from planner.outcome.review.advice import AdviceKind

Trust = Literal["high", "medium", "low"]
TRUSTS: Final[tuple[Trust, ...]] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Touched:
    """Whose money a saving is."""

    items: frozenset[str] = frozenset()
    """`run r1`, `resource vm-1`, `deployment chat`."""
    cards: frozenset[str] = frozenset()
    """`aws h100-80gb-sxm`: cards on which it was spent."""
    whole_cards: bool = False
    """All that was spent on them, whatever the items."""

    def overlaps(self, other: "Touched") -> bool:
        """Whether some of the money is the same."""
        whole = self.whole_cards or other.whole_cards
        return bool(self.items & other.items) or (whole and bool(self.cards & other.cards))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A change, and what it would have saved on the history."""

    kind: AdviceKind
    about: str
    text: str
    savings_usd: Floats
    """By run or by week: what is resampled for the band; their sum is the saving."""
    first: datetime.date
    end: datetime.date
    """The day after the last."""
    steps: tuple[str, ...]
    risk: str
    basis: str
    touched: Touched
    hours_saved: float | None = None
    at_most: Trust = "high"
    """Confidence is no higher, however long the history: what else is uncertain."""

    @property
    def saving_usd(self) -> float:
        """Over the whole of it."""
        return float(self.savings_usd.sum())

    @property
    def days(self) -> int:
        """That the saving is of."""
        return max((self.end - self.first).days, 1)
