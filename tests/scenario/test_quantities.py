"""What people write and what the planner sees."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.policy.units import parse_limit
from planner.source import parse_document, schema_problems
from planner.units import (
    EXAMPLES,
    UNITS,
    AmbiguousError,
    CurrencyError,
    TooLargeError,
    currency_of,
    duration,
    gib,
    kilograms,
    parse_quantity,
    pattern,
    share_text,
    significant,
    usd,
)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("$200", "money", 200.0),
        ("1.5k USD", "money", 1500.0),
        ("200USD", "money", 200.0),
        ("1.5k", "money", 1500.0),
        ("$1,250.50", "money", 1250.5),
        ("12 h", "time", 12.0),
        ("90 min", "time", 1.5),
        ("2 days", "time", 48.0),
        ("30 s", "time", 30 / 3600),
        ("7B", "count", 7e9),
        ("400k", "count", 4e5),
        ("2e4", "count", 2e4),
        ("400_000", "count", 4e5),
        ("80 GiB", "memory", 80.0),
        ("80 GB", "memory", 80e9 / 2**30),
        ("25 %", "share", 0.25),
        ("0.25", "share", 0.25),
        ("25 kg", "mass", 25.0),
        ("500 g", "mass", 0.5),
    ],
)
def test_reading(text: str, kind: str, value: float) -> None:
    assert parse_quantity(text, kind) == pytest.approx(value)
    assert re.match(pattern(kind), text)


@pytest.mark.parametrize("kind", sorted(UNITS))
def test_the_examples_that_messages_give_can_be_read(kind: str) -> None:
    for example in EXAMPLES[kind].replace(" or ", ", ").split(", "):
        parse_quantity(example, kind)


@pytest.mark.parametrize(("text", "kind"), [("12 parsecs", "time"), ("seven", "count"), ("", "money"), ("-5", "money")])
def test_refusing(text: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_quantity(text, kind)


@given(st.sampled_from(sorted(UNITS)), st.data())
def test_schema_and_reader_agree(kind: str, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, 10**6))
    unit = data.draw(st.sampled_from(sorted(UNITS[kind])))
    text = f"{number} {unit}".strip()
    assert re.match(pattern(kind), text)
    assert parse_quantity(text, kind) == pytest.approx(number * UNITS[kind][unit])


@given(st.sampled_from(sorted(UNITS)), st.text(max_size=12))
def test_what_the_schema_lets_through_can_be_read(kind: str, text: str) -> None:
    if re.search(pattern(kind), text) and not text.endswith("\n"):
        with contextlib.suppress(TooLargeError, CurrencyError):
            assert parse_quantity(text, kind) >= 0


RATES = {"EUR": 1.1172, "GBP": 1.33989, "INR": 0.0105313}


@pytest.mark.parametrize(
    ("text", "code", "usd_"),
    [
        ("€200", "EUR", 223.44),
        ("200 EUR", "EUR", 223.44),
        ("EUR 1.5k", "EUR", 1675.8),
        ("1.5k EUR", "EUR", 1675.8),
        ("2 MEUR", "EUR", 2_234_400.0),
        ("£ 3", "GBP", 4.01967),
        ("₹1,000", "INR", 10.5313),
        ("USD 200", "USD", 200.0),
        ("$200", "USD", 200.0),
    ],
)
def test_money_in_other_currencies(text: str, code: str, usd_: float) -> None:
    assert re.match(pattern("money"), text)
    assert currency_of(text) == code
    assert parse_quantity(text, "money", RATES) == pytest.approx(usd_)


@pytest.mark.parametrize("text", ["$200 EUR", "EUR 5 USD", "EUR $5", "€200 EUR", "¥200", "5 eur"])
def test_money_in_two_currencies_or_an_unclear_one_is_none(text: str) -> None:
    assert not re.match(pattern("money"), text)
    with pytest.raises(ValueError, match="is not an amount of money"):
        parse_quantity(text, "money", RATES)


def test_money_without_a_rate_is_refused() -> None:
    with pytest.raises(CurrencyError, match="no rate is known for CHF"):
        parse_quantity("CHF 5", "money", RATES)
    with pytest.raises(CurrencyError, match="EUR"):
        parse_quantity("€5", "money")


def test_a_number_that_overflows_is_refused() -> None:
    with pytest.raises(TooLargeError):
        parse_quantity("1e999", "count")


def test_a_share_for_people_has_a_space() -> None:
    assert [share_text(0.08), share_text(0.1254, 1), share_text(0)] == ["8 %", "12.5 %", "0 %"]


def test_showing() -> None:
    nan = float("nan")
    assert (usd(12.345), usd(612.4), usd(nan), usd(-3.0), usd(-0.001)) == (
        "$12.35", "$612", "unknown", "-$3.00", "$0.00",
    )  # fmt: skip
    assert (duration(0.001), duration(0.25), duration(5.04), duration(100), duration(nan)) == (
        "4 s",
        "15 min",
        "5.0 h",
        "4.2 days",
        "unknown",
    )
    assert (significant(1234.5), significant(0.01234), significant(0.0), significant(nan)) == (
        "1,234",
        "0.0123",
        "0",
        "unknown",
    )
    assert (gib(40.26), kilograms(0.123)) == ("40.3 GiB", "0.12 kg")


@pytest.mark.parametrize(
    ("text", "kind", "hint"),
    [
        ("38,40 EUR", "money", "write 38.40 EUR"),
        ("1.234,50 €", "money", "write 1234.50 €"),
        ("1.000.000 EUR", "money", "write 1000000 EUR"),
        ("1 234,50 €", "money", "write 1234.50 €"),
        ("0,500 EUR", "money", "write 0.500 EUR"),
        ("1234,567 EUR", "money", "write 1234567 EUR or 1234.5670 EUR"),
        ("1.000 EUR", "money", "write 1000 EUR or 1 EUR"),
        ("18.405 EUR", "money", "write 18405 EUR or 18.4050 EUR"),
        ("$1.500", "money", "write $1500 or $1.5"),
        ("200$", "money", "write $200"),
        ("200 eur", "money", "write 200 EUR"),
        ("1.234 euros", "money", "write 1234 EUR or 1.2340 EUR"),
        ("1,5k", "count", "write 1.5k"),
        ("1,5 h", "time", "write 1.5 h"),
        ("12,5 %", "share", "write 12.5 %"),
        ("12,5 GB", "memory", "write 12.5 GB"),
        ("about 12", "money", "write for example $200, 1.5k USD or 200"),
    ],
)
def test_a_decimal_comma_is_refused_with_what_to_write(text: str, kind: str, hint: str) -> None:
    with pytest.raises(ValueError, match=r"is not|two ways"):
        parse_quantity(text, kind, {"EUR": 1.1})
    schema = {"properties": {"a": {"type": ["number", "string"], "pattern": pattern(kind), "x-quantity": kind}}}
    document = parse_document(f'a: "{text}"'.encode(), "f.yaml")
    assert [(one.at, one.hint) for one in schema_problems(document, schema, {"EUR": 1.1})] == [("a", hint)]


def test_thousands_stand_in_groups_of_three() -> None:
    assert parse_quantity("1,000", "count") == 1000
    assert parse_quantity("12,345.6 EUR", "money", {"EUR": 2.0}) == pytest.approx(24_691.2)
    assert parse_quantity("1,500k", "count") == 1.5e6


@pytest.mark.parametrize("text", ["200 €", "200€", "€200", "€ 200", "200 EUR", "EUR 200"])
def test_the_sign_of_a_currency_on_either_side(text: str) -> None:
    assert parse_quantity(text, "money", {"EUR": 1.1}) == pytest.approx(220.0)
    assert re.match(pattern("money"), text)


def test_rates_of_clouds_keep_their_three_decimals() -> None:
    assert parse_quantity("$1.006", "money") == 1.006
    assert parse_quantity("0.023 EUR", "money", {"EUR": 1.0}) == 0.023
    assert parse_quantity("1.500k USD", "money") == 1500


def test_a_limit_of_a_policy_says_what_to_write() -> None:
    with pytest.raises(ValueError, match=r"'38,40' is not an amount of money; write 38\.40$"):
        parse_limit("38,40", "money")
    with pytest.raises(AmbiguousError, match=r"write \$1500 or \$1\.5$"):
        parse_limit("$1.500", "money")
