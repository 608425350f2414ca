"""Commitments of a user's own: fixed rates and percentages per committed hour, beside what is listed or derived."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.outcome import Configuration
from planner.planning import check_scenario, plan_ready, read_scenario
from planner.source import InvalidInput
from planner.space.offers import Market
from tests.planning.test_overlays import EDP, NODE, RATE, SCENARIO, one, write

LIST_USD = 55.04
"""p5.48xlarge on demand in us-east-1."""
COMMITTED = RATE | {"tier": "reserved_1y", "price": 30}
QUOTED = EDP | {"tiers": ["reserved_1y"], "off": "on_demand", "percent": 40}


def hardware(*tiers: str, utilisation: float = 0.8, **more: Any) -> dict[str, Any]:
    return {"hardware": SCENARIO["hardware"] | {"tiers": [*tiers], "commitment": {"utilisation": utilisation}} | more}


def market(folder: Path, scenario: dict[str, Any], *overlays: dict[str, Any]) -> Market:
    return read_scenario(write(folder, scenario, *overlays)).space.market


def cheapest(folder: Path, scenario: dict[str, Any], *overlays: dict[str, Any]) -> Configuration:
    return plan_ready(read_scenario(write(folder, scenario, *overlays)), brief=True).front[0]


def test_a_fixed_rate_is_per_committed_hour(tmp_path: Path) -> None:
    """Used to 80 %, $30.00 a committed hour are $37.50 an hour of use (DOMAIN 10); it pays above 30 / 55.04."""
    found = cheapest(tmp_path, hardware("reserved_1y"), {"offers": [COMMITTED]})
    terms, offer = found.offer.commitment, found.offer
    assert terms is not None
    assert (offer.tier, offer.price_usd_per_hour, terms.usd_per_committed_hour) == ("reserved_1y", 37.5, 30.0)
    assert (terms.derived, terms.on_demand_usd_per_hour) == (False, LIST_USD)
    assert terms.break_even_utilisation == pytest.approx(30 / LIST_USD)
    assert (offer.as_of, offer.price_confidence) == ("2026-11-01", "high")
    assert offer.private == "fixed rate: contract 4711 (acme-0), until 2027-10-31"
    on_demand = one(SCENARIO)
    assert found.cost_parts.compute == pytest.approx((on_demand.cost_parts.compute or 0) * 37.5 / LIST_USD)


def test_the_plan_tells_it_per_committed_hour(tmp_path: Path) -> None:
    plan = plan_ready(
        read_scenario(write(tmp_path, hardware("savings_3y"), {"offers": [COMMITTED | {"tier": "savings_3y"}]})),
        brief=True,
    )
    rows = {a.key: (a.value, a.note) for a in plan.assumptions}
    assert rows["price aws p5.48xlarge in us-east-1 (savings_3y)"] == (
        "not listed → $30.00 per committed hour", "fixed rate: contract 4711 (acme-0), until 2027-10-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("overlays", "usd"),
    [
        ([{"discounts": [QUOTED]}], 0.6 * LIST_USD),
        # Off the list on demand, whatever the contract on demand is.
        ([{"discounts": [EDP, QUOTED]}], 0.6 * LIST_USD),
        ([{"offers": [RATE], "discounts": [QUOTED]}], 0.6 * LIST_USD),
        ([{"offers": [COMMITTED], "discounts": [QUOTED]}], 30.0),
        ([{"offers": [COMMITTED]}, {"discounts": [QUOTED]}], 30.0),
        ([{"discounts": [QUOTED | {"percent": 20}, QUOTED]}], 0.6 * LIST_USD),
        ([{"discounts": [QUOTED]}, {"discounts": [QUOTED | {"percent": 20}]}], 0.8 * LIST_USD),
    ],
)
def test_layers(tmp_path: Path, overlays: list[dict[str, Any]], usd: float) -> None:
    found = market(tmp_path, hardware("reserved_1y"), *overlays).offers
    assert found.committed_usd_per_hour.tolist() == pytest.approx([usd])
    assert found.price_usd_per_hour.tolist() == pytest.approx([usd / 0.8])
    assert not found.derived_term.any()


def test_it_wins_over_what_is_derived_and_the_others_stay_derived(tmp_path: Path) -> None:
    asked = hardware("reserved_1y", "savings_1y", regions="any", allow=["derived_commitment"])
    plain, mine = market(tmp_path, asked, {}).offers, market(tmp_path, asked, {"offers": [COMMITTED]}).offers
    before, after = (dict(zip(o.identities(), o.committed_usd_per_hour.tolist(), strict=True)) for o in (plain, mine))
    changed = {key for key in after if after[key] != before.get(key)}
    assert before.keys() == after.keys()
    assert changed == {("aws", "vm", "p5.48xlarge", "us-east-1", "reserved_1y")}
    assert np.flatnonzero(~mine.derived_term).tolist() == [mine.identities().index(next(iter(changed)))]


def test_a_percentage_off_a_listed_commitment(tmp_path: Path) -> None:
    """A list with committed prices, as a snapshot has it, is what the percentage is taken off."""
    catalog = load_catalog()
    row = catalog.offers.identities().index(("aws", "vm", "p5.48xlarge", "us-east-1", "on_demand"))
    listed = replace(
        catalog.offers.take(np.array([row])),
        term=np.array(["reserved_1y"]), price_usd_per_hour=np.array([35.0]), committed_usd_per_hour=np.array([35.0]),
    )  # fmt: skip
    catalog = replace(catalog, offers=catalog.offers.and_also(listed))
    asked = hardware("reserved_1y")
    for off, usd in (("list", 0.9 * 35.0), ("on_demand", 0.9 * LIST_USD)):
        path = write(tmp_path, asked, {"discounts": [QUOTED | {"percent": 10, "off": off}]})
        ready = read_scenario(path, catalog)
        assert ready.space.market.offers.committed_usd_per_hour.tolist() == pytest.approx([usd])
        private = ready.catalog.own.prices["aws", "vm", "p5.48xlarge", "us-east-1", "reserved_1y"]
        assert private.listed_usd_per_hour == 35.0
        assert private.how == f"10 % off the list{' price on demand' * (off == 'on_demand')}"


def test_no_list_price_to_take_it_off_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, {}, {"discounts": [QUOTED | {"off": "list", "tiers": ["on_demand", "reserved_1y"]}]})
    (problem,), _ = check_scenario(path)
    assert (problem.severity, problem.at) == ("warning", "discounts[0].tiers")
    assert problem.message == (
        "overlay acme-0: no list has a price for reserved_1y that 40 % could be taken off at aws: "
        "write off: on_demand where the percentage is off the price on demand"
    )


@pytest.mark.parametrize("tiers", [["on_demand", "reserved_1y"], ["spot"], None])
def test_off_on_demand_is_for_commitments(tmp_path: Path, tiers: list[str] | None) -> None:
    line = {key: value for key, value in (QUOTED | {"tiers": tiers}).items() if value is not None}
    with pytest.raises(InvalidInput, match="off: on_demand is for commitments alone, and tiers is"):
        read_scenario(write(tmp_path, {}, {"discounts": [line]}))


def test_a_machine_of_ones_own_can_be_committed_to(tmp_path: Path) -> None:
    asked = hardware("reserved_3y", providers=["aws"], gpus=["h100-sxm"], regions=["dc1"])
    line = NODE | {"provider": "aws", "tier": "reserved_3y", "price": 12}
    found = market(tmp_path, asked, {"offers": [line]}).offers
    assert found.committed_usd_per_hour.tolist() == [12.0]
    assert found.price_usd_per_hour.tolist() == [15.0]


def test_two_rates_for_the_same_commitment_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\(reserved_1y\) has a rate in offers\[0\] for the same days"):
        read_scenario(write(tmp_path, hardware("reserved_1y"), {"offers": [COMMITTED, COMMITTED | {"price": 31}]}))
    ready = read_scenario(write(tmp_path, {}, {"offers": [RATE, COMMITTED]}))
    assert [key[4] for key in ready.catalog.own.prices] == ["on_demand", "reserved_1y"]
