"""Days that are missing, and how sources stand."""

import datetime

from planner.outcome.review.sources import CurrencyTotal, Gap, Invoice, SourceKind, SourceRead
from planner.spend.months import Month
from planner.spend.reading.coverage import gaps_of, health_of, refused_files
from tests.spend.made import charge, made

DAY = datetime.date(2026, 9, 1)


def _days(first: str, count: int, without: tuple[str, ...] = ()) -> list[str]:
    start = datetime.date.fromisoformat(first)
    days = [(start + datetime.timedelta(days=place)).isoformat() for place in range(count)]
    return [day for day in days if day not in without]


KINDS: dict[str, SourceKind] = {
    "aws": "focus", "gcp": "focus", "log": "requests", "weekdays": "requests", "nothing": "focus",
}  # fmt: skip
READS = [SourceRead(name=name, kind=kind, files=1, rows=1, kept=1) for name, kind in KINDS.items()]


def test_gaps_lie_between_days_and_at_the_end_of_a_month_that_is_over() -> None:
    cells = [charge(day, 1.0, source="aws") for day in _days("2026-09-10", 50, ("2026-09-12", "2026-10-03"))]
    cells += [charge(day, 1.0, source="gcp") for day in _days("2026-10-01", 31)]
    usage = [{"day": day, "source": "log"} for day in _days("2026-10-01", 40, ("2026-10-07",))]
    usage += [{"day": day, "source": "weekdays"} for day in ("2026-10-01", "2026-10-02", "2026-10-05")]
    with made({"cells": cells, "usage": usage}) as store:
        assert gaps_of(store, READS, Month(2026, 10)) == [
            Gap(source="aws", month="2026-09", days=["2026-09-12"]),
            Gap(source="aws", month="2026-10", days=["2026-10-03", "2026-10-30", "2026-10-31"]),
            Gap(source="log", month="2026-10", days=["2026-10-07"]),
        ]
    with made({"cells": cells}, as_of=datetime.date(2026, 10, 31)) as store:
        assert gaps_of(store, READS, Month(2026, 10))[1].days == ["2026-10-03"]
    with made() as store:
        assert gaps_of(store, READS, Month(2026, 10)) == []


def _read(name: str, rows: int, kept: int, rejected: int = 0, amount: float = 200.0) -> SourceRead:
    total = CurrencyTotal(
        currency="EUR", usd_per_unit=1.1, read=amount, kept=amount - rejected, duplicate=0, replaced=0, future=0,
        rejected=rejected,
    )  # fmt: skip
    return SourceRead(
        name=name, kind="focus", files=1, rows=rows, kept=kept, rejected=rejected, first_day="2026-10-01",
        last_day="2026-10-31", totals=[total],
    )  # fmt: skip


def test_health_says_what_is_wrong_with_each_source_or_that_nothing_is() -> None:
    def invoice(source: str, difference: float) -> Invoice:
        return Invoice(source=source, month="2026-10", currency="EUR", invoiced=100.0, rows=100.0 + difference,
                       difference=difference, agrees=abs(difference) < 0.005)  # fmt: skip

    reads = [_read("good", 100, 100), _read("some", 100, 99, 1), _read("many", 100, 95, 5), _read("none", 3, 0, 3)]
    gaps = [
        Gap(source="good", month="2026-10", days=["2026-10-03", "2026-10-04", "2026-10-05"]),
        Gap(source="some", month="2026-10", days=[f"2026-10-{day:02d}" for day in range(2, 16, 2)]),
    ]
    told = health_of(reads, gaps, [invoice("some", -0.5), invoice("many", 2.0), invoice("good", 0.0)])
    assert [(each.source, each.status, each.message) for each in told] == [
        ("good", "warning", "2026-10: nothing on 2026-10-03 to 2026-10-05"),
        ("some", "warning", "1 of 100 rows were refused, 1.00 of 200.00 EUR"),
        ("some", "warning", "the invoice of 2026-10 is 100.00 EUR, its rows are 99.50: 0.50 too little"),
        ("some", "warning",
         "2026-10: nothing on 2026-10-02, 2026-10-04, 2026-10-06, 2026-10-08, 2026-10-10 and 2 more days"),
        ("many", "broken", "5 of 100 rows were refused, 5.00 of 200.00 EUR"),
        ("many", "broken", "the invoice of 2026-10 is 100.00 EUR, its rows are 102.00: 2.00 too much"),
        ("none", "broken", "no row counts: 3 of 3 rows were refused"),
    ]  # fmt: skip
    assert [(each.status, each.message) for each in health_of(reads[:1])] == [
        ("ok", "100 rows count, 2026-10-01 to 2026-10-31")
    ]


def test_a_file_that_is_not_read_makes_a_source_broken_though_no_row_was_refused() -> None:
    rejects = [
        {"source": "log", "file": "b.gz", "row": 0, "reason": "cut"},
        {"source": "log", "file": "a.csv", "row": 2, "reason": "is no number"},
    ]
    with made({"rejects": rejects}) as store:
        found = refused_files(store)
    assert found == {"log": ["b.gz"]}
    (told,) = health_of([_read("log", 100, 100)], refused=found)
    assert (told.status, told.message) == ("broken", "not read, or not to the end: b.gz")


def test_gaps_in_many_months_are_one_message() -> None:
    gaps = [Gap(source="good", month=f"2026-{month:02d}", days=[f"2026-{month:02d}-01"] * 2) for month in range(2, 6)]
    (told,) = health_of([_read("good", 100, 100)], gaps)
    assert told.message == "nothing on 8 days in 4 months from 2026-02-01 to 2026-05-01"


def test_a_twentieth_of_the_amount_is_as_bad_as_one_of_the_rows() -> None:
    told = health_of([_read("dear", 100, 99, 1, amount=20.0), _read("cheap", 100, 99, 1, amount=20.01)])
    assert [(each.source, each.status) for each in told] == [("dear", "broken"), ("cheap", "warning")]
    assert told[0].message == "1 of 100 rows were refused, 1.00 of 20.00 EUR"
