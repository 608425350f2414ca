"""Refreshing prices: sources are asked side by side, and what they say is laid on the newest snapshot of a folder."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from planner.catalog.prices.checking import LONGEST_NAME, Known, day_of
from planner.catalog.prices.merging import Answer, Merged, merge
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import Key, PriceRow
from planner.catalog.prices.snapshot import (
    Snapshot,
    newest,
    read_rows,
    read_snapshot,
    snapshot_text,
    table_text,
)
from planner.catalog.prices.source import Ask, Source
from planner.catalog.prices.turns import folder_held
from planner.errors import InputError, PlannerError, SetupError
from planner.files import place, why_not_written

ALL: Final = "all"
QUARANTINE: Final = ".quarantine.csv"
_AT_ONCE: Final = 16
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A snapshot that was written, or found to be what it was."""

    path: Path
    merged: Merged
    quarantine: Path | None = None
    """Where the prices are that wait to be confirmed."""
    unmet: tuple[str, ...] = ()
    """Confirmations that fit no price that waits."""


@dataclass
class Confirmed:
    """What somebody confirmed: `all`, keys, or how they begin: `aws`, `aws/p5.48xlarge`."""

    wanted: Sequence[str] = ()
    met: set[str] = field(default_factory=set)

    def __call__(self, key: Key) -> bool:
        """Whether the price of a key may jump."""
        said = key_text(key)
        hits = [one for one in self.wanted if one in (ALL, said) or said.startswith(f"{one}/")]
        self.met.update(hits)
        return bool(hits)

    @property
    def unmet(self) -> tuple[str, ...]:
        """What fitted nothing."""
        return tuple(one for one in self.wanted if one not in self.met)


def key_text(key: Key) -> str:
    """A key as `--confirm` takes it: provider/instance/region/tier."""
    return "/".join(key)


def due(
    sources: Sequence[Source], previous: Snapshot | None, day: str, life_hours: float
) -> tuple[list[Source], list[Source]]:
    """Sources that are to be asked on a day, and those whose last answer is younger than its life.

    Ages are counted in whole days, since a snapshot knows days.
    """
    asked: list[Source] = []
    fresh: list[Source] = []
    for source in sources:
        standing = previous.sources.get(source.name) if previous is not None else None
        young = standing is not None and not standing.failed and _hours(standing.asked, day) < life_hours
        (fresh if young else asked).append(source)
    return asked, fresh


def ask_all(sources: Sequence[Source], ask: Ask) -> list[Answer]:
    """What each source says, asked side by side; one that fails says why and stops no other."""
    if not sources:
        return []
    with ThreadPoolExecutor(min(len(sources), _AT_ONCE), "prices") as pool:
        return list(pool.map(lambda source: _asked(source, ask), sources))


def missing(source: Source, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Variables without which a source cannot be asked."""
    return tuple(name for name in source.required if not environment.get(name, "").strip())


def previous_snapshot(folder: Path, known: Known, day: str) -> Snapshot | None:
    """The newest snapshot of a folder; raises PlannerError where it cannot be read or is of a day to come."""
    path = newest(folder)
    if path is None:
        return None
    if path.stem > day:
        message = f"{path}: is of a day after today, {day}: this machine's clock is wrong, or the one that wrote it"
        raise InputError(message)
    return read_snapshot(path, known)


def write_refreshed(
    folder: Path,
    answers: Sequence[Answer],
    day: str,
    known: Known,
    confirm: Sequence[str] = (),
    tell: Callable[[str], None] = lambda _: None,
    bundled: Sequence[PriceRow] = (),
) -> Refreshed:
    """Lay answers on the newest snapshot of a folder, and write that of the day beside it.

    What no snapshot has is held against the `bundled` list. The folder is held meanwhile, so that nothing is lost
    where two refresh it at once. Raises InputError where it cannot be written; the snapshots in it are then what they
    were.
    """
    if not folder.exists() and all(one.fetched is None for one in answers):
        waiting = Confirmed(confirm)
        return Refreshed(folder / f"{day}.csv", merge(None, answers, day, known, waiting), None, waiting.unmet)
    confirmed = Confirmed(confirm)
    try:
        with folder_held(folder, tell):
            previous = previous_snapshot(folder, known, day)
            merged = merge(previous, answers, day, known, confirmed, _waiting(folder, previous, known), bundled)
            return _write(folder, merged, day, confirmed)
    except OSError as error:
        left = "; what is in it is as it was" if newest(folder) else ""
        message = f"{folder}: the snapshot cannot be written: {why_not_written(error)}{left}"
        raise InputError(message) from error


def _write(folder: Path, merged: Merged, day: str, confirmed: Confirmed) -> Refreshed:
    path = folder / f"{day}.csv"
    quarantine = folder / f"{day}{QUARANTINE}"
    if not merged.snapshot.rows:
        return Refreshed(path, merged, None, confirmed.unmet)
    contents = {path: snapshot_text(merged.snapshot).encode()}
    if merged.waiting:
        contents[quarantine] = _quarantine_text(merged, day).encode()
    changed = {file: data for file, data in contents.items() if not file.is_file() or file.read_bytes() != data}
    place(changed)
    if not merged.waiting:
        quarantine.unlink(missing_ok=True)
    return Refreshed(path, merged, quarantine if merged.waiting else None, confirmed.unmet)


def _waiting(folder: Path, previous: Snapshot | None, known: Known) -> tuple[PriceRow, ...]:
    """Prices that waited to be confirmed beside the newest snapshot."""
    path = folder / f"{previous.day}{QUARANTINE}" if previous is not None else None
    return read_rows(path, known, path.name[:10]) if path is not None and path.is_file() else ()


def _quarantine_text(merged: Merged, day: str) -> str:
    """The prices that wait, with those that count until somebody confirms them."""
    counts = merged.snapshot.by_key()
    kept = {row.key: repr(counts[row.key].usd_per_hour) for row in merged.waiting}
    head = f"# prices that changed tenfold or more up to {day}; planner prices refresh --confirm KEY takes one\n"
    return head + table_text(merged.waiting, {"kept_usd_per_hour": kept})


def _asked(source: Source, ask: Ask) -> Answer:
    """One source's answer. Whatever goes wrong with it is its own affair, and told without what might be a key."""
    started = ask.transport.clock.now()
    fetched, failed, unready = None, "", False
    if absent := missing(source, ask.environment):
        failed, unready = f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} not set", True
    else:
        try:
            fetched = source.fetch(ask)
        except PlannerError as error:
            failed, unready = plain(error, LONGEST_NAME), isinstance(error, InputError | SetupError)
        except Exception as error:
            _log.debug("%s failed", source.name, exc_info=True)
            failed = f"its answer could not be read ({type(error).__name__}: a bug of ours)"
    return Answer(source.name, tuple(source.providers), fetched, failed, ask.transport.clock.now() - started, unready)


def _hours(asked: str, day: str) -> float:
    then, now = day_of(asked), day_of(day)
    assert then is not None
    assert now is not None
    return (now - then).days * 24.0
