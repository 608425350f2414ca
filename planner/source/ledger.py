"""What adds up while a document is read: problems, the number of values, the path to the current one."""

from typing import Final

from planner.source.events import Event, Refused, span_of
from planner.source.nodes import MAX_DEPTH, MAX_NODES
from planner.source.places import Path, Span, dotted
from planner.source.problems import Problem

_ENOUGH: Final = 500
"""Problems after which reading on tells nobody anything."""


class GiveUp(Exception):  # noqa: N818 - not an error: the problem that ends the reading is in the ledger
    """Reading on would be pointless or unbounded."""


class Ledger:
    """The problems of one document so far, and the bounds it must keep; raises GiveUp where one is passed."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.count = 0
        """Values so far, each alias counted as all that it repeats."""
        self.path: Path = ()
        self._file = file

    def report(self, code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        """Note a problem with the value at the current path."""
        self.problems.append(Problem(code, message, self._file, span, dotted(self.path), hint))
        if len(self.problems) >= _ENOUGH:
            raise GiveUp

    def refuse(self, refused: Refused) -> None:
        """Note why the value at the current path cannot be read."""
        self.report(refused.code, refused.message, refused.span, refused.hint)

    def grow(self, number: int, event: Event) -> None:
        """Count more values."""
        self.count += number
        if self.count > MAX_NODES:
            message = f"the document has more than {MAX_NODES:,} values"
            self.report("too-many-values", message, span_of(event), "an alias counts as all that it repeats")
            raise GiveUp

    def descend(self, levels: int, event: Event) -> None:
        """Check how deep the value that starts with `event` reaches."""
        if levels > MAX_DEPTH:
            self.report("too-deep", f"more than {MAX_DEPTH} lists and mappings inside each other", span_of(event))
            raise GiveUp
