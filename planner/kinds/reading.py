"""A scenario's document as its type: JSON Schema first, for its places, then the rules that a schema cannot say."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from planner.catalog.exchange import usd_per_unit
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.kinds.partial import for_base, for_whole
from planner.kinds.schema import names_of, schema_with
from planner.resources import SCHEMAS
from planner.scenario import KINDS
from planner.scenario.quantities import RATES, READ
from planner.source import Document, InvalidInput, Problem, schema_problems
from planner.source.refused import refused
from planner.space.further import further_problems

if TYPE_CHECKING:
    from planner.scenario import Scenario

_OTHERS: Final[Mapping[str, str]] = {
    "CatalogOverlay": "name a scenario that has it under `overlays`: its lock and its plan rest on this file too",
    "CalibrationOverlay": "name a scenario that has it under `calibration`",
    "Lock": "name its scenario",
    "PriceMapping": "it is read by `planner prices refresh --mapping`",
    "ReportTemplate": "it is used by `planner report --template`",
    **dict.fromkeys(
        ("Policy", "PolicyException", "Approval", "Spend", "PolicyTest"),
        "it is read from the folder of policies by `planner check` and `planner policy`",
    ),
}
"""Other documents of the planner → what is to be named, or done, instead."""


@cache
def kind_schema(kind: str) -> dict[str, Any]:
    """The committed JSON Schema of a kind."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.schema.json").read_text("utf-8"))
    return schema


def typed(document: Document, catalog: Catalog, amounts_in: set[str]) -> "Scenario":
    """The scenario as its type, with the names and rates of a catalog; raises InvalidInput with every problem.

    `amounts_in` takes the currencies, beside USD, that it writes amounts in.
    """
    texts = document.texts
    kind = document.data.get("kind") if isinstance(document.data, dict) else None
    if not isinstance(document.data, dict):
        raise InvalidInput([document.problem("type", "a scenario is a mapping of keys to values", ())], texts)
    if not isinstance(kind, str) or kind not in KINDS:
        message = f"unknown kind {kind!r}" if "kind" in document.data else "missing key 'kind'"
        raise InvalidInput([_unknown_kind(document, message)], texts)
    rates = usd_per_unit(catalog.currencies)
    problems = schema_problems(document, for_whole(_schema(kind, catalog)), rates)
    if problems:
        raise InvalidInput([*problems, *further_problems(document, problems, catalog)], texts)
    try:
        return KINDS[kind].model_validate(document.data, context={RATES: rates, READ: amounts_in})
    except ValidationError as error:
        raise InvalidInput(refused(document, error.errors()), texts) from None


def base_problems(document: Document, catalog: Catalog) -> list[Problem]:
    """What is wrong with what a base for others says; what it leaves out is for those who extend it."""
    kind = document.data.get("kind", next(iter(KINDS)))
    if not isinstance(kind, str) or kind not in KINDS:
        return [_unknown_kind(document, f"unknown kind {kind!r}")]
    problems = schema_problems(document, for_base(_schema(kind, catalog)), usd_per_unit(catalog.currencies))
    return [*problems, *further_problems(document, problems, catalog)]


def _unknown_kind(document: Document, message: str) -> Problem:
    kind = document.data.get("kind")
    if isinstance(kind, str) and kind in _OTHERS:
        message, hint = f"this is a {kind} and no scenario", _OTHERS[kind]
        return document.problem("kind", message, ("kind",), hint=hint)
    return document.problem("kind", message, ("kind",), hint=f"kinds: {', '.join(KINDS)}")


def _schema(kind: str, catalog: Catalog) -> dict[str, Any]:
    """The committed schema; for a catalog with other names one with those."""
    ours = load_catalog()
    if catalog is ours or catalog.digest == ours.digest or (names := names_of(catalog)) == names_of(ours):
        return kind_schema(kind)
    return _with_names(kind, names)


_with_names = lru_cache(maxsize=8)(schema_with)
