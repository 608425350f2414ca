"""What would have held the sampled work, and what it costs for the hours that were billed."""

import pytest

from planner.spend.advice.sizing import find
from tests.spend.advice.past import blank, catalog, history, hourly
from tests.spend.advice.test_idle import sampled

WEEK = 168


def test_little_used_cards_move_to_cheaper_ones() -> None:
    with blank() as store:
        hourly(store, "8", 6.88, 4 * WEEK, resource="i-1")
        sampled(store, "i-1", "0.10 + 0.10 * (i % 7 = 0)::INT", 4 * WEEK, peak_gib=12.0)
        found = {one.kind: one for one in find(history(store))}
    other = found["cheaper_card"]
    offers = catalog().offers
    prices = {
        float(offers.price_usd_per_hour[row]) for row in range(len(offers))
        if offers.providers[offers.provider[row]] == "aws" and not offers.spot[row]
    }  # fmt: skip
    new = 8 * 6.88 - other.saving_usd / (4 * WEEK)
    assert any(new == pytest.approx(price) for price in prices)
    assert other.about == "h100-sxm at aws"
    assert "i-1" in other.text
    assert "20%" in other.basis.replace(" %", "%")


def test_cards_that_hardly_do_anything_share_one() -> None:
    with blank() as store:
        hourly(store, "8", 6.88, 4 * WEEK, resource="i-1")
        sampled(store, "i-1", "0.06", 4 * WEEK, peak_gib=5.0)
        found = {one.kind: one for one in find(history(store))}
    one = found["right_size"]  # 8 * 5.5 GiB and 8 * 6 % are within one card's 79 GiB and 80 %
    assert "1x h100-sxm" in one.text
    offers = catalog().offers
    single = min(
        float(offers.price_usd_per_hour[row]) for row in range(len(offers))
        if offers.providers[offers.provider[row]] == "aws" and offers.tier[row] == "on_demand"
        and catalog().gpus[offers.gpu[row]].id == "h100-sxm" and offers.gpu_count[row] == 1
        and offers.service[row] == "vm"
    )  # fmt: skip
    assert one.saving_usd == pytest.approx(4 * WEEK * (8 * 6.88 - single))


@pytest.mark.parametrize("what", ["full", "busy", "short", "little_sampled", "blind"])
def test_absent(what: str) -> None:
    hours = WEEK if what == "short" else 4 * WEEK
    with blank() as store:
        hourly(store, "8", 2.0, hours, resource="i-1")  # cheaper than any other of that size
        busy = {"busy": "0.99", "blind": "0.5"}.get(what, "0.5")
        sampled(store, "i-1", busy, hours, 79.0 if what == "full" else 40.0)
        if what == "little_sampled":  # a day at either end
            store.connection.execute("DELETE FROM gpu_samples WHERE hour BETWEEN '2026-10-05' AND '2026-10-31'")
        if what == "blind":
            store.connection.execute("UPDATE gpu_samples SET peak_memory_gib = NULL")
        assert list(find(history(store))) == []
