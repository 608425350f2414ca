"""Names of scenarios before they are planned, so that no two write to one folder."""

from collections.abc import Sequence
from pathlib import Path

from planner.errors import PlannerError
from planner.locking.lock import lock_path
from planner.scenario.compose import Changes, compose
from planner.source import read_document


def names_of(paths: Sequence[Path], changes: Changes) -> list[str]:
    """What each scenario is called, once bases, overrides and `--set` are in it; empty where it cannot be read."""
    return [_name(path, changes) for path in paths]


def clashes(paths: Sequence[Path], names: Sequence[str], *, refresh: bool) -> dict[int, str]:
    """Number of a scenario that would write to the folder of another, or renew its lock → why it is not planned."""
    found: dict[int, str] = {}
    locks = [lock_path(path) if refresh and lock_path(path).is_file() else None for path in paths]
    # Each number is in one group of a kind, so that a long list is gone through once.
    for of, wrong in (
        (list[object](names), "have one name; their reports would overwrite each other"),
        (list[object](locks), "would renew one lock; give one of them another file name"),
    ):
        groups: dict[object, list[int]] = {}
        for number, key in enumerate(of):
            if key:
                groups.setdefault(key, []).append(number)
        for key, numbers in groups.items():
            if len(numbers) > 1:
                why = f"several scenarios {wrong} ({key}: {', '.join(str(paths[number]) for number in numbers)})"
                found = dict.fromkeys(numbers, why) | found
    return found


def _name(path: Path, changes: Changes) -> str:
    try:
        data = compose(read_document(path, str(path)), path, changes).data
    except PlannerError:
        return ""  # its own reading says what is wrong
    metadata = data.get("metadata") if isinstance(data, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else ""
