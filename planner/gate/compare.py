"""One scenario on both sides: re-planned with one factor moved at a time, so that the parts of a change sum to it."""

from dataclasses import dataclass, replace
from typing import Final

from planner.gate.deltas import SUMS, appeared, chance_higher, changed, figures_of, vanished
from planner.gate.edits import Edited, edits, moved_files
from planner.gate.finding import Found
from planner.gate.plans import Made, Plans, Task, Unplanned, read
from planner.gate.pricing import SideLock, base_prices, head_prices, lock_state, lock_trust, side_lock
from planner.gate.sides import chosen_of, front_move, side_of, unread_side
from planner.gate.workspace import Workspace
from planner.locking.choosing import Prices
from planner.locking.lock import lock_name
from planner.outcome import FIGURES, Delta, Edit, Metadata, ScenarioDifference, Side, TrustNote
from planner.outcome.difference_words import decision_sentence, is_same
from planner.planning import Ready
from planner.revision.tree import RevisionError
from planner.source import Problem

MOST_EFFECTS: Final = 8
"""Edits of one scenario whose effects are computed, each by one plan more."""
_UNMOVING: Final = "metadata"
"""Names and owners move no figure."""


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a scenario, before it is planned."""

    place: Workspace
    path: str
    lock: SideLock
    inputs: str = ""
    wrong: tuple[str, ...] = ()
    """Why its files could not be taken together."""

    def task(self, prices: Prices) -> Task:
        """The plan of it with some prices."""
        return Task(self.path, self.place.file(self.path), self.inputs, prices)


@dataclass(frozen=True, slots=True)
class Job:
    """One scenario that is to be compared, with all that is known before anything is planned."""

    base: Half | None
    head: Half | None
    of_base: tuple[Prices, str] | None = None
    of_head: tuple[Prices, str] | None = None
    before: Ready | Unplanned | None = None
    """The base as it was read."""
    after: Ready | Unplanned | None = None
    written: tuple[Edited, ...] = ()
    """What the change wrote in the scenario."""

    def tasks(self) -> dict[str, Task]:
        """The plans that it takes: base, base on the head's prices, head."""
        wanted = {}
        if self.base is not None and self.of_base is not None and isinstance(self.before, Ready):
            wanted["base"] = self.base.task(self.of_base[0])
            wanted["repriced"] = self.base.task(self.of_head[0] if self.of_head else self.of_base[0])
        if self.head is not None and self.of_head is not None and isinstance(self.after, Ready):
            wanted["head"] = self.head.task(self.of_head[0])
        return wanted

    def undone(self) -> dict[str, Task]:
        """Plans of the head with one edit taken back each; of one edit alone the whole difference tells."""
        if self.head is None or self.of_head is None or not isinstance(self.after, Ready):
            return {}
        undo = [each for each in self.written if each.undo is not None and not each.edit.key.startswith(_UNMOVING)]
        if not 1 < len(undo) <= MOST_EFFECTS:
            return {}
        first = self.head.task(self.of_head[0])
        return {each.edit.key: replace(first, changes=each.undo) for each in undo if each.undo is not None}


def half(place: Workspace, found: Found) -> Half:
    """A scenario on one side with its lock and the digest of its files."""
    path = lock_name(found.path)
    lock = side_lock(path, place.lock(path), place.shown(str(place.root / path)))
    try:
        files = place.closure(found.path)
    except RevisionError as error:
        return Half(place, found.path, lock, wrong=(str(error),))
    return Half(place, found.path, lock, files.digest, files.missing)


def job_of(base: Half | None, head: Half | None, plans: Plans) -> Job:
    """Read both sides and settle their prices."""
    catalog = plans.setting.catalog
    of_base = of_head = None
    before = after = None
    if base is not None:
        before = _read(base, Prices(base.lock.read), plans)
        of_base = base_prices(base.lock, before if isinstance(before, Ready) else None, catalog)
    if head is not None:
        nothing = SideLock(head.lock.path, None)
        first = of_base if base is not None and of_base is not None else (Prices(), "")
        of_head = head_prices(nothing if base is None else base.lock, head.lock, first, catalog)
        after = _read(head, of_head[0], plans)
    written: tuple[Edited, ...] = ()
    if isinstance(before, Ready) and isinstance(after, Ready) and head is not None:
        written = tuple(edits(before.document, after.document, head.place.inside))
    return Job(base, head, of_base, of_head, before, after, written)


