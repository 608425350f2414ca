"""Base against head: which scenarios changed, what that does to each, and to all of them together."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from planner.errors import InputError
from planner.gate.cache import PlanCache
from planner.gate.compare import compare, held_lock, trust_of
from planner.gate.finding import UNJUDGED, Found, Search, find_scenarios, pair
from planner.gate.jobs import Half, Job, half, job_of
from planner.gate.looking import Peek, peek
from planner.gate.plans import Made, Plans, Setting, Task
from planner.gate.totals import totals
from planner.gate.workspace import Workspace, workspace
from planner.outcome import AnyPlan, Difference, Revision, ScenarioDifference
from planner.revision.changes import changed_paths
from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree
from planner.revision.tree import follow
from planner.source import MAX_BYTES
from planner.version import __version__

MOST_EFFECTS: Final = 12
"""Edits of all scenarios up to which the effect of each alone is computed."""
Tree = FolderTree | CommitTree


@dataclass(frozen=True, slots=True)
class Comparison:
    """A difference, and the plans of its head."""

    difference: Difference
    plans: dict[str, AnyPlan]
    """By the scenario's path; what could not be planned is not among them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a comparison."""

    base_paths: Sequence[str] = ("",)
    """Folders and files, from the root, that scenarios are looked for in."""
    head_paths: Sequence[str] = ("",)
    named: bool = False
    """Whether the paths were named by somebody, so that one without a scenario is a slip."""
    elsewhere: bool = False
    """Whether files that the change touches anywhere else are looked at too: a job must not leave by moving."""
    ignored: Sequence[str] = ()
    """Patterns of files elsewhere that nobody runs."""
    decision: str = "knee"
    unchanged: bool = False
    """Whether scenarios that are the same on both sides are planned and listed too."""
    effects: bool = True


def find_difference(
    base: Tree | None, head: Tree, wanted: Wanted, setting: Setting, cache: PlanCache,
    tell: Callable[[int], None] | None = None,
) -> Comparison:  # fmt: skip
    """The difference of two trees; without a base every scenario counts as added."""
    plans = Plans(setting, cache, tell)
    with ExitStack() as stack:
        after = stack.enter_context(workspace(head))
        before = None if base is None else stack.enter_context(workspace(base, base=True))
        pairs, over = _pairs(before, after, wanted), _passed_over(before, after, wanted)
        halves = [_halves(before, after, sides) for sides in pairs]
        jobs, same, moved = _jobs(halves, plans, after, keep=wanted.unchanged)
        made, skipped = _made(jobs, plans, effects=wanted.effects)
        locks = [held_lock(job, each, setting.catalog) for job, each in zip(jobs, made, strict=True)]
        listed = [
            _marked(compare(job, each, wanted.decision, lock), job)
            for job, each, lock in zip(jobs, made, locks, strict=True)
        ]
        trust = [] if base is None else [trust_of(job, lock) for job, lock in zip(jobs, locks, strict=True)]
    cache.prune()
    difference = Difference(
        base=_revision(base),
        head=_revision(head),
        planner=__version__,
        scenarios=listed,
        unchanged=same,
        totals=totals(listed, compared=base is not None),
        trust=[note for note in trust if note is not None],
        warnings=[*moved, *skipped, *over, *cache.notes],
    )
    heads = ((one.path, each.get("head")) for one, each in zip(listed, made, strict=True))
    return Comparison(difference, {path: plan for path, plan in heads if isinstance(plan, AnyPlan)})


def _pairs(before: Workspace | None, after: Workspace, wanted: Wanted) -> list[tuple[Found | None, Found | None]]:
    elsewhere: Sequence[str] = ()
    if wanted.elsewhere and before is not None and isinstance(before.tree, CommitTree):
        elsewhere = changed_paths(before.tree, after.tree)
    outside = any(not _below(path, (*wanted.base_paths, *wanted.head_paths)) for path in elsewhere)
    head = find_scenarios(after.tree, Search(wanted.head_paths, elsewhere, outside, wanted.ignored))
    base = {}
    if before is not None:
        base = find_scenarios(before.tree, Search(wanted.base_paths, elsewhere, outside, wanted.ignored))
        if len(base) == 1 and len(head) == 1 and wanted.base_paths == tuple(base):
            # Two files were named, so they are the two sides, whatever they are called.
            return [(next(iter(base.values())), next(iter(head.values())))]
    asked = {*(() if before is None else wanted.base_paths), *wanted.head_paths}
    for path in sorted(asked) if wanted.named else ():
        if not any(one == path or one.startswith(f"{path}/") or not path for one in (*base, *head)):
            message = f"{path or '.'}: no scenario there, neither before nor after"
            if find_scenarios(after.tree, Search((path,), unjudged=True)):
                message += "; reviews, portfolios and cases are held against no rule: `planner plan` makes them"
            raise InputError(message)
    return [(one, other or _hidden(after, one)) for one, other in pair(base, head)]


