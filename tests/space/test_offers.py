"""Default filters: what is off, how it is counted, and the one line that turns it on."""

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.scenario.blocks import Hardware
from planner.space.offers import FILTERS, STALE_MONTHS, open_market

CATALOG = load_catalog()
EVERYTHING = {"gpus": "any", "counts": "any", "tiers": ["on_demand", "spot"]}


def test_nothing_doubtful_is_in_by_default() -> None:
    market = open_market(Hardware.model_validate(EVERYTHING), CATALOG)
    offers = market.offers
    assert not offers.retired.any()
    assert not offers.marketplace.any()
    assert not (offers.confidence == "low").any()
    assert (offers.age_months <= STALE_MONTHS).all()
    vendors = {CATALOG.gpus[g].vendor.lower() for g in np.unique(offers.gpu)}
    assert vendors == {"nvidia"}
    assert sum(market.removed.values()) + len(offers) == len(CATALOG.offers)


@pytest.mark.parametrize("name", list(FILTERS))
def test_one_line_turns_a_filter_off(name: str) -> None:
    others = [other for other in FILTERS if other != name]
    closed = open_market(Hardware.model_validate(EVERYTHING | {"allow": others}), CATALOG)
    assert set(closed.removed) == {name}
    everything = open_market(Hardware.model_validate(EVERYTHING | {"allow": list(FILTERS)}), CATALOG)
    assert not everything.removed
    assert len(everything.offers) == len(CATALOG.offers)


def test_naming_is_asking() -> None:
    vast = open_market(Hardware.model_validate({"providers": ["vast"]}), CATALOG)
    assert "marketplace" not in vast.removed
    amd = open_market(Hardware.model_validate({"gpus": ["mi300x"]}), CATALOG)
    assert "non_nvidia" not in amd.removed


def test_tiers_not_asked_for_are_not_counted() -> None:
    market = open_market(Hardware.model_validate({"gpus": ["l4"], "tiers": ["on_demand"]}), CATALOG)
    assert not market.offers.spot.any()
    assert "derived_spot" not in market.removed
    assert not market.unpriced_spot


def test_unknown_spot_prices_are_counted_by_provider() -> None:
    market = open_market(Hardware.model_validate({"gpus": ["h100"], "tiers": ["on_demand", "spot"]}), CATALOG)
    assert market.unpriced_spot["azure"] > 0


def test_any_region_satisfies_no_residency_rule() -> None:
    market = open_market(Hardware.model_validate({"regions": ["eu-west-1"], "allow": list(FILTERS)}), CATALOG)
    assert set(market.offers.region.tolist()) == {"eu-west-1"}


def test_shapes_are_distinct() -> None:
    market = open_market(Hardware.model_validate(EVERYTHING), CATALOG)
    pairs = np.stack([market.shapes.gpu, market.shapes.count], axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    np.testing.assert_array_equal(market.shapes.gpu[market.shape_of_offer], market.offers.gpu)
    np.testing.assert_array_equal(market.shapes.count[market.shape_of_offer], market.offers.gpu_count)
