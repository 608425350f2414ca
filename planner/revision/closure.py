"""All files that a scenario rests on, found without knowing what its keys mean.

Every text in a YAML file that names a file of the tree counts: more may be found than is read, never less, so that two
scenarios with the same closure are the same scenario.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import yaml

from planner.revision.tree import Entry, RevisionError, Tree, follow, is_lfs_pointer
from planner.source.decode import MAX_BYTES
from planner.source.nodes import MAX_NODES

MOST: Final = 500
"""Files that one scenario may rest on."""
LONGEST: Final = 1000
"""Characters of a path."""
LARGEST_POINTER: Final = 1024
"""Bytes that a pointer of Git LFS stays below."""
MOST_EVENTS: Final = 4 * MAX_NODES
"""Parts of a YAML file that are looked through; one with more values than `MAX_NODES` is no document of ours."""
YAML: Final = (".yaml", ".yml")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Closure:
    """The files of one scenario."""

    files: dict[str, Entry]
    """Path → entry; links and what they lead to are both in it."""
    path: str
    """Of the scenario itself."""
    missing: tuple[str, ...]
    """What is wrong with some of them, in words: submodules, LFS pointers."""

    @property
    def digest(self) -> str:
        """SHA-256 over paths and contents, in the order of the paths."""
        state = hashlib.sha256()
        for path in sorted(self.files):
            state.update(
                f"{path}\0{self.files[path].form}\0{self.files[path].digest}\n".encode("utf-8", "surrogateescape")
            )
        return state.hexdigest()


def closure(tree: Tree, path: str) -> Closure:
    """The scenario at a path and all files it names, directly or through others; raises RevisionError beyond `MOST`."""
    files: dict[str, Entry] = {}
    missing: list[str] = []
    waiting = [path]
    read: set[tuple[str, str]] = set()
    start = _folder(tree, path)
    while waiting:
        at = waiting.pop()
        found, links = follow(tree, at)
        files |= {link.path: link for link in links}
        if found is not None and found.form == "submodule":
            missing.append(f"{at} lies in the submodule {found.path}, which is not read")
        elif found is not None and found.form == "file":
            files[found.path] = found
            home = _folder(tree, at)
            if 0 < found.size < LARGEST_POINTER and is_lfs_pointer(tree.read(found)):
                missing.append(f"{found.path} is kept by Git LFS and only its pointer is here: run git lfs pull")
            elif found.size <= MAX_BYTES and (found.path, home) not in read:
                # A name starts where the file lies, where a link to it lies, or where the scenario lies.
                read.add((found.path, home))
                waiting += _named(tree, found, dict.fromkeys((found.path.rpartition("/")[0], home, start)))
        if len(files) > MOST:
            message = f"{path} rests on more than {MOST} files"
            raise RevisionError(message)
    return Closure(files, path, tuple(dict.fromkeys(missing)))


def texts(data: bytes) -> Iterator[str]:
    """Every text in a YAML file, aliases once; what cannot be parsed ends the list."""
    try:
        for event in islice(yaml.parse(data, Loader=_Loader), MOST_EVENTS):
            if isinstance(event, yaml.ScalarEvent):
                yield event.value
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError):
        return


def _named(tree: Tree, entry: Entry, folders: Iterable[str]) -> list[str]:
    """Paths of files, links and submodules of the tree that a file names, from any of these folders."""
    found = []
    for text in dict.fromkeys(texts(tree.read(entry))):
        if not text or len(text) > LONGEST:
            continue
        for folder in folders:
            path = text if text.startswith("/") or not folder else f"{folder}/{text}"
            at, links = follow(tree, path)
            # A folder is never read, so that a bare word such as `models` may be one.
            if links or (at is not None and at.form != "folder"):
                found.append(path)
    return found


def _folder(tree: Tree, path: str) -> str:
    """The folder that a path lies in, links followed."""
    found = follow(tree, path.rpartition("/")[0])[0]
    return "" if found is None else found.path
