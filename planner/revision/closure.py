"""All files that a scenario rests on, found without knowing what its keys mean.

Every text in a YAML file that names a file of the tree counts: more may be found than is read, never less, so that two
scenarios with the same closure are the same scenario.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from planner.revision.tree import Entry, RevisionError, Tree, clean_path, follow, is_lfs_pointer

MOST: Final = 500
"""Files that one scenario may rest on."""
LONGEST: Final = 1000
"""Characters of a path."""
MAX_YAML_BYTES: Final = 4 * 2**20
"""Larger files are data: what they say of other files is not looked at."""
YAML: Final = (".yaml", ".yml")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Closure:
    """The files of one scenario."""

    files: dict[str, Entry]
    """Path → entry; links and what they lead to are both in it."""
    missing: tuple[str, ...]
    """What is wrong with some of them, in words: submodules, LFS pointers."""

    @property
    def digest(self) -> str:
        """SHA-256 over paths and contents, in the order of the paths."""
        state = hashlib.sha256()
        for path in sorted(self.files):
            state.update(f"{path}\0{self.files[path].form}\0{self.files[path].digest}\n".encode("utf-8", "replace"))
        return state.hexdigest()


def closure(tree: Tree, path: str) -> Closure:
    """The scenario at a path and all files it names, directly or through others; raises RevisionError beyond `MOST`."""
    files: dict[str, Entry] = {}
    missing: list[str] = []
    waiting = [path]
    while waiting:
        at = waiting.pop()
        found, links = follow(tree, at)
        files |= {link.path: link for link in links}
        if found is None or found.path in files:
            continue
        if found.form == "submodule":
            missing.append(f"{at} lies in the submodule {found.path}, which is not read at {tree.name}")
            continue
        if found.form == "folder":
            waiting += [each.path for each in _direct(tree, found.path)]
            continue
        files[found.path] = found
        if len(files) > MOST:
            message = f"{path} at {tree.name} rests on more than {MOST} files"
            raise RevisionError(message)
        if found.size < LONGEST and is_lfs_pointer(tree.read(found)):
            missing.append(f"{found.path} is kept by Git LFS and only a pointer at {tree.name}: run `git lfs pull`")
        elif found.path.endswith(YAML) and found.size <= MAX_YAML_BYTES:
            waiting += [name for name in _named(tree, found) if name not in files]
    return Closure(files, tuple(dict.fromkeys(missing)))


def texts(data: bytes) -> Iterator[str]:
    """Every text in a YAML file, aliases once; what cannot be parsed ends the list."""
    try:
        for event in yaml.parse(data, Loader=_Loader):
            if isinstance(event, yaml.ScalarEvent):
                yield event.value
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError):
        return


def _named(tree: Tree, entry: Entry) -> list[str]:
    """Paths of the tree that a YAML file names, from where it lies."""
    folder = entry.path.rpartition("/")[0]
    found = []
    for text in dict.fromkeys(texts(tree.read(entry))):
        if not text or len(text) > LONGEST or "\n" in text or text.startswith("/"):
            continue
        path = clean_path(f"{folder}/{text}" if folder else text)
        # A bare word such as `models` may happen to be a folder beside the scenario; a path with a slash or a dot is
        # meant as one.
        if path and (at := follow(tree, path)[0]) is not None and (at.form != "folder" or "/" in text or "." in text):
            found.append(path)
    return found


def _direct(tree: Tree, folder: str) -> list[Entry]:
    return [each for each in tree.files(folder) if "/" not in each.path[len(folder) + 1 :]][:MOST]
