"""One side of a comparison: a tree whose scenarios can be read where they lie, or where they were laid out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.revision.closure import Closure, closure
from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree
from planner.revision.materialise import Layout, laid_out
from planner.source import Problem


@dataclass
class Workspace:
    """A side's files on disk."""

    tree: FolderTree | CommitTree
    root: Path
    layout: Layout | None = None
    prefix: str = ""
    """What stands before a file's name in messages: of the base its revision."""
    _closures: dict[str, Closure] = field(default_factory=dict)

    def closure(self, path: str) -> Closure:
        """All files that the scenario at a path rests on; raises RevisionError."""
        if path not in self._closures:
            self._closures[path] = closure(self.tree, path)
        return self._closures[path]

    def file(self, path: str) -> Path:
        """The scenario as a file that can be read, with all it rests on beside it."""
        if self.layout is not None:
            self.layout.write(self.closure(path).files.values())
        return self.root / path

    def lock(self, path: str) -> bytes | None:
        """The bytes of the lock at a path; None where there is none."""
        entry = self.tree.entry(path)
        if entry is None or entry.form != "file":
            return None
        return self.tree.read(entry)

    def shown(self, file: str) -> str:
        """A file's name as people know it: from the root, of the base with its name before it."""
        path = Path(file)
        return f"{self.prefix}{path.relative_to(self.root).as_posix()}" if path.is_relative_to(self.root) else file

    def inside(self, file: str) -> str:
        """A file's path from the root."""
        path = Path(file)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else file

    def told(self, problem: Problem) -> Problem:
        """A problem with its file as people know it."""
        return replace(problem, file=self.shown(problem.file))


@contextmanager
def workspace(tree: FolderTree | CommitTree, *, base: bool = False) -> Iterator[Workspace]:
    """A tree on disk for as long as the block lasts."""
    if isinstance(tree, FolderTree):
        yield Workspace(tree, tree.root)
        return
    with laid_out(tree) as layout:
        yield Workspace(tree, layout.root, layout, f"{tree.name}:" if base else "")
