"""The folder of a repository that governing documents lie in: which files these are, and what they say."""

from pathlib import Path

from planner.errors import InputError
from planner.policy import POLICIES
from planner.policy.governance import Governance
from planner.policy.reading import ENDINGS, read_governance
from planner.revision.changes import refuse_odd_name
from planner.revision.reading import folder_of
from planner.revision.tree import Entry, Tree, clean_path, follow, real_folder
from planner.scenario.paths import scenario_root
from planner.source import MAX_BYTES


def governing_files(tree: Tree, folder: str) -> dict[str, tuple[Entry, bytes]]:
    """Path → what lies there, of all YAML files in the folder of policies; too large ones cut, to be refused later."""
    found = {}
    for entry in tree.files(real_folder(tree, folder), ENDINGS):
        file = entry if entry.form == "file" else follow(tree, entry.path)[0]
        refuse_odd_name(tree, entry.path)
        if file is not None and file.form == "file":
            found[entry.path] = (file, tree.read(file)[: MAX_BYTES + 1])
    return found


def read_folder(tree: Tree, folder: str) -> Governance:
    """The documents in a folder of the tree, for what judges no change; raises InvalidInput for one that is broken.

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


def policies_of(file: Path, named: str | None = None) -> Governance:
    """What governs a scenario's file: the documents in the folder that it names, from the root of its repository.

    Without a name those of `policies/`; without that folder nothing governs. Raises InputError where a folder that is
    named has no policy, InvalidInput for documents that are broken.
    """
    tree, inside = folder_of(scenario_root(file))
    folder = f"{inside}/{named or POLICIES}" if inside else named or POLICIES
    found = read_folder(tree, folder)
    if named is not None and not found.policies:
        message = f"{named}: no policies there, and the scenario names it under approvals.policies"
        raise InputError(message)
    return found
