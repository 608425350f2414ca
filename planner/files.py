"""Files written so that nobody ever sees half of one."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def place(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write everything beside its place under a temporary name, then move it all there."""
    waiting: list[tuple[Path, Path]] = []
    try:
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
