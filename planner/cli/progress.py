"""How far a plan is, on stderr: one line drawn over itself on a terminal, now and then a whole line elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from planner.cli.progress_text import batch_line, batch_words, tick_line, tick_words

if TYPE_CHECKING:
    from planner.choose.progress import Progress, Tick

AFTER_S: Final = 0.7
"""A plan that takes less shows no bar."""
DRAWN_S: Final = 0.1
"""Seconds between two drawings of a bar."""
VOLUME_S: Final = 0.5
"""Seconds between two computations of the hypervolume, which takes milliseconds."""
FIRST_LINE_S: Final = 5.0
LINE_S: Final = 10.0
"""Without a terminal: seconds until the first line, and between two."""


class Screen:
    """Where progress is shown: a terminal, or lines in a log."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        # Some CI services give a terminal to programs that nobody watches.
        plain = environment.get("TERM") == "dumb" or environment.get("CI", "").lower() not in ("", "0", "false")
        self.terminal = sys.stderr.isatty() and not plain
        self._started = time.monotonic()
        self._last = -LINE_S
        self._drawn = False

    def due(self) -> bool:
        """Whether it is time to show something."""
        now = time.monotonic()
        first, every = (AFTER_S, DRAWN_S) if self.terminal else (FIRST_LINE_S, LINE_S)
        if now - self._started < first or now - self._last < every:
            return False
        self._last = now
        return True

    @property
    def width(self) -> int:
        """Columns that a line may take: in the last one a terminal may begin a new line."""
        return shutil.get_terminal_size((80, 24)).columns - 1

    def draw(self, text: str) -> None:
        """Put a text in place of the one that was drawn before, or write it as a line of its own."""
        # In one piece and cleared behind, not before: the line does not flicker.
        click.echo(f"\r{text}\x1b[K" if self.terminal else text, err=True, nl=not self.terminal)
        self._drawn = self.terminal

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._drawn:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._drawn = False


class Follower:
    """Shows the search of one scenario."""

    def __init__(self, name: str, screen: Screen) -> None:
        self._name, self._screen = name, screen
        self._stage, self._since, self._before = "", time.monotonic(), 0
        self._volume: float | None = None
        self._volume_at = -VOLUME_S

    def __call__(self, tick: Tick) -> None:
        """Show how far the search is, where it is time."""
        now = time.monotonic()
        if tick.stage != self._stage:
            if self._stage:
                self._since, self._before = now, tick.done
            self._stage, self._volume, self._volume_at = tick.stage, None, -VOLUME_S
        if not self._screen.due():
            return
        if now - self._volume_at >= VOLUME_S:
            self._volume = tick.hypervolume()
            self._volume_at = now
        seconds = now - self._since
        rate = (tick.done - self._before) / seconds if seconds > 0 else 0.0
        if self._screen.terminal:
            self._screen.draw(tick_line(self._name, tick, rate, self._volume, self._screen.width))
        else:
            self._screen.draw(tick_words(self._name, tick, rate, self._volume))


class BatchFollower:
    """Shows how many scenarios of a batch are done, and which are being planned."""

    def __init__(self, total: int, screen: Screen) -> None:
        self._total, self._screen = total, screen
        self.done = 0
        self.failed = 0

    def show(self, running: Sequence[str] = ()) -> None:
        """Show how far the batch is, where it is time."""
        if not self._screen.due():
            return
        if self._screen.terminal:
            text = batch_line(self.done, self._total, self.failed, running, self._screen.width)
        else:
            text = batch_words(self.done, self._total, self.failed, running)
        self._screen.draw(text)


@contextmanager
def progress_bar(name: str, *, show: bool) -> Iterator[Progress | None]:
    """A callback for `plan_ready` that shows how far it is on stderr, or None where nobody wants to know."""
    if not show:
        yield None
        return
    screen = Screen()
    try:
        yield Follower(name, screen)
    finally:
        screen.clear()
