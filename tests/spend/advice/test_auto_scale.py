"""Replicas that each hour needed."""

import datetime
from typing import Any

import numpy as np
import pytest

from planner.scenario.hardware import Hardware
from planner.space.offers import open_market
from planner.spend.advice.auto_scale import find, needed
from planner.spend.store import Store
from tests.spend.advice.past import END, blank, catalog, history, hourly

CHAT: dict[str, Any] = {"deployment": "chat", "gpu": "h100-sxm", "gpu_count": 2.0, "replicas": 4.0}


def asked(store: Store, requests: str, hours: int) -> None:
    store.connection.execute(
        "INSERT INTO usage BY NAME SELECT ?::TIMESTAMP + INTERVAL 1 HOUR * i AS hour, 'chat' AS deployment, "
        f"({requests})::DOUBLE AS requests FROM range(?) t(i)",
        [END - datetime.timedelta(hours=hours), hours],
    )


def test_hand_computed_need() -> None:
    # 100 in the busiest hour on 4 replicas: 25 each. An hour keeps what the one before needed.
    assert needed(np.array([10.0, 100.0, 30.0, 0.0, 26.0, 0.0]), 4).tolist() == [1, 4, 4, 2, 2, 2]
    assert needed(np.zeros(3), 4).tolist() == [1, 1, 1]


@pytest.mark.parametrize("seed", range(4))
def test_as_a_loop_would(seed: int) -> None:
    requests = np.random.default_rng(seed).integers(0, 500, 50).astype(float)
    each = requests.max() / 7
    alone = [max(1, int(np.ceil(r / each - 1e-9))) for r in requests]
    wanted = [max(a, b) for a, b in zip(alone, [alone[0], *alone], strict=False)]
    assert needed(requests, 7).tolist() == wanted


def test_spare_replica_hours_at_the_bills_price() -> None:
    with blank({"deployments": [CHAT | {"started": END - datetime.timedelta(days=28)}]}) as store:
        hourly(store, "8", 2.0, 28 * 24)
        asked(store, "CASE WHEN i % 24 < 12 THEN 100 ELSE 20 END", 28 * 24)
        (found,) = find(history(store))
    # By day 4, by night 1 but for its first hour: 11 hours a night with 3 spare, of 2 GPUs at $2.
    assert found.saving_usd == pytest.approx(28 * 11 * 3 * 4.0)
    assert len(found.savings_usd) == 4
    assert "as the bill has it" in found.basis
    assert found.at_most == "medium"  # all hours of the card that no run had


def test_only_what_is_on_demand_can_be_given_back() -> None:
    started = END - datetime.timedelta(days=28)
    names = [{"resource": "i-1", "resource_name": "chat-0"}]
    with blank({"deployments": [CHAT | {"started": started, "model": "m"}], "cells": names}) as store:
        asked(store, "CASE WHEN i % 24 < 12 THEN 100 ELSE 20 END", 28 * 24)
        hourly(store, "6", 1.4, 28 * 24, pricing_category="Committed", model="m")
        hourly(store, "4", 2.0, 28 * 24, model="another")
        assert list(find(history(store))) == []
        hourly(store, "2", 2.0, 28 * 24, model="m", resource="i-1")
        (found,) = find(history(store))
    assert found.saving_usd == pytest.approx(28 * 11 * 2 * 2.0)  # of six spare GPUs two were on demand
    assert found.at_most == "high"
    assert found.touched.items == {"deployment chat", "resource i-1", "resource chat-0"}


def test_without_a_bill_the_catalogs_cheapest_price_counts_a_little() -> None:
    with blank({"deployments": [CHAT | {"started": END - datetime.timedelta(days=28)}]}) as store:
        asked(store, "CASE WHEN i % 24 < 12 THEN 100 ELSE 20 END", 28 * 24)
        (found,) = find(history(store))
    known = open_market(Hardware(gpus=["h100-sxm"]), catalog()).offers
    cheapest = float(np.nanmin(known.price_usd_per_hour / known.gpu_count))
    assert found.saving_usd == pytest.approx(28 * 11 * 6 * cheapest)
    assert found.at_most == "low"


@pytest.mark.parametrize("what", ["even", "one", "short", "silent", "no_card"])
def test_absent(what: str) -> None:
    days = 7 if what == "short" else 28
    replicas, gpu = (1.0 if what == "one" else 4.0), ("" if what == "no_card" else "h100-sxm")
    one = CHAT | {"started": END - datetime.timedelta(days=days), "replicas": replicas, "gpu": gpu}
    with blank({"deployments": [one]}) as store:
        hourly(store, "8", 2.0, days * 24)
        if what != "silent":
            asked(store, "100" if what == "even" else "CASE WHEN i % 24 < 12 THEN 100 ELSE 20 END", days * 24)
        assert list(find(history(store))) == []
