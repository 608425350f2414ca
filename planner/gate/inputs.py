"""What a scenario comes to: what it says, and the content of the further files it rests on, wherever they lie."""

import hashlib
import os
from pathlib import Path

from planner.planning import AnyReady
from planner.revision.closure import Closure
from planner.scenario.compose import meaning


def further_files(ready: AnyReady, files: Closure, root: Path) -> dict[str, str]:
    """Path → digest of what a scenario rests on beside the documents that it is put together from.

    Links on the way count too: where one leads decides which file is read.
    """
    own = {Path(file).resolve() for file in ready.document.texts}
    return {path: entry.digest for path, entry in sorted(files.files.items()) if (root / path).resolve() not in own}


def inputs_of(ready: AnyReady, files: Closure, root: Path) -> str:
    """SHA-256 over what a scenario says and the content of its further files: moved or commented it stays the same."""
    state = hashlib.sha256(meaning(ready.document).encode())
    home = files.path.rpartition("/")[0]
    roles = {os.path.relpath(path, home or "."): digest for path, digest in further_files(ready, files, root).items()}
    for name, digest in sorted(roles.items()):
        state.update(f"\n{name}\0{digest}".encode("utf-8", "surrogateescape"))
    return state.hexdigest()
