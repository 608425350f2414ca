"""Variants that a service tunes and serves behind its own API: `openai/ft:gpt-4o-mini`."""

from dataclasses import replace
from math import isnan, nan
from typing import Any, Final

from planner.catalog.api_models import ApiModel
from planner.catalog.apis import find_apis
from planner.catalog.models import id_of
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Catalog

MARK: Final = "ft:"
"""What stands before the model's name, as OpenAI and litellm print it."""


def tuned_variant(catalog: Catalog, name: str) -> tuple[ApiModel, TuningPrice] | None:
    """The tuned variant that `provider/ft:model` names, with what serving it costs; None where no price is known.

    Limits are those of the untuned model, unknown where the provider's list does not have it. A score of the untuned
    model is none of the tuned one.
    """
    provider, _, variant = name.lower().partition("/")
    model = id_of(variant.removeprefix(MARK))
    price = next((price for price in _served(catalog) if (price.provider, price.model) == (provider, model)), None)
    if price is None or not variant.startswith(MARK):
        return None
    base = next(iter(find_apis(catalog, f"{provider}/{model}")), None)
    return _as_api(price, base), price


def tuned_names(catalog: Catalog) -> list[str]:
    """Names of all tuned variants whose price per token is known."""
    return list(dict.fromkeys(f"{price.provider}/{MARK}{price.model}" for price in _served(catalog)))


def _served(catalog: Catalog) -> list[TuningPrice]:
    return [
        price for price in catalog.tuning_prices
        if price.model and not price.retired and not isnan(price.input_usd_per_mtok + price.output_usd_per_mtok)
    ]  # fmt: skip


def _as_api(price: TuningPrice, base: ApiModel | None) -> ApiModel:
    told: dict[str, Any] = {
        "id": f"{price.provider}/{MARK}{price.model}", "provider": price.provider, "model": f"{MARK}{price.offered}",
        "input_usd_per_mtok": price.input_usd_per_mtok, "output_usd_per_mtok": price.output_usd_per_mtok,
        "cached_input_usd_per_mtok": price.cached_input_usd_per_mtok, "batch_input_usd_per_mtok": nan,
        "batch_output_usd_per_mtok": nan, "cache_write_usd_per_mtok": nan, "long_cache_write_usd_per_mtok": nan,
        "open_model": "", "variant": "", "scored_as": "", "source_key": price.offered, "as_of": price.as_of,
        "confidence": price.confidence, "source": price.source, "doubt": "",
    }  # fmt: skip
    if base is not None:
        return replace(base, **told)
    return ApiModel(caching=None, max_input_tokens=nan, max_output_tokens=nan, **told)
