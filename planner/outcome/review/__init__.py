"""The types of a review of spend: what the kind SpendReview fills, and what reports and exports read."""

from planner.outcome.review.review import Review

__all__ = ["Review"]
