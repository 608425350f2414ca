"""What each option costs and brings, by line, category, month and unit."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.breakdown import cost_breakdown
from planner.estimate.finance.unit_economics import unit_economics
from planner.kinds.business_case.book import Book, Owned
from planner.kinds.business_case.course import Course, added, worth
from planner.kinds.business_case.figures import banded, figure, listed
from planner.outcome.business_case import CashLine, CategoryCost, OptionResult, Returns, UnitTable
from planner.outcome.configuration import Figure


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums of one option in one course, (draws,) or (1,) each."""

    lines: tuple[Floats, ...]
    """What each line comes to over the horizon, as it is paid."""
    present: tuple[Floats, ...]
    """The same at its worth now."""
    cost: Floats
    as_is: Floats
    present_cost: Floats
    present_income: Floats
    first_year: Floats
    overlooked: Floats
    by_category: dict[str, Floats]


def tally(course: Course, owned: Owned) -> Tally:
    """Add up an option's lines."""
    zero = np.zeros(1)
    lines, present = [], []
    cost = as_is = present_cost = present_income = first_year = overlooked = zero
    by_category: dict[str, Floats] = {}
    for line in owned.lines:
        usd, sums = course.usd(line), course.sums(line.form)
        lines.append(usd * sums.total)
        present.append(usd * sums.present)
        if line.side == "income":
            present_income = present_income + present[-1]
            continue
        full = owned.costed(course, line)
        paid = full * sums.total
        cost, as_is = cost + paid, as_is + lines[-1]
        present_cost = present_cost + full * sums.present
        first_year = first_year + full * sums.first_year
        by_category[line.category] = by_category.get(line.category, zero) + paid
        if line.overlooked:
            overlooked = overlooked + paid
    return Tally(tuple(lines), tuple(present), cost, as_is, present_cost, present_income, first_year, overlooked,
                 by_category)  # fmt: skip


def option_result(book: Book, owned: Owned, returns: Returns | None, score: Figure) -> OptionResult:
    """All figures of an option; its returns are reckoned elsewhere."""
    at = tally(book.middle, owned)
    drawn = None if book.drawn is None else tally(book.drawn, owned)

    def band(name: str) -> tuple[Floats, Floats | None]:
        return getattr(at, name), None if drawn is None else getattr(drawn, name)

    middle = book.middle
    revenue = None if book.drawn is None else worth(book.drawn, book.earned(book.drawn))
    net = None if drawn is None or revenue is None else revenue + drawn.present_income - drawn.present_cost
    worth_now = worth(middle, book.earned(middle)) + at.present_income - at.present_cost
    if not (owned.earns or book.world.revenue):
        worth_now, net = np.full(1, np.nan), None
    categories = {
        category: middle.flows(
            added((line.form, owned.costed(middle, line)) for line in owned.lines
                  if line.side == "cost" and line.category == category)
        )[0]
        for category in at.by_category
    }  # fmt: skip
    income = added((line.form, middle.usd(line)) for line in owned.lines if line.side == "income")
    sold = added((line.form, owned.costed(middle, line)) for line in owned.lines if line.sold)
    parity = None if book.drawn is None else book.drawn.values[owned.parity]
    return OptionResult(
        name=owned.name,
        title=owned.option.title or owned.name,
        role=owned.option.role,
        parity=banded(middle.values[owned.parity], parity),
        lines=_lines(book, owned, at, drawn),
        costs_by_month_usd={category: listed(usd) for category, usd in categories.items()},
        income_by_month_usd=listed(middle.flows(income)[0]),
        cost_usd=banded(*band("cost")),
        cost_as_is_usd=banded(*band("as_is")),
        present_cost_usd=banded(*band("present_cost")),
        first_year_usd=banded(*band("first_year")),
        present_income_usd=banded(*band("present_income")),
        net_present_usd=banded(worth_now, net),
        overlooked_usd=banded(*band("overlooked")),
        breakdown=_breakdown(book, at, drawn),
        units=_units(book, categories, middle.flows(sold)[0] if sold else None),
        returns=returns,
        weighted_score=score,
        scores={name: owned.option.factors[name] for name in sorted(owned.option.factors)},
        follows=list(owned.follows),
    )


