"""The documents that say what may be spent and what was, read for a report that judges nothing."""

from planner.errors import InputError
from planner.gate.difference import Tree
from planner.gate.governance import governing_files
from planner.policy import POLICIES
from planner.policy.governance import Governance
from planner.policy.reading import read_governance
from planner.revision.tree import clean_path


def read_budgets(tree: Tree, folder: str) -> Governance:
    """Policies and documents of spend in a folder of the tree; raises InvalidInput for one that is broken.

    The usual folder may be missing: budgets and spend are unknown then. One that was named must hold something.
    """
    inside = clean_path(folder)
    if not inside:
        message = f"{folder!r} names no folder of the repository: policies lie in one of their own"
        raise InputError(message)
    files = governing_files(tree, inside)
    if not files and inside != POLICIES:
        message = f"{inside}: no policies there in {tree.name}"
        raise InputError(message)
    return read_governance([(path, data) for path, (_, data) in files.items()])
