"""Files of a commit laid out in a private folder, so that everything that reads files reads them as it always does."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from planner.revision.tree import Entry, RevisionError, Tree, clean_path

MOST_BYTES: Final = 2 * 2**30
"""Bytes that the files of all scenarios together may have."""


class Layout:
    """A private folder that files of one tree are written to when they are asked for; gone when its block ends."""

    def __init__(self, tree: Tree, root: Path) -> None:
        self.tree = tree
        self.root = root
        self._bytes = 0
        # What a scenario may read ends at its repository's root, which is known by this name.
        (root / ".git").touch()

    def write(self, entries: Iterable[Entry]) -> None:
        """Lay these files out; links stay links where they stay inside, the others are left out."""
        for entry in entries:
            place = self.root / entry.path
            if clean_path(entry.path) != entry.path or os.path.lexists(place) or not self._has_room(place.parent):
                continue
            self._bytes += entry.size
            if self._bytes > MOST_BYTES:
                message = f"the files at {self.tree.name} have more than {MOST_BYTES / 2**30:.0f} GiB together"
                raise RevisionError(message)
            data = self.tree.read(entry) if entry.form in ("file", "link") else b""
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                if entry.form == "link":
                    self._link(place, entry, os.fsdecode(data))
                elif entry.form == "file":
                    place.write_bytes(data)
            except (OSError, ValueError) as error:
                why = error.strerror if isinstance(error, OSError) else error
                message = f"{entry.path} at {self.tree.name} cannot be laid out: {why}"
                raise RevisionError(message) from error

    def _has_room(self, folder: Path) -> bool:
        """Whether a folder is, or can become, one of plain folders below the root: a link could lead away."""
        inside = [folder, *folder.parents]
        inside = inside[: inside.index(self.root)]
        return all(not os.path.lexists(each) or (each.is_dir() and not each.is_symlink()) for each in inside)

    def _link(self, place: Path, entry: Entry, target: str) -> None:
        """Make a link that goes up, then down, and no other way, so that it cannot leave through another link."""
        parts = [part for part in target.split("/") if part not in ("", ".")]
        down = [i for i, part in enumerate(parts) if part != ".."]
        folder = entry.path.rpartition("/")[0]
        straight = ".." not in parts[down[0] :] if down else True
        if not target.startswith("/") and straight and clean_path(f"{folder}/{target}".lstrip("/")) is not None:
            place.symlink_to(target)


@contextmanager
def laid_out(tree: Tree) -> Iterator[Layout]:
    """A layout of a tree's files in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="planner-")).resolve()
    try:
        yield Layout(tree, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
