"""A process beside this one that answers what it is asked, and both ends of the pipes between them."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, Final

START: Final = "import sys; sys.path[:] = {path!r}; from {module} import serve; serve()"
PIPE: Final = 2**20
"""Bytes that a pipe holds where the system lets us say so: neither process waits for the other to read."""
LOST: Final = (OSError, EOFError, pickle.UnpicklingError)
"""What reading from or writing to a process that went away raises."""


_OVER: Final = "nobody asks any more"


class WorkerLostError(Exception):
    """The other process went away."""


class Worker:
    """The other process, seen from this one."""

    def __init__(self, module: str) -> None:
        """Start it with the `serve` of this module; raises OSError where that cannot be."""
        command = [sys.executable, "-c", START.format(path=sys.path, module=module)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=PIPE)
        self._open = 0
        self.number = self._process.pid
        """The process id."""

    def ask(self, question: object) -> None:
        """Send what will be answered."""
        self.tell(question)
        self._open += 1

    def tell(self, what: object) -> None:
        """Send what belongs to the question before it."""
        try:
            _write(self._process.stdin, what)
        except LOST as error:
            raise WorkerLostError from error

    def answer(self) -> Any:  # noqa: ANN401
        """The answer to the oldest question that has none yet; raises what answering raised."""
        try:
            answer = _read(self._process.stdout)
        except LOST as error:
            raise WorkerLostError from error
        self._open -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def settle(self) -> None:
        """Hear and forget all answers that are due."""
        while self._open:
            try:
                self.answer()
            except WorkerLostError:
                raise
            except Exception:
                pass

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def working(warm_up: Callable[[], None], reply: Callable[[Any, Iterator[Any]], object]) -> None:
    """What the other process does until nobody asks any more.

    `reply` is given a question and what is sent after it. A thread takes in what is sent, so that who asks need not
    wait until it is read.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sent: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_take_in, args=(sent,), daemon=True).start()
    coming = iter(sent.get, _OVER)
    with contextlib.suppress(Exception):  # the first question will raise it again
        warm_up()
    with contextlib.suppress(*LOST):
        for question in coming:
            try:
                answer = reply(question, coming)
            except Exception as error:
                answer = error
            _write(told, answer)


def _take_in(sent: "SimpleQueue[Any]") -> None:
    with contextlib.suppress(*LOST):
        while True:
            sent.put(_read(sys.stdin.buffer))
    sent.put(_OVER)


def _read(stream: IO[bytes] | None) -> Any:  # noqa: ANN401
    if stream is None:
        raise EOFError
    return pickle.load(stream)


def _write(stream: IO[bytes] | None, value: object) -> None:
    if stream is None:
        raise EOFError
    pickle.dump(value, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()
