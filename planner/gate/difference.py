"""Base against head: which scenarios changed, what that does to each, and to all of them together."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from planner.gate.cache import PlanCache
from planner.gate.compare import Half, Job, compare, half, job_of, trust_of
from planner.gate.deltas import total
from planner.gate.finding import Found, find_scenarios, pair
from planner.gate.plans import Made, Plans, Setting, Task
from planner.gate.workspace import Workspace, workspace
from planner.outcome import Difference, Plan, Revision, ScenarioDifference, Totals
from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree
from planner.version import __version__

MOST_EFFECTS: Final = 12
"""Edits up to which the effect of each alone is computed: one plan more for each."""
Tree = FolderTree | CommitTree


@dataclass(frozen=True, slots=True)
class Comparison:
    """A difference, and the plans of its head."""

    difference: Difference
    plans: dict[str, Plan]
    """By the scenario's path; what could not be planned is not among them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a comparison."""

    base_paths: Sequence[str] = ("",)
    """Folders and files, from the root, that scenarios are looked for in."""
    head_paths: Sequence[str] = ("",)
    decision: str = "knee"
    unchanged: bool = False
    """Whether scenarios that are the same on both sides are planned and listed too."""
    effects: bool = True


def find_difference(
    base: Tree | None, head: Tree, wanted: Wanted, setting: Setting, cache: PlanCache,
    tell: Callable[[str], None] | None = None,
) -> Comparison:  # fmt: skip
    """The difference of two trees; without a base every scenario counts as added."""
    plans = Plans(setting, cache, tell)
    with ExitStack() as stack:
        after = stack.enter_context(workspace(head))
        before = None if base is None else stack.enter_context(workspace(base))
        pairs = _pairs(before, after, wanted)
        halves = [_halves(before, after, sides) for sides in pairs]
        jobs, same = [], 0
        for one, other in halves:
            if one is not None and other is not None and _is_same(one, other):
                same += 1
                if not wanted.unchanged:
                    continue
            jobs.append(job_of(one, other, plans))
        made = _made(jobs, plans, effects=wanted.effects)
        listed = [
            _marked(compare(job, each, wanted.decision, plans), job) for job, each in zip(jobs, made, strict=True)
        ]
    cache.prune()
    difference = Difference(
        base=_revision(base),
        head=_revision(head),
        planner=__version__,
        scenarios=listed,
        unchanged=0 if wanted.unchanged else same,
        totals=totals(listed),
        trust=[note for job in jobs if base is not None and (note := trust_of(job, plans)) is not None],
        warnings=list(cache.notes),
    )
    heads = ((one.path, each.get("head")) for one, each in zip(listed, made, strict=True))
    return Comparison(difference, {path: plan for path, plan in heads if isinstance(plan, Plan)})


def totals(scenarios: Iterable[ScenarioDifference]) -> Totals:
    """Sums over all scenarios, by team and by cost centre; what names neither is in the whole only."""
    each = list(scenarios)
    teams: dict[str, list[ScenarioDifference]] = {}
    centres: dict[str, list[ScenarioDifference]] = {}
    for one in each:
        if one.metadata is not None and one.metadata.team:
            teams.setdefault(one.metadata.team, []).append(one)
        if one.metadata is not None and one.metadata.cost_centre:
            centres.setdefault(one.metadata.cost_centre, []).append(one)
    return Totals(
        all=total(one.delta for one in each),
        teams={name: total(one.delta for one in of) for name, of in sorted(teams.items())},
        cost_centres={name: total(one.delta for one in of) for name, of in sorted(centres.items())},
    )


def _pairs(before: Workspace | None, after: Workspace, wanted: Wanted) -> list[tuple[Found | None, Found | None]]:
    head = find_scenarios(after.tree, wanted.head_paths)
    base = {} if before is None else find_scenarios(before.tree, wanted.base_paths)
    if before is not None and len(base) == 1 and len(head) == 1 and wanted.base_paths == tuple(base):
        # Two files were named, so they are the two sides, whatever they are called.
        return [(next(iter(base.values())), next(iter(head.values())))]
    return pair(base, head)


def _halves(
    before: Workspace | None, after: Workspace, sides: tuple[Found | None, Found | None]
) -> tuple[Half | None, Half | None]:
    base, head = sides
    return (
        half(before, base) if before is not None and base is not None else None,
        half(after, head) if head is not None else None,
    )


def _is_same(base: Half, head: Half) -> bool:
    """Whether nothing that either rests on differs, its path and lock among it."""
    return (
        base.path == head.path
        and bool(base.inputs)
        and base.inputs == head.inputs
        and base.lock.data == head.lock.data
        and base.wrong == head.wrong
    )


def _made(jobs: list[Job], plans: Plans, *, effects: bool) -> list[dict[str, Made]]:
    """All plans that the jobs take, asked for at once, so that they can be made beside each other."""
    named: list[tuple[int, str, Task]] = [
        (i, name, task) for i, job in enumerate(jobs) for name, task in job.tasks().items()
    ]
    undone = [(i, name, task) for i, job in enumerate(jobs) for name, task in job.undone().items()] if effects else []
    if len(undone) <= MOST_EFFECTS:
        named += undone
    made: list[dict[str, Made]] = [{} for _ in jobs]
    for (i, name, _), plan in zip(named, plans.of([task for _, _, task in named]), strict=True):
        made[i][name] = plan
    return made


def _marked(one: ScenarioDifference, job: Job) -> ScenarioDifference:
    """The scenario, `unchanged` where nothing that it rests on is another."""
    if job.base is None or job.head is None or not _is_same(job.base, job.head):
        return one
    return one.model_copy(update={"change": "unchanged"})


def _revision(tree: Tree | None) -> Revision:
    if tree is None:
        return Revision(name="")
    return Revision(name=tree.name, commit=tree.commit if isinstance(tree, CommitTree) else "")
