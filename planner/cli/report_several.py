"""`planner report` of several plans: which there are, what is known of budgets and spend, and where it goes."""

from __future__ import annotations

import datetime
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from planner.errors import InputError
from planner.source.excerpt import visible

if TYPE_CHECKING:
    from planner.outcome import Configuration, ManagedJob
    from planner.outcome.spending import Spending
    from planner.policy.governance import Governance
    from planner.report.data.collection import Collection
    from planner.report.printing.template import Template

PLAN: Final = "plan.json"
LISTING: Final = "index"
"""Template that lists plans of all kinds."""
_OTHER: Final = re.compile(rb'"kind":\s*"(?:SpendReview|Portfolio|BusinessCase)"')
_FIRST_KEYS: Final = 200
_TOLD: Final = 5
REPORT: Final = "report.html"
"""What `planner plan` calls a plan's own report."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for beside the plans."""

    decision: str | None
    policies: str
    as_of: str | None


def plans_in(paths: Sequence[Path], template: Template) -> list[Path]:
    """The plans that were named, and those below folders that are none; raises InputError for none or too many.

    A plan that is named twice counts once. Reviews, portfolios and cases below a folder are passed over.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for one in _below(path):
            found.setdefault(one.resolve(), one)
            if len(found) > template.most_plans:
                message = f"template {template.name} prints at most {template.most_plans:,} plans together"
                hint = "" if template.name == "index" else "; --template index lists more"
                raise InputError(message + hint)
    return list(found.values())


def named_twice(paths: Sequence[Path]) -> list[str]:
    """A note on each plan that is named more than once: it counts once."""
    found = Counter((path / PLAN if path.is_dir() else path).resolve() for path in paths)
    first = {(path / PLAN if path.is_dir() else path).resolve(): path for path in reversed(paths)}
    return [f"{first[one]} is named {count} times and counts once" for one, count in found.items() if count > 1]


def folder_for(named: Sequence[Path], plans: Sequence[Path]) -> Path:
    """Where a report of these plans goes: the one folder that was named, else the one that all plans' folders lie in.

    That is the working folder where they lie further apart.
    """
    if len(named) == 1:
        return named[0] if named[0].is_dir() else named[0].parent
    here = Path.cwd().resolve()
    folders = [path.resolve().parents[1] for path in plans]
    if not all(folder.is_relative_to(here) for folder in folders):
        return here
    return Path(os.path.commonpath(folders))


def gathered(plans: Sequence[Path], template: Template, out: Path, wanted: Wanted) -> Collection:
    """The plans, read one after another so that no more than one is held, as data for a report."""
    from planner.gate.plan_files import plans_alone
    from planner.outcome.serving_plan import ServingPlan
    from planner.policy.governance import DEFAULT_DECISION, decision_of
    from planner.report.reading import read_any_plan, read_plan
    from planner.report.serving.member import serving_member
    from planner.report.several.collection import COMPARED, chosen_of, collection, member_of

    governance = _governance(wanted.policies) if template.spend else None
    decision = wanted.decision or (None if governance is None else decision_of(governance))
    members, labels, scenarios = [], list[Mapping[str, str]](), []
    chosen: list[Configuration | ManagedJob | None] = []
    for path in plans:
        # What is served is listed beside jobs; it is paid by the month, so that no sum and no comparison has it.
        plan = read_any_plan(path) if template.name == LISTING else read_plan(path)
        labels.append(plan.metadata.labels)
        if isinstance(plan, ServingPlan):
            members.append(serving_member(plan, decision, _link(path, out)))
        else:
            members.append(member_of(plan, decision, _link(path, out)))
        if len(plans) <= COMPARED:
            chosen.append(None if isinstance(plan, ServingPlan) else chosen_of(plan, decision)[1])
        if governance is not None:
            scenarios += plans_alone([(str(path), plan)], decision or DEFAULT_DECISION)
    spending: Spending | None = None
    if governance is not None:
        from planner.policy.spending import spending_of

        spending = spending_of(governance, scenarios, _today(wanted.as_of))
    from planner.gate.chances import chances_of

    return collection(members, chances_of(chosen), spending, labels)


def _below(path: Path) -> Iterator[Path]:
    """A plan; of a folder the plan in it, else all plans in folders below, sorted."""
    if not path.is_dir() or (path / PLAN).is_file():
        yield path / PLAN if path.is_dir() else path
        return
    inside = sorted(path.rglob(PLAN))
    plans = [one for one in inside if not _is_other(one)]
    if not plans:
        only = "only reviews, portfolios or business cases" if inside else f"no {PLAN}"
        message = f"{path}: {only} in this folder or below; `planner plan SCENARIO` writes one"
        raise InputError(message)
    yield from plans


def _is_other(path: Path) -> bool:
    """Whether a plan.json is no plan of fine-tuning or serving, by its first keys. What is unreadable is told later."""
    try:
        with path.open("rb") as opened:
            return _OTHER.search(opened.read(_FIRST_KEYS)) is not None
    except OSError:
        return False


def passed_over(paths: Sequence[Path]) -> list[str]:
    """A note on what lies below these folders that no report of several plans has."""
    folders = [path for path in paths if path.is_dir() and not (path / PLAN).is_file()]
    found = sorted({one for folder in folders for one in folder.rglob(PLAN) if _is_other(one)})
    named = ", ".join(visible(str(one.parent)) for one in found[:_TOLD]) + (", …" if len(found) > _TOLD else "")
    return [f"passed over, since no plan of fine-tuning or serving: {named}"] if found else []


def _link(plan: Path, out: Path) -> str:
    """Where the plan's own report lies, seen from the folder of this one; empty where it has none."""
    report = plan.parent / REPORT
    if not report.is_file() or report.resolve().anchor != out.resolve().anchor:
        return ""
    return quote(Path(os.path.relpath(report.resolve(), out.resolve())).as_posix())


def _governance(folder: str) -> Governance:
    from planner.policy.folder import read_folder
    from planner.revision.reading import folder_of

    tree, _ = folder_of(Path())
    return read_folder(tree, folder)


def _today(text: str | None) -> datetime.date:
    if text is None:
        return datetime.datetime.now(tz=datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        message = f"--as-of {text!r} is not a date: YYYY-MM-DD"
        raise InputError(message) from error
