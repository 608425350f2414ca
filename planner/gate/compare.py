"""One scenario on both sides: re-planned with one factor moved at a time, so that the parts of a change sum to it."""

from planner.catalog.rows import Catalog
from planner.decision_names import CHEAPEST_API
from planner.gate.deltas import ADDED_UP, appeared, chance_higher, changed, figures_of, names_of, vanished
from planner.gate.edits import document_edits, moved_files
from planner.gate.jobs import Half, Job
from planner.gate.lockfile import lock_of
from planner.gate.locks import Held, held, lock_trust
from planner.gate.plans import Made, Unplanned
from planner.gate.pricing import SideLock
from planner.gate.services import service_delta, service_notes
from planner.gate.sides import cheapest_service, chosen_of, front_move, side_of, unread_side
from planner.locking.choosing import Prices
from planner.outcome import FIGURES_OF, AnyPlan, Delta, Edit, Metadata, Plan, ScenarioDifference, Side, TrustNote
from planner.outcome.difference_words import decision_sentence, is_same
from planner.planning import AnyReady
from planner.revision.closure import YAML
from planner.scenario.compose import meaning


def compare(job: Job, made: dict[str, Made], decision: str, lock: Held | None) -> ScenarioDifference:
    """The difference of one scenario, from its plans by the names that the job gave them and its lock at the head."""
    base, head = job.base, job.head
    before = _side(job.before, made.get("base"), base, decision, job.of_base)
    after = _side(job.after, made.get("head"), head, decision, job.of_head)
    kinds = _kinds(job)
    kind = next(iter(kinds), "FineTune")
    deltas = _deltas(job, made, decision)
    shown = _with_effects(job, made, decision)
    overlays: list[str] = []
    if base is not None and head is not None and isinstance(job.before, AnyReady) and isinstance(job.after, AnyReady):
        data = moved_files(base.further(job.before), head.further(job.after))
        shown += [edit for moved in data for edit in _by_key(base, head, moved)]
        overlays = [
            f"its figures rest on {edit.key}, which this change alters" for edit in data if _is_overlay(edit.key)
        ]
    metadata, metadata_before = (_metadata(ready) for ready in (job.after, job.before))
    name = _name(job)
    was = "" if metadata_before is None else metadata_before.name
    both = before is not None and after is not None and before.chosen and after.chosen
    service = _service(job, made, decision)
    return ScenarioDifference(
        path=head.path if head is not None else base.path if base is not None else "",
        name=name,
        kind=kind,
        kind_before=kinds[-1] if len(kinds) > 1 and kinds[-1] != kind else "",
        metadata=metadata or metadata_before,
        metadata_before=metadata_before,
        change="added" if base is None else "removed" if head is None else "changed",
        moved_from=base.path if base is not None and head is not None and base.path != head.path else "",
        renamed_from=was if head is not None and was and was != name else "",
        before=before,
        after=after,
        flipped=not is_same(before, after) if before is not None and after is not None and both else None,
        sentence=decision_sentence(before, after),
        delta=deltas,
        service=service,
        edits=shown,
        front=front_move(made.get("base"), made.get("head")),
        notes=[
            *filter(None, [job.left]),
            *overlays,
            *_notes(job),
            *_to_relax(made.get("head")),
            *service_notes(before, after, service),
        ],
        lock=None if lock is None else lock.state,
    )


def trust_of(job: Job, lock: Held | None) -> TrustNote | None:
    """What the change does to the scenario's lock."""
    if lock is None:
        return None
    return lock_trust(SideLock(lock.lock.path, None) if job.base is None else job.base.lock, lock)


def held_lock(job: Job, made: dict[str, Made], catalog: Catalog) -> Held | None:
    """How the head's lock stands; one that is new is held against the lock that this planner would write."""
    if job.head is None:
        return None
    ready, plan = job.after, made.get("head")
    new = job.base is None or job.base.lock.data != job.head.lock.data
    inputs = job.head.comes_to(ready) if isinstance(ready, AnyReady) else ""
    own = job.of_head is not None and job.of_head[0].lock is None
    expected = None
    if new and own and isinstance(ready, AnyReady) and isinstance(plan, AnyPlan):
        expected = lock_of(ready, plan, inputs, catalog)
    return held(job.head.lock, inputs, catalog, new=new, expected=expected)


