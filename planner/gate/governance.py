"""Policies as they are at the base, and what a change does to them."""

from pathlib import Path
from typing import Final, Literal

from planner.gate.finding import peek
from planner.outcome import Place, TrustNote
from planner.revision.closure import YAML
from planner.revision.tree import Entry, Tree, follow
from planner.source import MAX_BYTES

What = Literal["policy", "exception", "approval", "spend", "lock", "policy-test"]
KINDS: Final[dict[str, What]] = {
    "Policy": "policy", "PolicyException": "exception", "Approval": "approval", "Spend": "spend",
    "PolicyTest": "policy-test",
}  # fmt: skip
HARMLESS: Final[frozenset[What]] = frozenset({"policy-test"})
"""What judges nothing."""
_CHANGES: Final[dict[tuple[bool, bool], Literal["added", "changed", "removed"]]] = {
    (False, True): "added", (True, False): "removed", (True, True): "changed",
}  # fmt: skip


def governing_files(tree: Tree, folder: str) -> dict[str, tuple[Entry, bytes]]:
    """Path → what lies there, of all YAML files in the folder of policies; too large ones cut, to be refused later."""
    found = {}
    for entry in tree.files(folder):
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
        kinds = {_what(data) for each in (old, new) if each is not None for data in (each[1],)}
        what = next(
            (kind for kind in ("policy", "exception", "approval", "spend", "policy-test") if kind in kinds), "policy"
        )
        fine = kinds - HARMLESS <= allowed
        used = (
            "the policies of the base allow a change to bring this along, and it counts"
            if fine
            else "it does not count for this change: the base's own is used"
            if old is not None
            else "it does not count for this change"
        )
        notes.append(
            TrustNote(
                file=path, what=what, change=change, text=f"{what} {change} by the change that it would judge; {used}",
                allowed=fine, place=Place(file=path, line=1) if new is not None else None,
            )
        )  # fmt: skip
    return notes


def inside_root(path: Path, root: Path) -> str:
    """A folder's path from the root of a tree."""
    full = path if path.is_absolute() else root / path
    resolved = full.resolve()
    return resolved.relative_to(root).as_posix().removeprefix(".") if resolved.is_relative_to(root) else str(path)


def _what(data: bytes) -> What:
    """The kind of a governing document; what cannot be read counts as a policy, the strictest."""
    return KINDS.get(peek(data).kind or "", "policy")
