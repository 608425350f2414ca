"""Variants that a service tuned: what their names mean, and what serving them costs."""

from math import isnan

import pytest

from planner.catalog.loader import load_catalog
from planner.estimate.serving.api import tuned_prices
from planner.space.serving.tuned_api import tuned_names, tuned_variant
from tests.kinds.serving.asked import asked, complaints, space

CATALOG = load_catalog()


def test_every_name_that_is_listed_means_one_variant_with_a_price() -> None:
    names = tuned_names(CATALOG)
    assert {"openai/ft:gpt-4.1-mini", "azure-openai/ft:gpt-4o"} <= set(names)
    for name in names:
        found = tuned_variant(CATALOG, name.upper())
        assert found is not None
        api, price = found
        assert api.id == name
        assert not isnan(tuned_prices([price], [api]).input_usd_per_mtok[0])
        assert isnan(api.batch_input_usd_per_mtok)
        assert not api.scored_as
        assert not api.open_model


def test_a_variant_asks_what_the_price_list_says() -> None:
    found = tuned_variant(CATALOG, "openai/ft:gpt-4.1-mini")
    assert found is not None
    assert found[1].input_usd_per_mtok == pytest.approx(2.0 * found[1].base_input_usd_per_mtok)
    assert found[0].max_input_tokens > 1e5


@pytest.mark.parametrize("name", ["openai/ft:gpt-9", "ft:gpt-4o", "bedrock/ft:llama-3.1-8b", "openai/ft:"])
def test_what_has_no_price_is_told_at_its_place(name: str) -> None:
    [(place, message)] = complaints(asked(apis=[name]))
    assert place == "('apis', 0)"
    assert "is not known" in message


def test_one_described_counts_once_with_what_is_said_of_it() -> None:
    own = {"model": "openai/ft:gpt-4o-mini", "quality": 80}
    [choice] = space(asked(apis=["openai/ft:gpt-4o-mini", own])).apis
    assert choice.own is not None
    assert choice.own.quality == 80
    assert choice.tuned is not None
