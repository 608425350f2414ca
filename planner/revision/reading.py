"""What the two sides of a comparison are: a revision, a folder, a file, as the user wrote it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree, Repository
from planner.revision.tree import RevisionError

WORKING: Final = "working tree"
SHORT: Final = 12
"""Characters of a commit's hash that people read."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Base and head of a change in one repository."""

    base: CommitTree
    """What the change starts from."""
    rules: CommitTree
    """Where policies are read: the base as it is now, however old the commit is that the change starts from."""
    head: "CommitTree | FolderTree"
    note: str = ""
    """What a reader must know of how the base was found."""


@contextmanager
def opened(repository: Repository, base: str, head: str | None) -> Iterator[Sides]:
    """The sides of a change; without a head the working tree is meant. Raises RevisionError without the base.

    A change starts from the newest commit that it shares with the base, as in a pull request, so that what others did
    on the base since does not count as its own. What judges it is always the base's newest.
    """
    newest = repository.commit(base)
    tip = repository.commit("HEAD" if head is None else head)
    shared = repository.merge_base(newest, tip)
    note = ""
    if shared is None:
        note = f"{base} and the head share no history that is here; compared with {base} itself"
    elif shared != newest:
        note = f"compared with {shared[:SHORT]}, which the head comes from; {base} has moved on since"
    start = CommitTree(repository, shared or newest, base)
    rules = start if start.commit == newest else CommitTree(repository, newest, base)
    after: CommitTree | FolderTree
    after = FolderTree(repository.root, WORKING, repository) if head is None else CommitTree(repository, tip, head)
    try:
        yield Sides(start, rules, after, note)
    finally:
        for tree in (start, rules, after):
            if isinstance(tree, CommitTree):
                tree.close()


def folder_of(path: Path) -> tuple[FolderTree, str]:
    """The tree that a file or folder on this machine lies in, and its path there; a link to a file stays a link."""
    if not path.exists():
        message = f"{path}: no such file, folder or revision"
        raise RevisionError(message)
    full = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    repository = Repository.around(full)
    root = repository.root if repository is not None else full if full.is_dir() else full.parent
    inside = full.relative_to(root).as_posix()
    return FolderTree(root, str(path), repository), "" if inside == "." else inside
