"""Which files differ between a commit and what came of it, without reading them."""

from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree

Tree = FolderTree | CommitTree


def changed_paths(base: CommitTree, head: Tree) -> list[str]:
    """Paths of files and links that were added, altered or taken away since the base, sorted."""
    if isinstance(head, FolderTree):
        return base.repository.changed_since(base.commit)
    was, now = base.entries, head.entries
    return sorted(
        path
        for path in was.keys() | now.keys()
        if (old := was.get(path)) != (new := now.get(path)) and "folder" not in (old and old.form, new and new.form)
    )


def shown_name(path: str) -> str:
    """A path for people: what is no UTF-8 in it stands as a replacement character."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
