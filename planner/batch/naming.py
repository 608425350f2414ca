"""Names of scenarios before they are planned, so that no two write to one folder."""

from collections.abc import Sequence
from pathlib import Path

from planner.errors import InputError, PlannerError
from planner.locking.lock import lock_path
from planner.scenario.compose import Changes, compose
from planner.source import read_document
from planner.source.excerpt import visible


def names_of(paths: Sequence[Path], changes: Changes) -> list[str]:
    """What each scenario is called, once bases, overrides and `--set` are in it; empty where it cannot be read."""
    return [_name(path, changes) for path in paths]


def refuse_same(paths: Sequence[Path], names: Sequence[str], *, refresh: bool) -> None:
    """Raise InputError where two scenarios would write to one folder, or renew one lock."""
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        called = {name: [str(path) for path, own in zip(paths, names, strict=True) if own == name] for name in twice}
        told = visible("; ".join(f"{name}: {', '.join(files)}" for name, files in called.items()))
        message = f"several scenarios have one name; their reports would overwrite each other ({told})"
        raise InputError(message)
    locks = [lock_path(path) for path in paths if lock_path(path).is_file()] if refresh else []
    shared = next((lock for lock in locks if locks.count(lock) > 1), None)
    if shared is not None:
        message = f"{shared} would be the lock of two scenarios: give one of them another name"
        raise InputError(message)


def _name(path: Path, changes: Changes) -> str:
    try:
        data = compose(read_document(path, str(path)), path, changes).data
    except PlannerError:
        return ""  # its own reading says what is wrong
    metadata = data.get("metadata") if isinstance(data, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else ""
