"""`planner budget status`: how much of each budget is used, where its period ends, and how sound the sources are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from planner.cli.budget import review_of, tabled, worded
from planner.cli.environment import Settings
from planner.cli.tables import FORMATS, as_json
from planner.errors import ExitCode
from planner.report.names import at_words
from planner.units import chance_text, share_text, usd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.outcome.review import Review
    from planner.outcome.review.budgets import BudgetStatus, Crossing
    from planner.outcome.review.sources import Health

NO_BUDGET: Final = "The scenario names no budget."
_STANDS: Final = {"over": "over", "forecast_over": "expected over", "warning": "level reached", "ok": "ok"}
"""How a budget stands, the most urgent first."""
_SOUND: Final = ("broken", "warning", "ok")


@click.command("status")
@click.argument("review", metavar="SCENARIO_OR_PLAN", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print it."
)
@click.option("--fail-over", is_flag=True, help="Exit 5 where more is spent than a budget's amount.")
@click.option(
    "--fail-forecast", is_flag=True, help="Exit 5 there, and where more is expected by the end of the period."
)
@click.pass_context
def status(context: click.Context, review: Path, form: str, fail_over: bool, fail_forecast: bool) -> int:
    """Show every budget of a review (its plan.json, the folder of that, or a SpendReview scenario to review now).

    Of each: what is used, month to date, where the period ends with its band, the chance that this is above the amount,
    and the next level with the day on which it is expected. Then the health of every source.

    Example: planner budget status reports/acme-spend --fail-over
    """
    found = review_of(review, context.ensure_object(Settings))
    budgets = sorted(found.budgets, key=lambda one: (list(_STANDS).index(one.status), -one.used, one.name))
    click.echo(as_json(_data(found, budgets)) if form == "json" else _text(found, budgets, form))
    failing = {"over"} if fail_over else set()
    failing |= {"over", "forecast_over"} if fail_forecast else set()
    return ExitCode.GATE if any(one.status in failing for one in budgets) else ExitCode.OK


def _next(budget: BudgetStatus) -> Crossing | None:
    """The lowest level that is not reached yet; None where all are."""
    left = [crossing for crossing in budget.crossings if not crossing.reached_on]
    return min(left, key=lambda crossing: crossing.level, default=None)


def _data(review: Review, budgets: Sequence[BudgetStatus]) -> dict[str, Any]:
    found = []
    for budget in budgets:
        coming = _next(budget)
        ahead = {"next_level": coming and coming.level, "next_on": (coming and coming.forecast_on) or None}
        found.append(budget.model_dump() | ahead)
    return {
        "as_of": review.as_of,
        "month": review.month,
        "month_whole": review.month_whole,
        "budgets": found,
        "health": [one.model_dump() for one in _by_health(review)],
    }


def _text(review: Review, budgets: Sequence[BudgetStatus], form: str) -> str:
    rows = [_row(budget) for budget in budgets]
    lines = [worded(f"{review.metadata.name}: {review.month}, as of {review.as_of}", form), ""]
    lines.append(tabled(rows, form, left=3) if rows else NO_BUDGET)
    if review.read.health:
        lines += ["", "Sources:", *([""] if form == "markdown" else [])]
    for one in _by_health(review):
        told = worded(f"{one.status}: {one.source}: {at_words(one.message, 300)}", form)
        lines.append(f"{'- ' if form == 'markdown' else '  '}{told}")
    return "\n".join(lines)


def _row(budget: BudgetStatus) -> dict[str, str]:
    coming = _next(budget)
    known = budget.forecast_lo_usd is not None and budget.forecast_hi_usd is not None
    return {
        "budget": budget.name,
        "of": at_words(budget.where, 60) or "all",
        "from": budget.start,
        "amount": usd(budget.amount_usd),
        "to date": usd(budget.spent_usd),
        "used": share_text(budget.used),
        "time over": share_text(budget.elapsed),
        "forecast": usd(budget.forecast_usd),
        "band": f"{usd(budget.forecast_lo_usd)} to {usd(budget.forecast_hi_usd)}" if known else "unknown",
        "chance over": "unknown" if budget.chance_over is None else chance_text(budget.chance_over),
        "next level": share_text(coming.level) if coming else "",
        "on": (coming.forecast_on or "not foreseen") if coming else "",
        "status": _STANDS[budget.status],
    }


def _by_health(review: Review) -> list[Health]:
    return sorted(review.read.health, key=lambda one: (_SOUND.index(one.status), one.source, one.message))
