"""Which prices each side of a change is planned with, and whether a lock that the change brings can be believed."""

from dataclasses import dataclass
from typing import Literal

from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.locking.choosing import CATALOG, Prices, edited_text, new_since
from planner.locking.lock import ReadLock, parse_lock
from planner.locking.prices import edited
from planner.outcome import LockState, Place, TrustNote
from planner.planning import Ready
from planner.source import InvalidInput

State = Literal["current", "stale-scenario", "other-catalog", "edited", "missing"]


@dataclass(frozen=True, slots=True)
class SideLock:
    """The lock of a scenario on one side."""

    path: str
    """From the root."""
    data: bytes | None
    """None where there is no lock."""
    read: ReadLock | None = None
    wrong: str = ""
    """Why it cannot be read."""


def side_lock(path: str, data: bytes | None, shown: str) -> SideLock:
    """Read a lock's bytes; what is wrong with them is told, not raised, since a lock only adds."""
    if data is None:
        return SideLock(path, None)
    try:
        return SideLock(path, data, parse_lock(data, shown))
    except InvalidInput as error:
        first = error.problems[0]
        place = f":{first.span.line}:{first.span.column}" if first.span else ""
        return SideLock(path, data, wrong=f"{first.file}{place}: {first.message}")
    except InputError as error:
        return SideLock(path, data, wrong=str(error))


def base_prices(lock: SideLock, ready: Ready | None, catalog: Catalog) -> tuple[Prices, str]:
    """The base's prices: those of its lock, which was merged; with a word on where they come from.

    `ready` is the base's scenario read with the lock's prices; what its market then holds beside them came later.
    """
    read = lock.read
    if read is None:
        return CATALOG, _of_catalog(catalog)
    if read.lock.catalog.digest == catalog.digest:
        return CATALOG, _of_lock(read, lock.path)
    without: frozenset[tuple[str, str, str, str, bool]] = frozenset()
    if ready is not None and read.lock.scenario.digest == ready.document.digest:
        without = new_since(read, ready.space.market.offers, ready.catalog)
    return Prices(read, without), _of_lock(read, lock.path)


def head_prices(base: SideLock, head: SideLock, of_base: tuple[Prices, str], catalog: Catalog) -> tuple[Prices, str]:
    """The head's prices: the base's while the lock is the same, else those of the catalog that this planner has.

    A lock that a change brings counts only where it agrees with that catalog, so it never has prices of its own.
    """
    if base.data is not None and base.data == head.data:
        return of_base
    if head.read is not None and head.read.lock.catalog.digest == catalog.digest:
        return CATALOG, _of_lock(head.read, head.path)
    return CATALOG, _of_catalog(catalog)


def lock_trust(base: SideLock, head: SideLock, catalog: Catalog) -> TrustNote | None:
    """What a change does to a lock, and whether that can be believed; None where it leaves it alone."""
    if base.data == head.data:
        return None
    change: Literal["added", "changed", "removed"]
    change = "added" if base.data is None else "removed" if head.data is None else "changed"
    text, fine = _judged(head, catalog)
    return TrustNote(
        file=head.path if head.data is not None else base.path,
        what="lock",
        change=change,
        text=text,
        allowed=fine,
        place=None if head.data is None else Place(file=head.path, line=1),
    )


def lock_state(lock: SideLock, inputs: str, catalog: Catalog) -> LockState:
    """How a scenario's lock stands: `inputs` is the digest of all that the scenario rests on now."""
    if lock.data is None:
        return LockState(
            file=lock.path, state="missing", as_of="", text="no lock: prices are those of the planner's own catalog"
        )
    read = lock.read
    if read is None:
        return LockState(file=lock.path, state="edited", as_of="", text=f"cannot be read: {lock.wrong}")
    as_of = read.lock.catalog.as_of
    if read.lock.catalog.digest != catalog.digest:
        text = f"prices of {as_of}, from another catalog than this planner's ({catalog.as_of})"
        return LockState(file=lock.path, state="other-catalog", as_of=as_of, text=text)
    if changed := edited(read.offers, catalog):
        return LockState(file=lock.path, state="edited", as_of=as_of, text=edited_text(read, changed))
    if read.lock.scenario.inputs != inputs:
        text = "the scenario has changed since it was locked: renew it with `planner lock --refresh`"
        return LockState(file=lock.path, state="stale-scenario", as_of=as_of, text=text)
    return LockState(file=lock.path, state="current", as_of=as_of, text=f"prices of {as_of}, as in the catalog")


def _judged(head: SideLock, catalog: Catalog) -> tuple[str, bool]:
    """What the head's lock is, in words, and whether it agrees with what it names."""
    if head.data is None:
        return "the lock is taken away: the head is priced with the planner's own catalog", True
    if head.read is None:
        return f"cannot be read ({head.wrong}); the planner's own catalog is used", False
    named = head.read.lock.catalog
    if named.digest != catalog.digest:
        return (
            f"names a catalog of {named.as_of} that this planner does not have, so its prices cannot be compared; "
            f"the planner's own catalog of {catalog.as_of} is used",
            False,
        )
    if found := edited(head.read.offers, catalog):
        return f"prices were changed by hand: {edited_text(head.read, found)}; the catalog's prices are used", False
    return f"all {len(head.read.offers):,} prices agree with the catalog of {named.as_of} that it names", True


def _of_catalog(catalog: Catalog) -> str:
    return f"catalog of {catalog.as_of}"


def _of_lock(read: ReadLock, path: str) -> str:
    return f"lock {path} of {read.lock.catalog.as_of}"
