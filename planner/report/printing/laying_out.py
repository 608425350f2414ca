"""The process that lays out paper; the charts of a page reach it while it works, and it waits for none too early."""

import gc
from collections.abc import Iterator
from typing import Final

from planner.report.printing.layout import laid_out, warm_up
from planner.report.printing.worker import working

LAST: Final = None
"""What is sent after the last chart of a page."""


def serve() -> None:
    """Answer every page with its PDF; after a page its charts are sent, by name, and then LAST."""
    # Looking for circles among the many small objects of a layout takes a sixth of its time: it is done between two
    # reports, when nobody waits.
    gc.disable()
    working(warm_up, _pdf)


def _pdf(page: str, coming: Iterator[tuple[str, str] | None]) -> bytes:
    charts = _Arriving(coming)
    try:
        return laid_out(page, charts.wait_for)
    finally:
        charts.wait_for_last()


class _Arriving:
    """Charts of a page as they are sent."""

    def __init__(self, coming: Iterator[tuple[str, str] | None]) -> None:
        self._coming = coming
        self._here: dict[str, str] = {}
        self._all = False

    def wait_for(self, name: str) -> str:
        """The chart of this name; raises KeyError where the last was sent without it."""
        while name not in self._here and not self._all:
            self._next()
        return self._here[name]

    def wait_for_last(self) -> None:
        """Take in what belongs to this page."""
        while not self._all:
            self._next()

    def _next(self) -> None:
        sent = next(self._coming, LAST)
        if sent is LAST:
            self._all = True
        else:
            self._here[sent[0]] = sent[1]
