"""Where the files that a dataset names are, and what keeps them from being read."""

import difflib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planner.scenario.blocks import Dataset
from planner.scenario.paths import OutsideError, below, shown_beside


class NamedFileError(Exception):
    """Why a named file is not read, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be read."""

    path: Path
    shown: str
    """Its name in messages: the path from where the user stands."""
    name: str
    """Its name in plans: the path from the root of the repository."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of a scenario are looked for."""

    home: Callable[[str], str]
    """Key of the dataset → the file that its value is written in, as the user knows it."""
    root: Path
    """Nothing outside of it is read."""

    def find(self, dataset: Dataset, key: str) -> Found:
        """The file under a key; raises NamedFileError when it cannot be read."""
        return find_named(getattr(dataset, key), self.home(key), self.root)


def find_named(written: str, home: str, root: Path) -> Found:
    """The file that a path written in the file `home` names; raises NamedFileError when it cannot be read."""
    try:
        path = below(root, Path(home).parent, written)
    except OutsideError as error:
        raise NamedFileError(
            str(error), "a scenario reads only files below the root of its repository; links are followed first"
        ) from None
    _check(path, written, Path(home).parent)
    return Found(path, shown_beside(home, written), path.relative_to(root).as_posix())


def _check(path: Path, written: str, home: Path) -> None:
    """Whether this is a regular file that may be read."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        message = f"no such file: {written!r}" if missing else f"{written!r} cannot be read: {error.strerror or error}"
        raise NamedFileError(message, _neighbour(path, home) if missing else None) from None
    if not stat.S_ISREG(mode):
        message = f"{written!r} is a folder" if stat.S_ISDIR(mode) else f"{written!r} is no regular file"
        raise NamedFileError(message, "name a file in it" if stat.S_ISDIR(mode) else None)
    if not os.access(path, os.R_OK):
        message = f"{written!r} may not be read: permission denied"
        raise NamedFileError(message)


def _neighbour(path: Path, home: Path) -> str:
    """A guess at the file that was meant, as a path from the folder of the file that names it."""
    start = "paths start at the folder of the file that names them"
    if not path.parent.is_dir():
        return f"its folder does not exist either; {start}"
    close = difflib.get_close_matches(path.name, sorted(entry.name for entry in path.parent.iterdir()), n=1)
    if not close:
        return start
    meant = Path(os.path.relpath(path.with_name(close[0]), home.resolve())).as_posix()
    return f"did you mean {meant!r}?"
