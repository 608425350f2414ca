"""What a set of files is, whether it lies in a folder or in a commit: entries by path, and their bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal, Protocol

from planner.errors import InputError

LINKS: Final = 20
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

    def files(self, under: str = "") -> Iterator[Entry]:
        """All files and links below a folder, or the one at this path, sorted by path."""

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file, or where a link leads to."""


def clean_path(path: str) -> str | None:
    """A path from the root without detours; None when it leads out of it or into git's own folder."""
    parts: list[str] = []
    for part in PurePosixPath(path).parts:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part == "/" or "\0" in part or part.lower() == ".git":
            return None
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def follow(tree: Tree, path: str) -> tuple[Entry | None, tuple[Entry, ...]]:
    """What a path names once its links are followed inside the tree, and those links; None where it leads nowhere."""
    passed: list[Entry] = []
    at = clean_path(path)
    for _ in range(LINKS):
        if at is None:
            return None, tuple(passed)
        link = _first_link(tree, at)
        if link is None:
            return tree.entry(at), tuple(passed)
        passed.append(link)
        target = tree.read(link).decode("utf-8", "surrogateescape")
        rest = at[len(link.path) :].lstrip("/")
        at = None if target.startswith("/") else clean_path(f"{_parent(link.path)}/{target}/{rest}".lstrip("/"))
    return None, tuple(passed)


def is_lfs_pointer(data: bytes) -> bool:
    """Whether a file's bytes are only a note of where Git LFS keeps it."""
    return data.startswith(LFS)


def blob_digest(data: bytes, algorithm: str) -> str:
    """The hash that git gives a file of these bytes; `algorithm` is that of the repository, sha1 or sha256."""
    state = hashlib.new(algorithm, usedforsecurity=False)
    state.update(b"blob %d\0" % len(data))
    state.update(data)
    return state.hexdigest()


def _first_link(tree: Tree, path: str) -> Entry | None:
    """The first part of a path that is a link."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        found = tree.entry("/".join(parts[:end]))
        if found is None or found.form in ("file", "submodule"):
            return None
        if found.form == "link":
            return found
    return None


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
