"""Which files differ between a commit and what came of it, without reading them."""

from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree
from planner.revision.tree import RevisionError
from planner.revision.tree import Tree as AnyTree

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


def refuse_odd_name(tree: AnyTree, path: str) -> None:
    """Raise RevisionError for a path that is no UTF-8: no report could tell of it."""
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if shown != path:
        message = f"{shown!r} at {tree.name}: the file's name is no UTF-8; rename it"
        raise RevisionError(message)
