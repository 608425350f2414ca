"""Locked prices laid on another catalog: every row as it was, where it was, with the terms it had."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.rows import Offers
from planner.locking.choosing import CATALOG as OWN_PRICES
from planner.locking.lock import read_lock
from planner.locking.prices import edited, lay
from planner.locking.table import Key, priced
from planner.planning import plan_ready, read_scenario
from tests.locking.catalogs import CATALOG, LATER, SCENARIO, figures, later, lock, with_offers

OLD = priced(CATALOG.offers, CATALOG.gpus)
TERMS = (
    "granularity_s", "minimum_s", "queue_s", "boot_s", "image_pull_s", "weights_gb_per_s", "max_run_hours",
    "preemption_per_hour", "preemption_cv", "wait_hours", "spot_rate", "storage_usd_per_gb_month", "egress_usd_per_gb",
    "egress_free_gb", "country", "availability", "grid_kg_per_kwh", "pue", "age_months", "gpu", "gpu_count",
    "memory_gib", "vcpus", "rate",
)  # fmt: skip


def by_machine(offers: Offers) -> dict[Key, list[tuple[str, str]]]:
    """Provider, service and instance → regions and tiers in their order."""
    found: dict[Key, list[tuple[str, str]]] = {}
    for one in priced(offers, CATALOG.gpus):
        found.setdefault((one.provider, one.service, one.instance, "", ""), []).append((one.region, one.tier))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_everything_comes_back_as_it_was(seed: int) -> None:
    today = later(seed)
    new = frozenset(one.key for one in priced(today.offers, today.gpus)) - {one.key for one in OLD}
    laid = lay(OLD, CATALOG.as_of, today, new)
    assert laid.lost == ()
    assert laid.returned == len(OLD) - (len(today.offers) - len(new)) > 0
    assert laid.moved > 0
    back = laid.catalog.offers
    assert edited(priced(back, CATALOG.gpus), CATALOG) == ()
    at = {one.key: row for row, one in enumerate(priced(back, CATALOG.gpus))}
    same = back.take(np.array([at[one.key] for one in OLD]))
    for name in TERMS:
        np.testing.assert_array_equal(getattr(same, name), getattr(CATALOG.offers, name), name)
    # Of equals the first is chosen, so the regions of a machine come in their order.
    before, after = by_machine(CATALOG.offers), by_machine(back)
    kept = {(one.provider, one.service, one.instance, "", "") for one in priced(today.offers, today.gpus)}
    assert kept & before.keys()
    assert {key: after[key] for key in kept & before.keys()} == {key: before[key] for key in kept & before.keys()}


def test_offers_that_came_later_stay_unless_they_are_taken_out() -> None:
    today = later(1)
    new = {one.key for one in priced(today.offers, today.gpus)} - {one.key for one in OLD}
    assert new
    with_new = {one.key for one in priced(lay(OLD, CATALOG.as_of, today).catalog.offers, CATALOG.gpus)}
    assert new <= with_new


def test_a_card_that_nobody_knows_any_more_is_lost() -> None:
    one = replace(OLD[0], instance="ancient", gpu="abacus")
    laid = lay([one], LATER, CATALOG)
    assert laid.lost == (f"{one.provider} ancient in {one.region}",)
    assert len(laid.catalog.offers) == len(CATALOG.offers)


def test_a_machine_with_another_card_today_has_the_rate_of_its_own() -> None:
    """Rates go by provider, region, card and number of cards: AWS has a row for the V100 in us-east-1."""
    old = CATALOG.offers
    narrow = [not rate.whole_provider for rate in CATALOG.spot_rates]
    mine = np.flatnonzero(old.spot & (old.spot_rate >= 0) & np.array(narrow)[old.spot_rate])[:3]
    others = np.flatnonzero((old.provider == old.provider[mine[0]]) & (old.spot_rate != old.spot_rate[mine[0]]))
    assert len(mine) > 1
    assert len(others) > 0
    card, count, rate = old.gpu.copy(), old.gpu_count.copy(), {}
    for name in ("preemption_per_hour", "preemption_cv", "wait_hours", "spot_rate", "availability"):
        rate[name] = getattr(old, name).copy()
        rate[name][mine] = getattr(old, name)[others[0]]
    card[mine[0]], count[mine[1:]] = old.gpu[others[0]], old.gpu_count[mine[1:]] + 100
    today = with_offers(CATALOG, replace(old, gpu=card, gpu_count=count, **rate))
    back = lay(OLD, CATALOG.as_of, today).catalog.offers
    for name in TERMS:
        np.testing.assert_array_equal(getattr(back, name), getattr(old, name), name)


def test_a_card_that_nobody_knows_any_more_is_not_replaced_by_today_s() -> None:
    one = replace(OLD[0], gpu="abacus", usd_per_hour=0.01)
    laid = lay([one], LATER, CATALOG)
    assert laid.lost == (f"{one.provider} {one.instance} in {one.region}",)
    assert (laid.moved, laid.returned) == (0, 0)
    assert laid.catalog.offers.price_usd_per_hour[0] == OLD[0].usd_per_hour


def test_long_names_are_not_cut() -> None:
    one = replace(OLD[0], instance="x" * 90)
    back = lay([one], LATER, CATALOG).catalog.offers
    assert "x" * 90 in back.instance.tolist()


def test_a_spot_machine_brings_its_price_on_demand_along(tmp_path: Path) -> None:
    """Plans say from which rate on the same machine on demand is cheaper, though it is no candidate."""
    path = tmp_path / "bot.yaml"
    path.write_text(SCENARIO.replace("tiers: [on_demand, spot]", "tiers: [spot]"))
    tiers = {one.tier for one in read_lock(lock(path, CATALOG)).offers}
    assert tiers == {"spot", "on_demand"}
    offers = CATALOG.offers
    dearer = replace(offers, price_usd_per_hour=offers.price_usd_per_hour * np.where(offers.spot, 1.0, 1.4))
    today = with_offers(CATALOG, dearer)
    then = plan_ready(read_scenario(path, CATALOG, prices=OWN_PRICES))
    assert any(c.offer.preemption_break_even_per_hour for c in then.front)
    assert figures(plan_ready(read_scenario(path, today))) == figures(then)
    assert figures(plan_ready(read_scenario(path, today, prices=OWN_PRICES))) != figures(then)


def test_a_derived_committed_price_rests_on_the_locked_price_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(
        SCENARIO.replace("tiers: [on_demand, spot]", "tiers: [reserved_1y], commitment: {utilisation: 70 %}")
    )
    assert {one.tier for one in read_lock(lock(path, CATALOG)).offers} == {"on_demand"}
    offers = CATALOG.offers
    today = with_offers(CATALOG, replace(offers, price_usd_per_hour=offers.price_usd_per_hour * 1.4))
    then = plan_ready(read_scenario(path, CATALOG, prices=OWN_PRICES))
    assert {c.offer.tier for c in then.front} == {"reserved_1y"}
    assert figures(plan_ready(read_scenario(path, today))) == figures(then)
    assert figures(plan_ready(read_scenario(path, today, prices=OWN_PRICES))) != figures(then)


def test_a_listed_committed_price_is_locked_and_comes_back(tmp_path: Path) -> None:
    offers = CATALOG.offers
    base = offers.take(
        np.flatnonzero((offers.tier == "on_demand") & (offers.provider == offers.providers.index("gcp")))
    )
    cheaper = base.price_usd_per_hour * 0.5
    listed = replace(
        base,
        term=np.full(len(base), "reserved_3y"),
        price_usd_per_hour=cheaper,
        committed_usd_per_hour=cheaper,
    )
    then = with_offers(CATALOG, offers.and_also(listed), LATER, "c" * 64)
    path = tmp_path / "bot.yaml"
    path.write_text(SCENARIO.replace("tiers: [on_demand, spot]", "tiers: [reserved_3y], commitment: {utilisation: 1}"))
    assert {one.tier for one in read_lock(lock(path, then)).offers} == {"on_demand", "reserved_3y"}
    was = plan_ready(read_scenario(path, then, prices=OWN_PRICES))
    assert not any(c.offer.commitment is None or c.offer.commitment.derived for c in was.front)
    assert figures(plan_ready(read_scenario(path, CATALOG))) == figures(was)
