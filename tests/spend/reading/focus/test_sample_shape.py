"""A bill in the shape of the FinOps Foundation's public FOCUS 1.0 sample: its header and spelling, rows of our own."""

import datetime
from decimal import Decimal
from pathlib import Path

from tests.spend.reading.focus.bills import got, reconciles

SAMPLE = Path(__file__).with_name("focus_sample_shape.csv")


def test_the_sample_s_shape_is_read_whole() -> None:
    invoices = {"2024-09": 138.17, "2024-10": 1.0}
    with got(SAMPLE, as_of=datetime.date(2024, 11, 1), invoices=invoices) as found:
        read = found.read
        assert (read.version, read.rows, read.kept, read.rejected) == ("1.0", 7, 7, 0)
        assert (read.first_day, read.last_day) == ("2024-09-01", "2024-09-30")
        assert found.total() == Decimal("138.1700008")
        assert found.store.rows("SELECT sum(effective_usd) FROM cells") == [(Decimal("88.1700008"),)]
        assert found.cells("provider, gpu, pricing_category, effective_usd::DOUBLE, gpu_hours, team", "gpu <> ''") == [
            ("aws", "h100-sxm", "Committed", 43.32, 8.0, "research"),
            ("aws", "h100-sxm", "Standard", 55.0, 8.0, "research"),
        ]
        assert found.cells("day::VARCHAR, billed_usd::DOUBLE", "category = 'Credit'") == [("2024-09-01", -12.5)]
        assert found.cells("count(*), sum(billed_usd)::DOUBLE", "category = 'Tax'") == [(30, 3.6)]
        assert found.cells('quantity, "class"', "billed_usd = -1.25") == [(-1.0, "Correction")]
        assert read.notes == ["charges for several days are spread evenly over them: 1 row"]
        assert reconciles(read)
