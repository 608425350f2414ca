"""One at a time: whoever writes to a folder of snapshots holds it meanwhile, and the next one waits."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_held(folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold a folder, which is made where it is missing; says so where another process has it, and waits.

    The system lets go of it when the process ends, however that happens.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = _open(folder)
    try:
        if not _take(handle, wait=False):
            tell(f"{folder}: another process writes prices here; waiting for it")
            while not _take(handle, wait=True):
                pass
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _open(folder: Path) -> int:
        return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)

    def _take(handle: int, *, wait: bool) -> bool:
        try:
            # Waiting gives up after ten tries, one a second.
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _open(folder: Path) -> int:
        # The folder itself, so that no file is left to be committed by mistake.
        return os.open(folder, os.O_RDONLY)

    def _take(handle: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
