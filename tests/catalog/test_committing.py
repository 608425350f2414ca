"""Committed prices derived from discounts: by hand, and where none can be had."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.catalog.committing import derived_commitments, fitting
from planner.catalog.loader import load_catalog
from planner.catalog.prices.row import TIERS as ROW_TIERS
from planner.catalog.rows import Offers
from planner.scenario.tiers import COMMITTED, TIERS


@cache
def derived() -> Offers:
    return derived_commitments(load_catalog(), COMMITTED)


def priced(provider: str, tier: str, gpu: str = "") -> dict[tuple[str, str], float]:
    """Committed price over that on demand, by instance and region."""
    catalog = load_catalog()
    base = catalog.offers
    plain = (base.tier == "on_demand") & (base.service == "vm")
    keys = zip(base.provider.tolist(), base.instance.tolist(), base.region.tolist(), strict=True)
    on_demand = {key: usd for key, usd, it in zip(keys, base.price_usd_per_hour.tolist(), plain, strict=True) if it}
    o = derived()
    rows = np.flatnonzero((o.tier == tier) & (o.provider == o.providers.index(provider)))
    return {
        (str(o.instance[k]), str(o.region[k])): float(o.committed_usd_per_hour[k])
        / on_demand[int(o.provider[k]), str(o.instance[k]), str(o.region[k])]
        for k in rows
        if catalog.gpus[o.gpu[k]].id.startswith(gpu)
    }


def test_scenarios_and_price_lists_name_the_same_tiers() -> None:
    assert TIERS == ROW_TIERS
    assert COMMITTED == ("reserved_1y", "reserved_3y", "savings_1y", "savings_3y")


@pytest.mark.parametrize(
    ("tier", "share"),
    [("reserved_1y", 0.63), ("reserved_3y", 0.45), ("savings_1y", 0.75), ("savings_3y", 0.48)],
)
def test_google_takes_its_own_discounts_off(tier: str, share: float) -> None:
    """37 % off leave 63 %, which is the break-even utilisation of DOMAIN T-10.3."""
    found = priced("gcp", tier)
    assert len(found) > 100
    assert list(found.values()) == pytest.approx([share] * len(found))


def test_what_is_typical_of_a_card_holds_where_the_provider_says_nothing() -> None:
    assert set(map(round, (1e6 * share for share in priced("aws", "reserved_1y").values()))) == {650_000}
    assert priced("aws", "reserved_1y") == priced("aws", "reserved_1y", "h")


def test_an_upper_bound_alone_is_no_price() -> None:
    """AWS and Azure print what three years save at most; what is typical of the card does not replace that."""
    assert not priced("aws", "reserved_3y")
    assert not priced("aws", "savings_3y")
    assert not priced("azure", "reserved_3y")


def test_they_are_marked_and_no_better_trusted_than_what_they_come_from() -> None:
    o, catalog = derived(), load_catalog()
    assert o.derived_term.all()
    assert (o.price_usd_per_hour == o.committed_usd_per_hour).all()
    assert not (o.spot | o.marketplace).any()
    assert set(o.service.tolist()) == {"vm"}
    of_google = np.isin(o.tier, ["reserved_1y", "reserved_3y"]) & (o.provider == o.providers.index("gcp"))
    assert (o.confidence[~of_google] == "low").all()
    assert "medium" in o.confidence[of_google]
    assert "high" not in o.confidence
    assert {catalog.gpus[i].vendor.lower() for i in np.unique(o.gpu)} <= {"nvidia", "amd", "intel"}


def test_a_listed_price_is_not_derived_again() -> None:
    catalog = load_catalog()
    o = derived()
    row = int(np.flatnonzero(o.tier == "savings_1y")[0])
    listed = replace(catalog, offers=catalog.offers.and_also(o.take(np.array([row]))))
    again = derived_commitments(listed, ["savings_1y"])
    assert len(again) == int((o.tier == "savings_1y").sum()) - 1
    assert (again.instance[0], again.region[0]) != (o.instance[row], o.region[row])


def test_the_providers_own_discounts_come_first() -> None:
    known = load_catalog().discounts
    assert {d.provider for d in fitting(known, "gcp", "h100-sxm", "1y")} == {"gcp"}
    assert {d.provider for d in fitting(known, "lambda", "h100-sxm", "1y")} == {"any"}
    assert fitting(known, "lambda", "l4", "1y") == []
