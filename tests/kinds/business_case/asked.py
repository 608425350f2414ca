"""Business cases for tests: a small one, changed key by key, reckoned without reading files."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.kinds.business_case.inputs import PlanCosts, Tables
from planner.kinds.business_case.reckon import reckon
from planner.kinds.fine_tune import Origin
from planner.outcome.business_case import Case, OptionResult
from planner.scenario.business_case import BusinessCase

SMALL: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "BusinessCase",
    "metadata": {"name": "small"},
    "horizon": "12 months",
    "discount_rate": "10 %",
}
BUILD_AND_BUY: list[dict[str, Any]] = [
    {
        "name": "build",
        "role": "build",
        "costs": [
            {"name": "build", "once": 120_000, "category": "engineering"},
            {"name": "rent", "per_month": 1_000, "category": "inference"},
        ],
    },
    {"name": "api", "role": "buy", "costs": [{"name": "calls", "per_month": 16_000, "category": "external_apis"}]},
]


@cache
def catalog() -> Catalog:
    """The catalog, read once."""
    return load_catalog()


def scenario_of(**keys: Any) -> BusinessCase:
    """The small case with these keys."""
    return BusinessCase.model_validate({**SMALL, "options": BUILD_AND_BUY, **keys})


def case_of(
    plans: Mapping[tuple[str, int], PlanCosts] | None = None, tables: Tables | None = None, **keys: Any
) -> Case:
    """The small case with these keys, reckoned."""
    origin = Origin("case.yaml", "d", "1")
    return reckon(scenario_of(**keys), plans or {}, tables or Tables(), catalog(), origin, [])


def option(case: Case, name: str) -> OptionResult:
    """One option of a case."""
    return next(one for one in case.options if one.name == name)
