"""Files written so that nobody ever sees half of one."""

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_FULL: Final = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "it is larger than a file may be here",
}


def place(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write everything beside its place under a temporary name, then move it all there.

    A folder that is in the way of one file is found before any other is moved.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for path in contents:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            waiting.append((Path(name), path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
        for temporary, path in waiting:
            temporary.replace(path)
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
    return [path for _, path in waiting]


def why_not_written(error: OSError) -> str:
    """Why something could not be written, in words: a full disk is called that."""
    said = error.strerror or str(error)
    return f"{_FULL[error.errno]} ({said})" if error.errno in _FULL else said
