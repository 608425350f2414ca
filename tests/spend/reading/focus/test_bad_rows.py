"""Rows that are refused: file, row, column, reason and value; the others count, and the sums agree."""

from pathlib import Path

import duckdb

from tests.spend.reading.focus.bills import as_csv, charge, got, reconciles, write

LONG = {"ChargePeriodStart": "2025-01-01", "ChargePeriodEnd": "2026-02-10"}


WRONG: tuple[tuple[dict[str, str], str, str, str], ...] = (
    ({"BilledCost": "12,50"}, "BilledCost", "is no amount", "12,50"),
    ({"BilledCost": ""}, "BilledCost", "is empty", ""),
    ({"EffectiveCost": "NaN"}, "EffectiveCost", "is no amount", "NaN"),
    ({"EffectiveCost": "inf"}, "EffectiveCost", "is no amount", "inf"),
    ({"ListCost": "dear"}, "ListCost", "is no amount", "dear"),
    ({"ContractedCost": "-1e13"}, "ContractedCost", "is more than 1e12", "-1e13"),
    ({"ConsumedQuantity": "many"}, "ConsumedQuantity", "is no number", "many"),
    ({"ChargePeriodStart": "10/5/2026"}, "ChargePeriodStart", "is no time, as 2026-10-31T23:00:00Z", "10/5/2026"),
    ({"ChargePeriodStart": "0026-10-05"}, "ChargePeriodStart", "is no time, as 2026-10-31T23:00:00Z", "0026-10-05"),
    ({"ChargePeriodStart": "infinity"}, "ChargePeriodStart", "is no time, as 2026-10-31T23:00:00Z", "infinity"),
    ({"ChargePeriodEnd": "290000-01-01"}, "ChargePeriodEnd", "is no time, as 2026-10-31T23:00:00Z", "290000-01-01"),
    ({"PricingQuantity": "-2e15"}, "PricingQuantity", "is more than 1e15", "-2e15"),
    ({"ChargePeriodEnd": "NULL"}, "ChargePeriodEnd", "is empty", ""),
    ({"ChargePeriodEnd": "2026-10-05T10:00:00Z"}, "ChargePeriodEnd", "is not after ChargePeriodStart",
     "2026-10-05T10:00:00Z"),
    (LONG, "ChargePeriodEnd", "is more than 400 days after ChargePeriodStart", "2026-02-10"),
    ({"ChargeCategory": "Usages"}, "ChargeCategory", "is none of Usage, Purchase, Tax, Credit, Adjustment", "Usages"),
    ({"BillingCurrency": "XTS"}, "BillingCurrency", "has no known rate; say under `rates:` how many USD one of it is",
     "XTS"),
    ({"BillingCurrency": ""}, "BillingCurrency", "is empty", ""),
    ({"x_RecordType": "Forecast"}, "x_RecordType", "is a plan, not a charge", "Forecast"),
)  # fmt: skip


def test_bad_rows_are_named_and_the_others_count(tmp_path: Path) -> None:
    rows = [row for wrong, *_ in WRONG for row in (charge(cost="0.25"), charge(**wrong))]
    path = write(
        tmp_path / "bill.csv", rows, [*charge(), "ListCost", "ContractedCost", "PricingQuantity", "x_RecordType"]
    )
    with got(path) as found:
        told = [("bill.csv", 2 * place, *expected) for place, (_, *expected) in enumerate(WRONG, 1)]
        assert sorted(found.rejects()) == sorted(told)
        assert (found.read.kept, found.read.rejected, found.total()) == (len(WRONG), len(WRONG), len(WRONG) / 4)
        assert reconciles(found.read)


def test_every_problem_of_a_row_is_told_and_what_can_be_read_of_it_is_in_the_sum(tmp_path: Path) -> None:
    path = write(tmp_path / "bill.csv", [charge(), charge(EffectiveCost="x", ChargeCategory="?", ConsumedQuantity="y")])
    with got(path) as found:
        assert [reject[2] for reject in found.rejects()] == ["ChargeCategory", "ConsumedQuantity", "EffectiveCost"]
        (total,) = found.read.totals
        assert (total.read, total.kept, total.rejected) == (3.0, 1.5, 1.5)


