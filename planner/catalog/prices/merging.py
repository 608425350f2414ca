"""What sources answered, laid on the snapshot before it: what failed keeps its prices, nothing wild gets in."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from planner.catalog.prices.checking import LONGEST_NAME, Known, faults, twice
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import CONFIDENCE, Key, PriceRow
from planner.catalog.prices.snapshot import Snapshot, Standing
from planner.catalog.prices.source import Fetched
from planner.catalog.regional import ANY
from planner.units import earliest_day

JUMP: Final = 10.0
"""A price that is so many times what it was, or so small a part of it, waits for somebody to confirm it."""
_SLACK: Final = 1e-9
"""Relative: a factor of exactly ten is a jump, whatever floats make of it."""
_OWNER: Final = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking one source."""

    source: str
    providers: tuple[str, ...]
    """Those whose prices it gives; empty where only its rows say."""
    fetched: Fetched | None
    """None where it gave nothing."""
    failed: str = ""
    """Why not, in one line."""
    seconds: float = 0.0
    unready: bool = False
    """Whether it was not even asked, for want of a key, a setting or a package."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A price that changed so much that it waits to be confirmed."""

    before: PriceRow
    """What is kept."""
    after: PriceRow


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one source's answer."""

    source: str
    failed: str = ""
    rows: int = 0
    """Prices of it that are in the snapshot now; kept ones, where it failed."""
    covered: int = 0
    """Prices of it for which another source has a newer or surer one."""
    gone: int = 0
    """Prices of it, or of its providers, that were in the snapshot before and are not in its answer any more."""
    unknown: Mapping[str, int] = field(default_factory=dict)
    """Cards that the catalog lacks, as printed, and in how many rows."""
    malformed: tuple[str, ...] = ()
    """Rows that were left out, and why."""
    new: int = 0
    """Prices of it that nothing was known of before, so that no jump could be told."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A snapshot that was made, and what there is to say about it."""

    snapshot: Snapshot
    taken: tuple[Taken, ...]
    """By source, in the order in which they were asked."""
    jumps: tuple[Jump, ...]
    """Those of this time."""
    waiting: tuple[PriceRow, ...]
    """All prices that wait to be confirmed, those of sources that gave nothing this time too."""


def owner(row: PriceRow) -> str:
    """The source that a price is from: the first word of what it says of it."""
    found = _OWNER.match(row.source)
    return found[0] if found else ""


def merge(
    previous: Snapshot | None,
    answers: Sequence[Answer],
    day: str,
    known: Known,
    confirmed: Callable[[Key], bool] = lambda _: False,
    waiting: Sequence[PriceRow] = (),
    bundled: Sequence[PriceRow] = (),
) -> Merged:
    """The snapshot of a day from the one before it and the answers of sources.

    A source that answered replaces what it gave before, and all prices of its providers; one that failed keeps its
    prices with their dates. Where two sources price the same thing, the newer counts, then the surer, then the one
    asked first. A price that jumped is not taken until somebody confirmed its key; that it is seen again is no
    confirmation, since a slip in a unit is seen every day. `waiting` are prices that were not confirmed before; one
    that is confirmed now is taken, whether or not its source answered again. `bundled` is the list that plans use
    without a snapshot: a price that `previous` lacks is held against what that says of its region, or of `any`.
    """
    read = {one.source: _believable(one, known, day) for one in answers}
    fine = [one for one in answers if read[one.source].rows]
    replaced = {name for one in fine for name in one.providers}
    fresh = {one.source for one in fine}
    before = previous.by_key() if previous is not None else {}
    known_before = _Before(before, bundled, day)
    kept = [row for row in before.values() if owner(row) not in fresh and row.provider not in replaced]
    ranked = _ranked((one.source for one in fine), [*kept, *(row for one in fine for row in read[one.source].rows)])
    won = Counter(owner(row) for row in ranked.values())
    new: Counter[str] = Counter()
    jumps = []
    for key, row in ranked.items():
        if owner(row) not in fresh:
            continue
        old = known_before.price(row)
        if old is None:
            new[owner(row)] += 1
        elif jumped(old, row) and not confirmed(key):
            jumps.append(Jump(old, row))
            ranked[key] = old
    still = {}
    for row in waiting:
        if row.key not in ranked or owner(row) in fresh:
            continue
        if confirmed(row.key):
            ranked[row.key] = row
        else:
            still[row.key] = row
    held = still | {jump.after.key: jump.after for jump in jumps}
    rows = tuple(sorted(ranked.values(), key=lambda row: row.key))
    sources = dict(previous.sources) if previous is not None else {}
    for one in answers:
        if one.source in fresh:
            sources[one.source] = Standing(day)
        elif one.source in sources:
            sources[one.source] = replace(sources[one.source], failed=plain(_why(one, read[one.source]), LONGEST_NAME))
    return Merged(
        Snapshot(day, rows, sources),
        tuple(replace(_taken(one, read[one.source], rows, won, before), new=new[one.source]) for one in answers),
        tuple(sorted(jumps, key=lambda jump: jump.after.key)),
        tuple(sorted(held.values(), key=lambda row: row.key)),
    )


