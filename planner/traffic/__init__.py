"""What is asked of a model over a week: from numbers, or measured from a log of requests."""

from planner.traffic.conversation import Conversation
from planner.traffic.lengths import TokenLengths
from planner.traffic.reading import read_traffic
from planner.traffic.shapes import SHAPES, weekly_weights
from planner.traffic.told import told_traffic
from planner.traffic.traffic import LogFacts, Repeats, Shares, Times, Traffic

__all__ = [
    "SHAPES", "Conversation", "LogFacts", "Repeats", "Shares", "Times", "TokenLengths", "Traffic",
    "read_traffic", "told_traffic", "weekly_weights",
]  # fmt: skip
