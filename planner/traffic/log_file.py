"""A log in blocks of whole lines: bounded memory whatever the file holds, and a digest on the way."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

from planner.traffic.faults import Faults

BLOCK: Final = 4 * 2**20
MAX_LINE: Final = 8 * 2**20
MAX_BYTES: Final = 32 * 2**30
"""Most bytes that are read, unpacked."""
MAX_ROWS: Final = 50_000_000
_SHORTER: Final = "measure a few weeks of it: they say as much"
_GZIP: Final = b"\x1f\x8b"
_FOREIGN: Final = {
    b"PK\x03\x04": "a zip file", b"\x28\xb5\x2f\xfd": "a zstd file", b"BZh": "a bzip2 file", b"PAR1": "a Parquet file",
    b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text", b"SQLite format 3": "a SQLite database",
}  # fmt: skip
_BOM: Final = b"\xef\xbb\xbf"


class LogFile:
    """The lines of a log, plain or packed by gzip; `digest` is whole once `blocks` has run out."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self.path, self.faults = path, faults
        self.json_lines = False
        """Whether it is JSON lines, once the first block is there; else CSV."""
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes as they lie on disk, in hexadecimal."""
        return self._digest.hexdigest()

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Number of the first line, and some whole lines; a line of more than 8 MiB is left out and told.

        No block of CSV ends inside of a quoted text, unless that is longer than 8 MiB.
        """
        number, rest = 1, b""
        cut = False
        for block in self._unpacked():
            end = block.rfind(b"\n") + 1
            if cut:
                first = block.find(b"\n") + 1
                if not first:
                    continue
                block, end, cut, number = block[first:], end - first, False, number + 1  # noqa: PLW2901 - its rest
            if not end:
                rest += block
            else:
                whole, rest = rest + block[:end], block[end:]
                if not self.json_lines and whole.count(b'"') % 2 and len(whole) < MAX_LINE + BLOCK:
                    rest = whole + rest
                else:
                    yield number, whole
                    number += whole.count(b"\n")
            if len(rest) > MAX_LINE + BLOCK or (len(rest) > MAX_LINE and b"\n" not in rest):
                number += rest.count(b"\n")
                what = f"longer than {MAX_LINE // 2**20} MiB"
                self.faults.row("log-row", f"the line is {what}", number, hint="or a quote is never closed")
                rest, cut = b"", True
            if number > MAX_ROWS:
                self.faults.file("log-file", f"has more than {MAX_ROWS:,} lines", _SHORTER)
                return
        if rest:
            yield number, rest

    def _unpacked(self) -> Iterator[bytes]:
        """The file in pieces, without byte order mark; nothing where it is no text."""
        size = 0
        try:
            with self.path.open("rb") as plain:
                read = _Digesting(plain, self._digest)
                packed = plain.peek(2)[:2] == _GZIP
                source = cast("IO[bytes]", gzip.GzipFile(fileobj=cast("IO[bytes]", read))) if packed else read
                while block := source.read(BLOCK):
                    if size == 0:
                        block = block.removeprefix(_BOM)
                        self.json_lines = block.lstrip()[:1] == b"{"
                        if self._refused(block):
                            return
                    size += len(block)
                    if size > MAX_BYTES:
                        self.faults.file("log-file", f"is longer than {MAX_BYTES // 2**30} GiB", _SHORTER)
                        return
                    yield block
        except (OSError, EOFError, zlib.error, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            self.faults.file("log-file", f"cannot be read to its end: {said}", _hint(error))

    def _refused(self, block: bytes) -> bool:
        kind = next((name for magic, name in _FOREIGN.items() if block.startswith(magic)), None)
        if kind is None and b"\0" in block[:4096]:
            kind = "no text: it has null bytes"
        if kind is None and block.lstrip()[:1] == b"[":
            kind = "one JSON list"
        if kind is None and b"\r" in block and b"\n" not in block:
            kind = "text whose lines end with carriage returns alone"
        if kind:
            hint = "save it as UTF-8" if kind.startswith("UTF") else "write the log as CSV or JSON lines, plain or .gz"
            self.faults.file("log-file", f"is {kind}", hint)
        return kind is not None


class _Digesting(io.RawIOBase):
    """Reads a file and digests what is read."""

    def __init__(self, file: IO[bytes], digest: "hashlib._Hash") -> None:
        self._file, self._seen = file, digest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._seen.update(block)
        return block


def _hint(error: Exception) -> str | None:
    match error:
        case FileNotFoundError() | IsADirectoryError() | PermissionError():
            return "name a file that you may read"
        case EOFError() | zlib.error() | gzip.BadGzipFile():
            return "the gzip file is cut or damaged; write it again"
        case _:
            return None