def compare(job: Job, made: dict[str, Made], decision: str, plans: Plans) -> ScenarioDifference:
    """The difference of one scenario, from its plans by the names that the job gave them."""
    base, head = job.base, job.head
    before = _side(job.before, made.get("base"), base, decision, job.of_base)
    after = _side(job.after, made.get("head"), head, decision, job.of_head)
    deltas = _deltas(job, made, decision)
    shown = _with_effects(job, made, decision)
    if base is not None and head is not None and not base.wrong and not head.wrong:
        shown += moved_files(base.place.closure(base.path), head.place.closure(head.path))
    name, metadata = _names(job, made)
    was = job.before.scenario.metadata.name if isinstance(job.before, Ready) else ""
    both = before is not None and after is not None and before.configuration and after.configuration
    return ScenarioDifference(
        path=head.path if head is not None else base.path if base is not None else "",
        name=name,
        metadata=metadata,
        change="added" if base is None else "removed" if head is None else "changed",
        moved_from=base.path if base is not None and head is not None and base.path != head.path else "",
        renamed_from=was if head is not None and was and was != name else "",
        before=before,
        after=after,
        flipped=not is_same(before, after) if before is not None and after is not None and both else None,
        sentence=decision_sentence(before, after),
        delta=deltas,
        edits=shown,
        front=front_move(made.get("base"), made.get("head")),
        notes=_notes(job),
        lock=None if head is None else lock_state(head.lock, head.inputs, plans.setting.catalog),
    )


def trust_of(job: Job, plans: Plans) -> TrustNote | None:
    """What the change does to the scenario's lock."""
    if job.head is None:
        return None
    nothing = SideLock(job.head.lock.path, None)
    return lock_trust(nothing if job.base is None else job.base.lock, job.head.lock, plans.setting.catalog)


def _read(side: Half, prices: Prices, plans: Plans) -> Ready | Unplanned:
    if side.wrong:
        return Unplanned(tuple(Problem("unreadable", text, str(side.place.root / side.path)) for text in side.wrong))
    try:
        return read(side.task(prices), plans.setting)
    except RevisionError as error:
        return Unplanned((Problem("unreadable", str(error), str(side.place.root / side.path)),))


def _side(
    read_: Ready | Unplanned | None, made: Made | None, half_: Half | None, decision: str,
    prices: tuple[Prices, str] | None,
) -> Side | None:  # fmt: skip
    if half_ is None:
        return None
    result = made if made is not None else read_ if isinstance(read_, Unplanned) else None
    return (
        unread_side(decision, ["was not planned"])
        if result is None
        else side_of(result, decision, prices[1] if prices else "", half_.place)
    )


def _deltas(job: Job, made: dict[str, Made], decision: str) -> dict[str, Delta]:
    base, repriced, head = (chosen_of(made.get(name), decision) for name in ("base", "repriced", "head"))
    locked = _locked(job, decision)
    was, moved, now = figures_of(base), figures_of(repriced), figures_of(head)
    found = {}
    for name in FIGURES:
        if job.base is None:
            found[name] = appeared(now[name], sums=name in SUMS)
        elif job.head is None:
            start = was[name] if locked is None else locked[name]
            found[name] = vanished(start, sums=name in SUMS)
        else:
            found[name] = changed(
                None if locked is None else locked[name], was[name], moved[name], now[name],
                has_lock=locked is not None, chance=chance_higher(base, head, name),
            )  # fmt: skip
    return found


def _locked(job: Job, decision: str) -> dict[str, float | None] | None:
    """The figures in the base's lock; None where it has none, or they are those of another text of the scenario."""
    read_ = job.base.lock.read if job.base is not None else None
    if read_ is None or not isinstance(job.before, Ready):
        return None
    if read_.lock.scenario.digest != job.before.document.digest or decision not in read_.lock.decisions:
        return None
    headline = read_.lock.decisions[decision]
    return {name: getattr(headline, name) for name in FIGURES}


def _with_effects(job: Job, made: dict[str, Made], decision: str) -> list[Edit]:
    """The edits, each with what it alone adds to the cost: the head, less the head with this edit taken back."""
    cost = figures_of(chosen_of(made.get("head"), decision))["cost_usd"]
    shown = []
    for each in job.written:
        without = figures_of(chosen_of(made.get(each.edit.key), decision))["cost_usd"]
        effect = None if cost is None or without is None else cost - without
        shown.append(each.edit.model_copy(update={"effect_usd": effect}))
    return shown


def _names(job: Job, made: dict[str, Made]) -> tuple[str, Metadata | None]:
    for ready in (job.after, job.before):
        if isinstance(ready, Ready):
            return ready.scenario.metadata.name, Metadata(**ready.scenario.metadata.model_dump())
    path = job.head.path if job.head is not None else job.base.path if job.base is not None else ""
    return path.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml"), None


def _notes(job: Job) -> list[str]:
    """What a reader must know of how the figures were made."""
    found = []
    if job.base is not None and job.head is not None:
        lock = job.base.lock
        if lock.data is None:
            found.append("the base has no lock, so what the planner itself changed is unknown")
        elif lock.read is None:
            found.append(f"the base's lock cannot be read and is not used: {lock.wrong}")
        elif isinstance(job.before, Ready) and lock.read.lock.scenario.digest != job.before.document.digest:
            found.append(
                "the base's lock was made for an earlier text of the scenario: its prices count, its figures do not"
            )
    for ready in (job.before, job.after):
        if isinstance(ready, Ready):
            found += [f"{p.file.rpartition('/')[2]}: {p.message}" for p in ready.warnings if p.code == "lock"]
    return list(dict.fromkeys(found))
