"""The table of precisions that serving engines run on cards, read and checked."""

import math
from collections.abc import Iterable
from typing import Final

from planner.catalog.engines import Engine, EngineSupport
from planner.catalog.tables import Directory, Table

FILE: Final = "engine_support.csv"
_PRECISIONS: Final = frozenset({"bf16", "fp8", "int8", "int4"})
_TAGS: Final = ("C", "R", "M", "E")


def read_engine_support(directory: Directory, engines: tuple[Engine, ...]) -> tuple[EngineSupport, ...]:
    """Read `engine_support.csv`: a combination without a row does not run (DESIGN rule 4)."""
    columns = ("vendor", "min_cc", "max_cc", "arch", "engine", "precision", "weight_only", "tag", "notes")
    table = directory.table(FILE, columns)
    least, most = table.floats("min_cc"), table.floats("max_cc")
    vendor, weight_only = table.required("vendor"), table.flags("weight_only")
    architectures = [_words(cell) for cell in table.texts("arch")]
    families = _listed(table, "engine", {engine.family for engine in engines})
    precisions = _listed(table, "precision", _PRECISIONS)
    table.texts("tag", _TAGS)
    for row in range(len(table)):
        if bool(architectures[row]) == math.isfinite(least[row]):
            table.complain(row, "needs min_cc and max_cc, or arch")
        if least[row] > most[row]:
            table.complain(row, "min_cc is above max_cc")
    return tuple(
        EngineSupport(
            vendor[row], float(least[row]), float(most[row]), architectures[row], families[row], precisions[row],
            bool(weight_only[row]),
        )
        for row in range(len(table))
    )  # fmt: skip


def _listed(table: Table, column: str, known: Iterable[str]) -> list[tuple[str, ...]]:
    found = [_words(cell) for cell in table.required(column)]
    allowed = set(known)
    for row, words in enumerate(found):
        for word in words:
            if word not in allowed:
                table.complain(row, f"{column} {word!r} is not one of {', '.join(sorted(allowed))}")
    return found


def _words(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))
