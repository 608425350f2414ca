"""What a set of files is, whether it lies in a folder or in a commit: entries by path, and their bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from planner.errors import InputError

LINKS: Final = 40
"""Symbolic links that are followed one after the other before they count as a loop."""
LFS: Final = b"version https://git-lfs.github.com/spec/"

Form = Literal["file", "link", "folder", "submodule"]


class RevisionError(InputError):
    """Something that cannot be read at a revision; the text says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a tree."""

    path: str
    """From the root, with forward slashes."""
    form: Form
    size: int
    """Bytes; 0 for what is no file."""
    digest: str
    """Git's own hash of the content, so that a file in a folder compares with one in a commit; empty for folders."""


class Tree(Protocol):
    """Files below one root."""

    @property
    def name(self) -> str:
        """As the user named it."""

    def entry(self, path: str) -> Entry | None:
        """What lies at a path from the root; links are not followed."""

    def files(self, under: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        """Files and links below a folder, or the one at this path, sorted by path; with `endings` those that end so."""

    def links(self, under: str = "") -> Iterator[Entry]:
        """Links below a folder."""

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file, or where a link leads to."""


def clean_path(path: str) -> str | None:
    """A path from the root without detours; None when it leads out of it or into git's own folder."""
    if path.startswith("/") or "\0" in path:
        return None
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part.lower() == ".git":
            return None
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def follow(tree: Tree, path: str) -> tuple[Entry | None, tuple[Entry, ...]]:
    """What a path names once its links are followed inside the tree, and those links; None where it leads nowhere.

    Part by part, as an operating system does: `..` after a link leaves the folder that the link leads to.
    """
    passed: list[Entry] = []
    at: list[str] = []
    waiting = _start(tree, path)
    if not waiting:
        return None, ()
    while waiting:
        part, _, rest = waiting.pop().partition("/")
        if rest:
            waiting.append(rest)
        if part == "..":
            if not at:
                return None, tuple(passed)
            at.pop()
        elif part not in ("", "."):
            at.append(part)
            found = tree.entry("/".join(at))
            if found is not None and found.form == "link":
                passed.append(found)
                target = tree.read(found).decode("utf-8", "surrogateescape")
                start = _start(tree, target)
                if not start or len(passed) > LINKS:
                    return None, tuple(passed)
                waiting += start
                at = [] if target.startswith("/") else at[:-1]
    whole = "/".join(at)
    return tree.entry(whole) if clean_path(whole) == whole else None, tuple(passed)


def _start(tree: Tree, path: str) -> list[str]:
    """A path as it is walked; one from the root of the machine only where it leads into the folder of the tree."""
    if not path.startswith("/"):
        return [path]
    root = getattr(tree, "root", None)
    if not isinstance(root, Path) or not Path(path).is_relative_to(root):
        return []
    return [Path(path).relative_to(root).as_posix()]


def real_folder(tree: Tree, path: str) -> str:
    """A folder's path with a link at its end followed; raises RevisionError where that leads nowhere in the tree."""
    entry = tree.entry(path)
    if entry is None or entry.form != "link":
        return path
    found = follow(tree, path)[0]
    if found is None:
        message = f"{path} at {tree.name} is a link that leads out of the repository, or nowhere"
        raise RevisionError(message)
    return found.path if found.form == "folder" else path


def is_lfs_pointer(data: bytes) -> bool:
    """Whether a file's bytes are only a note of where Git LFS keeps it."""
    return data.startswith(LFS)


def blob_digest(data: bytes, algorithm: str) -> str:
    """The hash that git gives a file of these bytes; `algorithm` is that of the repository, sha1 or sha256."""
    state = hashlib.new(algorithm, usedforsecurity=False)
    state.update(b"blob %d\0" % len(data))
    state.update(data)
    return state.hexdigest()
