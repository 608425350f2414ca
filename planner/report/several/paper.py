"""What paper shows of long lists of plans, teams and budgets: a stated rule, so that nobody takes it for the whole."""

from dataclasses import replace
from typing import Final

from planner.report.data.collection import Collection
from planner.report.sections.thinning import TABLE_ROWS

RULE: Final = (
    f"On paper a table has at most {TABLE_ROWS} rows: the dearest plans and teams, the fullest budgets. The page has "
    "them all."
)


def on_paper(data: Collection) -> Collection:
    """The same with tables that paper has room for, and a sentence on it where anything is left out."""
    spend, sentences = data.spend, data.sentences
    lists = (
        data.members,
        data.teams,
        data.cost_centres,
        data.models,
        spend.teams,
        spend.cost_centres,
        spend.budgets,
        spend.jobs,
    )
    if all(len(rows) <= TABLE_ROWS for rows in lists):
        return data
    dearest = sorted(data.members, key=lambda one: (one.cost.value is None, -(one.cost.value or 0.0)))
    kept = {one.id for one in dearest[:TABLE_ROWS]}
    return replace(
        data,
        members=tuple(one for one in data.members if one.id in kept),
        teams=data.teams[:TABLE_ROWS],
        cost_centres=data.cost_centres[:TABLE_ROWS],
        models=data.models[:TABLE_ROWS],
        spend=replace(
            spend, teams=spend.teams[:TABLE_ROWS], cost_centres=spend.cost_centres[:TABLE_ROWS],
            budgets=spend.budgets[:TABLE_ROWS], jobs=spend.jobs[:TABLE_ROWS],
        ),
        sentences=replace(sentences, paper=RULE),
    )  # fmt: skip
