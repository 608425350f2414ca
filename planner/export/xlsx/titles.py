"""Titles of sheets: what a workbook takes, each once."""

import re
from collections.abc import Iterable
from typing import Final

from planner.hosts.plain import plain

LONGEST: Final = 31
"""Characters (Excel specifications and limits, Microsoft)."""
_FOREIGN: Final = re.compile(r"[^\w .-]|_(?=x[0-9A-Fa-f]{4}_)")
"""An escape of OOXML among it, which some programs resolve in a title and not where a formula names it."""


def sheet_titles(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """A title for each name: letters, digits, blank, point, dash and underscore, none twice whatever the case."""
    used = {title.casefold() for title in (*taken, "History")}
    titles = list[str]()
    for place, name in enumerate(names, 1):
        clean = _FOREIGN.sub("-", plain(name, 100)).strip(" .")[:LONGEST].strip(" .") or f"Option {place}"
        title, again = clean, 1
        while title.casefold() in used:
            again += 1
            ending = f" {again}"
            title = clean[: LONGEST - len(ending)].rstrip() + ending
        used.add(title.casefold())
        titles.append(title)
    return titles
