"""Currencies: how many USD a unit of each is worth, at a date."""

from planner.catalog.exchange import Rate
from planner.catalog.tables import Directory
from planner.units import USD, earliest_day


def read_currencies(directory: Directory) -> dict[str, Rate]:
    """Read `currencies.csv`: currency → rate; USD, the canonical unit, is worth 1."""
    table = directory.table("currencies.csv", ("currency", "usd_per_unit", "as_of", "source"))
    codes, dates, sources = table.required("currency"), table.required("as_of"), table.required("source")
    values = table.floats("usd_per_unit", least=1e-12, blank=False).tolist()
    found: dict[str, Rate] = {}
    for row, code in enumerate(codes):
        if not is_currency(code):
            table.complain(row, f"currency {code!r} is not a code of three capital letters")
        if code in found:
            table.complain(row, f"currency {code!r} is given twice")
        if code == USD and values[row] != 1:
            table.complain(row, "usd_per_unit of USD is not 1")
        try:
            earliest_day(dates[row])
        except (ValueError, TypeError):
            table.complain(row, f"as_of {dates[row]!r} is not a date: YYYY, YYYY-MM or YYYY-MM-DD")
        found[code] = Rate(code, values[row], dates[row], sources[row])
    return found


def is_currency(code: str) -> bool:
    """Whether a text has the form of a currency's code."""
    return len(code) == 3 and code.isascii() and code.isupper() and code.isalpha()
