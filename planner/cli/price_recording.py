"""What a refresh puts into the history of prices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli import price_options

if TYPE_CHECKING:
    from planner.catalog.prices.history import Recorded
    from planner.catalog.prices.merging import Merged


def recorded_text(folder: Path, merged: Merged) -> str:
    """Record what the sources that answered gave, and say so; prices that are only kept are no new sighting."""
    from planner.catalog.prices.history import record_dated
    from planner.catalog.prices.merging import owner

    answered = {one.source for one in merged.taken if not one.failed}
    kept = {jump.before.key for jump in merged.jumps}
    rows = [row for row in merged.snapshot.rows if owner(row) in answered and row.key not in kept]
    return f"{folder}: {recording_text(record_dated(folder, rows, price_options.now(), asked_now=True))}"


def recording_text(done: Recorded) -> str:
    """What recording did, in words."""
    parts = [f"{done.added:,} prices recorded"]
    if done.known:
        parts.append(f"{done.known:,} known already")
    if done.late:
        parts.append(f"{done.late:,} seen before the newest of their kind, put in between")
    if done.conflicting:
        first = " ".join(done.conflicting[0])
        parts.append(
            f"{len(done.conflicting):,} left out: the history has another price of that time (such as {first})"
        )
    return "; ".join(parts)
