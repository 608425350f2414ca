"""The section `anomalies`: days that were unlike what is usual, and tenants that ask for much more."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.oddities import Anomaly
from planner.outcome.review.operations import TenantUse
from planner.report.data.review_parts import Cell, ReviewSection, Table, Tone
from planner.report.names import shorten
from planner.report.review.words import (
    cell,
    change_text,
    columns,
    count,
    days_text,
    left_text,
    named,
    sentence,
    sentences,
    signed_usd,
)
from planner.units import significant, usd

SHOWN: Final = 25
TENANTS: Final = 15
SURGE: Final = 1.5
"""Times as many requests as in the month before from which a tenant is told of in a sentence."""
ODDITIES: Final = {"spike": "Spike", "drop": "Drop", "level": "New level", "leak": "Leak"}
_KINDS: Final = {
    "spike": "spike", "drop": "drop", "level": "new level since then", "leak": "grows slowly: a leak",
}  # fmt: skip


def numbered(review: Review) -> list[tuple[str, Anomaly]]:
    """(number, anomaly): those of the month first, the costliest difference first."""
    order = sorted(review.anomalies, key=lambda a: (not a.in_month, -abs(a.actual_usd - a.expected_usd), a.first_day))
    return [(str(place), one) for place, one in enumerate(order, 1)]


def anomaly_section(review: Review) -> ReviewSection:
    """What was odd."""
    tenants = _tenants(review.operations.tenants)
    found = numbered(review)
    tables = [_table(found)] if found else []
    tables += [tenants] if tenants is not None else []
    return ReviewSection(
        "anomalies", "What is unusual", anomaly_sentence(review), says=bool(tables), tables=tuple(tables)
    )


def anomaly_sentence(review: Review) -> str:
    """How many, and the costliest of the month."""
    mine = [one for _, one in numbered(review) if one.in_month]
    if not review.anomalies:
        told = "Nothing was unusual."
    elif not mine:
        told = f"Nothing in the month was unusual; {_times(len(review.anomalies))} before it."
    else:
        more = sum(one.actual_usd - one.expected_usd for one in mine)
        told = f"{_times(len(mine))} in the month, {signed_usd(more)} against the usual. {sentence(mine[0].text)}"
    surging = [one for one in review.operations.tenants if one.surge is not None and one.surge >= SURGE]
    if surging:
        top = max(surging, key=lambda one: one.surge or 0.0)
        told += f" Tenant {shorten(top.tenant, 48)} made {factor(top.surge)} as many requests as in the month before."
    return f"{told[:1].upper()}{told[1:]}"


def _times(number: int) -> str:
    return "One anomaly" if number == 1 else f"{number:,} anomalies"


def factor(value: float | None) -> str:
    """`3.1 times`."""
    return "unknown" if value is None else f"{significant(value, 2)} times"


def series_text(one: Anomaly) -> str:
    """`team growth, service EC2`; `all spend` for the total."""
    return ", ".join(f"{named(key)} {shorten(value, 48) or 'unattributed'}" for key, value in one.series.items()) or \
        "all spend"  # fmt: skip


def _table(found: Sequence[tuple[str, Anomaly]]) -> Table:
    numbers = ("Cost", "Usual", "Difference", "Score")
    return Table(
        "anomalies", "Anomalies", columns("No.", "When", "Where", *numbers, "What, and why", numbers=numbers),
        tuple(_anomaly(number, one) for number, one in found[:SHOWN]),
        note=sentences("Score: largest modified z-score of these days.", left_text(len(found), SHOWN)),
    )  # fmt: skip


def _anomaly(number: str, one: Anomaly) -> tuple[Cell, ...]:
    times = "" if one.ratio is None else f"× {significant(one.ratio, 2)}"
    why = sentences(*(sentence(text) for text in one.causes[:3]))
    return (
        cell(number), cell(days_text(one.first_day, one.last_day), _KINDS[one.kind]), cell(series_text(one)),
        cell(usd(one.actual_usd)), cell(usd(one.expected_usd)),
        cell(signed_usd(one.actual_usd - one.expected_usd), times),
        cell(significant(one.score, 2)), cell(sentence(one.text), why),
    )  # fmt: skip


def _tenants(tenants: Sequence[TenantUse]) -> Table | None:
    if not tenants:
        return None
    numbers = ("Requests", "Month before", "Change", "Tokens", "Cost")
    return Table(
        "tenants", "Tenants against the month before", columns("Tenant", *numbers, numbers=numbers),
        tuple(_tenant(one) for one in tenants[:TENANTS]),
        note=left_text(len(tenants), TENANTS),
    )  # fmt: skip


def _tenant(one: TenantUse) -> tuple[Cell, ...]:
    tone: Tone = "warn" if one.surge is not None and one.surge >= SURGE else ""
    return (
        cell(shorten(one.tenant, 48) or "unattributed"), cell(count(one.requests)), cell(count(one.requests_before)),
        Cell(change_text(one.requests, one.requests_before), tone=tone), cell(count(one.tokens)),
        cell(usd(one.cost_usd)),
    )  # fmt: skip
