"""Base and head as the command line names them: revisions, folders, files or plans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import InputError

if TYPE_CHECKING:
    from planner.revision.folder import FolderTree
    from planner.revision.git import CommitTree, Repository

SCENARIOS = "scenarios"
"""Folder that scenarios are looked for in where none is named."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two trees, and where scenarios are looked for in each."""

    base: FolderTree | CommitTree
    head: FolderTree | CommitTree
    rules: FolderTree | CommitTree
    """Where policies are read."""
    base_paths: tuple[str, ...]
    head_paths: tuple[str, ...]
    note: str = ""
    named: bool = False
    """Whether somebody named the paths."""


@contextmanager
def revisions(base: str, head: str | None, paths: tuple[Path, ...]) -> Iterator[Compared]:
    """A change in the repository around the working folder; without a head up to the working tree."""
    from planner.revision.reading import opened

    repository = _repository()
    with opened(repository, base, head) as sides:
        inside = tuple(_inside(path, repository.root) for path in paths) or _usual(sides.base)
        for path, named in zip(inside, paths, strict=False):
            if named.suffix == ".json":
                message = f"{named}: plans are judged without --base; name scenarios or folders"
                raise InputError(message)
            if sides.base.entry(path) is None and sides.head.entry(path) is None:
                message = f"{named}: neither in {base} nor in {sides.head.name}"
                raise InputError(message)
        yield Compared(sides.base, sides.head, sides.rules, inside, inside, sides.note, bool(paths))


@contextmanager
def sides(base: str, head: str) -> Iterator[Compared]:
    """Two files, two folders or two revisions, directly against each other."""
    from planner.revision.reading import folder_of

    there = Path(base).exists(), Path(head).exists()
    if all(there):
        (before, old), (after, new) = folder_of(Path(base)), folder_of(Path(head))
        yield Compared(before, after, before, (old,), (new,))
        return
    if any(there):
        missing = head if there[0] else base
        message = f"{missing}: no such file or folder; BASE and HEAD are two files, two folders or two revisions"
        raise InputError(message)
    yield from _two_revisions(base, head)


def _two_revisions(base: str, head: str) -> Iterator[Compared]:
    from planner.revision.git import CommitTree

    repository = _repository()
    before = CommitTree(repository, repository.commit(base), base)
    after = CommitTree(repository, repository.commit(head), head)
    try:
        inside = _usual(before)
        yield Compared(before, after, before, inside, inside)
    finally:
        before.close()
        after.close()


def _repository() -> Repository:
    from planner.revision.git import Repository

    found = Repository.around(Path.cwd())
    if found is None:
        message = "not inside a git repository (or git is not installed): name two files or folders instead"
        raise InputError(message)
    return found


def _inside(path: Path, root: Path) -> str:
    """A path from the root; it may exist on one side only."""
    full = Path.cwd() / path
    folder = full.parent.resolve() / full.name
    if not folder.is_relative_to(root):
        message = f"{path} lies outside the repository"
        raise InputError(message)
    found = folder.relative_to(root).as_posix()
    return "" if found == "." else found


def _usual(base: FolderTree | CommitTree) -> tuple[str, ...]:
    """The folder of scenarios where the base has one, else everything; what a change adds does not narrow it."""
    return (SCENARIOS,) if base.entry(SCENARIOS) is not None else ("",)
