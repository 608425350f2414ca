"""Problems with names in a scenario that its schema already refuses, so that all problems come at once."""

import copy
from typing import Any

from pydantic import ValidationError

from planner.catalog.exchange import usd_per_unit
from planner.catalog.rows import Catalog
from planner.scenario.fine_tune import FineTune
from planner.scenario.quantities import RATES
from planner.source import Document, Path, Problem, dotted
from planner.space.resolve import resolve

_STAND_IN: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "stand-in"},
    "models": [{"where": {}}],
    "methods": ["full"],
    "dataset": {"samples": 1, "tokens_per_sample": 1},
}
"""What takes the place of required blocks that are missing or broken; nothing is reported about them."""


def further_problems(document: Document, known: list[Problem], catalog: Catalog) -> list[Problem]:
    """Unknown names outside the places that `known` already complains about.

    Whatever a known problem touches is taken out (a broken list as a whole), the rest is looked up as usual. Nothing
    is said when what is left is no scenario.
    """
    paths = {dotted(path): path for path in (*document.values, *document.keys)}
    gone = {_removable(paths[problem.at]) for problem in known if problem.at in paths} | _broken_axes(document, known)
    data = copy.deepcopy(document.data)
    for path in gone:
        _remove(data, path)
    if not isinstance(data.get("dataset"), dict) or any(path[:1] == ("dataset",) for path in gone):
        data.pop("dataset", None)
    if not isinstance(data.get("metadata"), dict) or "name" not in data["metadata"]:
        data.pop("metadata", None)
    missing = [key for key in _STAND_IN if key not in data]
    try:
        scenario = FineTune.model_validate(
            data | {key: _STAND_IN[key] for key in missing}, context={RATES: usd_per_unit(catalog.currencies)}
        )
    except ValidationError:
        return []
    found: list[Problem] = []

    def complain(path: Path, message: str, hint: str | None) -> None:
        if path[0] not in missing and len(path) > 1:
            key = path[0] == "axes" and len(path) == 2
            found.append(document.problem("name", message, path, key=key, hint=hint))

    resolve(scenario, catalog, complain, lambda *_: None)
    return found


def _broken_axes(document: Document, known: list[Problem]) -> set[Path]:
    """Axes with a problem anywhere, a missing key included: what is left of such a one is no axis."""
    named = {dotted(path): path for path in document.keys if path[:1] == ("axes",) and len(path) == 2}
    return {
        path
        for name, path in named.items()
        if any(at == name or at.startswith((f"{name}.", f"{name}[")) for at in (problem.at for problem in known))
    }


def _removable(path: Path) -> Path:
    """The shortest part of a path that can be taken out without moving its neighbours: never an item of a list."""
    for end, part in enumerate(path):
        if isinstance(part, int):
            return path[:end]
    return path


def _remove(data: Any, path: Path) -> None:  # noqa: ANN401 - any YAML value
    for part in path[:-1]:
        if not isinstance(data, dict) or part not in data:
            return
        data = data[part]
    if isinstance(data, dict) and path:
        data.pop(path[-1], None)
