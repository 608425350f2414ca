"""`extends`: the files a scenario builds on, each once, in the order in which they count."""

import logging
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from planner.scenario.paths import OutsideError, below, scenario_root, shown_beside
from planner.source import Document, InvalidInput, Path, Problem, read_document

MAX_GENERATIONS: Final = 8
"""Files that may extend each other in one line, the scenario included."""

_LOG = logging.getLogger(__name__)


class Lineage:
    """Reads what a scenario extends; whatever is wrong is in `problems`, at the place of the `extends` value."""

    def __init__(self, document: Document, file: FilePath) -> None:
        self.root = scenario_root(file)
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self.files: list[FilePath] = []
        """Where `documents` lie."""
        self.documents: list[Document] = []
        """Bases first, the scenario itself last; a file that is reached twice counts at its first place."""
        self._line: list[tuple[FilePath, str]] = []
        self._walk(document, file.resolve())

    def _walk(self, document: Document, file: FilePath) -> None:
        self.texts |= document.texts
        self._line.append((file, document.file))
        for path, written in self._bases(document):
            self._base(document, file, path, written)
        self._line.pop()
        self.files.append(file)
        self.documents.append(document)

    def _base(self, document: Document, file: FilePath, path: Path, written: str) -> None:
        try:
            base = below(self.root, file.parent, written)
        except OutsideError as error:
            hint = "only files below it are read; copy the base to where the scenario lies"
            self.problems.append(document.problem("extends", str(error), path, hint=hint))
            return
        if endless := self._endless(base):
            message, hint = endless
            self.problems.append(document.problem("extends", message, path, hint=hint))
        elif base not in self.files and (read := self._read(document, base, path, written)):
            self._walk(read, base)

    def _endless(self, base: FilePath) -> tuple[str, str] | None:
        """What is wrong with one more file in the line, and what to do."""
        trail = [other for other, _ in self._line]
        if base in trail:
            names = [name for _, name in self._line[trail.index(base) :]]
            loop = " extends ".join(FilePath(name).name for name in [*names, names[0]])
            return f"goes in a circle: {loop}", "take one of them out"
        if len(self._line) >= MAX_GENERATIONS:
            return f"more than {MAX_GENERATIONS} files extend each other", "write fewer, larger bases"
        return None

    def _read(self, document: Document, base: FilePath, path: Path, written: str) -> Document | None:
        """The base, or None when a problem was reported."""
        try:
            read = read_document(base, shown_beside(document.file, written))
        except InvalidInput as error:
            first = error.problems[0]
            if first.code in ("no-file", "unreadable"):
                message = f"{first.message}: {written!r}"
                self.problems.append(document.problem("extends", message, path, hint=first.hint))
            else:
                self.problems += error.problems
                self.texts |= error.texts
            return None
        _LOG.info("%s extends %s", document.file, read.file)
        if not isinstance(read.data, dict):
            self.texts |= read.texts
            self.problems.append(read.problem("wrong-type", "a scenario is a mapping of keys to values", ()))
            return None
        return read

    def _bases(self, document: Document) -> Iterator[tuple[Path, str]]:
        """The paths that a document extends, each with its place."""
        written = document.data.get("extends")
        if "extends" not in document.data:
            return
        entries = enumerate(written) if isinstance(written, list) else [(None, written)]
        for i, name in entries:
            path: Path = ("extends",) if i is None else ("extends", i)
            if isinstance(name, str) and name.strip():
                yield path, name
            else:
                message = "'extends' takes the path of a file, or a list of paths"
                empty = document.span(path).empty
                self.problems.append(
                    document.problem("wrong-type", message, path, key=empty, hint="extends: base.yaml")
                )
