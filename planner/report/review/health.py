"""The section `health`: what was read, whether the sums agree, what was refused, and what is missing."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.sources import CurrencyTotal, Gap, Health, Invoice, Reject, SourceRead
from planner.report.data.review_parts import Cell, ReviewSection, Table, Tone
from planner.report.names import listed, plural, shorten
from planner.report.review.words import cell, cents, columns, day_text, days_text, month_text, row, said, sentences

SHOWN: Final = 60
REJECTS: Final = 15
DAYS: Final = 6
_TONES: Final[dict[str, Tone]] = {"ok": "good", "warning": "warn", "broken": "bad"}
_KINDS: Final = {"focus": "bill (FOCUS)", "mlflow": "MLflow runs", "gpu_samples": "GPU samples"}


def health_section(review: Review) -> ReviewSection:
    """Sources, reconciliation, invoices, gaps and rejects."""
    read = review.read
    tables = [_health(read.health)] if read.health else []
    tables += [_sources(read.sources)] if read.sources else []
    tables += [_totals(read.sources)] if any(one.totals for one in read.sources) else []
    tables += [_invoices(read.invoices)] if read.invoices else []
    tables += [_gaps(read.gaps)] if read.gaps else []
    tables += [_rejects(read.rejects)] if read.rejects else []
    notes = [f"{shorten(one.name, 40)}: {said(note).rstrip('.')}." for one in read.sources for note in one.notes]
    return ReviewSection("health", "Sources, and how far to trust this", health_sentence(review), says=bool(tables),
                         tables=tuple(tables), points=tuple(notes[:20]))  # fmt: skip


def health_sentence(review: Review) -> str:
    """How many sources are sound, and whether every bill's sum is explained to the cent."""
    read = review.read
    if not read.sources:
        return "Nothing was read."
    bad = [one for one in read.health if one.status == "broken"]
    doubtful = [one for one in read.health if one.status == "warning"]
    told = f"{plural(len(read.sources), 'source')} with {plural(sum(one.rows for one in read.sources), 'row')}"
    told += f"; {_sources_of(bad)} broken{_why(bad)}" if bad else ""
    told += f"; {_noted(doubtful)}" if doubtful else "" if bad else ", all sound"
    return f"{told}. {sums_sentence(read.sources)}{_wrong(read.invoices)}"


def _sources_of(found: Sequence[Health]) -> str:
    names = list(dict.fromkeys(shorten(one.source, 40) for one in found))
    return f"{listed(names[:3])}{f' and {len(names) - 3:,} more' if len(names) > 3 else ''} " \
           f"{'is' if len(names) == 1 else 'are'}"  # fmt: skip


def _why(found: Sequence[Health]) -> str:
    """What is wrong where it is one thing."""
    return f" ({said(found[0].message)})" if len(found) == 1 else ""


def _noted(found: Sequence[Health]) -> str:
    """What is not quite right: of one source in words, of several which."""
    if len(found) == 1:
        return f"{shorten(found[0].source, 40)}: {said(found[0].message).rstrip('.')}"
    names = list(dict.fromkeys(shorten(one.source, 40) for one in found))
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return f"{plural(len(found), 'warning')} on {listed(names[:3])}{more}"


def sums_sentence(sources: Sequence[SourceRead]) -> str:
    """Whether read = kept + duplicate + replaced + future + rejected, bill by bill, to the cent."""
    totals = [(one.name, t) for one in sources for t in one.totals]
    off = [name for name, t in totals
           if abs(t.read - (t.kept + t.duplicate + t.replaced + t.future + t.rejected)) >= 0.005]  # fmt: skip
    if off:
        return f"The sums of {listed([shorten(name, 40) for name in off[:3]])} do not add up."
    return "Every bill's sum is accounted for to the cent." if totals else ""


def _wrong(invoices: Sequence[Invoice]) -> str:
    wrong = [one for one in invoices if not one.agrees]
    if not wrong:
        return " Every invoice agrees with its rows." if invoices else ""
    told = [f"{shorten(one.source, 40)} in {month_text(one.month)} by {cents(one.difference, one.currency)}"
            for one in wrong[:2]]  # fmt: skip
    return (
        f" {plural(len(wrong), 'invoice')} {'differs' if len(wrong) == 1 else 'differ'} from the rows: {listed(told)}."
    )


