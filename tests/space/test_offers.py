"""Default filters: what is off, how it is counted, and the one line that turns it on."""

from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.committing import derived_commitments
from planner.catalog.loader import load_catalog
from planner.scenario.hardware import Hardware
from planner.scenario.tiers import COMMITTED, TIERS
from planner.space.offers import STALE_MONTHS, SWITCHES, countries_of, open_market, turn_off

CATALOG = load_catalog()
EVERYTHING = {"gpus": "any", "counts": "any", "tiers": ["on_demand", "spot"]}
COMMITTING = replace(CATALOG, offers=CATALOG.offers.and_also(derived_commitments(CATALOG, COMMITTED)))


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


@pytest.mark.parametrize("name", list(SWITCHES))
def test_one_line_turns_a_filter_off(name: str) -> None:
    others = [other for other in SWITCHES if other != name]
    asked = EVERYTHING | {"tiers": list(TIERS)}
    closed = open_market(Hardware.model_validate(asked | {"allow": others}), COMMITTING)
    assert set(closed.removed) == {name}
    everything = open_market(Hardware.model_validate(asked | {"allow": list(SWITCHES)}), COMMITTING)
    assert not everything.removed
    assert len(everything.offers) == len(COMMITTING.offers)


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
    market = open_market(Hardware.model_validate({"regions": ["eu-west-1"], "allow": list(SWITCHES)}), CATALOG)
    assert set(market.offers.region.tolist()) == {"eu-west-1"}


def test_shapes_are_distinct() -> None:
    market = open_market(Hardware.model_validate(EVERYTHING), CATALOG)
    pairs = np.stack([market.shapes.gpu, market.shapes.count], axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    np.testing.assert_array_equal(market.shapes.gpu[market.shape_of_offer], market.offers.gpu)
    np.testing.assert_array_equal(market.shapes.count[market.shape_of_offer], market.offers.gpu_count)


def test_managed_services_are_off_until_allowed_or_named() -> None:
    plain = open_market(Hardware.model_validate({"gpus": ["a100"]}), CATALOG)
    assert set(plain.offers.service.tolist()) == {"vm"}
    assert plain.removed["managed"] > 0
    allowed = open_market(Hardware.model_validate({"gpus": ["a100"], "allow": ["managed"]}), CATALOG)
    assert {"sagemaker", "vertex", "azureml", "vm"} == set(allowed.offers.service.tolist())
    named = open_market(Hardware.model_validate({"gpus": ["a100"], "services": ["sagemaker"]}), CATALOG)
    assert {str(name) for name in named.offers.instance} == {"ml.p4d.24xlarge", "ml.p4de.24xlarge"}
    assert not {"managed", "low_confidence"} & set(named.removed)


def test_one_line_allows_quoted_prices_however_old() -> None:
    space = {"providers": ["huggingface"], "tiers": ["on_demand"]}
    closed = open_market(Hardware.model_validate(space), CATALOG)
    assert closed.removed == {"quoted": 3}
    opened = open_market(Hardware.model_validate(space | {"allow": ["quoted"]}), CATALOG)
    assert len(opened.offers) == 3
    assert (opened.offers.age_months > STALE_MONTHS).all()
    assert (opened.offers.max_run_hours == 48).all()


def test_residency_takes_countries_and_groups_and_never_what_is_unknown() -> None:
    everything = EVERYTHING | {"allow": list(SWITCHES)}
    union = open_market(Hardware.model_validate(everything | {"residency": ["EU"]}), CATALOG)
    found = set(union.offers.country.tolist())
    assert {"DE", "FR", "IE", "FI"} <= found <= set(CATALOG.country_groups["EU"])
    assert union.removed["residency"] == len(CATALOG.offers) - len(union.offers)
    some = open_market(Hardware.model_validate(everything | {"residency": ["no", "CH"]}), CATALOG)
    assert set(some.offers.country.tolist()) == {"NO", "CH"}
    assert not turn_off("residency")
    assert countries_of(["EEA"], CATALOG) - countries_of(["EU"], CATALOG) == {"IS", "LI", "NO"}
    assert not countries_of(["any", "XX", ""], CATALOG)


def test_availability_counts_only_where_it_is_known() -> None:
    hardware = EVERYTHING | {"allow": list(SWITCHES), "min_availability": "95 %"}
    market = open_market(Hardware.model_validate(hardware), CATALOG)
    assert (market.offers.availability >= 0.95).all()
    assert "p5.48xlarge" not in market.offers.instance
    assert {"p4d.24xlarge", "ml.p4d.24xlarge"} <= set(market.offers.instance.tolist())
    assert market.removed["min_availability"] == len(CATALOG.offers) - len(market.offers)
