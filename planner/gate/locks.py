"""Whether the lock at the head can be believed, and what a change did to it."""

from dataclasses import dataclass
from typing import Final, Literal

from planner.catalog.rows import Catalog
from planner.gate.pricing import SideLock
from planner.locking.choosing import edited_text
from planner.locking.lock import Lock, ReadLock
from planner.locking.prices import edited
from planner.locking.table import read_table
from planner.outcome import LockState, Place, TrustNote

State = Literal["current", "stale-scenario", "other-catalog", "edited", "missing"]


@dataclass(frozen=True, slots=True)
class Held:
    """The head's lock held against what it should be."""

    lock: SideLock
    state: LockState
    agrees: bool
    """Whether all that counts in it is what this planner finds."""


def held(lock: SideLock, inputs: str, expected: Lock | None, catalog: Catalog) -> Held:
    """How a scenario's lock stands.

    `inputs` is the digest of all that the scenario rests on; `expected` is the lock that this planner would write at
    the catalog's own prices, given where the lock is new: then its offers and figures must be the same.
    """
    state, as_of, text, agrees = _state(lock, inputs, expected, catalog)
    return Held(lock, LockState(file=lock.path, state=state, as_of=as_of, text=text), agrees)


def lock_trust(base: SideLock, head: Held) -> TrustNote | None:
    """What a change does to a lock, and whether that can be believed; None where it leaves it alone."""
    if base.data == head.lock.data:
        return None
    change: Literal["added", "changed", "removed"]
    change = "added" if base.data is None else "removed" if head.lock.data is None else "changed"
    used = "" if head.agrees else "; the planner's own catalog is used instead"
    return TrustNote(
        file=head.lock.path if head.lock.data is not None else base.path,
        what="lock",
        change=change,
        text=f"{head.state.text}{used}",
        allowed=head.agrees,
        place=None if head.lock.data is None else Place(file=head.lock.path, line=1),
    )


_STALE: Final = "the scenario is not what it was when it was locked"


def _state(lock: SideLock, inputs: str, expected: Lock | None, catalog: Catalog) -> tuple[State, str, str, bool]:
    """The state, the date of the prices, both in words, and whether the lock agrees with what it names."""
    read = lock.read
    if lock.data is None:
        return "missing", "", "no lock: prices are those of the planner's own catalog", True
    if read is None:
        return "edited", "", f"cannot be read: {lock.wrong}", False
    named = read.lock.catalog
    foreign = named.digest != catalog.digest
    text = f"all {len(read.offers):,} prices agree with the catalog of {named.as_of} that it names"
    if foreign:
        text = f"names a catalog of {named.as_of} that this planner does not have (its own is of {catalog.as_of})"
    elif wrong := _wrong(read, expected, catalog):
        return "edited", named.as_of, wrong, False
    if inputs and read.lock.scenario.inputs != inputs:
        return "stale-scenario", named.as_of, f"{_STALE}; it {text}" if foreign else _STALE, not foreign
    return "other-catalog" if foreign else "current", named.as_of, text, not foreign


def _wrong(read: ReadLock, expected: Lock | None, catalog: Catalog) -> str:
    """What in a lock of this catalog is not so, in words."""
    if found := edited(read.offers, catalog):
        return f"prices were changed by hand: {edited_text(read, found)}"
    lock = read.lock
    if expected is None or lock.scenario.digest != expected.scenario.digest:
        return ""
    if lock.scenario.name != expected.scenario.name:
        return f"is the lock of another scenario, {lock.scenario.name}"
    if lock.offers != expected.offers:
        return f"lists {len(read.offers):,} offers where the scenario may choose from {_count(expected):,}"
    same = lock.decisions == expected.decisions and lock.seed == expected.seed
    if lock.scenario.inputs == expected.scenario.inputs and lock.planner == expected.planner and not same:
        return "its figures are not those that this planner gives"
    return ""


def _count(lock: Lock) -> int:
    return len(read_table(lock.offers))
