"""What the catalog asks for the tokens of a model that a log names."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan

from planner.catalog.apis import find_apis
from planner.catalog.rows import Catalog


@dataclass(frozen=True, slots=True)
class ApiPrice:
    """USD per million tokens."""

    input_usd_per_mtok: float
    cached_usd_per_mtok: float
    """The input's where none is listed."""
    output_usd_per_mtok: float


def api_prices(catalog: Catalog, models: Iterable[str]) -> dict[str, ApiPrice]:
    """Model as logged → its price; absent where no provider has it, or several that differ in what they ask."""
    found: dict[str, ApiPrice] = {}
    for model in sorted({model for model in models if model}):
        prices = {
            ApiPrice(
                api.input_usd_per_mtok,
                api.input_usd_per_mtok if isnan(api.cached_input_usd_per_mtok) else api.cached_input_usd_per_mtok,
                api.output_usd_per_mtok,
            )
            for api in find_apis(catalog, model[:200])
        }
        if len(prices) == 1:
            found[model] = prices.pop()
    return found
