"""What to change, and what it would have saved on the history; and what came of earlier advice."""

from planner.spend.advice.advising import advice_of
from planner.spend.advice.realised import realised_of

__all__ = ["advice_of", "realised_of"]