def test_lines_that_are_no_rows_are_refused_and_rows_after_them_keep_their_number(tmp_path: Path) -> None:
    head, *lines = as_csv([charge(cost="x" if i in (0, 4, 6) else "1") for i in range(7)]).splitlines()
    lines[1] = b"1,2,3"
    lines[2] = lines[2] + b",more"
    lines[3] = lines[3].replace(b"AWS", b"A\xffS")
    lines[5] = b'"1"2,' + lines[5].partition(b",")[2]
    path = tmp_path / "bill.csv"
    path.write_bytes(b"\n".join([head, *lines]) + b"\n")
    with got(path) as found:
        rows = [(row, reason) for _, row, column, reason, _ in found.rejects() if column in ("", "BilledCost")]
        assert rows == [
            (1, "is no amount"),
            (2, "has fewer columns than the first line"),
            (3, "has more columns than the first line"),
            (4, "is not UTF-8"),
            (5, "is no amount"),
            (6, "has a quote that does not end where the value does"),
            (7, "is no amount"),
        ]
        assert (found.read.rows, found.read.kept, found.read.rejected) == (7, 0, 7)
        assert found.read.notes[-1] == "no row is left to count"


def test_rows_of_parquet_are_named_too_and_control_signs_are_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "bill.parquet"
    csv = write(tmp_path / "bill.csv", [charge(), charge(ChargeCategory="a\x1b[31mb\u202ec"), charge()])
    duckdb.connect().execute(
        f"COPY (SELECT * REPLACE (CASE WHEN ChargeCategory = 'Usage' THEN 1 ELSE 'nan'::DOUBLE END AS BilledCost) "
        f"FROM '{csv}') TO '{path}'"
    )
    with got(path) as found:
        assert found.rejects() == [
            ("bill.parquet", 2, "BilledCost", "is no amount", "nan"),
            ("bill.parquet", 2, "ChargeCategory", "is none of Usage, Purchase, Tax, Credit, Adjustment", "a [31mb c"),
        ]
        assert found.total() == 2


def test_what_starts_on_the_review_s_day_or_later_is_set_aside(tmp_path: Path) -> None:
    rows = [charge("2026-11-19T22:30:00Z", "1"), charge("2026-11-19T23:30:00Z", "2"), charge("2027-01-01", "4")]
    path = write(tmp_path / "bill.csv", rows)
    with got(path) as found:
        assert (found.read.kept, found.read.future, found.read.totals[0].future) == (2, 1, 4.0)
    with got(path, zone="Europe/Berlin") as found:
        assert (found.read.kept, found.read.future, found.read.totals[0].future) == (1, 2, 6.0)
        assert found.read.last_day == "2026-11-19"


def test_negative_usage_counts_and_is_noted_while_corrections_and_credits_are_expected(tmp_path: Path) -> None:
    rows = [
        charge(cost="10"),
        charge(cost="-3"),
        charge(cost="-2", ChargeClass="Correction"),
        charge(cost="-1", ChargeCategory="Credit"),
        charge(cost="-0.5", ChargeCategory="Refund"),
    ]
    with got(write(tmp_path / "bill.csv", rows)) as found:
        assert float(found.total()) == 3.5
        assert "usage below zero that is no correction counts as it is: 1 row" in found.read.notes
        assert found.cells('"class", category, billed_usd::DOUBLE', "billed_usd < 0 AND category <> 'Usage'") == [
            ("", "Credit", -1.0),
            ("", "Refund", -0.5),
        ]


def test_rows_in_a_currency_without_a_rate_are_counted_with_their_amount(tmp_path: Path) -> None:
    rows = [charge(), charge(cost="7", BillingCurrency="XTS"), charge(cost="8", BillingCurrency="eur")]
    with got(write(tmp_path / "bill.csv", rows)) as found:
        assert [(t.currency, t.usd_per_unit, t.kept) for t in found.read.totals] == [
            ("EUR", 1.25, 8.0),
            ("USD", 1.0, 1.5),
        ]
        assert float(found.total()) == 11.5
        assert found.read.notes[-1] == (
            "XTS has no rate: 1 row of 7.00 XTS left out; say under `rates:` how many USD one of it is"
        )
