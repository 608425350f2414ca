"""`planner budget statement`: what a team is charged for the month, in cents that add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from planner.cli.budget import review_of, tabled, worded
from planner.cli.environment import Settings
from planner.cli.tables import as_json, printable
from planner.errors import InputError
from planner.spend.sheets import inert
from planner.units import significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.outcome.review import Review
    from planner.outcome.review.attribution import Statement

UNATTRIBUTED: Final = "unattributed"
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Billed and effective cost of a statement in cents: lines and parts each make the whole, and these the bill."""

    billed: Decimal
    effective: Decimal
    lines: list[tuple[Decimal, Decimal]]
    parts: list[tuple[Decimal, Decimal]]


@click.command("statement")
@click.argument("review", metavar="SCENARIO_OR_PLAN", type=click.Path(path_type=Path))
@click.option("--team", metavar="NAME", help=f"Whose statement; {UNATTRIBUTED} for what nobody gets. Default: all.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "markdown", "json"]), default="table", show_default=True,
    help="How to print it; csv has the lines only.",
)  # fmt: skip
@click.pass_context
def statement(context: click.Context, review: Path, team: str | None, form: str) -> None:
    """Print what a team is charged for the month of a review: by service, and by the rule that attributes it.

    Cents add up: lines and rules each make the statement, the statements make the month's bill.

    Example: planner budget statement reports/acme-spend --team research --format csv
    """
    found = review_of(review, context.ensure_object(Settings))
    asked = _asked(found, team)
    amounts = _in_cents(found)
    pairs = [(one, in_cents) for one, in_cents in zip(found.statements, amounts, strict=True) if one in asked]
    if form == "json":
        click.echo(as_json({"as_of": found.as_of, "statements": [_data(*pair) for pair in pairs]}))
    elif form == "csv":
        click.echo(_csv(pairs), nl=False)
    else:
        click.echo("\n\n".join(_text(*pair, form) for pair in pairs))


def _asked(review: Review, team: str | None) -> list[Statement]:
    """The statements that are meant; raises InputError with the teams there are."""
    if not review.statements:
        message = f"nothing is charged in {review.month}, so that there is no statement"
        raise InputError(message)
    if team is None:
        return review.statements
    found = [one for one in review.statements if one.value == team]
    if not found and team == UNATTRIBUTED:
        found = [one for one in review.statements if not one.value]
    if not found:
        from planner.catalog.names import suggest

        names = [_name(one) for one in review.statements]
        near = suggest(team, names)
        more = ", …" if len(names) > _SHOWN else ""
        hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(names[:_SHOWN])}{more}"
        message = f"no {review.statements[0].dimension} {team!r} is charged in {review.month}; {hint}"
        raise InputError(printable(message))
    return found


def _in_cents(review: Review) -> list[_Amounts]:
    """The amounts of every statement; raises InputError where a statement is not the sum of its lines."""
    try:
        return _rounded(review.statements)
    except ValueError as error:
        message = f"statements of {review.month} that do not add up ({error}): make the review again"
        raise InputError(message) from error


def _rounded(statements: Sequence[Statement]) -> list[_Amounts]:
    from planner.spend.attribution import to_cents

    billed = to_cents([one.billed_usd for one in statements])
    effective = to_cents([one.effective_usd for one in statements])
    return [
        _Amounts(
            bill, cost,
            *(
                list(zip(to_cents([each.billed_usd for each in them], bill),
                         to_cents([each.effective_usd for each in them], cost), strict=True))
                for them in (one.lines, one.parts)
            ),
        )
        for one, bill, cost in zip(statements, billed, effective, strict=True)
    ]  # fmt: skip


def _name(one: Statement) -> str:
    return one.value or UNATTRIBUTED


def _data(one: Statement, amounts: _Amounts) -> dict[str, Any]:
    def money(pair: tuple[Decimal, Decimal]) -> dict[str, float]:
        return {"billed_usd": float(pair[0]), "effective_usd": float(pair[1])}

    lines = [line.model_dump() | money(pair) for line, pair in zip(one.lines, amounts.lines, strict=True)]
    parts = [part.model_dump() | money(pair) for part, pair in zip(one.parts, amounts.parts, strict=True)]
    return one.model_dump() | money((amounts.billed, amounts.effective)) | {"lines": lines, "parts": parts}


def _csv(pairs: Sequence[tuple[Statement, _Amounts]]) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["month", "dimension", "value", "service", "what", "quantity", "unit", "billed_usd", "effective_usd"]
    )
    for one, amounts in pairs:
        for line, (billed, effective) in zip(one.lines, amounts.lines, strict=True):
            names = [one.month, one.dimension, _name(one), line.service, line.what]
            quantity = "" if line.quantity is None else line.quantity
            writer.writerow([*map(_inert, names), quantity, _inert(line.unit), billed, effective])
    return text.getvalue()


def _inert(text: str) -> str:
    """A name that no spreadsheet takes for a formula, on one line."""
    return inert(printable(text).replace("\n", " "))


def _text(one: Statement, amounts: _Amounts, form: str) -> str:
    lines = [
        {
            "service": line.service or "unknown",
            "what": line.what,
            "quantity": f"{significant(line.quantity)} {line.unit}".rstrip() if line.quantity is not None else "",
            "billed": _usd(billed),
            "effective": _usd(effective),
        }
        for line, (billed, effective) in zip(one.lines, amounts.lines, strict=True)
    ]
    lines.append({"service": "total", "what": "", "quantity": "", "billed": _usd(amounts.billed),
                  "effective": _usd(amounts.effective)})  # fmt: skip
    parts = [
        {"rule": part.rule or "none", "way": part.way, "billed": _usd(billed), "effective": _usd(effective)}
        for part, (billed, effective) in zip(one.parts, amounts.parts, strict=True)
    ]
    title = worded(f"{one.dimension} {_name(one)}, {one.month}", form)
    heading = f"## {title}" if form == "markdown" else title
    return "\n".join([heading, "", tabled(lines, form, left=2), "", tabled(parts, form, left=2)])


def _usd(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
