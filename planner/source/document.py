"""YAML text → plain data and the place of every key and value."""

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Literal

from planner.source.build import build
from planner.source.decode import MAX_BYTES, decode
from planner.source.places import Path, Span, dotted
from planner.source.problems import InvalidInput, Problem
from planner.source.yaml_reader import compose


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says, and where it says it; never edited."""

    file: str
    """The file's name as the user knows it."""
    text: str
    data: Any
    """Plain dicts, lists, text, numbers, booleans and None."""
    keys: Mapping[Path, Span]
    """Path of a value in a mapping → where its key is written."""
    values: Mapping[Path, Span]
    """Path → where the value is written; an alias itself at the alias, what is inside it at its anchor."""
    digest: str
    """SHA-256 of the file's bytes, in hexadecimal."""

    @property
    def texts(self) -> Mapping[str, str]:
        """File → text, for all files that its places point into."""
        return {self.file: self.text}

    def file_at(self, path: Path) -> str:
        """The file that the value at `path` is written in, or its nearest parent."""
        return self.file

    def span(self, path: Path, key: bool = False) -> Span:
        """Where the value at `path` is written, or its key; the nearest parent when it is not written."""
        for end in range(len(path), -1, -1):
            for table in (self.keys, self.values) if key else (self.values,):
                if (found := table.get(path[:end])) is not None:
                    return found
        return Span(1, 1, 1, 1)

    def problem(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        key: bool = False,
        hint: str | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem with the value at `path`, or with its key."""
        return Problem(code, message, self.file_at(path), self.span(path, key), dotted(path), hint, severity)


def read_document(path: FilePath, shown: str | None = None) -> Document:
    """The document in a file, called `shown` in messages; raises InvalidInput with all problems."""
    name = str(path) if shown is None else shown
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InvalidInput([_unreadable(path, name, error)], {}) from None
    return parse_document(data, name)


def parse_document(data: bytes, shown: str) -> Document:
    """The document in a file's bytes, called `shown` in messages; raises InvalidInput with all problems."""
    text = decode(data, shown)
    root, problems = compose(text, shown)
    if problems or root is None:
        raise InvalidInput(problems, {shown: text})
    built = build(root)
    return Document(shown, text, built.data, built.keys, built.values, hashlib.sha256(data).hexdigest())


def _unreadable(path: FilePath, name: str, error: OSError | ValueError) -> Problem:
    match error:
        case FileNotFoundError():
            return Problem("no-file", "no such file", name, hint=_neighbour(path))
        case IsADirectoryError():
            return Problem("unreadable", "is a folder, not a file", name, hint="name a file in it")
        case PermissionError():
            return Problem("unreadable", "may not be read: permission denied", name)
        case OSError():
            return Problem("unreadable", f"cannot be read: {error.strerror or error}", name)
        case _:
            return Problem("unreadable", f"cannot be read: {error}", name)


def _neighbour(path: FilePath) -> str | None:
    """A guess at the file that was meant."""
    try:
        if not path.parent.is_dir():
            return "its folder does not exist either"
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml", ".json")]
    except OSError:
        return None
    close = difflib.get_close_matches(path.name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else None
