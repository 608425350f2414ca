"""What of a report is being made: a line on a terminal, once it takes a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Final

from planner.cli.progress import Screen

LOOK_S: Final = 0.25
"""Seconds between two looks at whether the line is due."""


class Making:
    """Says what is being made; a thread draws it, since what takes long does not look up from its work."""

    def __init__(self, name: str, screen: Screen, *, show: bool) -> None:
        self._name, self._screen, self._show = name, screen, show
        self._lock, self._over = Lock(), Event()
        self._thread: Thread | None = None
        self._what, self._since = "", 0.0

    def __call__(self, what: str) -> None:
        """From now on this is being made: `drawing charts`."""
        if not self._show:
            return
        with self._lock:
            self._what, self._since = what, time.monotonic()
        if self._thread is None:
            self._over.clear()
            self._thread = Thread(target=self._draw, daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Take the line away, so that something else can be printed; the next word starts it again."""
        if self._thread is not None:
            self._over.set()
            self._thread.join()
            self._thread = None
            self._screen.clear()

    def _draw(self) -> None:
        while not self._over.wait(LOOK_S):
            if self._screen.due():
                with self._lock:
                    text = f"{self._name}: {self._what}, {time.monotonic() - self._since:.0f} s"
                self._screen.draw(text[: self._screen.width])


@contextmanager
def making(name: str, *, show: bool) -> Iterator[Making]:
    """Says on stderr what is being made of this name, where stderr is a terminal and somebody wants to know."""
    screen = Screen()
    told = Making(name, screen, show=show and screen.terminal)
    try:
        yield told
    finally:
        told.end()
