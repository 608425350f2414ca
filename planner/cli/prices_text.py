"""What price verbs print: rows of tables, and what is said beside them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from planner.catalog.prices.merging import Answer, Merged
    from planner.catalog.prices.refreshing import Refreshed
    from planner.catalog.prices.snapshot import Snapshot
    from planner.catalog.prices.source import Source

Row = dict[str, Any]
SHOWN: Final = 5
"""Examples of each kind that are told."""


def verdict_rows(
    merged: Merged, fresh: Sequence[Source], silent: Sequence[Source], previous: Snapshot | None
) -> list[Row]:
    """What became of every source, one row each."""
    rows = [
        {
            "source": one.source,
            "state": "updated" if not one.failed else "kept" if one.rows else "failed",
            "prices": one.rows,
            "gone": one.gone,
            "unknown_cards": len(one.unknown),
            "malformed": len(one.malformed),
            "quarantined": sum(jump.after.source.split(":")[0] == one.source for jump in merged.jumps),
            "why": one.failed or (f"{one.covered} are newer elsewhere" if one.covered else ""),
        }
        for one in merged.taken
    ]
    rest = [(one, "fresh", _asked(previous, one.name)) for one in fresh]
    rest += [(one, "not asked", f"needs {', '.join(one.required)}") for one in silent]
    return rows + [
        {
            "source": one.name, "state": state, "prices": _count(merged, one.name), "gone": 0, "unknown_cards": 0,
            "malformed": 0, "quarantined": 0, "why": why,
        }
        for one, state, why in rest
    ]  # fmt: skip


def reach_rows(answers: Sequence[Answer]) -> list[Row]:
    """How asking every source went, one row each."""
    return [
        {
            "source": one.source,
            "reached": one.fetched is not None,
            "prices": len(one.fetched.rows) if one.fetched is not None else 0,
            "unknown_cards": len(one.fetched.unknown) if one.fetched is not None else 0,
            "malformed": len(one.fetched.malformed) if one.fetched is not None else 0,
            "seconds": round(one.seconds, 1),
            "why": one.failed,
        }
        for one in answers
    ]


def told(done: Refreshed) -> Iterator[str]:
    """What there is to say of a refresh beside its table."""
    from planner.catalog.prices.refreshing import key_text

    merged = done.merged
    for one in merged.taken:
        for name, count in sorted(one.unknown.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]:
            yield f"{one.source}: card {name!r} is not in the catalog ({count} rows left out)"
        if len(one.unknown) > SHOWN:
            yield f"{one.source}: {len(one.unknown) - SHOWN} further cards are not in the catalog"
        if one.gone:
            yield f"{one.source}: {one.gone:,} earlier prices are gone from its answer; `prices diff` names them"
        if one.new:
            yield f"{one.source}: {one.new:,} of {one.rows:,} prices are new: there was none to hold them against"
        shown = len(one.malformed) if logging.getLogger("planner").isEnabledFor(logging.INFO) else SHOWN
        for text in one.malformed[:shown]:
            yield f"{one.source}: left out: {text}"
        if len(one.malformed) > shown:
            rest = len(one.malformed) - shown
            yield f"{one.source}: {rest} further rows left out; PLANNER_LOG_LEVEL=info tells them all"
    for jump in merged.jumps:
        yield (
            f"{key_text(jump.after.key)}: {jump.after.usd_per_hour:g} USD/h after {jump.before.usd_per_hour:g} is not "
            f"believed; --confirm '{key_text(jump.after.key)}' takes it"
        )
    for name in done.unmet:
        yield f"--confirm {name}: no price waits that this fits"
    if merged.waiting:
        yield f"{len(merged.waiting)} price{'s wait' if len(merged.waiting) > 1 else ' waits'} in {done.quarantine}"
    if done.path.is_file():
        failed = [one.source for one in merged.taken if one.failed]
        partly = f", without {', '.join(failed)}" if failed else ""
        yield f"wrote {done.path}: {len(merged.snapshot.rows):,} prices{partly}"


def _asked(previous: Snapshot | None, name: str) -> str:
    return f"asked {previous.sources[name].asked}; --force asks again" if previous is not None else ""


def _count(merged: Merged, name: str) -> int:
    from planner.catalog.prices.merging import owner

    return sum(owner(row) == name for row in merged.snapshot.rows)
