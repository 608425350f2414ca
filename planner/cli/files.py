"""Files as a shell's `*.yaml` names them: scenarios with their locks and policies among them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog
    from planner.gate.looking import Peek
    from planner.source import Problem


_SCENARIO: Final = re.compile(rb"^kind: *(?:FineTune|Serving|SpendReview|Portfolio|BusinessCase)\b", re.MULTILINE)
"""What most files have that are scenarios; a look at the others settles what they are."""


def without_locks(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The paths that are no locks, since `scenarios/*.yaml` names both; of locks alone what to name instead."""
    from planner.locking.lock import is_lock

    kept = tuple(path for path in paths if not is_lock(path.name))
    if not kept:
        name = paths[0].name.replace(".lock.", ".")
        message = f"{paths[0]} is a lock; name its scenario, {name}"
        raise click.UsageError(message)
    return kept


def expanded(paths: Sequence[Path]) -> list[Path]:
    """The paths, with the YAML files in a folder instead of the folder; hidden ones are left out."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = (each for each in sorted(path.rglob("*")) if each.suffix.lower() in (".yaml", ".yml"))
        found += [
            each for each in inside if not any(part.startswith(".") for part in each.relative_to(path).parts)
        ] or [path]
    return found


def scenarios_in(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The paths, with the scenarios in a folder instead of the folder; raises UsageError for one that has none.

    Bases for others, locks, policies, and what git ignores are left out; YAML that cannot be read is a scenario, so
    that somebody hears of it. What is named and found too counts once.
    """
    found: list[Path] = []
    named = {path.absolute() for path in paths if not path.is_dir()}
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = _inside(path)
        if not inside:
            message = f"{path}: no scenario in this folder"
            raise click.UsageError(message)
        found += [one for one in inside if one.absolute() not in named]
        named |= {one.absolute() for one in inside}
    return tuple(found)


def _inside(folder: Path) -> list[Path]:
    """Scenarios in a folder, as whoever named the folder would name them."""
    from planner.gate.finding import Search, find_scenarios
    from planner.revision.reading import folder_of

    tree, under = folder_of(folder)
    paths = []
    for path in find_scenarios(tree, Search((under,), unjudged=True)):
        inside = path.removeprefix(f"{under}/") if under else path
        # Behind a link in the folder a scenario may lie elsewhere.
        paths.append(folder / inside if not under or path != inside else tree.root / path)
    return paths


def check_others(paths: Sequence[Path], catalog: Catalog) -> tuple[list[Path], list[Problem], Mapping[str, str]]:
    """What is no scenario among files, checked: which it was, every problem, and the texts they point into.

    Documents of policies are checked together, since they name each other; all others each alone.
    """
    from planner.source import MAX_BYTES, InvalidInput

    contents: dict[Path, bytes] = {}
    for path in paths:
        # What cannot be read is told as of a scenario.
        with contextlib.suppress(OSError), path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
            if not _SCENARIO.search(data):
                contents[path] = data
    if not contents:
        return [], [], {}

    # Heavier than a scenario needs.
    from planner.gate.looking import peek
    from planner.policy.governance import FORMS
    from planner.policy.reading import read_governance

    others: list[Path] = []
    governing: list[tuple[str, bytes]] = []
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for path, data in contents.items():
        look = peek(data)
        if look.kind in FORMS:
            governing.append((str(path), data))
        else:
            try:
                if not _check_alone(path, data, look, catalog, problems, texts):
                    continue
            except InvalidInput as error:
                problems += error.problems
                texts |= error.texts
        others.append(path)
    try:
        read_governance(governing)
    except InvalidInput as error:
        problems += error.problems
        texts |= error.texts
    return others, problems, texts


def _check_alone(
    path: Path, data: bytes, look: Peek, catalog: Catalog, problems: list[Problem], texts: dict[str, str]
) -> bool:  # fmt: skip
    """Check a file as what it says it is; False where that is nothing of ours but perhaps a scenario."""
    from planner.catalog.prices.mapping import KIND as MAPPING
    from planner.catalog.prices.mapping import read_mapping
    from planner.gate.finding import is_template
    from planner.locking.lock import KIND as LOCK
    from planner.locking.lock import parse_lock
    from planner.report.printing.template import template_at
    from planner.scenario.catalog_overlay import KIND as OVERLAY
    from planner.space.overlay.laying import check_overlay

    if is_template(path.name, look):
        template_at(path.parent)
    elif look.kind == OVERLAY:
        found, pointed = check_overlay(path, catalog)
        problems += found
        texts |= pointed
    elif look.kind == MAPPING:
        read_mapping(path, str(path))
    elif look.kind == LOCK:
        parse_lock(data, str(path))
    else:
        return False
    return True
