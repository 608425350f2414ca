"""The reviews made by hand, and what their reports print, each made once for all tests of a process."""

from functools import cache
from typing import Final

from planner.outcome.review import Review
from planner.report.data.review import ReviewData
from planner.report.review.page import review_data
from tests.report.review.made_review import (
    crowded_review,
    empty_review,
    first_month,
    hostile_review,
    made_review,
    partial_review,
)

REVIEWS: Final = {
    "made": made_review, "partial": partial_review, "first": first_month, "empty": empty_review,
    "hostile": hostile_review, "crowded": crowded_review,
}  # fmt: skip


@cache
def review_of(name: str) -> Review:
    """One of them."""
    return REVIEWS[name]()


@cache
def data_of(name: str) -> ReviewData:
    """What its report prints."""
    return review_data(review_of(name))
