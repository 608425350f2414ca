"""One scenario that is to be compared: both its sides as they were read, and the plans that it takes."""

from dataclasses import dataclass, replace
from typing import Final

from planner.gate.edits import Edited, edits
from planner.gate.finding import ENDINGS, Found
from planner.gate.inputs import further_files, inputs_of
from planner.gate.plans import Plans, Task, Unplanned, read
from planner.gate.pricing import SideLock, base_prices, head_prices, side_lock
from planner.gate.workspace import Workspace
from planner.locking.choosing import Prices
from planner.locking.lock import is_lock, lock_name
from planner.planning import AnyReady
from planner.revision.tree import RevisionError, follow
from planner.scenario.compose import Composed
from planner.source import Problem

MOST_EFFECTS: Final = 8
"""Edits of one scenario whose effects are computed, each by one plan more."""
_UNMOVING: Final = ("metadata", "overrides")
"""Names, owners and variants that are not asked for move no figure."""


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a scenario, before it is planned."""

    place: Workspace
    path: str
    lock: SideLock
    inputs: str = ""
    """Digest of the paths and contents of all files it rests on."""
    wrong: tuple[str, ...] = ()
    """Why its files could not be taken together."""

    def task(self, prices: Prices, *, brief: bool) -> Task:
        """The plan of it with some prices."""
        return Task(self.path, self.place.file(self.path), self.inputs, prices, brief=brief)

    def comes_to(self, ready: AnyReady) -> str:
        """What it says and its further files come to, whatever its comments and wherever it lies."""
        return inputs_of(ready, self.place.closure(self.path), self.place.root)

    def content(self, path: str) -> bytes | None:
        """The bytes of a file that it rests on; None for what is none, such as a link."""
        entry = self.place.closure(self.path).files.get(path)
        return self.place.tree.read(entry) if entry is not None and entry.form == "file" else None

    def further(self, ready: AnyReady) -> dict[str, str]:
        """Path → digest of its further files."""
        return further_files(ready, self.place.closure(self.path), self.place.root)


@dataclass(frozen=True, slots=True)
class Job:
    """One scenario that is to be compared, with all that is known before anything is planned."""

    base: Half | None
    head: Half | None
    of_base: tuple[Prices, str] | None = None
    of_head: tuple[Prices, str] | None = None
    before: AnyReady | Unplanned | None = None
    """The base as it was read."""
    after: AnyReady | Unplanned | None = None
    written: tuple[Edited, ...] = ()
    """What the change wrote in the scenario."""
    left: str = ""
    """Why one that is removed is no scenario any more though its file is there; empty where it is gone."""

    @property
    def is_same(self) -> bool:
        """Whether both sides come to the same and have the same lock: only comments or the place may differ."""
        if self.base is None or self.head is None or self.base.lock.data != self.head.lock.data:
            return False
        if not isinstance(self.before, AnyReady) or not isinstance(self.after, AnyReady):
            return False
        if self.overrides:
            return False
        return self.base.comes_to(self.before) == self.head.comes_to(self.after)

    @property
    def overrides(self) -> list[str]:
        """Named variants that the change writes, alters or takes away; plans hold none of them unless asked to."""
        was, now = _variants(self.before), _variants(self.after)
        return sorted(name for name in {*was, *now} if was.get(name) != now.get(name))

    def tasks(self) -> dict[str, Task]:
        """The plans that it takes: base, base on the head's prices, head."""
        wanted = {}
        if self.base is not None and self.of_base is not None and isinstance(self.before, AnyReady):
            wanted["base"] = self.base.task(self.of_base[0], brief=True)
            wanted["repriced"] = self.base.task((self.of_head or self.of_base)[0], brief=True)
        if self.head is not None and self.of_head is not None and isinstance(self.after, AnyReady):
            wanted["head"] = self.head.task(self.of_head[0], brief=False)
        return wanted

    def undone(self) -> dict[str, Task]:
        """Plans of the head with one edit taken back each; of one edit alone the whole difference tells."""
        if self.head is None or self.of_head is None or not isinstance(self.after, AnyReady):
            return {}
        undo = [each for each in self.written if each.undo is not None and not each.edit.key.startswith(_UNMOVING)]
        if not 1 < len(undo) <= MOST_EFFECTS:
            return {}
        first = self.head.task(self.of_head[0], brief=True)
        return {each.edit.key: replace(first, changes=each.undo) for each in undo if each.undo is not None}


def _variants(ready: AnyReady | Unplanned | None) -> dict[str, list[object]]:
    """Override → its blocks, as the files of a scenario write them."""
    found: dict[str, list[object]] = {}
    parts = ready.document.parts if isinstance(ready, AnyReady) and isinstance(ready.document, Composed) else ()
    for part in parts:
        written = part.data.get("overrides") if isinstance(part.data, dict) else None
        for name, block in written.items() if isinstance(written, dict) else ():
            found.setdefault(name, []).append(block)
    return found


def half(place: Workspace, found: Found) -> Half:
    """A scenario on one side with its lock and the digest of its files."""
    path = lock_name(found.path)
    lock = side_lock(path, place.lock(path))
    try:
        files = place.closure(found.path)
    except RevisionError as error:
        return Half(place, found.path, lock, wrong=(str(error),))
    wrong = files.missing
    if follow(place.tree, found.path)[0] is None:
        wrong = ("is a link that leads out of the repository, or nowhere", *wrong)
    if not found.path.lower().endswith(ENDINGS) or is_lock(found.path):
        # By its ending it is found again when only what it rests on changes.
        wrong = ("a scenario's file ends in .yaml, .yml or .json, and not as a lock's does: rename it", *wrong)
    return Half(place, found.path, lock, files.digest, wrong)


def job_of(base: Half | None, head: Half | None, plans: Plans, left: str = "") -> Job:
    """Read both sides and settle their prices."""
    catalog = plans.setting.catalog
    of_base = of_head = None
    before = after = None
    if base is not None:
        before = _read(base, Prices(base.lock.read), plans)
        of_base = base_prices(base.lock, before if isinstance(before, AnyReady) else None, catalog)
    if head is not None:
        nothing = SideLock(head.lock.path, None)
        first = of_base if base is not None and of_base is not None else (Prices(), "")
        of_head = head_prices(nothing if base is None else base.lock, head.lock, first, catalog)
        after = _read(head, of_head[0], plans)
    written: tuple[Edited, ...] = ()
    if isinstance(before, AnyReady) and isinstance(after, AnyReady) and head is not None:
        written = tuple(edits(before.document, after.document, head.place.inside))
    return Job(base, head, of_base, of_head, before, after, written, left)


def _read(side: Half, prices: Prices, plans: Plans) -> AnyReady | Unplanned:
    if side.wrong:
        return Unplanned(tuple(Problem("unreadable", text, str(side.place.root / side.path)) for text in side.wrong))
    try:
        return read(side.task(prices, brief=True), plans.setting)
    except RevisionError as error:
        return Unplanned((Problem("unreadable", str(error), str(side.place.root / side.path)),))
