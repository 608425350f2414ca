"""`--open`: what was written, shown in the program that the system has for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

FIRST: Final = (".html", ".pdf", ".md", ".json")
"""Endings of reports, what is nicest to look at first."""
_DESKTOP: Final = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
"""Variables one of which a Linux session has that can show something; without, a text browser would take the screen."""


def open_first(written: Sequence[Path], environment: Mapping[str, str] = os.environ) -> None:
    """Show the report that is nicest to look at; where nothing can, a warning says where it lies."""
    shown = sorted((path for path in written if path.suffix in FIRST), key=lambda path: FIRST.index(path.suffix))
    if not shown:
        click.echo("warning: --open: no report was written", err=True)
        return
    bare = sys.platform.startswith("linux") and not any(environment.get(name) for name in _DESKTOP)
    if bare or click.launch(str(shown[0].absolute())):
        click.echo(f"warning: --open: nothing here shows {shown[0]}", err=True)
