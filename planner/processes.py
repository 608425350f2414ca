"""One function over many tasks in processes beside this one; a process that dies costs its own task and no other.

The pool is loky's, the one of joblib; used directly because `joblib.Parallel` ends with the first process that dies.
"""

import os
import pickle
import re
import signal
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

WATCH_S: Final = 0.5
"""Seconds between two looks at what is running."""
PARENT_S: Final = 0.5
"""Seconds between two looks of a process at whether the one that started it is still there."""
THREADS: Final = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)  # fmt: skip
"""What numerical libraries read to know how many threads they may start."""
_CODES: Final = re.compile(r"exit codes of the workers are \{(.*?)\}")

T = TypeVar("T")
R = TypeVar("R")
Watch = Callable[[Sequence[int]], None]
"""Called about twice a second with the numbers of the tasks that are being worked on."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A task whose process died, twice: beside others and then alone."""

    how: str
    """The signal or exit code that it ended with, such as `SIGKILL(-9)`; empty where nobody knows."""

    def __str__(self) -> str:
        """The loss as a sentence without its end."""
        how = f" ({self.how})" if self.how else ""
        hint = "; memory may have run out" if "SIGKILL" in self.how else ""
        return f"its process died{how}, and again when it ran alone{hint}"


def cores() -> int:
    """Cores that this process may use: affinity and the limits of a container count."""
    from loky import cpu_count

    return int(cpu_count())


def each_apart(
    function: Callable[[T], R], tasks: Sequence[T], workers: int, watch: Watch | None = None
) -> Generator[tuple[int, R | Lost], None, None]:
    """The number of each task with its result, as they come; close the iterator to kill the processes.

    The function and its tasks are pickled. Where a process dies, all tasks that were being worked on are suspects: each
    is tried once more in a process alone, and the others go on beside each other. What the function raises is raised.
    """
    # Workers that grew are replaced between two tasks; that is no concern of a user.
    warnings.filterwarnings("ignore", message="A worker (stopped|was restarted) while some jobs", category=UserWarning)
    with tempfile.TemporaryDirectory(prefix="planner-", ignore_cleanup_errors=True) as folder:
        waiting = dict(enumerate(tasks))
        while waiting:
            pool = _Pool(function, waiting, min(workers, len(waiting)), Path(folder), watch)
            how = yield from pool.results()
            # The one that died may have laid down the last result before.
            if how is None or not waiting:
                return
            for number in pool.started() or [next(iter(waiting))]:
                alone = {number: waiting.pop(number)}
                how = yield from _Pool(function, alone, 1, Path(folder), watch).results()
                if how is not None and alone:
                    yield number, Lost(how)


class _Pool(Generic[T, R]):
    """Processes, as long as none of them dies; what is done is taken out of `waiting`."""

    def __init__(
        self, function: Callable[[T], R], waiting: dict[int, T], workers: int, folder: Path, watch: Watch | None
    ) -> None:
        self._function, self._waiting, self._workers = function, waiting, workers
        self._folder, self._watch = folder, watch

    def started(self) -> list[int]:
        """Tasks that somebody began and nobody finished."""
        return [number for number in self._waiting if _mark(self._folder, number).exists()]

    def results(self) -> Generator[tuple[int, R], None, str | None]:
        """Results as they come; returns how a process ended where one died, None where all is done."""
        from concurrent.futures import FIRST_COMPLETED, wait

        from loky import ProcessPoolExecutor
        from loky.process_executor import BrokenProcessPool

        share = str(max(1, cores() // self._workers))
        threads = {name: os.environ.get(name, share) for name in THREADS}
        with _calm_tracker():
            pool = ProcessPoolExecutor(self._workers, initializer=_begin, initargs=(os.getpid(),), env=threads)
        finished = False
        try:
            how: str | None = None
            futures = {}
            try:
                for number, task in self._waiting.items():
                    futures[pool.submit(_work, self._folder, number, self._function, task)] = number
            except BrokenProcessPool as broken:
                how = _how(broken)
            unfinished = set(futures)
            while unfinished:
                done, unfinished = wait(unfinished, timeout=WATCH_S, return_when=FIRST_COMPLETED)
                for future in done:
                    error = future.exception()
                    if isinstance(error, BrokenProcessPool):
                        how = _how(error)
                    elif error is not None:
                        raise error
                for number in sorted(futures[future] for future in done):
                    # A result may have been laid down by a process that died before it could say so.
                    if (path := _result(self._folder, number)).exists():
                        result: R = pickle.loads(path.read_bytes())
                        path.unlink()
                        del self._waiting[number]
                        yield number, result
                if self._watch is not None:
                    self._watch(self.started())
            finished = how is None
            return how
        finally:
            pool.shutdown(wait=True, kill_workers=not finished)


@contextmanager
def _calm_tracker() -> Iterator[None]:
    """Let the process that loky starts to clean up say nothing of what killed processes could not sign off."""
    name = "PYTHONWARNINGS"
    before = os.environ.get(name)
    os.environ[name] = ",".join(filter(None, (before, "ignore:resource_tracker:UserWarning")))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _work(folder: Path, number: int, function: Callable[[T], R], task: T) -> None:
    """In a process: lay the result in a file.

    A large one in the pipe would block everybody if its sender died half-way.
    """
    _mark(folder, number).touch()
    result = pickle.dumps(function(task), pickle.HIGHEST_PROTOCOL)
    path = _result(folder, number)
    part = path.with_suffix(".part")
    part.write_bytes(result)
    part.replace(path)


def _begin(parent: int) -> None:
    """In a process: leave Ctrl-C to the parent, and end when it is gone, since killed it could not say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _mark(folder: Path, number: int) -> Path:
    return folder / f"{number}.begun"


def _result(folder: Path, number: int) -> Path:
    return folder / f"{number}.result"


def _how(error: BaseException) -> str:
    found = _CODES.search(str(error))
    return ", ".join(sorted(set(found[1].split(", ")))) if found else ""