def _passed_over(before: Workspace | None, after: Workspace, wanted: Wanted) -> list[str]:
    """A warning for each scenario that changed and is of a kind that is neither compared nor held against rules."""
    if before is None:
        return []
    base = find_scenarios(before.tree, Search(wanted.base_paths, unjudged=True))
    head = find_scenarios(after.tree, Search(wanted.head_paths, unjudged=True))
    changed = [one for path, one in head.items() if path not in base or base[path].data != one.data]
    return [
        f"{one.path} changed, and a {one.peek.kind} is neither compared nor held against rules: `planner plan` makes it"
        for one in changed
        if one.peek.kind in UNJUDGED
    ]


def _below(path: str, folders: Sequence[str]) -> bool:
    return any(not folder or path == folder or path.startswith(f"{folder}/") for folder in folders)


def _hidden(after: Workspace, one: Found | None) -> Found | None:
    """A base's scenario that the head has, but not here: in a submodule. In a sparse checkout it cannot be told."""
    if one is None:
        return None
    if isinstance(after.tree, FolderTree) and after.tree.absent(one.path):
        message = f"{one.path} is not in this sparse checkout: git sparse-checkout disable, or name a --head"
        raise InputError(message)
    entry = follow(after.tree, one.path)[0]
    return (
        Found(one.path, entry, Peek(readable=False), b"") if entry is not None and entry.form == "submodule" else None
    )


def _jobs(
    halves: Sequence[tuple[Half | None, Half | None]], plans: Plans, after: Workspace, *, keep: bool
) -> tuple[list[Job], int, list[str]]:
    """What is to be compared, how many scenarios are the same on both sides, and which of those only moved."""
    jobs, same, moved = [], 0, []
    for one, other in halves:
        if one is not None and other is not None and _is_same(one, other) and not keep:
            same += 1
            continue
        left = _left(after, one.path) if one is not None and other is None else ""
        job = job_of(one, other, plans, left)
        if job.is_same and one is not None and other is not None:
            same += 1
            moved += [f"{one.path} moved to {other.path} and is otherwise the same"] if one.path != other.path else []
            if not keep:
                continue
        jobs.append(job)
    return jobs, same, moved


def _halves(
    before: Workspace | None, after: Workspace, sides: tuple[Found | None, Found | None]
) -> tuple[Half | None, Half | None]:
    base, head = sides
    return (
        half(before, base) if before is not None and base is not None else None,
        half(after, head) if head is not None else None,
    )


def _left(after: Workspace, path: str) -> str:
    """Why a file that is still there is no scenario any more."""
    entry = follow(after.tree, path)[0]
    if entry is None or entry.form != "file":
        return ""
    look = peek(after.tree.read(entry)) if entry.size <= MAX_BYTES else Peek()
    return "is only a base for others now (abstract: true)" if look.abstract else "its file says no scenario any more"


def _is_same(base: Half, head: Half) -> bool:
    """Whether no file that either rests on differs, its lock among them; nothing need be read to see it."""
    return (
        base.path == head.path
        and bool(base.inputs)
        and base.inputs == head.inputs
        and base.lock.data == head.lock.data
        and base.wrong == head.wrong
    )


def _made(jobs: list[Job], plans: Plans, *, effects: bool) -> tuple[list[dict[str, Made]], list[str]]:
    """All plans that the jobs take, asked for at once, so that they can be made beside each other; and a note."""
    named: list[tuple[int, str, Task]] = [
        (i, name, task) for i, job in enumerate(jobs) for name, task in job.tasks().items()
    ]
    undone = [(i, name, task) for i, job in enumerate(jobs) for name, task in job.undone().items()] if effects else []
    left_out = []
    if len(undone) <= MOST_EFFECTS:
        named += undone
    else:
        left_out = [f"what each of {len(undone)} edits alone does to the cost was not computed"]
    made: list[dict[str, Made]] = [{} for _ in jobs]
    for (i, name, _), plan in zip(named, plans.of([task for _, _, task in named]), strict=True):
        made[i][name] = plan
    return made, left_out


def _marked(one: ScenarioDifference, job: Job) -> ScenarioDifference:
    """The scenario, `unchanged` where both sides come to the same."""
    return one.model_copy(update={"change": "unchanged"}) if _same_sides(job) else one


def _same_sides(job: Job) -> bool:
    return job.is_same or (job.base is not None and job.head is not None and _is_same(job.base, job.head))


def _revision(tree: Tree | None) -> Revision:
    if tree is None:
        return Revision(name="")
    return Revision(name=tree.name, commit=tree.commit if isinstance(tree, CommitTree) else "")
