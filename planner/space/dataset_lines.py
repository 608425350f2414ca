"""Lines of a data file, streamed in blocks: bounded memory whatever the file holds, and a digest on the way."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from planner.source import Problem, Span

MAX_BYTES: Final = 2 * 2**30
MAX_ROWS: Final = 50_000_000
MAX_LINE: Final = 8 * 2**20
BLOCK: Final = 2**20
SHOWN: Final = 20
"""Broken lines that are told one by one."""
_PACKED: Final = {
    b"\x1f\x8b": "a gzip file", b"PK\x03\x04": "a zip file", b"\x28\xb5\x2f\xfd": "a zstd file", b"BZh": "a bzip2 file",
    b"PAR1": "a Parquet file", b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text",
}  # fmt: skip
_BOM: Final = b"\xef\xbb\xbf"


class Broken:
    """The broken lines of a data file: the first of them told, the others counted."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.count = 0
        self.whole = False
        """Whether the file as a whole is refused; no line is read then."""
        self._told: list[Problem] = []

    def line(self, number: int, message: str, hint: str | None = None, column: int = 1) -> None:
        """A line that cannot be used."""
        self.count += 1
        if self.count <= SHOWN + 1:
            span = Span(number, column, number, column + 1)
            self._told.append(Problem("data-line", message, self.shown, span, hint=hint))

    def file(self, message: str, hint: str | None = None) -> None:
        """The file cannot be used at all."""
        self.whole = True
        self._told.append(Problem("data-file", message, self.shown, hint=hint))

    def problems(self) -> list[Problem]:
        """What to tell; the last one stands for all further lines."""
        more = self.count - SHOWN
        if more <= 1:
            return self._told
        last = next(p for p in reversed(self._told) if p.code == "data-line")
        counted = Problem("data-line", f"this line and {more - 1:,} further ones are broken too", self.shown, last.span)
        return [p for p in self._told if p is not last] + [counted]


class DataFile:
    """A file of lines; `digest` is whole once `blocks` has run out."""

    def __init__(self, path: Path, broken: Broken) -> None:
        self.path, self.broken = path, broken
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes read so far."""
        return self._digest.hexdigest()

    def blocks(self) -> Iterator[tuple[int, list[bytes]]]:
        """Number of the first line, and some lines without their line feeds; overlong ones come empty."""
        number, size = 1, 0
        rest = b""
        skipping = False
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                self._digest.update(block)
                if size == 0 and self._refused(block):
                    return
                lines = (block if size else block.removeprefix(_BOM)).split(b"\n")
                size += len(block)
                if skipping:
                    if len(lines) == 1:
                        continue
                    lines[0], skipping = b"", False
                else:
                    lines[0] = rest + lines[0]
                rest = lines.pop()
                if lines:
                    yield number, lines
                    number += len(lines)
                if len(rest) > MAX_LINE:
                    self.broken.line(number, f"the line is longer than {MAX_LINE // 2**20} MiB")
                    rest, skipping = b"", True
                if size > MAX_BYTES or number > MAX_ROWS:
                    limit = f"{MAX_ROWS:,} lines" if number > MAX_ROWS else f"{MAX_BYTES // 2**30} GiB"
                    self.broken.file(f"is longer than {limit}", "count a sample of it, or write a file of lengths")
                    return
        if rest:
            yield number, [rest]

    def _refused(self, block: bytes) -> bool:
        kind = next((name for magic, name in _PACKED.items() if block.startswith(magic)), None)
        if kind:
            text = kind.startswith("UTF")
            self.broken.file(f"is {kind}", "save it as UTF-8" if text else "unpack it to lines of plain text")
        return kind is not None
