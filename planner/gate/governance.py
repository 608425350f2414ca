"""Policies as they are at the base, and what a change does to them."""

from typing import Final, Literal

from planner.gate.looking import peek
from planner.outcome import Place, TrustNote
from planner.policy.folder import governing_files
from planner.policy.governance import FORMS, What
from planner.policy.reading import read_governance
from planner.revision.tree import Entry, Tree
from planner.source import InvalidInput, one_line

Files = dict[str, tuple[Entry, bytes]]
"""Path → what lies there, and its bytes."""
HARMLESS: Final[frozenset[What]] = frozenset({"policy-test"})
"""What judges nothing."""
_CHANGES: Final[dict[tuple[bool, bool], Literal["added", "changed", "removed"]]] = {
    (False, True): "added", (True, False): "removed", (True, True): "changed",
}  # fmt: skip


def policy_trust(start: Tree, head: Tree, folder: str, allowed: frozenset[str], *, alone: bool) -> list[TrustNote]:
    """Governing documents that the change adds, alters or takes away since `start`.

    `allowed` are the kinds it may bring along. A change that touches nothing else (`alone`) is how they are changed:
    it judges nothing by them. Those that could not be read would stop every later check, and are refused.
    """
    was, now = governing_files(start, folder), governing_files(head, folder)
    moved = [path for path in sorted(was.keys() | now.keys()) if _digest(was, path) != _digest(now, path)]
    broken = _broken(now) if moved else ""
    notes = []
    for path in moved:
        old, new = was.get(path), now.get(path)
        kinds = {_what(data) for _, data in filter(None, (old, new))}
        what = next(form.what for form in FORMS.values() if form.what in kinds)
        fine = (alone or kinds - HARMLESS <= allowed) and not broken
        text = _used(what, fine=fine, alone=alone, first=not was, there=old is not None)
        notes.append(
            TrustNote(
                file=path, what=what, change=_CHANGES[old is not None, new is not None], allowed=fine,
                text=f"{text}; and the policies cannot be read with it: {broken}" if broken else text,
                place=Place(file=path, line=1) if new is not None else None,
            )
        )  # fmt: skip
    return notes


def _digest(files: Files, path: str) -> str:
    return files[path][0].digest if path in files else ""


def _broken(files: Files) -> str:
    """What is wrong with governing documents, the first of it; empty where they can be read."""
    try:
        read_governance([(path, data) for path, (_, data) in files.items()])
    except InvalidInput as error:
        return one_line(error.problems[0])
    return ""


def _used(what: What, *, fine: bool, alone: bool, first: bool, there: bool) -> str:
    """What counts instead of a document that the change brings."""
    if what in HARMLESS:
        return "a test of policies, which judges nothing"
    if fine and alone:
        return "judges from the next change on; its owners should review it here"
    if fine:
        return "the base has no policies yet, so it counts" if first else "the base's policies let it count"
    return "it does not count here: the base's own is used" if there else "it does not count until it is merged"


def kind_of(data: bytes) -> What | None:
    """What a file of governing documents is; None for one of another kind, or that cannot be read."""
    form = FORMS.get(peek(data).kind or "")
    return None if form is None else form.what


def _what(data: bytes) -> What:
    """The same; what cannot be read counts as a policy, the strictest."""
    return kind_of(data) or "policy"