def _lines(book: Book, owned: Owned, at: Tally, drawn: Tally | None) -> list[CashLine]:
    values = book.middle.values
    found = []
    for k, line in enumerate(owned.lines):
        cost = line.side == "cost"
        moved = [key for key in (line.growth, line.decline) if key]
        keys = dict.fromkeys([*line.keys, *book.world.keys(line.driver), *moved, *([owned.parity] if cost else [])])
        found.append(
            CashLine(
                option=line.option,
                name=line.name,
                category=line.category,
                side=line.side,
                amount_usd=figure(line.amount(values)),
                driver=line.driver,
                first=line.first,
                last=line.last,
                every=line.every,
                growth_per_year=float(values[line.growth][0]) if line.growth else 0.0,
                decline_per_year=float(values[line.decline][0]) if line.decline else 0.0,
                parity=float(values[owned.parity][0]) if cost else 1.0,
                keys=list(keys),
                total_usd=banded(at.lines[k], None if drawn is None else drawn.lines[k]),
                present_usd=figure(at.present[k]),
                source=line.source,
            )
        )
    return found


def driven(book: Book, key: str) -> Floats | None:
    """(months,) predictions or users of each month from 1 on at the middle; None where not told."""
    if not key:
        return None
    middle = book.middle
    return np.asarray(middle.flows(((book.world.driven, middle.values[key]),), first=1)[0])


def revenue_by_month(book: Book) -> Floats | None:
    """(months,) revenue of each month from 1 on at the middle; None where none is told."""
    earned = book.earned(book.middle)
    return np.asarray(book.middle.flows(earned, first=1)[0]) if earned else None


def _breakdown(book: Book, at: Tally, drawn: Tally | None) -> list[CategoryCost]:
    if not at.by_category:
        return []

    def over(series: Floats | None) -> float:
        return np.nan if series is None else float(series.sum())

    # Machines that are sold for what they cost leave float noise, which may lie below 0.
    usd_of = {category: np.maximum(usd, 0.0) for category, usd in at.by_category.items()}
    parts = cost_breakdown(
        {category: float(usd[0]) for category, usd in usd_of.items()},
        predictions=over(driven(book, book.world.predictions)),
        users=over(driven(book, book.world.users)),
        revenue_usd=over(revenue_by_month(book)),
    )
    found = [
        CategoryCost(
            category=category,
            usd=banded(usd_of[category], None if drawn is None else drawn.by_category[category]),
            share=figure(parts.share[k]),
            usd_per_prediction=figure(parts.usd_per_prediction[k]),
            usd_per_user_month=figure(parts.usd_per_user[k]),
            usd_per_revenue_usd=figure(parts.usd_per_revenue_usd[k]),
        )
        for k, category in enumerate(parts.categories)
    ]
    return sorted(found, key=lambda one: (one.usd.value is None, -(one.usd.value or 0.0), one.category))


def _units(book: Book, categories: dict[str, Floats], sold: Floats | None) -> UnitTable:
    """By month; what machines are sold for would make a prediction of that month cost less than nothing."""
    cost: Floats = np.zeros(book.months)
    for usd in categories.values():
        cost = cost + usd[1:]
    if sold is not None:
        cost = np.maximum(cost - sold[1:], 0.0)
    units = unit_economics(
        cost,
        revenue_usd=revenue_by_month(book),
        predictions=driven(book, book.world.predictions),
        users=driven(book, book.world.users),
    )
    at_once = float(sum(usd[0] for usd in categories.values()))
    said = [] if at_once == 0.0 else ["what is paid now, before month 1, is in no month of this table"]
    said += ["what machines are sold for is in no month of this table"] if sold is not None and sold.any() else []
    return UnitTable(
        usd_per_prediction=listed(units.usd_per_prediction),
        usd_per_user=listed(units.usd_per_user),
        usd_per_revenue_usd=listed(units.usd_per_revenue_usd),
        margin_share=listed(units.margin_share),
        margin_usd_per_user=listed(units.margin_usd_per_user),
        margin_trend_per_month=figure(units.margin_trend_per_month),
        usd_per_prediction_trend_per_month=figure(units.usd_per_prediction_trend_per_month),
        unknown=[*units.unknown, *said],
    )
