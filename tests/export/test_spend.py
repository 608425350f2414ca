"""A review as the `Spend` document that budgets of policies count."""

from typing import Any

import pytest

from planner.errors import InputError
from planner.outcome.review import Review
from planner.policy.reading import read_governance
from tests.export.asking import exported
from tests.report.review.made_review import made_review, partial_review


def spent(review: Review) -> tuple[str, bytes, list[str]]:
    made = exported("spend", review)
    ((name, content),) = made.files.items()
    return name, content, list(made.told)


def with_teams(**usd: float) -> Review:
    review = made_review()
    months = [
        one.model_copy(update={"by_team": {"" if team == "nobody" else team: amount for team, amount in usd.items()}})
        for one in review.months
    ]
    return review.model_copy(update={"months": months})


def spend_of(content: bytes, name: str) -> Any:
    (written,) = read_governance([(f"policies/{name}", content)]).spends
    return written.value


@pytest.mark.parametrize("review", [made_review(), partial_review()], ids=["whole", "partial"])
def test_policies_read_what_is_written(review: Review) -> None:
    name, content, _ = spent(review)
    spend = spend_of(content, name)
    assert (name, spend.month) == (f"spend-{review.month}.yaml", review.month)
    assert spend.as_of < review.as_of
    assert spend.as_of.startswith(review.month)
    month = next(one for one in review.months if one.month == review.month)
    assert {one.team: one.usd for one in spend.entries} == {
        team: round(amount, 2) for team, amount in month.by_team.items() if team
    }


def test_what_is_left_out_is_told() -> None:
    name, content, told = spent(with_teams(research=10.004, nobody=5, data=-3))
    assert [(one.team, one.usd) for one in spend_of(content, name).entries] == [("data", 0.0), ("research", 10.0)]
    assert told == [
        "data has more credits than spend (-$3.00); it counts as $0.00",
        "$5.00 is attributed to no team, and is not in it",
    ]


def test_what_cannot_be_a_spend_document_is_refused() -> None:
    with pytest.raises(InputError, match=r"nothing of .* is attributed to a team"):
        spent(with_teams(nobody=5))
    with pytest.raises(InputError, match=r"entries\.0\.team"):
        spent(with_teams(**{"x" * 300: 5.0}))