def jumped(before: PriceRow, after: PriceRow) -> bool:
    """Whether a price changed tenfold or more, up or down."""
    ratio = after.usd_per_hour / before.usd_per_hour
    return ratio >= JUMP * (1 - _SLACK) or ratio <= (1 + _SLACK) / JUMP


class _Before:
    """What is known of prices until now: the snapshot, and the bundled list for what it does not have."""

    def __init__(self, snapshot: Mapping[Key, PriceRow], bundled: Sequence[PriceRow], day: str) -> None:
        self._snapshot, self._day = snapshot, day
        # Sources write names of machines in their own case; the bundled list has them as they were printed.
        self._bundled = {_folded(row.key): row for row in bundled}

    def price(self, row: PriceRow) -> PriceRow | None:
        """The earlier price of the same thing, as a row that can stand in a snapshot; None where there is none."""
        if (found := self._snapshot.get(row.key)) is not None:
            return found
        provider, instance, region, tier = _folded(row.key)
        listed = self._bundled.get((provider, instance, region, tier)) or self._bundled.get(
            (provider, instance, ANY, tier)
        )
        if listed is None or (listed.gpu, listed.gpu_count) != (row.gpu, row.gpu_count):
            return None
        # A list may know a year alone; a snapshot knows days, none of them to come.
        seen = min(earliest_day(listed.as_of).isoformat(), self._day)
        return replace(
            row, usd_per_hour=listed.usd_per_hour, as_of=seen, confidence=listed.confidence, market=listed.market,
            source=f"{owner(row)}: bundled list",
        )  # fmt: skip


def _folded(key: Key) -> Key:
    provider, instance, region, tier = key
    return provider, instance.casefold(), region, tier


@dataclass(frozen=True, slots=True)
class _Believable:
    rows: tuple[PriceRow, ...] = ()
    malformed: tuple[str, ...] = ()


def _believable(answer: Answer, known: Known, day: str) -> _Believable:
    """The prices of an answer that are prices, with its source in front of what they say of it; what the others are."""
    if answer.fetched is None:
        return _Believable()
    rows: dict[Key, PriceRow] = {}
    malformed = list(answer.fetched.malformed)
    for given in answer.fetched.rows:
        named = given if owner(given) == answer.source else replace(given, source=f"{answer.source}: {given.source}")
        row = replace(named, source=plain(named.source, LONGEST_NAME))
        wrong = faults(row, known, day)
        if not wrong and row.key in rows:
            wrong = [twice(row)]
        if wrong:
            malformed.append(plain(f"{' '.join(row.key)}: {'; '.join(wrong)}", LONGEST_NAME))
        else:
            rows[row.key] = row
    return _Believable(tuple(rows.values()), tuple(malformed))


def _ranked(order: Iterable[str], rows: Iterable[PriceRow]) -> dict[Key, PriceRow]:
    """One price for each key: the newest, then the surest, then that of the source that was asked first."""
    place = {name: at for at, name in enumerate(order)}

    def rank(row: PriceRow) -> tuple[str, int, int]:
        return row.as_of, -CONFIDENCE.index(row.confidence), -place.get(owner(row), len(place))

    best: dict[Key, PriceRow] = {}
    for row in rows:
        if row.key not in best or rank(row) > rank(best[row.key]):
            best[row.key] = row
    return best


def _why(answer: Answer, read: _Believable) -> str:
    if answer.fetched is None:
        return answer.failed
    return f"no price in its answer ({len(read.malformed)} rows that are none)" if read.malformed else "no price in it"


def _taken(
    answer: Answer, read: _Believable, rows: Sequence[PriceRow], won: Mapping[str, int], before: Mapping[Key, PriceRow]
) -> Taken:
    left = {row.key for row in rows}
    return Taken(
        answer.source,
        "" if read.rows else _why(answer, read),
        sum(owner(row) == answer.source for row in rows),
        len(read.rows) - won.get(answer.source, 0) if read.rows else 0,
        sum(
            key not in left and (owner(row) == answer.source or row.provider in answer.providers)
            for key, row in before.items()
        ),
        dict(answer.fetched.unknown) if answer.fetched is not None else {},
        read.malformed,
    )
