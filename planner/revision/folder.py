"""The files of a folder as they lie there now: a working tree, or a folder outside git."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from planner.revision.git import Repository
from planner.revision.tree import Entry, RevisionError, blob_digest

MOST_FILES: Final = 100_000
"""Files of a folder outside git that are looked through."""
BLOCK: Final = 1 << 20
"""Bytes that are hashed at a time."""


@dataclass
class FolderTree:
    """A folder; inside git what git ignores is not listed, though it can be named."""

    root: Path
    name: str
    repository: Repository | None = None
    _seen: dict[str, Entry | None] = field(default_factory=dict, repr=False)

    def entry(self, path: str) -> Entry | None:
        """What lies at a path when it is first asked for; a run compares one state of the folder."""
        if path not in self._seen:
            self._seen[path] = self._entry(path)
        return self._seen[path]

    def _entry(self, path: str) -> Entry | None:
        full = self.root / path
        try:
            found = full.lstat()
        except (OSError, ValueError):
            return None
        if stat.S_ISLNK(found.st_mode):
            return Entry(path, "link", 0, self._digest(os.fsencode(full.readlink())))
        if stat.S_ISDIR(found.st_mode):
            nested = self.repository is not None and path and (full / ".git").is_file()
            return Entry(path, "submodule" if nested else "folder", 0, "")
        if not stat.S_ISREG(found.st_mode):
            return None
        return Entry(path, "file", found.st_size, self._digest_of(full, path))

    def files(self, under: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        """Files and links below a folder, or the one at this path; with `endings` those alone that end so."""
        for path in self._listed(under):
            if endings and not path.lower().endswith(endings):
                continue
            found = self.entry(path)
            if found is not None and found.form in ("file", "link"):
                yield found

    def links(self, under: str = "") -> Iterator[Entry]:
        """Links below a folder; no file is read for it."""
        for path in self._listed(under):
            if (self.root / path).is_symlink() and (found := self.entry(path)) is not None:
                yield found

    def absent(self, path: str) -> bool:
        """Whether git knows a file that a sparse checkout leaves out."""
        return self.repository is not None and path in self.repository.skipped

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file, or where a link leads to."""
        full = self.root / entry.path
        return os.fsencode(full.readlink()) if entry.form == "link" else self._bytes(full, entry.path)

    def _listed(self, under: str) -> list[str]:
        if self.repository is not None and self.repository.root == self.root:
            return self.repository.tracked(under)
        start = self.root / under
        if not start.is_dir():
            return [under]
        found: list[str] = []
        for folder, folders, names in os.walk(start):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += [(Path(folder) / name).relative_to(self.root).as_posix() for name in names]
            if len(found) > MOST_FILES:
                message = f"{start} holds more than {MOST_FILES:,} files; name the folder that scenarios lie in"
                raise RevisionError(message)
        return sorted(found)

    @property
    def _algorithm(self) -> str:
        return "sha1" if self.repository is None else self.repository.algorithm

    def _digest(self, data: bytes) -> str:
        return blob_digest(data, self._algorithm)

    def _digest_of(self, full: Path, path: str) -> str:
        """The same of a file, which may be larger than memory."""
        try:
            with full.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                state = hashlib.new(self._algorithm, b"blob %d\0" % size, usedforsecurity=False)
                while block := file.read(BLOCK):
                    state.update(block)
        except OSError as error:
            message = f"{path}: cannot be read: {error.strerror or error}"
            raise RevisionError(message) from error
        return state.hexdigest()

    def _bytes(self, full: Path, path: str) -> bytes:
        try:
            return full.read_bytes()
        except OSError as error:
            message = f"{path}: cannot be read: {error.strerror or error}"
            raise RevisionError(message) from error