def _side(
    read_: AnyReady | Unplanned | None, made: Made | None, half_: Half | None, decision: str,
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
    for name in names_of(*_kinds(job)):
        if job.base is None:
            found[name] = appeared(now[name], sums=name in ADDED_UP)
        elif job.head is None:
            start = was[name] if locked is None else locked[name]
            found[name] = vanished(start, sums=name in ADDED_UP)
        else:
            found[name] = changed(
                None if locked is None else locked[name], was[name], moved[name], now[name],
                has_lock=locked is not None, chance=chance_higher(base, head, name),
            )  # fmt: skip
    return found


def _service(job: Job, made: dict[str, Made], decision: str) -> Delta | None:
    """The cheapest managed service on both sides, split as the figures of the choice are."""
    base, repriced, head = (cheapest_service(made.get(name), decision) for name in ("base", "repriced", "head"))
    read_ = job.base.lock.read if job.base is not None and _fits(job) else None
    locked = None if read_ is None else read_.lock.service
    return service_delta(
        base, repriced, head, locked=None if locked is None else locked.cost_usd, added=job.base is None,
        removed=job.head is None,
    )  # fmt: skip


def _locked(job: Job, decision: str) -> dict[str, float | None] | None:
    """The figures in the base's lock; None where it has none, or they are those of another text of the scenario."""
    read_ = job.base.lock.read if job.base is not None else None
    if read_ is None or not isinstance(job.before, AnyReady) or not _fits(job):
        return None
    lock = read_.lock
    # Without a front the cheapest API stands for every decision, as in the plan.
    name = CHEAPEST_API if set(lock.decisions) == {CHEAPEST_API} else decision
    headline = lock.decisions.get(name) if lock.decisions else lock.service
    return None if headline is None else {name: getattr(headline, name) for name in names_of(*FIGURES_OF)}


def _fits(job: Job) -> bool:
    """Whether the base's lock was made for what the base is now, its data among it."""
    read_ = job.base.lock.read if job.base is not None else None
    if job.base is None or read_ is None or not isinstance(job.before, AnyReady):
        return False
    scenario = read_.lock.scenario
    return scenario.digest == meaning(job.before.document) and scenario.inputs == job.base.comes_to(job.before)


def _with_effects(job: Job, made: dict[str, Made], decision: str) -> list[Edit]:
    """The edits, each with what it alone adds to the cost: the head, less the head with this edit taken back."""
    name = names_of(*_kinds(job)[:1])[0]
    cost = figures_of(chosen_of(made.get("head"), decision))[name]
    shown = []
    for each in job.written:
        without = figures_of(chosen_of(made.get(each.edit.key), decision))[name]
        effect = None if cost is None or without is None else cost - without
        shown.append(each.edit.model_copy(update={"effect_usd": effect}))
    return shown


def _by_key(base: Half, head: Half, moved: Edit) -> list[Edit]:
    """A file that is another than before, key by key where both of its states are documents."""
    if not _is_overlay(moved.key):
        return [moved]
    before, after = base.content(moved.key), head.content(moved.key)
    found = None if before is None or after is None else document_edits(before, after, moved.key)
    return [moved] if found is None else found


def _is_overlay(path: str) -> bool:
    """Whether a further file is a document, such as a calibration, rather than data."""
    return path.lower().endswith(YAML)


def _kinds(job: Job) -> list[str]:
    """The kinds of the scenario at the head and at the base, as far as they can be read."""
    return [ready.scenario.kind for ready in (job.after, job.before) if isinstance(ready, AnyReady)]


def _metadata(ready: AnyReady | Unplanned | None) -> Metadata | None:
    return Metadata(**ready.scenario.metadata.model_dump()) if isinstance(ready, AnyReady) else None


def _name(job: Job) -> str:
    """The scenario's name at the head, else at the base, else that of its file."""
    for ready in (job.after, job.before):
        if isinstance(ready, AnyReady):
            return ready.scenario.metadata.name
    path = job.head.path if job.head is not None else job.base.path if job.base is not None else ""
    return path.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def _to_relax(made: Made | None) -> list[str]:
    """What would make something feasible, where nothing is."""
    if not isinstance(made, AnyPlan) or made.front or made.decisions:
        return []
    if isinstance(made, Plan) and made.cheapest_service is not None:
        return []
    return [relaxation.text for relaxation in made.relaxations[:1]] or ["no single constraint stands in the way alone"]


def _notes(job: Job) -> list[str]:
    """What a reader must know of how the figures were made."""
    found = []
    if job.overrides:
        found.append(f"overrides are written by this change and not judged: {', '.join(job.overrides)}")
    if job.base is not None and job.head is not None:
        lock = job.base.lock
        if lock.data is None:
            found.append("the base has no lock, so what the planner itself changed is unknown")
        elif lock.read is None:
            found.append(f"the base's lock cannot be read and is not used: {lock.wrong}")
        elif isinstance(job.before, AnyReady) and not _fits(job):
            found.append(
                "the base's lock was made for an earlier text of the scenario: its prices count, its figures do not"
            )
    for ready in (job.before, job.after):
        if isinstance(ready, AnyReady):
            found += [f"{p.file.rpartition('/')[2]}: {p.message}" for p in ready.warnings if p.code == "lock"]
    return list(dict.fromkeys(found))
