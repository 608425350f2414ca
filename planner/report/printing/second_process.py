"""Processes for what is slow: they load the chart and PDF packages while the plan is made, then draw and lay out.

Whatever goes wrong with one of them, the first process does the work itself.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from planner.report.charts.vega_svg import svg_of
from planner.report.printing.layout import laid_out
from planner.report.printing.worker import Worker, WorkerLostError

DRAWING: Final = "planner.report.printing.drawing"
LAYING_OUT: Final = "planner.report.printing.laying_out"


class Helper:
    """The processes that draw charts and, where it is wanted, lay out paper; a report at a time."""

    def __init__(self, drawing: Worker | None, paper: Worker | None, started: list[Worker]) -> None:
        self.workers = started
        """All that have to be ended."""
        self._drawing, self._paper = drawing, paper
        self._names: list[str] = []
        self._awaited = False

    def begin(self, *, draws: bool, lays_out: bool) -> bool:
        """Forget what an earlier report left behind; whether there is a process for all that is wanted.

        What draws is started late where the template turned out to have charts: `executive` has none, but asked for of
        a review of spend it means one that has.
        """
        self._names.clear()
        if draws and self._drawing is None:
            with contextlib.suppress(OSError):
                self._drawing = Worker(DRAWING)
                self.workers.append(self._drawing)
        self._complete()
        for worker in self.workers:
            worker.settle()
        return not ((draws and self._drawing is None) or (lays_out and self._paper is None))

    def lay_out(self, page: str) -> None:
        """Begin with this page of paper instead of the one before; its charts follow."""
        if self._paper is not None:
            self._complete()
            self._paper.settle()
            self._paper.ask(page)
            self._awaited = True

    def draw(self, name: str, spec: dict[str, Any]) -> None:
        """Begin with this chart."""
        if self._drawing is not None:
            self._drawing.ask((name, spec))
            self._names.append(name)

    def pictures(self) -> dict[str, str]:
        """The SVG of every chart that was begun, by name; the page that is laid out is given them too."""
        found = {}
        for name in self._names:
            if self._drawing is not None:
                found[name] = self._drawing.answer()
            if self._paper is not None and self._awaited:
                self._paper.tell((name, found[name]))
        self._complete()
        return found

    def pdf(self) -> bytes:
        """The page that was begun, as PDF; raises what laying it out raised."""
        if self._paper is None:
            raise WorkerLostError
        found: bytes = self._paper.answer()
        return found

    def _complete(self) -> None:
        """Tell the page that is laid out that no further chart comes."""
        if self._paper is not None and self._awaited:
            self._awaited = False
            self._paper.tell(None)


class Alone:
    """The same work in this process."""

    def __init__(self) -> None:
        self._specs: dict[str, dict[str, Any]] = {}
        self._found: dict[str, str] = {}
        self._page = ""

    def lay_out(self, page: str) -> None:
        """Keep this page of paper for later, instead of the one before."""
        self._page = page

    def draw(self, name: str, spec: dict[str, Any]) -> None:
        """Keep this chart for later."""
        self._specs[name] = spec

    def pictures(self) -> dict[str, str]:
        """The SVG of every chart, by name."""
        self._found = {name: svg_of(name, spec) for name, spec in self._specs.items()}
        return self._found

    def pdf(self) -> bytes:
        """The page as PDF; raises SetupError where the packages for it are missing."""
        return laid_out(self._page, self._found.__getitem__)


@contextlib.contextmanager
def prepare(outputs: Sequence[str], *, charts: bool = True) -> Iterator[Helper | None]:
    """Start the processes that these outputs need, of a template with charts or without, and end them afterwards."""
    draws, lays_out = charts and bool({"html", "pdf"} & set(outputs)), "pdf" in outputs
    started: list[Worker] = []
    try:
        yield _started(started, draws=draws, lays_out=lays_out)
    finally:
        for worker in started:
            worker.end()


def _started(started: list[Worker], *, draws: bool, lays_out: bool) -> Helper | None:
    if not (draws or lays_out):
        return None
    try:
        # What takes longest comes first.
        started += [Worker(module) for module, wanted in ((LAYING_OUT, lays_out), (DRAWING, draws)) if wanted]
    except OSError:
        return None
    return Helper(started[-1] if draws else None, started[0] if lays_out else None, started)
