"""Plans that were made before, compared or judged as they are."""

from collections.abc import Sequence

from planner.gate.deltas import ADDED_UP, appeared, chance_higher, changed, figures_of, names_of
from planner.gate.services import service_delta, service_notes
from planner.gate.sides import cheapest_service, chosen_of, front_move
from planner.gate.totals import totals
from planner.outcome import AnyPlan, Delta, Difference, Revision, ScenarioDifference
from planner.outcome.difference_words import decision_sentence, is_same
from planner.outcome.sides import plan_side
from planner.version import __version__

Named = tuple[str, AnyPlan]
"""A plan with the name of its file."""


def plan_difference(base: Named, head: Named, decision: str) -> Difference:
    """The difference of two plans; what planner, prices and scenario did to it is known only where one alone moved."""
    (old_name, old), (new_name, new) = base, head
    before, after = (plan_side(plan, decision, f"catalog of {plan.catalog.as_of}") for plan in (old, new))
    service = service_delta(*(cheapest_service(plan, decision) for plan in (old, old, new)))
    service = None if service is None else _split(service, _moved(old, new))
    one = ScenarioDifference(
        path=new.scenario.path,
        name=new.metadata.name,
        kind=new.kind,
        kind_before=old.kind if old.kind != new.kind else "",
        metadata=new.metadata,
        metadata_before=old.metadata,
        change="changed",
        moved_from=old.scenario.path if old.scenario.path != new.scenario.path else "",
        renamed_from=old.metadata.name if old.metadata.name != new.metadata.name else "",
        before=before,
        after=after,
        flipped=not is_same(before, after) if before.chosen and after.chosen else None,
        sentence=decision_sentence(before, after),
        delta=_deltas(old, new, decision),
        service=service,
        front=front_move(old, new),
        notes=[*_notes(old, new), *service_notes(before, after, service)],
    )
    return Difference(
        base=Revision(name=old_name), head=Revision(name=new_name), planner=__version__, scenarios=[one],
        totals=totals([one], compared=True),
    )  # fmt: skip


def plans_alone(plans: Sequence[Named], decision: str) -> list[ScenarioDifference]:
    """Plans without a base: each counts as added."""
    found = []
    for _, plan in plans:
        now = figures_of(chosen_of(plan, decision))
        after = plan_side(plan, decision, f"catalog of {plan.catalog.as_of}")
        found.append(
            ScenarioDifference(
                path=plan.scenario.path, name=plan.metadata.name, kind=plan.kind, metadata=plan.metadata,
                change="added", before=None, after=after, sentence=decision_sentence(None, after),
                delta={name: appeared(now[name], sums=name in ADDED_UP) for name in names_of(plan.kind)},
                front=front_move(None, plan),
                service=service_delta(None, None, after.service, added=True), notes=service_notes(None, after, None),
            )
        )  # fmt: skip
    return found


def _deltas(old: AnyPlan, new: AnyPlan, decision: str) -> dict[str, Delta]:
    base, head = chosen_of(old, decision), chosen_of(new, decision)
    was, now = figures_of(base), figures_of(head)
    moved = _moved(old, new)
    found = {}
    for name in names_of(new.kind, old.kind):
        whole = changed(None, was[name], was[name], now[name], has_lock=False, chance=chance_higher(base, head, name))
        found[name] = _split(whole, moved)
    return found


def _split(whole: Delta, moved: list[str]) -> Delta:
    """A change with its parts, which are known where one thing alone moved."""
    parts = {part: whole.total if part in moved else 0.0 for part in ("planner", "prices", "scenario")}
    # What plans do not say, such as data or a calibration, may have moved too.
    known = len(moved) == 1 or not whole.total
    return whole.model_copy(update=parts if known and whole.total is not None else dict.fromkeys(parts))


def _moved(old: AnyPlan, new: AnyPlan) -> list[str]:
    """What differs between two plans, as far as they say; a catalog comes with its planner's version."""
    moved = []
    if old.planner.version != new.planner.version:
        moved.append("planner")
    prices = [(plan.catalog.digest, plan.catalog.as_of, plan.lock and plan.lock.digest) for plan in (old, new)]
    if prices[0] != prices[1]:
        moved.append("prices")
    if old.scenario.digest != new.scenario.digest:
        moved.append("scenario")
    return moved


def _notes(old: AnyPlan, new: AnyPlan) -> list[str]:
    moved = _moved(old, new)
    if len(moved) == 1:
        return []
    if not moved:
        return ["the plans say of nothing that it differs; data, a calibration or the planner's code may"]
    return [f"{' and '.join(moved)} differ at once; compare scenarios or revisions to have them apart"]
