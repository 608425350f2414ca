"""A change, or plans alone, held against policies: what the base says judges, whatever the change brings along."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from planner.gate.difference import Tree
from planner.gate.finding import peek
from planner.gate.governance import KINDS, governing_files, policy_trust
from planner.outcome import Check, Difference
from planner.policy.governance import Governance, allowed_in_same_change, decision_of
from planner.policy.judge import judge
from planner.policy.reading import read_governance
from planner.revision.tree import Entry


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
    def decision(self) -> str:
        """Which decision of a plan is judged."""
        return decision_of(self.governance)


def read_rules(rules: Tree, head: Tree | None, folder: str) -> Rules:
    """The policies of a tree, and of what the head brings the part they let count; raises InvalidInput.

    Documents of the head that do not count are not read, so that nothing in them can stop or sway the check.
    """
    governance = read_governance(_named(governing_files(rules, folder)))
    allowed = allowed_in_same_change(governance)
    brought = None
    if head is not None:
        files = governing_files(head, folder)
        counted = {path: each for path, each in files.items() if KINDS.get(peek(each[1]).kind or "") in allowed}
        brought = read_governance(_named(counted)) if counted else None
    commit = getattr(rules, "commit", "")
    place = f"{rules.name} ({commit[:12]})" if commit else rules.name
    return Rules(governance, brought, allowed, folder, place)


def held_against(
    difference: Difference, rules: Rules, today: datetime.date, base: Tree | None, head: Tree,
    *, approval_required: bool | None = None,
) -> Check:  # fmt: skip
    """The difference with all verdicts; changes to what judges come first among its notes on trust."""
    if base is not None:
        brought = policy_trust(base, head, rules.folder, rules.allowed)
        locks = [
            note.model_copy(update={"allowed": note.allowed or note.what in rules.allowed}) for note in difference.trust
        ]
        difference = difference.model_copy(update={"trust": [*brought, *locks]})
    judgement = judge(
        difference, rules.governance, today, head_governance=rules.brought, approval_required=approval_required,
        policies_from=rules.place,
    )  # fmt: skip
    return Check(difference=difference, judgement=judgement)


def _named(files: Mapping[str, tuple[Entry, bytes]]) -> list[tuple[str, bytes]]:
    return [(path, data) for path, (_, data) in files.items()]
