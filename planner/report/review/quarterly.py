"""The agenda of the quarterly review: where spend goes, commitments and prices, budgets, and what advice brought."""

import math
from collections.abc import Iterator
from typing import Final

from planner.outcome.review import Review
from planner.report.data.review_parts import Topic
from planner.report.names import plural
from planner.report.review.facts import named_few, owner_of, total_forecast
from planner.report.review.forecast import model_sentence
from planner.report.review.kpis import score_sentence
from planner.report.review.prices import price_sentence
from planner.report.review.totals import months_sentence
from planner.report.review.words import band_text, month_text, named, said, share
from planner.units import usd

MONTHS: Final = 3
COMMITMENTS: Final = frozenset({"reserve", "spot", "cheaper_card"})


def quarterly_topics(review: Review) -> Iterator[Topic]:
    """In the order in which they are talked about."""
    owner, total = owner_of(review), total_forecast(review)
    if total is not None:
        coming = [one for one in total.months if one.month > review.month][:MONTHS]
        told = [f"{month_text(one.month)} {usd(one.usd)}{_band(one.lo_usd, one.hi_usd)}" for one in coming]
        yield Topic("Where spend goes", f"{named_few(told, MONTHS, 'month')}. {model_sentence(total)}"
                    if told else model_sentence(total), "Is that affordable? What of it is wanted?", owner)  # fmt: skip
    elif len(review.months) > 1:
        yield Topic("Where spend went", months_sentence(review), "Is that affordable? What of it is wanted?", owner)
    long = [b for b in review.budgets if b.period != "month"]
    if long:
        told = [f"{named(b.name)}: {usd(b.spent_usd)} of {usd(b.amount_usd)} with {share(b.elapsed)} of the {b.period} "
                f"over, forecast {usd(b.forecast_usd)}" for b in long]  # fmt: skip
        yield Topic("Budgets of the quarter and year", f"{'; '.join(told[:4])}.", "Which amounts are set anew?", owner)
    elif review.budgets:
        yield Topic("Budgets of the coming quarter", f"{plural(len(review.budgets), 'budget')} of a month.",
                    "Do the amounts fit the forecast?", owner)  # fmt: skip
    rented = [one for one in review.advice if one.kind in COMMITMENTS]
    month = next((one for one in review.months if one.month == review.month), None)
    if rented or review.operations.cards:
        told = [f"{said(one.text).rstrip('.')} ({usd(one.per_month_usd)} a month)" for one in rented[:3]]
        unused = f" Commitments of {usd(month.commitment_unused_usd)} went unused in the month." \
            if month is not None and month.commitment_unused_usd > 0 else ""  # fmt: skip
        changes = f"{'; '.join(told)}." if told else ""
        yield Topic("Commitments and prices", f"{price_sentence(review)}{unused} {changes}".rstrip(),
                    "What is reserved, for how long, and where is a price asked for anew?", owner)  # fmt: skip
    if review.efficiency.score is not None:
        parts = [f"{named(p.name)}: {said(p.text)}" for p in review.efficiency.parts if p.value is not None]
        yield Topic("Efficiency", f"{score_sentence(review.efficiency)} {'; '.join(parts[:4])}.",
                    "Which part is worked on next quarter?", owner)  # fmt: skip
    if review.realised:
        known = [one for one in review.realised if one.realised_usd is not None]
        advised = math.fsum(one.advised_usd for one in known)
        came = math.fsum(one.realised_usd or 0.0 for one in known)
        left = len(review.realised) - len(known)
        open_ = f" Of {plural(left, 'more change')} nobody can tell yet." if left else ""
        yield Topic("Savings realised", f"Of {usd(advised)} advised {usd(came)} came.{open_}" if known else
                    f"Of {plural(left, 'change')} nobody can tell yet.", "What is kept up, what is undone?",
                    owner)  # fmt: skip


def _band(low: float | None, high: float | None) -> str:
    band = band_text(low, high)
    return f" ({band})" if band else ""
