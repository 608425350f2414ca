"""Progress on a terminal: a bar with rate; nothing at all elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from planner.choose.progress import Progress, Tick

_AFTER_S = 0.7
"""A plan that takes less shows no bar."""


@contextmanager
def progress_bar(name: str, *, show: bool) -> "Iterator[Progress | None]":
    """A callback for `plan_ready` that draws on stderr, or None where nobody is looking."""
    if not (show and sys.stderr.isatty()):
        yield None
        return
    started = time.monotonic()
    drawn = False

    def draw(tick: "Tick") -> None:
        done, total = tick.done, tick.total
        nonlocal drawn
        elapsed = time.monotonic() - started
        if elapsed < _AFTER_S and not drawn:
            return
        drawn = True
        filled = "#" * round(24 * done / total)
        rate = done / elapsed / 1e6
        click.echo(f"\r{name} [{filled:<24}] {done:,} of {total:,} combinations, {rate:.1f} M/s", err=True, nl=False)

    yield draw
    if drawn:
        click.echo("\r\x1b[2K", err=True, nl=False)
