"""Offers as lines of text: what is written is read back, and a line that is no offer is told with its number."""

import math
import re
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.prices.row import TIERS
from planner.locking.table import COLUMNS, CONFIDENCE, MARKS, LineError, Priced, priced, read_table, write_table
from tests.locking.catalogs import CATALOG

WORDS = st.text(string.ascii_letters + string.digits + " .,\"'_-/|#:&*üß", min_size=1, max_size=12).filter(
    lambda text: bool(text.strip())
)
SIZES = st.one_of(st.just(math.nan), st.floats(0, 1e6, allow_nan=False), st.integers(0, 10**6).map(float))
OFFERS = st.builds(
    Priced,
    provider=WORDS,
    service=WORDS,
    instance=WORDS,
    region=WORDS,
    tier=st.sampled_from(TIERS),
    gpu=WORDS,
    gpus=st.integers(1, 1024),
    host_gib=SIZES,
    vcpus=SIZES,
    usd_per_hour=st.floats(1e-6, 1e6, exclude_min=True),
    as_of=st.sampled_from(["2024", "2024-02", "2024-02-29", "0001-01-01"]),
    confidence=st.sampled_from(CONFIDENCE),
    marks=st.sets(st.sampled_from(MARKS)).map(lambda some: tuple(mark for mark in MARKS if mark in some)),
)


def in_order(offers: list[Priced]) -> list[str]:
    """As text, in which an unknown number equals another one."""
    return sorted(map(repr, offers))


@given(st.lists(OFFERS, max_size=12, unique_by=lambda one: one.key))
def test_what_is_written_is_read_back(offers: list[Priced]) -> None:
    text = write_table(offers)
    assert in_order(read_table(text)) == in_order(offers)
    assert write_table(read_table(text)) == text
    assert write_table(reversed(offers)) == text


def test_every_offer_of_the_catalog() -> None:
    offers = priced(CATALOG.offers, CATALOG.gpus)
    text = write_table(offers)
    assert in_order(read_table(text)) == in_order(offers)
    assert len({one.key for one in offers}) == len(offers) == len(CATALOG.offers)
    assert text.count("\n") < len(offers) / 1.2  # regions of one price share a line
    assert len(text) < 2**19  # a lock may have twice of it


def test_lines_move_only_where_something_moved() -> None:
    offers = priced(CATALOG.offers, CATALOG.gpus)
    moved = [replace(one, usd_per_hour=2 * one.usd_per_hour) if i == 77 else one for i, one in enumerate(offers)]
    lines, others = (set(write_table(some).splitlines()) for some in (offers, moved))
    assert 1 <= len(lines ^ others) <= 4


GOOD = {
    "provider": "gcp", "service": "vm", "instance": "a", "tier": "spot", "gpu": "l4", "gpus": "1", "host_gib": "16",
    "vcpus": "", "usd_per_hour": "1.5", "as_of": "2026-01", "confidence": "high", "marks": "", "regions": "x; y z",
}  # fmt: skip
HEADER = ",".join(COLUMNS)


def table(**cells: str) -> str:
    return f"{HEADER}\n{','.join((GOOD | cells).values())}\n"


def test_a_good_line() -> None:
    one, other = read_table(table(marks="retired  marketplace", host_gib="1e3", vcpus=".5"))
    assert (one.region, other.region) == ("x", "y z")
    assert one.marks == ("marketplace", "retired")
    assert (one.host_gib, one.vcpus) == (1000.0, 0.5)
    assert read_table(f"{HEADER}\n") == []


BAD = [
    *(
        ("usd_per_hour", text)
        for text in ("", "0", "-1", "nan", "NaN", "inf", "-inf", "1e400", "1e7", "1_0", " 1", "1,5")
    ),
    *(("usd_per_hour", text) for text in ("٣", "0x10", "free", "9" * 5000, "1e-999999", "$3", "1.5.2")),
    *(("host_gib", text) for text in ("nan", "inf", "-1", "-0", "1_000", "?", "1e999")),
    *(("vcpus", text) for text in ("many", "infinity")),
    *(("gpus", text) for text in ("", "0", "-1", "1.0", "²", "٣", "1025", "9" * 5000, "01", "+1")),
    *(("tier", text) for text in ("", "reserved", "Spot")),
    *(("confidence", text) for text in ("", "sure", "HIGH")),
    *(("as_of", text) for text in ("", "today", "2026-13", "2026-02-30", "0000", "-5", "9" * 30, "2026-1-1", "+2026")),
    *(("as_of", text) for text in ("2026-01-01-01", "2026-01-01T00:00", "٢٠٢٦", "20260101")),
    *(("marks", text) for text in ("cheap", "retired,", "retired retired", "RETIRED")),
    *(("regions", text) for text in ("", " ", "; ", "x; ", "; x", "x; ; y", "x; x")),
    *((name, "") for name in ("provider", "service", "instance", "gpu")),
]


@pytest.mark.parametrize(("column", "text"), BAD)
def test_a_cell_that_is_none(column: str, text: str) -> None:
    quoted = f'"{text}"' if "," in text else text
    with pytest.raises(LineError) as told:
        read_table(
            table() + table(**{column: quoted, "instance": quoted if column == "instance" else "b"}).partition("\n")[2]
        )
    assert told.value.line == 3
    assert len(str(told.value)) < 250


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the first line must name the columns"),
        ("\n", 1, "the first line must name the columns"),
        (HEADER.replace("provider", "seller") + "\n", 1, "the first line must name the columns"),
        (f"{HEADER}\n\n", 2, "0 cells where 13 columns are named"),
        (f"{HEADER}\na,b\n", 2, "2 cells where 13 columns are named"),
        (table() + ",".join([*GOOD.values(), "more"]), 3, "14 cells where 13"),
        (table() + table().partition("\n")[2], 3, "gcp a x is given twice"),
        (table() + '"open', 3, "is no line of a table"),
        (table() + '"a"b,c', 3, "is no line of a table"),
        (table() + "a" * 200_000, 3, "is no line of a table"),
        (table() + "a\rb,c", 3, "is no line of a table: new-line character"),
    ],
)
def test_a_line_that_is_none(text: str, line: int, said: str) -> None:
    with pytest.raises(LineError, match=re.escape(said)) as told:
        read_table(text)
    assert told.value.line == line


def test_spot_and_on_demand_are_two_offers() -> None:
    both = read_table(table() + table(tier="on_demand").partition("\n")[2])
    assert len({one.key for one in both}) == 4
