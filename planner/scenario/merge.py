"""Merging: part of one document laid on another, every value with the place where it was written."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.source import Document, Path, Problem, Span

COMPOSING: Final = ("extends", "overrides", "abstract")
"""Keys that say how a scenario is put together; the composed document has none of them."""
WHOLE: Final = ("axes",)
"""Mappings whose entries replace each other whole: an axis is its values, whichever way they are written."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Part of a document that is laid on what came before."""

    document: Document
    root: Path = ()
    """Where in the document it starts."""
    file: bool = False
    """Whether it is a whole file, which may have keys that say how it is put together."""


class Merge:
    """Lays layers on each other, and remembers for every value which one it came from."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.parts: tuple[Document, ...] = tuple({id(layer.document): layer.document for layer in layers}.values())
        self.data: dict[str, Any] = {}
        self.keys: dict[Path, Span] = {}
        self.values: dict[Path, Span] = {}
        self.homes: dict[Path, int] = {}
        self.problems: list[Problem] = []
        for number, layer in enumerate(layers):
            self._document, self._first = layer.document, number == 0
            self._part = next(i for i, part in enumerate(self.parts) if part is layer.document)
            written = _at(layer.document.data, layer.root)
            if isinstance(written, dict):
                if not layer.file:
                    self._misplaced(written, layer.root)
                own = {key: value for key, value in written.items() if key not in COMPOSING}
                self._lay(self.data, own, (), layer.root)

    def _lay(self, below: dict[str, Any], written: Mapping[str, Any], here: Path, there: Path) -> None:
        """Merge a mapping, written at `there` in its document, into the one at `here`."""
        self._mark(here, there)
        for key, value in written.items():
            at, source = (*here, key), (*there, key)
            if value is None and not self._first:
                if key in below:
                    self._forget(below.pop(key), at)
                else:
                    self._nothing_there(below, key, source)
                continue
            merges = isinstance(value, dict) and isinstance(below.get(key), dict) and here not in [(w,) for w in WHOLE]
            if key in below and not merges:
                self._forget(below.pop(key), at)
            if isinstance(value, dict):
                self._lay(below.setdefault(key, {}), value, at, source)
            else:
                below[key] = self._copy(value, at, source)

    def _copy(self, value: Any, here: Path, there: Path) -> Any:  # noqa: ANN401 - any JSON value
        self._mark(here, there)
        match value:
            case list():
                return [self._copy(item, (*here, i), (*there, i)) for i, item in enumerate(value)]
            case dict():
                return {key: self._copy(item, (*here, key), (*there, key)) for key, item in value.items()}
        return value

    def _mark(self, here: Path, there: Path) -> None:
        self.values[here] = self._document.values[there]
        if there in self._document.keys and here:
            self.keys[here] = self._document.keys[there]
        self.homes[here] = self._part

    def _forget(self, value: Any, here: Path) -> None:  # noqa: ANN401 - any JSON value
        for table in (self.keys, self.values, self.homes):
            table.pop(here, None)
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for part, inner in entries:
            self._forget(inner, (*here, part))

    def _nothing_there(self, below: Mapping[str, Any], key: str, source: Path) -> None:
        near = difflib.get_close_matches(key, below, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "take the line out"
        message = f"nothing to remove: {key!r} is not inherited"
        self.problems.append(
            self._document.problem("nothing-removed", message, source, key=True, hint=hint, severity="warning")
        )

    def _misplaced(self, written: Mapping[str, Any], root: Path) -> None:
        for key in COMPOSING:
            if key in written:
                message = f"{key!r} belongs at the top level of a file"
                self.problems.append(self._document.problem("unknown-key", message, (*root, key), key=True))


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401 - any JSON value
    for part in path:
        data = data[part]
    return data