def _health(found: Sequence[Health]) -> Table:
    order = sorted(found, key=lambda one: (("broken", "warning", "ok").index(one.status), one.source, one.message))
    rows = tuple((cell(shorten(one.source, 48)), Cell(one.status, tone=_TONES[one.status]), cell(said(one.message)))
                 for one in order[:SHOWN])  # fmt: skip
    return Table("health", "Health", columns("Source", "Status", "What"), rows)


def _sources(sources: Sequence[SourceRead]) -> Table:
    numbers = ("Files", "Rows", "Kept", "Twice", "Replaced", "To come", "Refused")
    rows = tuple(
        (cell(shorten(one.name, 48), sentences(_KINDS.get(one.kind, one.kind), shorten(one.version, 10))),
         *row(*(f"{n:,}" for n in (one.files, one.rows, one.kept, one.duplicate, one.replaced, one.future))),
         Cell(f"{one.rejected:,}", tone="warn" if one.rejected else ""),
         cell(days_text(one.first_day, one.last_day) if one.last_day else "unknown"))
        for one in sources[:SHOWN]
    )  # fmt: skip
    return Table("read", "What was read", columns("Source", *numbers, "Days", numbers=numbers), rows,
                 note="Twice: another file has the row too. Replaced: a later file brings its month anew. To come: it "
                      "starts on the day of the review or later.")  # fmt: skip


def _totals(sources: Sequence[SourceRead]) -> Table:
    numbers = ("Read", "Kept", "Twice", "Replaced", "To come", "Refused")
    rows = tuple(
        (cell(shorten(one.name, 48), _rate(t)), *row(*(cents(value, shorten(t.currency, 8)) for value in _amounts(t))))
        for one in sources[:SHOWN] for t in one.totals
    )  # fmt: skip
    return Table("totals", "Billed amounts, reconciled", columns("Source", *numbers, numbers=numbers), rows,
                 note="What was read is what was kept and all that was set aside, to the cent.")  # fmt: skip


def _rate(total: CurrencyTotal) -> str:
    """`1 EUR = 1.09 USD`; empty for USD."""
    return "" if total.currency == "USD" else f"1 {shorten(total.currency, 8)} = {total.usd_per_unit:.5g} USD"


def _amounts(t: CurrencyTotal) -> tuple[float, ...]:
    return (t.read, t.kept, t.duplicate, t.replaced, t.future, t.rejected)


def _invoices(invoices: Sequence[Invoice]) -> Table:
    numbers = ("Invoice", "Rows", "Difference")
    rows = tuple(
        (*row(shorten(one.source, 48), month_text(one.month)),
         *row(*(cents(v, shorten(one.currency, 8)) for v in (one.invoiced, one.rows, one.difference))),
         Cell("yes" if one.agrees else "no", tone="good" if one.agrees else "bad"))
        for one in invoices[:SHOWN]
    )  # fmt: skip
    return Table("invoices", "Invoices against rows", columns("Source", "Month", *numbers, "Agrees", numbers=numbers),
                 rows)  # fmt: skip


def _gaps(gaps: Sequence[Gap]) -> Table:
    rows = tuple(row(shorten(one.source, 48), month_text(one.month), _days(one.days)) for one in gaps[:SHOWN])
    return Table("gaps", "Days without a row", columns("Source", "Month", "Days"), rows)


def _days(days: Sequence[str]) -> str:
    told = [day_text(day) for day in days[:DAYS]]
    return f"{', '.join(told)} and {len(days) - DAYS:,} more" if len(days) > DAYS else listed(told)


def _rejects(rejects: Sequence[Reject]) -> Table:
    rows = tuple(
        (cell(shorten(one.file, 80), shorten(one.source, 48)),
         cell(f"{one.row:,}" if one.row else "the file"), cell(shorten(one.column, 40) or "the row"),
         cell(said(one.reason), shorten(one.value, 60)))
        for one in rejects[:REJECTS]
    )  # fmt: skip
    first = "These are the first of them; " if len(rejects) > REJECTS else ""
    return Table("rejects", "Rows that were refused", columns("File", "Row", "Column", "Why", numbers=("Row",)), rows,
                 note=f"{first}rejected.csv beside plan.json has all.")  # fmt: skip
