"""Which prices each side of a change is planned with."""

from dataclasses import dataclass

from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.locking.choosing import CATALOG, Prices
from planner.locking.lock import ReadLock, parse_lock
from planner.planning import AnyReady
from planner.planning.locked import since_locked
from planner.scenario.compose import meaning
from planner.source import InvalidInput, one_line


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


def side_lock(path: str, data: bytes | None) -> SideLock:
    """Read the bytes of the lock at a path from the root; what is wrong with them is told, not raised: it only adds."""
    if data is None:
        return SideLock(path, None)
    try:
        return SideLock(path, data, parse_lock(data, path))
    except InvalidInput as error:
        return SideLock(path, data, wrong=one_line(error.problems[0]))
    except InputError as error:
        return SideLock(path, data, wrong=str(error))


def base_prices(lock: SideLock, ready: AnyReady | None, catalog: Catalog) -> tuple[Prices, str]:
    """The base's prices: those of its lock, which was merged; with a word on where they come from.

    `ready` is the base's scenario read with the lock's prices; what its market then holds beside them came later.
    """
    read = lock.read
    if read is None:
        return CATALOG, _of_catalog(catalog)
    if read.lock.catalog.digest == catalog.digest:
        return CATALOG, _of_lock(read)
    if ready is not None and read.lock.scenario.digest == meaning(ready.document):
        return since_locked(read, ready, ready.catalog), _of_lock(read)
    return Prices(read), _of_lock(read)


def head_prices(base: SideLock, head: SideLock, of_base: tuple[Prices, str], catalog: Catalog) -> tuple[Prices, str]:
    """The head's prices: the base's while the lock is the same, else those of the catalog that this planner has.

    A lock that a change brings counts only where it agrees with that catalog, so it never has prices of its own.
    """
    if base.data is not None and base.data == head.data:
        return of_base
    if head.read is not None and head.read.lock.catalog.digest == catalog.digest:
        return CATALOG, _of_lock(head.read)
    return CATALOG, _of_catalog(catalog)


def _of_catalog(catalog: Catalog) -> str:
    return f"catalog of {catalog.as_of}"


def _of_lock(read: ReadLock) -> str:
    return f"lock of {read.lock.catalog.as_of}"
