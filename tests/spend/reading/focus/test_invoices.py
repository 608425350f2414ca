"""Invoices against the rows of their month."""

import datetime
from pathlib import Path

from planner.scenario.spend_sources import Bill
from planner.spend.reading.focus import invoices_of
from tests.spend.made import made
from tests.spend.reading.focus.bills import charge, got, write

INVOICES = {"2026-10": 30.0, "2026-09": 4.0, "2026-08": 1.0}
BILL = Bill(focus="bill.csv", invoices=INVOICES)


def test_an_invoice_agrees_with_its_billing_month_to_the_cent(tmp_path: Path) -> None:
    rows = [
        charge(cost="10"),
        charge(cost="10"),
        # Billed in October for September, with less than a cent too much; what lies ahead is billed too.
        charge("2026-09-30T00:00:00Z", "10.004", BillingPeriodStart="2026-10-01"),
        charge("2026-09-01T00:00:00Z", "3"),
        charge("2026-09-25T00:00:00Z", "2"),
        charge(cost="99", ChargeCategory="wrong"),
    ]
    one = write(tmp_path / "one.csv", rows)
    with got(one, one, as_of=datetime.date(2026, 9, 20)) as found:
        told = [(i.month, i.currency, i.rows, round(i.difference, 9), i.agrees) for i in
                invoices_of(found.store, BILL, "bill")]  # fmt: skip
        assert told == [
            ("2026-08", "USD", 0.0, -1.0, False),
            ("2026-09", "USD", 5.0, 1.0, False),
            ("2026-10", "USD", 30.004, 0.004, True),
        ]
        assert [invoice.rows for invoice in invoices_of(found.store, BILL, "another")] == [0.0] * 3


def test_an_invoice_is_in_the_currency_of_most_of_its_month(tmp_path: Path) -> None:
    rows = [charge(cost="1"), charge(cost="30", BillingCurrency="EUR")]
    with got(write(tmp_path / "bill.csv", rows)) as found:
        assert [(i.currency, i.rows, i.agrees) for i in invoices_of(found.store, BILL, "bill")][-1] == (
            "EUR",
            30.0,
            True,
        )


def test_without_any_bill_read_there_are_no_rows() -> None:
    with made() as store:
        assert [invoice.agrees for invoice in invoices_of(store, BILL, "bill")] == [False] * 3
