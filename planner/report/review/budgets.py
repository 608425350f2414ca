"""The section `budget`: what is used of every budget, and where its period ends."""

from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.budgets import BudgetStatus
from planner.report.data.review_charts import Bullet
from planner.report.data.review_parts import Cell, Figure, ReviewSection, Table, Tone
from planner.report.names import capital, listed, plural, shorten
from planner.report.review.words import (
    band_text,
    cell,
    columns,
    day_text,
    left_text,
    named,
    said,
    share,
)
from planner.units import chance_text, usd

SHOWN: Final = 60
BULLETS: Final = 14
STANDS: Final[dict[str, tuple[str, Tone]]] = {
    "over": ("over", "bad"), "forecast_over": ("expected to be over", "warn"),
    "warning": ("a level is reached", "warn"),
    "ok": ("within", "good"),
}  # fmt: skip
"""How a budget stands, in words."""
_ORDER: Final = ("over", "forecast_over", "warning", "ok")


def by_urgency(review: Review) -> list[BudgetStatus]:
    """Those that are over first, then the fullest."""
    return sorted(review.budgets, key=lambda b: (_ORDER.index(b.status), -b.used, b.name))


def budget_section(review: Review) -> ReviewSection:
    """Every budget."""
    if not review.budgets:
        return ReviewSection("budget", "Budgets", "The scenario names no budget.", says=False)
    found = by_urgency(review)
    drawn = f"The {BULLETS} most urgent of {len(found):,} are drawn. " if len(found) > BULLETS else ""
    figure = Figure(
        "review-budgets", budgets_sentence(review),
        f"{drawn}Bars are what is spent, in per cent of the amount; the thin line is how much of the period is over, "
        "the diamond where it is forecast to end, with its band.",
    )  # fmt: skip
    points = [f"{capital(named(b.name))}: {_made_of(b)}." for b in found if b.drivers]
    return ReviewSection(
        "budget", "Budgets", budgets_sentence(review), says=True, figures=(figure,), tables=(budget_table(review),),
        points=tuple(points[:12]),
    )  # fmt: skip


def _made_of(b: BudgetStatus) -> str:
    """What makes most of it; of one that is tight what grew, too."""
    return "; ".join(said(text).rstrip(".") for text in b.drivers[: 3 if b.status == "ok" else 6])


def budgets_sentence(review: Review) -> str:
    """Which budgets are over, which are expected to be, and how many are within."""
    by = {status: [b for b in review.budgets if b.status == status] for status in _ORDER}
    told = []
    if by["over"]:
        names = [f"{named(b.name)} ({usd(b.spent_usd)} of {usd(b.amount_usd)})" for b in by["over"][:3]]
        told.append(f"Over: {len(by['over']):,} of {plural(len(review.budgets), 'budget')}, "
                    f"{listed(names)}{_more(by['over'])}.")  # fmt: skip
    if by["forecast_over"]:
        names = [f"{named(b.name)} ({usd(b.forecast_usd)} of {usd(b.amount_usd)})" for b in by["forecast_over"][:3]]
        start = "Expected" if told else "Budgets expected"
        told.append(f"{start} to be over at the end: {listed(names)}{_more(by['forecast_over'])}.")
    if not told:
        fullest = by_urgency(review)[0] if review.budgets else None
        most = f"; the fullest, {named(fullest.name)}, is used to {share(fullest.used)}" if fullest else ""
        return f"No budget is over or expected to be{most}."
    return " ".join(told)


def _more(found: list[BudgetStatus]) -> str:
    return f" and {len(found) - 3:,} more" if len(found) > 3 else ""


def budget_table(review: Review, most: int = SHOWN) -> Table:
    """Every budget, the most urgent first."""
    found = by_urgency(review)
    names = ("Amount", "Spent", "Used", "Time over", "Run rate", "Forecast at the end", "Chance of more")
    return Table(
        "budgets", "Budgets", columns("Budget", *names, "Stands", numbers=names),
        tuple(_budget(b) for b in found[:most]),
        note=left_text(len(found), most),
    )  # fmt: skip


def _budget(b: BudgetStatus) -> tuple[Cell, ...]:
    words, tone = STANDS[b.status]
    return (
        cell(named(b.name), f"{shorten(b.where, 80) or 'all spend'}, {period_of(b)}"), cell(usd(b.amount_usd)),
        cell(usd(b.spent_usd)), Cell(share(b.used), tone=tone if tone != "good" else ""), cell(share(b.elapsed)),
        cell(usd(b.run_rate_usd)), cell(usd(b.forecast_usd), band_text(b.forecast_lo_usd, b.forecast_hi_usd)),
        cell("unknown" if b.chance_over is None else chance_text(b.chance_over)), Cell(words, _crossed(b), tone),
    )  # fmt: skip


def period_of(b: BudgetStatus) -> str:
    """`month from 1 October 2026`."""
    return f"{b.period} from {day_text(b.start)}"


def _crossed(b: BudgetStatus) -> str:
    """The highest level that was reached, and when; the next that is expected."""
    reached = [c for c in b.crossings if c.reached_on]
    ahead = [c for c in b.crossings if not c.reached_on and c.forecast_on]
    told = []
    if reached:
        top = max(reached, key=lambda c: c.level)
        told.append(f"{share(top.level)} on {day_text(top.reached_on)}")
    if ahead:
        first = min(ahead, key=lambda c: (c.forecast_on, c.level))
        told.append(f"{share(first.level)} expected on {day_text(first.forecast_on)}")
    return "; ".join(told)


def bullets_of(review: Review) -> tuple[Bullet, ...]:
    """The budgets as bars of their amount."""
    return tuple(_bullet(b) for b in by_urgency(review)[:BULLETS] if b.amount_usd > 0)


def _bullet(b: BudgetStatus) -> Bullet:
    def of(value: float | None) -> float | None:
        return None if value is None else value / b.amount_usd

    return Bullet(
        name=named(b.name), text=f"{usd(b.spent_usd)} of {usd(b.amount_usd)}", used=b.used, elapsed=b.elapsed,
        forecast=of(b.forecast_usd), low=of(b.forecast_lo_usd), high=of(b.forecast_hi_usd), status=STANDS[b.status][0],
        what=f"{shorten(b.where, 80) or 'all spend'}, {b.period}",
    )  # fmt: skip
