"""Paths written in a scenario: only files below the repository's root (outside git: the scenario's folder) are read."""

import os
from pathlib import Path


class OutsideError(ValueError):
    """A path that leads out of what a scenario may read; its text says so in the user's words."""


def scenario_root(file: Path) -> Path:
    """The root of the repository that a scenario lies in, symlinks resolved; outside git its own folder."""
    folder = file.resolve().parent
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)


def below(root: Path, folder: Path, written: str) -> Path:
    """The file that a path written in a file of `folder` names; raises OutsideError when it is not below `root`.

    Symlinks are resolved first, and nothing outside is looked at.
    """
    try:
        found = (folder / written).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        message = f"{written!r} leads nowhere: a loop of links, or no path at all"
        raise OutsideError(message) from error
    if not found.is_relative_to(root):
        what = "repository" if (root / ".git").exists() else "scenario's folder"
        message = f"{written!r} lies outside the {what}"
        raise OutsideError(message)
    return found


def shown_beside(shown: str, written: str) -> str:
    """How a file named in the file `shown` is called in messages: by the path from where the user stands."""
    return os.path.normpath(Path(shown).parent / written)
