"""What the reviews of a week, a month and a quarter talk about: this period's facts, what to decide, who answers."""

from collections.abc import Iterable
from typing import Final

from planner.outcome.review import Review
from planner.report.data.review import ReviewAgenda
from planner.report.data.review_parts import Meeting, ReviewSection, Table, Topic
from planner.report.names import plural
from planner.report.review.decisions import decisions_of
from planner.report.review.monthly import monthly_topics
from planner.report.review.quarterly import quarterly_topics
from planner.report.review.weekly import weekly_topics
from planner.report.review.words import cell, columns

SHOWN: Final = 15
TOPICS: Final = 10
"""Topics of a meeting: more are no agenda."""


def agenda_of(review: Review) -> ReviewAgenda:
    """The agenda."""
    table = decisions_table(review)
    many = len(decisions_of(review))
    return ReviewAgenda(
        lead=f"{plural(many, 'decision')} to take; those about most money first." if many
        else "No number of this period asks for a decision.",
        decisions=table,
        meetings=(
            _meeting("weekly", "Every week", "Engineers and leads of the teams, 30 minutes", weekly_topics(review)),
            _meeting("monthly", "Every month", "Leads of the teams and finance, 60 minutes", monthly_topics(review)),
            _meeting("quarterly", "Every quarter", "Those who answer for budgets, 90 minutes",
                     quarterly_topics(review)),
        ),
    )  # fmt: skip


def _meeting(id_: str, title: str, for_whom: str, topics: Iterable[Topic]) -> Meeting:
    found = tuple(topics)
    return Meeting(
        id="weekly" if id_ == "weekly" else "monthly" if id_ == "monthly" else "quarterly", title=title,
        for_whom=for_whom, topics=found[:TOPICS],
        nothing="" if found else "Nothing of this period has to be talked about.",
    )  # fmt: skip


def agenda_section(review: Review) -> ReviewSection:
    """The decisions, for the page of a team."""
    table = decisions_table(review)
    lead = "The template spend-agenda prints the whole agenda of the next review."
    if table is None:
        return ReviewSection("agenda", "Decisions to take", f"There is none. {lead}", says=False)
    return ReviewSection("agenda", "Decisions to take", lead, says=True, tables=(table,))


def decisions_table(review: Review) -> Table | None:
    """What has to be decided, the most money first; None where there is nothing."""
    found = decisions_of(review)
    if not found:
        return None
    rows = tuple(
        (cell(one.question), cell(one.amount, one.period), cell(one.who), cell(one.facts)) for one in found[:SHOWN]
    )
    names = ("Decision", "About", "Who answers", "Numbers")
    return Table(
        "decisions", "Decisions to take", columns(*names, numbers=("About",)), rows,
        note=f"The {SHOWN} about most money, of {len(found):,}." if len(found) > SHOWN else "",
    )  # fmt: skip
