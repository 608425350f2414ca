"""The section `attribution`: whose spend is whose by every dimension, and the statement that each team gets."""

import re
from collections.abc import Sequence
from typing import Final

from planner.card_names import card_text
from planner.outcome.review import Review
from planner.outcome.review.attribution import Attributed, Statement, Value
from planner.report.data.review_parts import Cell, ReviewSection, Table, Tone
from planner.report.names import listed, plural, shorten
from planner.report.review.cents import in_cents
from planner.report.review.facts import dimension_of
from planner.report.review.words import (
    cell,
    cents,
    change_text,
    columns,
    count,
    left_text,
    month_text,
    name_of,
    row,
    share,
)
from planner.units import usd

VALUES: Final = 12
"""Values of a dimension that are listed; the others are one row."""
MISSING: Final = 6
"""Charges without an owner that are listed."""
STATEMENTS: Final = 60
LINES: Final = 25
"""Lines of a statement; the others are one."""
_BYTES: Final = re.compile(r"\b[kmgtp]b\b")
"""Units of bytes as a bill's reader writes them: small."""
_WAYS: Final = {
    "direct": "its own", "to": "given to it", "fixed": "fixed share", "proportional": "in the ratio of its own cost",
    "activity": "by activity", "unattributed": "nothing tells whose it is",
}  # fmt: skip


def attribution_section(review: Review) -> ReviewSection:
    """By team, then by every other dimension, then what nothing tells, then the statements."""
    filled = [one for one in review.attributed if one.values]
    # A dimension that no charge tells is a sentence, no table.
    known = [one for one in filled if one.dimension == "team" or any(v.value for v in one.values)]
    untold = [shorten(one.dimension, 40) for one in filled if one not in known]
    team = dimension_of(review, "team") or (known[0] if known else None)
    if team is None:
        return ReviewSection("attribution", "Whose spend it is", "Nothing was charged, so nothing is attributed.",
                             says=False)  # fmt: skip
    shown = review.statements[:STATEMENTS]
    left = len(review.statements) - len(shown)
    tables = [_dimension(one, review) for one in known]
    if team.missing:
        tables.append(_missing(team))
    return ReviewSection(
        "attribution", "Whose spend it is", attribution_sentence(team), says=True,
        tables=(*tables, *(statement_table(one, place) for place, one in enumerate(shown))),
        points=(
            *([f"No charge tells its {listed(untold)}."] if untold else []),
            *([f"{plural(left, 'more statement')} {'is' if left == 1 else 'are'} in plan.json."] if left > 0 else []),
        ),
    )  # fmt: skip


def attribution_sentence(team: Attributed) -> str:
    """The sum that is asserted: attributed + unattributed = billed."""
    attributed, unattributed = in_cents([team.attributed_usd, team.unattributed_usd], team.billed_usd)
    part = share(team.unattributed_usd / team.billed_usd) if team.billed_usd > 0 else "unknown"
    return (
        f"{cents(attributed)} is attributed to a {shorten(team.dimension, 40)} and {cents(unattributed)} ({part}) to "
        f"none, together the {cents(round(team.billed_usd, 2))} that was billed."
    )


def _dimension(one: Attributed, review: Review) -> Table:
    name = shorten(one.dimension, 40)
    named = sorted((v for v in one.values if v.value), key=lambda v: (-v.effective_usd, v.value))
    rows = [_value(v) for v in named[:VALUES]]
    if rest := named[VALUES:]:
        rows.append(_rest(rest, name, one.effective_usd))
    rows += [_value(v) for v in one.values if not v.value]
    return Table(
        f"by-{''.join(c for c in name if c.isalnum())[:30]}", f"By {name}",
        columns(name.capitalize(), "Effective cost", "Share", "Month before", "Change", "Billed",
                numbers=("Effective cost", "Share", "Month before", "Change", "Billed")),
        tuple(rows),
        total=(cell("All"), cell(usd(one.effective_usd)), cell("100 %"), cell(_before(review)), cell(_more(review)),
               cell(usd(one.billed_usd))),
    )  # fmt: skip


def _before(review: Review) -> str:
    return "unknown" if review.change is None else usd(review.change.before_usd)


def _more(review: Review) -> str:
    return "unknown" if review.change is None else change_text(review.change.after_usd, review.change.before_usd)


