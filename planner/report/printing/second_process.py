"""A second process for what is slow: it loads the chart and PDF packages while the plan is made, then draws.

The chart package holds the interpreter's lock while it draws, so threads would not help. Whatever goes wrong with the
second process, the first one does the work itself.
"""

import contextlib
import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import IO, Any, Final

from planner.errors import SetupError
from planner.report.charts.charts import Chart
from planner.report.charts.pictures import draw, pictures
from planner.report.charts.pictures import warm_up as warm_up_charts
from planner.report.data.collection import Printed
from planner.report.printing.pdf import Paper, pdf, warm_up
from planner.report.printing.template import Template

START: Final = "import sys; sys.path[:] = {path!r}; from planner.report.printing.second_process import serve; serve()"
PIPE: Final = 2**20
"""Bytes that a pipe holds where the system lets us say so: neither process waits for the other to read."""
LOST: Final = (OSError, EOFError, pickle.UnpicklingError)
"""What reading from or writing to a process that went away raises."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The charts of a report as specs and as pictures; what is missing is told in `notes`."""

    charts: tuple[Chart, ...] = ()
    svg: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class HelperLostError(Exception):
    """The second process went away; the first does the work."""


class Helper:
    """The second process, seen from the first."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.number = process.pid
        """The process id."""

    def begin(self, data: Printed, template: Template, paper: Paper | None) -> None:
        """Ask for the charts, and for the PDF on this paper after them."""
        try:
            _write(self._process.stdin, (data, template, paper))
        except LOST as error:
            raise HelperLostError from error

    def drawn(self) -> Drawn:
        """The charts."""
        found: Drawn = self._answer()
        return found

    def pdf(self) -> bytes:
        """The PDF; raises what making it raised."""
        found: bytes = self._answer()
        return found

    def _answer(self) -> Any:  # noqa: ANN401
        try:
            answer = _read(self._process.stdout)
        except LOST as error:
            raise HelperLostError from error
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextlib.contextmanager
def prepare(outputs: Sequence[str]) -> Iterator[Helper | None]:
    """Start the second process where one of the outputs needs it, and end it afterwards."""
    if not {"html", "pdf"} & set(outputs):
        yield None
        return
    command = [sys.executable, "-c", START.format(path=sys.path)]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=PIPE)
    except OSError:
        yield None
        return
    try:
        yield Helper(process)
    finally:
        process.kill()
        process.communicate()


def draw_all(data: Printed, names: Sequence[str] | None) -> Drawn:
    """The charts of these names of a report (None: all), or a note where the packages for them are missing."""
    if names is not None and not names:
        return Drawn()
    try:
        drawn = draw(data, names)
    except SetupError as error:
        return Drawn(notes=(str(error),))
    return Drawn(drawn, dict(pictures(drawn)))


def serve() -> None:
    """What the second process does until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = sys.stdin.buffer
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(*LOST):
        for warm in (warm_up_charts, warm_up):
            with contextlib.suppress(SetupError):
                warm()
        while True:
            # Looking for circles among the many small objects of a layout takes a sixth of its time: it is done between
            # two reports, when nobody waits.
            gc.enable()
            gc.collect()
            data, template, paper = _read(asked)
            gc.disable()
            drawn = draw_all(data, template.charts)
            telling = Thread(target=_write, args=(told, drawn), daemon=True)
            telling.start()
            made = _paper(data, template, drawn, paper) if paper else None
            telling.join()
            if made is not None:
                _write(told, made)


def _paper(data: Printed, template: Template, drawn: Drawn, paper: Paper) -> bytes | Exception:
    try:
        return pdf(data, template, drawn.svg, drawn.notes, paper)
    except Exception as error:  # it is raised again in the first process
        return error


def _read(stream: IO[bytes] | None) -> Any:  # noqa: ANN401
    if stream is None:
        raise EOFError
    return pickle.load(stream)


def _write(stream: IO[bytes] | None, value: object) -> None:
    if stream is None:
        raise EOFError
    pickle.dump(value, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()
