"""Rows of a month against what the provider's invoice says."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from planner.outcome.review.sources import Invoice
from planner.scenario.spend_sources import Bill
from planner.spend.reading.focus.overlaps import BILLING_MONTH, judged, status
from planner.spend.store import Store

_CENT: Final = Decimal("0.01")


def fill_billed_months(store: Store, name: str) -> None:
    """Add to `billed_months`, a table beside the review's own, the sums of each billing month.

    What is billed already but lies ahead counts, since it is on the invoice too.
    """
    store.connection.execute(
        "CREATE TABLE IF NOT EXISTS billed_months (source VARCHAR, month VARCHAR, currency VARCHAR, "
        "billed DECIMAL(38, 12))"
    )
    store.connection.execute(
        f"INSERT INTO billed_months SELECT ?, strftime({BILLING_MONTH}, '%Y-%m'), c.currency, sum(s.billed) "
        f"FROM {judged()} JOIN focus.charged c ON s.kind = c.kind WHERE {status()} IN ('kept', 'future') GROUP BY ALL",
        [name, store.as_of],
    )


def invoices_of(store: Store, source: Bill, name: str) -> list[Invoice]:
    """What a bill's invoices say against its rows of the same billing months, oldest first, after `read_bill`.

    An invoice is in the currency in which most was billed that month; BilledCost is what is invoiced (FOCUS). They
    agree where they are equal to the cent.
    """
    there = store.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'billed_months'")[0][0]
    found: dict[str, list[tuple[str, Decimal]]] = {}
    for month, currency, billed in (
        store.rows(
            "SELECT month, currency, sum(billed) FROM billed_months WHERE source = ? GROUP BY ALL "
            "ORDER BY month, abs(sum(billed)) DESC, currency",
            [name],
        )
        if there
        else []
    ):
        found.setdefault(month, []).append((currency, billed))
    known = sorted({currency for rows in found.values() for currency, _ in rows})
    invoices = []
    for month, invoiced in sorted(source.invoices.items()):
        currency, rows = found.get(month, [(known[0] if len(known) == 1 else "", Decimal(0))])[0]
        said = Decimal(repr(invoiced))
        cents = rows.quantize(_CENT, ROUND_HALF_EVEN) - said.quantize(_CENT, ROUND_HALF_EVEN)
        invoices.append(
            Invoice(
                source=name, month=month, currency=currency, invoiced=invoiced, rows=float(rows),
                difference=float(rows - said), agrees=cents == 0,
            )
        )  # fmt: skip
    return invoices
