"""Policies as they are at the base, and what a change does to them."""

from typing import Final, Literal

from planner.gate.finding import peek
from planner.outcome import Place, TrustNote
from planner.policy.governance import FORMS, What
from planner.revision.closure import YAML
from planner.revision.tree import Entry, Tree, follow
from planner.source import MAX_BYTES

HARMLESS: Final[frozenset[What]] = frozenset({"policy-test"})
"""What judges nothing."""
_CHANGES: Final[dict[tuple[bool, bool], Literal["added", "changed", "removed"]]] = {
    (False, True): "added", (True, False): "removed", (True, True): "changed",
}  # fmt: skip


def governing_files(tree: Tree, folder: str) -> dict[str, tuple[Entry, bytes]]:
    """Path → what lies there, of all YAML files in the folder of policies; too large ones cut, to be refused later."""
    found = {}
    for entry in tree.files(folder, YAML):
        file = entry if entry.form == "file" else follow(tree, entry.path)[0]
        if entry.path.endswith(YAML) and file is not None and file.form == "file":
            found[entry.path] = (file, tree.read(file)[: MAX_BYTES + 1])
    return found


def policy_trust(base: Tree, head: Tree, folder: str, allowed: frozenset[str]) -> list[TrustNote]:
    """Governing documents that the change adds, alters or takes away; `allowed` are those it may bring along."""
    was, now = governing_files(base, folder), governing_files(head, folder)
    notes = []
    for path in sorted(was.keys() | now.keys()):
        old, new = was.get(path), now.get(path)
        if old is not None and new is not None and old[0].digest == new[0].digest:
            continue
        change = _CHANGES[old is not None, new is not None]
        kinds = {_what(data) for _, data in filter(None, (old, new))}
        what = next(form.what for form in FORMS.values() if form.what in kinds)
        fine = kinds - HARMLESS <= allowed
        notes.append(
            TrustNote(
                file=path, what=what, change=change, allowed=fine,
                text=_used(what, fine=fine, first=not was, there=old is not None),
                place=Place(file=path, line=1) if new is not None else None,
            )
        )  # fmt: skip
    return notes


def _used(what: What, *, fine: bool, first: bool, there: bool) -> str:
    """What counts instead of a document that the change brings."""
    if what in HARMLESS:
        return "a test of policies, which judges nothing"
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
