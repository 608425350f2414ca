"""`planner budget`: budgets of a review of spend, and the statements of what each team is charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from planner.cli.tables import printable, table
from planner.cli.verbs import Verbs
from planner.errors import InputError

if TYPE_CHECKING:
    from planner.cli.environment import Settings
    from planner.outcome.review import Review

VERBS: Final = {
    "status": "planner.cli.budget_status:status",
    "statement": "planner.cli.budget_statement:statement",
}
"""Verb → module and click command; a module is imported only when one of its verbs is used or listed."""


@click.group("budget", cls=Verbs, verbs=VERBS)
def command() -> None:
    """Budgets of a review of spend: how much of each is used, where it ends, and what each team is charged.

    Example: planner budget status reports/acme-spend
    """


def review_of(path: Path, settings: Settings) -> Review:
    """The review in a plan.json, or in the folder it lies in, or that of a scenario (.yaml), which is made now."""
    from planner.outcome.review import Review

    if path.suffix.lower() in (".yaml", ".yml"):
        return _made(path, settings)
    from planner.report.reading import read_outcome

    outcome = read_outcome(path)
    if not isinstance(outcome, Review):
        message = f"{path}: a plan of the kind {outcome.kind}; budgets and statements are those of a SpendReview"
        raise InputError(message)
    return outcome


def _made(path: Path, settings: Settings) -> Review:
    import datetime

    from planner.cli.prices_edge import today
    from planner.planning import ReviewReady, read_ready
    from planner.planning.reviewing import review_ready

    ready = read_ready(path, settings.load_catalog(), today=datetime.date.fromisoformat(today()))
    if not isinstance(ready, ReviewReady):
        message = f"{path}: a scenario of the kind {ready.scenario.kind}; budgets and statements are of a SpendReview"
        raise InputError(message)
    return review_ready(ready, settings.tracking_uri).review


def tabled(rows: Sequence[Mapping[str, str]], form: str, left: int) -> str:
    """Rows with the same columns as a table; in Markdown the first `left` are flush left and no name is markup."""
    if form != "markdown":
        return table(rows)
    from planner.report.printing import github_markdown

    return github_markdown.table(
        list(rows[0]), [[worded(cell, form) for cell in row.values()] for row in rows], left=left
    )


def worded(text: str, form: str) -> str:
    """A name or sentence that came from outside, harmless where it is printed."""
    if form != "markdown":
        return printable(text).replace("\n", " ")
    from planner.report.printing.github_markdown import inert

    return inert(text)
