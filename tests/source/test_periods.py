"""Amounts that are written with the time they are for."""

import pytest

from planner.source.periods import period_hint
from planner.source.shapes import Shapes

MONEY = {"x-quantity": "money", "type": ["number", "string"]}
SHAPES = Shapes({"properties": {"line": {"properties": {"per_month": MONEY, "per_year": MONEY}}, "per_month": MONEY}})


@pytest.mark.parametrize(
    ("text", "path", "hint"),
    [
        ("$180,000/year", ("line", "per_month"), "write per_year: $180,000"),
        ("15k per month", ("line", "per_year"), "write per_month: 15k"),
        ("15k/month", ("line", "per_month"), "per_month takes the amount alone: 15k"),
        ("$9 a yr", ("per_month",), "per_month is by the month: write a twelfth of it"),
        ("2 each month", ("line", "per_month", "triangular", 1), "per_month takes the amount alone: 2"),
        ("$5 p.a.", ("budget",), "write the amount alone: $5"),
        ("5k/mo", ("compliance_per_year",), "compliance_per_year is by the year: write twelve times as much"),
        ("180000 USD/yr", ("line", "per_month"), "write per_year: 180000 USD"),
        ("$1500 monthly", ("line", "per_year"), "write per_month: $1500"),
        ("about $5 a year", ("per_month",), None),
        ("year", ("per_month",), None),
        ("$5/hour", ("per_month",), None),
        ("5 " * 40 + "/year", ("per_month",), None),
    ],
)
def test_money_is_told_where_its_period_belongs(text: str, path: tuple[str | int, ...], hint: str | None) -> None:
    assert period_hint(text, "money", path, SHAPES) == hint


def test_a_rate_by_the_month_is_compounded() -> None:
    # 1.008^12 - 1, by hand 0.100338...
    hint = "it is by the year: 0.8 % a month is 10.03 %"
    assert period_hint("0.8 %/month", "yearly", ("discount_rate",), SHAPES) == hint
    assert period_hint("-1 % per month", "yearly", ("g",), SHAPES) == "it is by the year: -1 % a month is -11.36 %"


def test_a_rate_by_the_year_is_written_alone_and_other_quantities_are_left() -> None:
    assert period_hint("10 % p.a.", "yearly", ("discount_rate",), SHAPES) == "write 10 %"
    assert period_hint("20 %/year", "share", ("price_decline",), SHAPES) == "write 20 %"
    assert period_hint("2 %/month", "share", ("price_decline",), SHAPES) is None
    assert period_hint("5/year", "count", ("users",), SHAPES) is None
