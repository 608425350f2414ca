"""What the catalog asks for the tokens of a model that a log names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan
from typing import Final

from planner.catalog.api_models import ApiModel
from planner.catalog.apis import find_apis
from planner.catalog.rows import Catalog

_DAY: Final = re.compile(r"-20\d\d-?[01]\d-?[0-3]\d$")
_PRICED_APART: Final = ("gpt-4o-2024-05-13",)
"""Snapshots that cost something else than the model of today. Source: OpenAI's price list, of $5 and $15 for this."""


@dataclass(frozen=True, slots=True)
class ApiPrice:
    """USD per million tokens."""

    input_usd_per_mtok: float
    cached_usd_per_mtok: float
    """The input's where none is listed."""
    output_usd_per_mtok: float


def api_prices(catalog: Catalog, models: Iterable[str]) -> dict[str, ApiPrice]:
    """Model as logged → its price; absent where no provider has it, or several that differ in what they ask.

    A snapshot, as exports of OpenAI and Anthropic name models, costs what its model does where the catalog has no price
    of its own for it: gpt-4o-2024-08-06 that of gpt-4o.
    """
    found: dict[str, ApiPrice] = {}
    for model in sorted({model for model in models if model}):
        prices = {
            ApiPrice(
                api.input_usd_per_mtok,
                api.input_usd_per_mtok if isnan(api.cached_input_usd_per_mtok) else api.cached_input_usd_per_mtok,
                api.output_usd_per_mtok,
            )
            for api in _meant(catalog, model)
        }
        if len(prices) == 1:
            found[model] = prices.pop()
    return found


def priced_as_model(catalog: Catalog, models: Iterable[str]) -> list[str]:
    """Those of these names with a price that are snapshots without one of their own, sorted."""
    return sorted(model for model in models if not find_apis(catalog, model[:200]))


def sellers_of(catalog: Catalog, model: str) -> frozenset[str]:
    """The providers in the catalog that sell a model as it is logged; empty where it has none."""
    return frozenset(api.provider for api in _meant(catalog, model))


def _meant(catalog: Catalog, model: str) -> tuple[ApiModel, ...]:
    name = model[:200]
    return find_apis(catalog, name) or find_apis(catalog, _undated(name))


def _undated(model: str) -> str:
    return model if model.lower().endswith(_PRICED_APART) else _DAY.sub("", model)
