"""Problems with names in a scenario that its schema already refuses, so that all problems come at once."""

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planner.catalog.exchange import usd_per_unit
from planner.catalog.rows import Catalog
from planner.scenario import KINDS, FineTune, Serving
from planner.scenario.quantities import RATES
from planner.source import Document, Path, Problem, dotted
from planner.source.refused import refused
from planner.space.resolve import resolve

if TYPE_CHECKING:
    from planner.scenario import Scenario

_STAND_INS: Final[Mapping[str, Mapping[str, Any]]] = {
    "FineTune": {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "stand-in"},
        "models": [{"where": {}}],
        "methods": ["full"],
        "dataset": {"samples": 1, "tokens_per_sample": 1},
    },
    "Serving": {
        "api_version": "planner/v1",
        "kind": "Serving",
        "metadata": {"name": "stand-in"},
        "traffic": {"requests_per_second": 1, "input_tokens": 1000, "output_tokens": 1000},
    },
    "SpendReview": {
        "api_version": "planner/v1",
        "kind": "SpendReview",
        "metadata": {"name": "stand-in"},
        "sources": [{"focus": "stand-in.csv"}],
    },
    "Portfolio": {
        "api_version": "planner/v1",
        "kind": "Portfolio",
        "metadata": {"name": "stand-in"},
        "begins": "2026-01-01",
        "horizon": "1000 h",
        "jobs": [{"name": "stand-in", "scenario": "stand-in.yaml"}],
    },
    "BusinessCase": {
        "api_version": "planner/v1",
        "kind": "BusinessCase",
        "metadata": {"name": "stand-in"},
        "horizon": "12 months",
        "discount_rate": 0.1,
        "options": [{"name": "stand-in"}],
    },
}
"""What takes the place of required blocks that are missing or broken; nothing is reported about them."""
_WHOLE: Final = {"FineTune": "dataset", "Serving": "traffic", "SpendReview": "sources"}
"""Block that goes as a whole where anything in it is broken: its keys are checked together."""
_SERVED: Final = ("models", "apis", "fine_tune")
"""Keys of which a Serving scenario has at least one."""


def further_problems(document: Document, known: list[Problem], catalog: Catalog) -> list[Problem]:
    """Unknown names outside the places that `known` already complains about.

    Whatever a known problem touches is taken out (a broken list as a whole), the rest is looked up as usual. Nothing
    is said when what is left is no scenario.
    """
    kind = document.data.get("kind", next(iter(KINDS)))
    if not isinstance(kind, str) or kind not in KINDS:
        return []
    paths = {dotted(path): path for path in (*document.values, *document.keys)}
    gone = {_removable(paths[problem.at]) for problem in known if problem.at in paths} | _broken_axes(document, known)
    data = copy.deepcopy(document.data)
    for path in gone:
        _remove(data, path)
    whole = _WHOLE.get(kind)
    if whole is not None and (not isinstance(data.get(whole), dict) or any(path[:1] == (whole,) for path in gone)):
        data.pop(whole, None)
    if not isinstance(data.get("metadata"), dict) or "name" not in data["metadata"]:
        data.pop("metadata", None)
    stand_in = dict(_STAND_INS[kind])
    if kind == "Serving" and not any(data.get(key) for key in _SERVED):
        data.pop("models", None)
        stand_in["models"] = [{"where": {}}]
    whole_blocks = set(data) - {path[0] for path in gone}
    scenario, broken = _validated(kind, data, stand_in, catalog)
    # What the schema says too is known.
    ours = [each for each in broken if each["type"] == "value_error" and each["loc"]]
    found = refused(document, [each for each in ours if each["loc"][0] in whole_blocks])
    if scenario is None:
        return found
    missing = [key for key in stand_in if key not in data]

    def complain(path: Path, message: str, hint: str | None) -> None:
        if path[0] not in missing and len(path) > 1:
            key = path[0] == "axes" and len(path) == 2
            found.append(document.problem("name", message, path, key=key, hint=hint))

    if isinstance(scenario, FineTune):
        resolve(scenario, catalog, complain, lambda *_: None)
    elif isinstance(scenario, Serving):
        from planner.space.serving.resolve import resolve_serving
        from planner.space.serving.stand_in import any_traffic, without_rates

        resolve_serving(without_rates(scenario), catalog, any_traffic(), complain, lambda *_: None)
    elif scenario.kind == "Portfolio":
        from planner.space.portfolio.checks import further_of

        found += further_of(scenario, document, catalog, frozenset(whole_blocks.intersection(data)))
    elif scenario.kind == "BusinessCase":
        from planner.space.business_case import checks

        found += checks.further_of(scenario, document, frozenset(whole_blocks.intersection(data)))
    return found


def _validated(
    kind: str, data: dict[str, Any], stand_in: Mapping[str, Any], catalog: Catalog
) -> "tuple[Scenario | None, list[ErrorDetails]]":
    """The scenario as its type, blocks that break a rule taken out of `data` first, and what these break.

    None where taking them out is not enough.
    """
    broken: list[ErrorDetails] = []
    for _ in range(2):
        whole = {**stand_in, **data}
        try:
            return KINDS[kind].model_validate(whole, context={RATES: usd_per_unit(catalog.currencies)}), broken
        except ValidationError as error:
            broken = broken or error.errors()
            for each in error.errors():
                if each["loc"]:
                    data.pop(str(each["loc"][0]), None)
    return None, broken


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
