"""The header of a log: which columns there are, which are missing."""

import csv
from collections.abc import Collection, Sequence
from typing import Final

from planner.catalog.names import suggest
from planner.source.excerpt import quoted
from planner.traffic.columns import FIELDS, NEEDED, field_of, layout_of, without_unit
from planner.traffic.faults import Faults
from planner.traffic.raw_rows import CsvReader, decoded

_MOST_COLUMNS: Final = 2000
_MOST_NAMED: Final = 12
_SEPARATORS: Final = ",;\t|"


def csv_reader(first: int, block: bytes, faults: Faults) -> tuple[int, bytes, CsvReader | None]:
    """What is below the header that the first block begins with: its first line, it, and the reader for it.

    No reader where there is no header, or one that cannot be used; all that is wrong with it is told.
    """
    lines = block.split(b"\n")
    above = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith(b"#")), None)
    if above is None:
        return first, block, None
    line = first + above
    written = decoded(lines[above], line, faults).rstrip("\r")
    separator = max(_SEPARATORS, key=written.count)
    try:
        header = next(csv.reader([written], delimiter=separator), [])
    except csv.Error as error:
        faults.file("log-columns", f"the header is not CSV: {error}", line=line)
        return line, b"", None
    if len(header) > _MOST_COLUMNS:
        faults.file("log-columns", f"has more than {_MOST_COLUMNS:,} columns", line=line)
        return line, b"", None
    names = [name.strip() for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        faults.file("log-columns", f"columns given twice: {_listed(twice)}", "give each a name of its own", line)
    layout = layout_of(names)
    check_names(names, layout.at, line, faults)
    if faults.refused:
        return line, b"", None
    return line + 1, b"\n".join(lines[above + 1 :]), CsvReader(layout, header, separator, faults)


def check_names(names: Sequence[str], known: Collection[str], line: int, faults: Faults) -> None:
    """Tell which columns have to be there and are not, and which names say too little."""
    missing = [name for name in NEEDED if name not in known]
    unread = [name for name in names if name and field_of(name) is None]
    if missing:
        guesses = [f"{name!r} (did you mean {near!r}?)" for name in unread if (near := suggest(name, FIELDS))]
        hint = f"there is {_listed(guesses)}" if guesses else f"columns: {', '.join(FIELDS)}"
        faults.file("log-columns", f"has no {' and no '.join(missing)}; it has {_listed(names)}", hint, line)
    bare = without_unit(names)
    if bare:
        hint = "name them with their unit, such as latency_ms or latency_s"
        faults.remark("log-columns", f"times without a unit are not read: {_listed(bare)}", hint, line)


def _listed(names: Sequence[str]) -> str:
    """At most twelve names, quoted and cut."""
    shown = ", ".join(quoted(name) if "(" not in name else name for name in names[:_MOST_NAMED])
    return shown + (f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else "") or "none"
