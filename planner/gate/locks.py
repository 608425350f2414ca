"""Whether the lock at the head can be believed, and what a change did to it."""

from dataclasses import dataclass
from typing import Final, Literal

from planner.catalog.rows import Catalog
from planner.gate.pricing import SideLock
from planner.locking.choosing import edited_prices, edited_text
from planner.locking.lock import Lock, ReadLock
from planner.locking.services import read_services
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


def held(lock: SideLock, inputs: str, catalog: Catalog, *, new: bool, expected: Lock | None) -> Held:
    """How a scenario's lock stands.

    `inputs` is the digest of all that the scenario rests on. A `new` lock must be what this planner would write at the
    catalog's own prices, which is `expected`: once merged, its figures and prices are those that changes start from.
    """
    state, as_of, text, agrees = _state(lock, inputs, catalog)
    if new and agrees and lock.read is not None and (wrong := _differs(lock.read, expected)):
        state, text, agrees = "stale-scenario" if state == "stale-scenario" else "edited", wrong, False
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


def _state(lock: SideLock, inputs: str, catalog: Catalog) -> tuple[State, str, str, bool]:
    """The state, the date of the prices, both in words, and whether the lock agrees with the catalog it names."""
    read = lock.read
    if lock.data is None:
        return "missing", "", "no lock: prices are those of the planner's own catalog", True
    if read is None:
        return "edited", "", f"cannot be read: {lock.wrong}", False
    named = read.lock.catalog
    foreign = named.digest != catalog.digest
    count = len(read.offers) + len(read.services or ())
    text = f"all {count:,} prices agree with the catalog of {named.as_of} that it names"
    if foreign:
        text = f"names a catalog of {named.as_of} that this planner does not have (its own is of {catalog.as_of})"
    elif changed := edited_prices(read, catalog):
        return "edited", named.as_of, f"prices were changed by hand: {edited_text(read, changed)}", False
    if inputs and read.lock.scenario.inputs != inputs:
        return "stale-scenario", named.as_of, f"{_STALE}; it {text}" if foreign else _STALE, not foreign
    return "other-catalog" if foreign else "current", named.as_of, text, not foreign


def _differs(read: ReadLock, expected: Lock | None) -> str:
    """What in a lock is not what this planner would write, in words; empty where nothing is."""
    lock = read.lock
    if expected is None:
        return "cannot be compared with what this planner would write, since the scenario cannot be planned"
    said = {
        f"is the lock of another scenario, {lock.scenario.name}": lock.scenario.name != expected.scenario.name,
        f"{_STALE}: renew it": lock.scenario != expected.scenario,
        f"was made by planner {lock.planner}, this is {expected.planner}: renew it": lock.planner != expected.planner,
        f"lists {len(read.offers):,} offers where the scenario may choose from {_count(expected):,}": (
            lock.offers != expected.offers
        ),
        f"lists {_services(lock)} of managed services where the scenario may choose from {_services(expected)}": (
            lock.services != expected.services
        ),
        "its figures are not those that this planner gives": lock != expected,
    }
    return next((text for text, differs in said.items() if differs), "")


def _count(lock: Lock) -> int:
    return len(read_table(lock.offers))


def _services(lock: Lock) -> str:
    """How many prices of managed services a lock has: `none`, `3 prices`."""
    count = len(read_services(lock.services)) if lock.services is not None else 0
    return f"{count:,} price{'' if count == 1 else 's'}" if count else "none"
