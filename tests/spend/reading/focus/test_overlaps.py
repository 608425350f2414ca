"""Exports that overlap: nothing counts twice, nothing is lost, in whatever order and form the files come."""

import datetime
import random
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spend.reading.focus.bills import charge, got, reconciles, write

A, B, C = charge(cost="1"), charge(cost="10"), charge("2026-09-01T00:00:00Z", "100")


def test_a_row_of_two_files_counts_as_often_as_in_the_one_that_has_it_most(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", [A, A, B, C])
    two = write(tmp_path / "two.csv", [A, B, B, B])
    with got(one, two) as found:
        assert found.total() == 2 * 1 + 3 * 10 + 100
        assert (found.read.rows, found.read.kept, found.read.duplicate) == (8, 6, 2)
        assert found.read.totals[0].duplicate == 11.0
        assert reconciles(found.read)


def test_reading_an_export_twice_changes_nothing_even_in_another_form(tmp_path: Path) -> None:
    rows = [A, A, B, C, charge(cost="3", Tags='{"team": "x", "n": "1"}', ListCost="4.50", ChargeDescription=" a ")]
    one = write(tmp_path / "one.csv", rows)
    again = tmp_path / "again.parquet"
    # Numbers, times and tags of types of their own, in another order of columns.
    duckdb.connect().execute(
        "COPY (SELECT * EXCLUDE (Tags, BilledCost) REPLACE (EffectiveCost::DECIMAL(18, 4) AS EffectiveCost, "
        "ChargePeriodStart::TIMESTAMPTZ::TIMESTAMP AS ChargePeriodStart, ConsumedQuantity::DOUBLE AS ConsumedQuantity),"
        " CASE WHEN Tags IS NOT NULL THEN MAP {'n': '1', 'team': 'x'} END AS Tags, BilledCost::FLOAT AS BilledCost "
        f"FROM read_csv('{one}', all_varchar = true)) TO '{again}'"
    )
    with got(one) as once, got(one, again, one) as twice:
        assert once.cells("*") == twice.cells("*")
        assert (twice.read.kept, twice.read.duplicate) == (5, 10)


def test_rows_that_differ_in_any_column_are_different_rows(tmp_path: Path) -> None:
    differ = ("ResourceId", "PricingQuantity", "x_Own", "ListUnitPrice", "Tags")
    files = [
        write(tmp_path / f"{n}.csv", [A, *(A | {column: n} for column in differ)], [*A, *differ]) for n in ("1", "2")
    ]
    with got(*files) as found:
        assert (found.read.kept, found.read.duplicate) == (1 + 2 * len(differ), 1)


def test_of_a_month_that_is_exported_anew_the_later_file_counts(tmp_path: Path) -> None:
    other = charge(cost="1000", BillingAccountId="2")
    old = write(tmp_path / "old.csv", [A, B, C, other])
    new = write(tmp_path / "new.csv", [charge(cost="7"), charge(cost="x")])
    with got(old, new, overlap="later_file") as found:
        assert float(found.total()) == 7 + 100 + 1000
        assert (found.read.kept, found.read.replaced, found.read.rejected) == (3, 2, 1)
        assert found.read.totals[0].replaced == 11.0
        assert reconciles(found.read)
    with got(new, old, overlap="later_file") as found:
        assert float(found.total()) == 1 + 10 + 100 + 1000


def test_a_month_without_billing_period_is_that_of_its_charges(tmp_path: Path) -> None:
    columns = [name for name in A if name != "BillingPeriodStart"]
    old, new = write(tmp_path / "old.csv", [A, C], columns), write(tmp_path / "new.csv", [B], columns)
    with got(old, new, overlap="later_file") as found:
        assert float(found.total()) == 110
        assert "no column BillingPeriodStart: the billing month is that of the charge" in found.read.notes


ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(-(10**7), 10**9), st.sampled_from(["", "a", "b"])), max_size=25
)


@settings(max_examples=5)
@given(ROWS, st.randoms(use_true_random=False))
def test_shuffled_duplicated_and_split_files_give_the_same_total(
    rows: list[tuple[int, int, str]], chance: random.Random
) -> None:
    """Every part of a bill overlaps with others only in whole rows: the kept sum is that of the whole, exactly."""
    made = [
        charge((datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=13 * hour)).isoformat(),
               f"{nanos}e-9", ResourceId=resource)
        for hour, nanos, resource in rows
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "whole.csv", chance.sample(made, len(made)))
        parts: list[list[dict[str, object]]] = [[], [], []]
        for row in made:
            for part in chance.sample(parts, chance.randint(0, 3)):
                part.append(row)
        for place, part in enumerate(parts):
            write(folder / f"part{place}.csv", part)
        files = [folder / "whole.csv", *(folder / f"part{place}.csv" for place in range(3))]
        chance.shuffle(files)
        with got(*files) as found:
            assert (found.total() or 0) * 10**9 == sum(nanos for _, nanos, _ in rows)
            assert found.read.kept == len(rows)
            assert found.read.duplicate == sum(map(len, parts))
            assert reconciles(found.read)


def test_max_of_counts_is_what_a_multiset_union_is(tmp_path: Path) -> None:
    chance = random.Random(5)
    bills = [[chance.randrange(12) for _ in range(60)] for _ in range(4)]
    files = [
        write(tmp_path / f"{place}.csv", [charge(cost=str(2**value)) for value in bill])
        for place, bill in enumerate(bills)
    ]
    union: Counter[int] = Counter()
    for bill in bills:
        union |= Counter(bill)
    with got(*files) as found:
        assert found.total() == sum(2**value * count for value, count in union.items())
