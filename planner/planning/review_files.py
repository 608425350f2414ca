"""The files that a review names, with wildcards, below the root of its repository."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from planner.scenario.paths import OutsideError, below
from planner.space.dataset_places import Found, NamedFileError, find_named

MOST_FILES: Final = 10_000
"""Files of one pattern."""
_SIGNS: Final = frozenset("*?")


def matching(pattern: str, home: str, root: Path) -> list[Found]:
    """The files that a path with wildcards names, by name; raises NamedFileError where there is none.

    Wildcards stand in the last part or in folders (`exports/*/focus-*.parquet`); no part starts with a dot unless the
    pattern says so, and links that lead out of the repository are refused.
    """
    if not _SIGNS & set(pattern):
        return [find_named(pattern, home, root)]
    written = pattern.replace("\\", "/").split("/")
    first = next(place for place, part in enumerate(written) if _SIGNS & set(part))
    start = "/".join(written[:first]) or "."
    try:
        folder = below(root, Path(home).parent, start)
    except OutsideError as error:
        raise NamedFileError(str(error), "a review reads only files below the root of its repository") from None
    names = []
    for parts in _walk(folder, written[first:]):
        names.append("/".join([*written[:first], *parts]))
        if len(names) > MOST_FILES:
            message = f"{pattern!r} names more than {MOST_FILES:,} files"
            raise NamedFileError(message, "name folders one by one")
    if not names:
        message = f"no file is called {pattern!r}"
        raise NamedFileError(message, _others(folder, start))
    return [find_named(name, home, root) for name in sorted(names)]


def _walk(folder: Path, patterns: list[str]) -> Iterator[tuple[str, ...]]:
    """Paths below a folder, part by part."""
    if not folder.is_dir():
        return
    pattern, rest = patterns[0], patterns[1:]
    asked = pattern.replace("[", "[[]")  # a sign of the name like any other
    for entry in _entries(folder):
        hidden = entry.name.startswith(".") and not pattern.startswith(".")
        if hidden or not fnmatchcase(entry.name, asked):
            continue
        if not rest:
            if entry.is_file():
                yield (entry.name,)
        elif entry.is_dir() and not entry.is_symlink():
            yield from ((entry.name, *parts) for parts in _walk(entry, rest))


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name; raises NamedFileError where that may not be seen."""
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        message = f"the folder {folder.name!r} cannot be read: {error.strerror or error}"
        raise NamedFileError(message) from error


def _others(folder: Path, start: str) -> str:
    """What there is instead."""
    if not folder.is_dir():
        return f"there is no folder {start!r}; paths start at the folder of the file that names them"
    names = sorted(entry.name for entry in _entries(folder) if entry.is_file() and not entry.name.startswith("."))
    return f"there are: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}" if names else f"{start!r} is empty"
