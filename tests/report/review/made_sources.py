"""What was read for the year made by hand."""

from planner.outcome.review.attribution import MonthTotal
from planner.outcome.review.sources import CurrencyTotal, Gap, Health, Invoice, Read, Reject, SourceRead


def read(month: MonthTotal, *, whole: bool) -> Read:
    """Two bills, runs, requests and samples; an invoice that differs, and a gap."""
    kept = 655_120.44
    last = "2026-10-31" if whole else "2026-10-21"
    return Read(
        sources=[
            SourceRead(
                name="aws", kind="focus", files=13, rows=1_204_118, kept=1_203_600, duplicate=412, replaced=0,
                future=90, rejected=16, first_day="2025-11-01", last_day=last, version="1.2",
                totals=[CurrencyTotal(currency="USD", usd_per_unit=1.0, read=kept + 318.02 + 41.1 + 77.25, kept=kept,
                                      duplicate=318.02, replaced=0.0, future=41.1, rejected=77.25)],
            ),
            SourceRead(
                name="gcp", kind="focus", files=12, rows=88_204, kept=88_204, first_day="2025-11-01", last_day=last,
                version="1.0", notes=["no row has the tag `tenant`", "the column EffectiveCost is missing: billed "
                                      "cost stands for it"],
                totals=[CurrencyTotal(currency="EUR", usd_per_unit=1.09, read=41_020.5, kept=41_020.5, duplicate=0.0,
                                      replaced=0.0, future=0.0, rejected=0.0)],
            ),
            SourceRead(name="runs", kind="runs", files=1, rows=412, kept=410, rejected=2, first_day="2025-11-03",
                       last_day="2026-10-30"),
            SourceRead(name="requests", kind="requests", files=365, rows=9_120_330, kept=9_120_330,
                       first_day="2025-11-01", last_day=last),
        ],
        rejects=[
            Reject(source="aws", file="bills/aws-2026-08.parquet", row=4_120, column="BilledCost",
                   reason="no number", value="n/a"),
            Reject(source="runs", file="runs.csv", row=17, column="", reason="ends before it starts"),
        ],
        invoices=[
            Invoice(source="aws", month=month.month, currency="USD", invoiced=round(month.billed_usd * 0.93, 2),
                    rows=round(month.billed_usd * 0.93 + 12.4, 2), difference=12.4, agrees=False),
            Invoice(source="aws", month="2026-09", currency="USD", invoiced=53_020.18, rows=53_020.18, difference=0.0,
                    agrees=True),
        ],
        gaps=[Gap(source="gcp", month="2026-07", days=["2026-07-19", "2026-07-20"])],
        health=[
            Health(status="ok", source="aws", message="13 files, last charge 31 October"),
            Health(status="warning", source="gcp", message="no charges on 19 and 20 July"),
            Health(status="broken", source="gpu_samples", message="named, but no file is there"),
        ],
    )  # fmt: skip
