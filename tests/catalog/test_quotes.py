"""What other tools print, and what is derived from it, row by row."""

import csv

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.quoted import Discount, Surcharge
from planner.resources import CATALOG_DATA
from planner.units import earliest_day

CATALOG = load_catalog()
HOME = {"aws": "us-east-1", "gcp": "us-central1", "azure": "eastus"}
"""Region that a quote without one is compared in."""


def rows(file: str) -> list[dict[str, str]]:
    lines = (CATALOG_DATA / file).read_text("utf-8").splitlines(keepends=True)
    return list(csv.DictReader(lines[1:]))


def test_every_row_of_the_files_is_in_the_catalog() -> None:
    assert len(CATALOG.quotes) == len(rows("reference_prices.csv")) == 43
    assert len(CATALOG.quoted_runs) == len(rows("reference_benchmarks.csv")) == 15
    assert len(CATALOG.claims) == len(rows("reference_scores.csv")) == 12
    assert len(CATALOG.discounts) == len(rows("discounts.csv"))
    assert {quote.as_of for quote in CATALOG.quotes} == {"2024"}
    assert {claim.standing for claim in CATALOG.claims} == {"claim"}
    assert {score.standing for score in CATALOG.scores} == {"published", "unconfirmed"}


def test_only_providers_without_a_price_list_are_offered_at_quoted_prices() -> None:
    offers = CATALOG.offers
    quoted = offers.confidence == "quoted"
    assert {offers.providers[p] for p in offers.provider[quoted]} == {"huggingface"}
    assert dict(zip(offers.instance[quoted].tolist(), offers.price_usd_per_hour[quoted].tolist(), strict=True)) == {
        "T4": 0.60, "A10G": 1.30, "A100": 4.13,
    }  # fmt: skip
    assert (offers.max_run_hours[quoted] == 48).all()
    assert (offers.country[quoted] == "").all()


@pytest.mark.parametrize("service", CATALOG.surcharges, ids=lambda s: s.service)
def test_surcharges_are_what_the_quotes_give(service: Surcharge) -> None:
    """The ratio of every quote of the service over the machine's own price, where both name the same card."""
    machines = {
        (r["instance_type"], r["gpu"]): float(r["price_usd_per_hour"])
        for r in rows("prices.csv")
        if (r["provider"], r["region"]) == (service.provider, HOME[service.provider])
    }
    ratios = [
        float(r["price_usd_per_hour"]) / machines[key] - 1
        for r in rows("reference_prices.csv")
        if r["service"] == service.service
        for key in [(r["instance_type"].removeprefix(service.prefix), r["gpu"])]
        if key in machines
    ]
    printed = next(r for r in rows("surcharges.csv") if r["service"] == service.service)
    assert min(ratios) == pytest.approx(float(printed["quoted_low"]), abs=0.001)
    assert max(ratios) == pytest.approx(float(printed["quoted_high"]), abs=0.001)
    assert 0 <= service.low <= service.share <= service.high < 0.5
    assert len(printed["derivation"]) > 40
    assert earliest_day(service.as_of) <= earliest_day(CATALOG.as_of)


@pytest.mark.parametrize("service", CATALOG.surcharges, ids=lambda s: s.service)
def test_managed_offers_are_their_machines_and_the_surcharge(service: Surcharge) -> None:
    offers = CATALOG.offers
    machine = {
        (str(offers.instance[i]), str(offers.region[i])): i
        for i in np.flatnonzero((offers.service == "vm") & ~offers.spot)
        if offers.providers[offers.provider[i]] == service.provider
    }
    mine = np.flatnonzero(offers.service == service.service)
    assert len(mine) > 100
    assert (offers.confidence[mine] == "low").all()
    assert not offers.spot[mine].any()
    families = set()
    for i in mine:
        name = str(offers.instance[i])
        assert name.startswith(service.prefix)
        base = machine[name.removeprefix(service.prefix), str(offers.region[i])]
        families |= {f for f in service.families if name.removeprefix(service.prefix).startswith(f)}
        assert offers.price_usd_per_hour[i] == pytest.approx(offers.price_usd_per_hour[base] * (1 + service.share))
        assert (offers.gpu[i], offers.gpu_count[i]) == (offers.gpu[base], offers.gpu_count[base])
        assert offers.boot_s[i] == offers.boot_s[base] + service.extra_boot_s
    assert families == set(service.families), "a family without a machine"


@pytest.mark.parametrize("discount", CATALOG.discounts, ids=lambda d: f"{d.provider} {d.term} {d.plan}")
def test_discounts(discount: Discount) -> None:
    assert discount.provider in {"any", *(p.id for p in CATALOG.providers)}
    assert 0 < discount.high < 1
    assert np.isnan(discount.low) or 0 < discount.low <= discount.high
    assert discount.confidence in ("low", "medium")
    assert earliest_day(discount.as_of) <= earliest_day(CATALOG.as_of)


def test_three_years_take_off_more_than_one() -> None:
    for one in CATALOG.discounts:
        longer = [d for d in CATALOG.discounts if (d.provider, d.gpus, d.plan, d.term) == (
            one.provider, one.gpus, one.plan, "3y")]  # fmt: skip
        assert one.term == "3y" or all(d.high > one.high for d in longer)


def test_every_region_with_a_price_has_a_country_except_any() -> None:
    known = {(r["provider"], r["region"]): r["country"] for r in rows("regions.csv")}
    priced = {(r["provider"], r["region"]) for r in rows("prices.csv")}
    assert {region for _, region in priced - known.keys()} == {"any"}
    assert not known.keys() - priced
    offers = CATALOG.offers
    for i in range(len(offers)):
        place = offers.providers[offers.provider[i]], str(offers.region[i])
        assert offers.country[i] == known.get(place, "")


def test_country_groups() -> None:
    union, area = (set(CATALOG.country_groups[name]) for name in ("EU", "EEA"))
    assert len(union) == 27
    assert area - union == {"IS", "LI", "NO"}
    assert union < area
