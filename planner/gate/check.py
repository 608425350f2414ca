"""A change, or plans alone, held against policies: what the base says judges, whatever the change brings along."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from planner.errors import InputError
from planner.gate.difference import Tree
from planner.gate.governance import kind_of, policy_trust
from planner.outcome import Check, Difference
from planner.policy import POLICIES
from planner.policy.folder import governing_files
from planner.policy.governance import Governance, allowed_in_same_change, decision_of
from planner.policy.judge import judge
from planner.policy.reading import read_governance
from planner.revision.changes import changed_paths
from planner.revision.git import CommitTree
from planner.revision.reading import SHORT, WORKING
from planner.revision.tree import Entry, clean_path

Files = Mapping[str, tuple[Entry, bytes]]
"""Path → what lies there, and its bytes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What judges a change, and what the change brings that might."""

    governance: Governance
    """Of the base."""
    brought: Governance | None
    """What the change brings along and the base's policies let count."""
    allowed: frozenset[str]
    folder: str
    place: str
    """The revision that policies were read at, in words."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Patterns of scenarios that nobody runs."""
        return tuple(pattern for each in self.governance.policies for pattern in each.value.ignore)

    @property
    def decision(self) -> str:
        """Which decision of a plan is judged."""
        return decision_of(self.governance)


def read_rules(rules: Tree, start: Tree | None, head: Tree | None, folder: str) -> Rules:
    """The policies of a tree, and of what the head brings since `start` the part they let count; raises InvalidInput.

    Documents of the head that do not count are not read, so that nothing in them can stop or sway the check. Those that
    the change leaves alone count as they are in `rules`, however old its branch.
    """
    inside = clean_path(folder)
    if not inside:
        message = f"{folder!r} names no folder of the repository: policies lie in one of their own"
        raise InputError(message)
    folder = inside
    files = governing_files(rules, folder)
    if not files and folder != POLICIES:
        # A slip in the option must not leave a change unjudged; the usual folder may well not be there yet.
        message = f"{folder}: no policies there in {rules.name}"
        raise InputError(message)
    governance = read_governance(_named(files))
    if not governance.policies and next(rules.files(folder), None) is not None:
        message = f"{folder} holds no document of kind Policy in {rules.name}, so nothing would be judged"
        raise InputError(message)
    allowed = allowed_in_same_change(governance)
    brought = None
    if start is not None and head is not None and allowed:
        merged = _merged(files, governing_files(start, folder), governing_files(head, folder), allowed)
        brought = read_governance(_named(merged), beside=governance)
    place = f"{rules.name} ({rules.commit[:SHORT]})" if isinstance(rules, CommitTree) else WORKING
    return Rules(governance, brought, allowed, folder, place)


def held_against(
    difference: Difference, rules: Rules, today: datetime.date, start: Tree | None, head: Tree,
    *, approval_required: bool | None = None,
) -> Check:  # fmt: skip
    """The difference with all verdicts; what the change since `start` does to what judges comes first in its notes."""
    if start is not None:
        touched = changed_paths(start, head) if isinstance(start, CommitTree) else [""]
        alone = all(path.startswith(f"{rules.folder}/") for path in touched)
        brought = policy_trust(start, head, rules.folder, rules.allowed, alone=alone)
        difference = difference.model_copy(update={"trust": [*brought, *difference.trust]})
    judgement = judge(
        difference, rules.governance, today, head_governance=rules.brought, approval_required=approval_required,
        policies_from=rules.place,
    )  # fmt: skip
    return Check(difference=difference, judgement=judgement)


def _merged(tip: Files, start: Files, head: Files, allowed: frozenset[str]) -> Files:
    """Documents of the kinds that may come along: the base's newest, with what the change adds, alters, takes away."""
    merged = dict(tip)
    for path in start.keys() | head.keys():
        was, now = start.get(path), head.get(path)
        if now is None:
            merged.pop(path, None)
        elif was is None or was[0].digest != now[0].digest:
            merged[path] = now
    return {path: each for path, each in merged.items() if kind_of(each[1]) in allowed}


def _named(files: Files) -> list[tuple[str, bytes]]:
    return [(path, data) for path, (_, data) in files.items()]