def _value(v: Value) -> tuple[Cell, ...]:
    tone: Tone = "warn" if not v.value and v.effective_usd > 0 else ""
    return (
        Cell(name_of(v.value), tone=tone), cell(usd(v.effective_usd)), cell(share(v.share)), cell(usd(v.before_usd)),
        cell(change_text(v.effective_usd, v.before_usd)), cell(usd(v.billed_usd)),
    )  # fmt: skip


def _rest(rest: Sequence[Value], name: str, whole_usd: float) -> tuple[Cell, ...]:
    effective = sum(v.effective_usd for v in rest)
    before = [v.before_usd for v in rest]
    earlier = None if None in before else sum(value for value in before if value is not None)
    part = effective / whole_usd if whole_usd > 0 else None
    return row(
        plural(len(rest), f"other {name}"), usd(effective), share(part),
        usd(earlier), change_text(effective, earlier), usd(sum(v.billed_usd for v in rest)),
    )  # fmt: skip


def _missing(one: Attributed) -> Table:
    name = shorten(one.dimension, 40)
    rows = tuple(
        row(shorten(m.provider, 40) or "unknown", shorten(m.service, 60) or "unknown",
            shorten(m.resource, 80) or "none named", usd(m.billed_usd))
        for m in one.missing[:MISSING]
    )  # fmt: skip
    return Table(
        "missing", f"Charges of no {name}", columns("Provider", "Service", "Resource", "Billed", numbers=("Billed",)),
        rows, note=left_text(len(one.missing), len(rows)),
    )  # fmt: skip


def statement_table(one: Statement, place: int) -> Table:
    """The statement of a team: by service and by rule, to the cent, each with the same sum."""
    shown, rest = one.lines[:LINES], one.lines[LINES:]
    effective = [line.effective_usd for line in shown] + ([sum(x.effective_usd for x in rest)] if rest else [])
    billed = [line.billed_usd for line in shown] + ([sum(x.billed_usd for x in rest)] if rest else [])
    effective, billed = in_cents(effective, one.effective_usd), in_cents(billed, one.billed_usd)
    rows: list[tuple[Cell, ...]] = [
        (cell(shorten(line.service, 60) or "unknown service", card_text(shorten(line.what, 60))),
         cell(_quantity(line.quantity, line.unit)),
         cell(cents(own)), cell(cents(bill)))
        for line, own, bill in zip(shown, effective, billed, strict=False)
    ]  # fmt: skip
    if rest:
        rows.append(row(plural(len(rest), "other line"), "", cents(effective[-1]), cents(billed[-1])))
    return Table(
        f"statement-{place + 1}", f"{_whose(one)}, {month_text(one.month)}",
        columns("Service", "Quantity", "Effective cost", "Billed", numbers=("Quantity", "Effective cost", "Billed")),
        tuple(rows),
        total=(cell("Together", _hours(one)), cell(""), cell(cents(round(one.effective_usd, 2)), _against(one)),
               cell(cents(round(one.billed_usd, 2)))),
        note=_parts(one), folded=True,
        brief=f"{cents(round(one.effective_usd, 2))} effective, {cents(round(one.billed_usd, 2))} billed",
    )  # fmt: skip


def _whose(one: Statement) -> str:
    return f"Statement of {name_of(one.value)}" if one.value else "Statement of what is unattributed"


def _quantity(value: float | None, unit: str) -> str:
    return "unknown" if value is None else f"{count(value)} {_BYTES.sub(_capitals, shorten(unit, 30))}".rstrip()


def _capitals(found: re.Match[str]) -> str:
    return found[0].upper()


def _hours(one: Statement) -> str:
    return "" if one.gpu_hours is None else f"{count(one.gpu_hours)} GPU-hours"


def _against(one: Statement) -> str:
    if one.before_usd is None:
        return ""
    return f"{change_text(one.effective_usd, one.before_usd)}, from {cents(one.before_usd)}"


def _parts(one: Statement) -> str:
    """By which rule: the parts make the sum too."""
    amounts = in_cents([part.effective_usd for part in one.parts], one.effective_usd)
    told = [
        f"{_rule(part.rule, _WAYS.get(part.way, part.way))} {cents(amount)}"
        for part, amount in zip(one.parts, amounts, strict=True)
    ]
    return f"By rule: {'; '.join(told)}." if told else ""


def _rule(rule: str, way: str) -> str:
    return f"{shorten(rule, 48)} ({way})" if rule else way
