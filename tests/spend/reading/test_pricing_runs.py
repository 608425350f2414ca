"""What runs cost, by bill, log or catalog, and what bills and runs tell each other."""

import datetime as dt
from typing import Any

import numpy as np

from planner.spend.reading.pricing_runs import card_price, price_runs
from tests.spend.made import charge, made
from tests.spend.reading.read_files import CATALOG

START = dt.datetime(2026, 10, 1)


def run(name: str, **others: Any) -> dict[str, Any]:
    return {"run": name, "started": START, "ended": START + dt.timedelta(hours=10), "day": START.date()} | others


def cheapest(gpu: str, tier: str = "on_demand", provider: str = "", count: int = 0, region: str = "") -> float:
    """By looking at every offer."""
    offers, found = CATALOG.offers, []
    columns = (offers.gpu, offers.tier, offers.provider, offers.region, offers.gpu_count, offers.price_usd_per_hour,
               offers.confidence, offers.retired | offers.marketplace)  # fmt: skip
    for card, way, who, where, cards, price, trust, out in zip(*(one.tolist() for one in columns), strict=True):
        fits = CATALOG.gpus[card].id == gpu and way == tier and not out
        fits &= provider in ("", offers.providers[who]) and (not region or where in (region, "any"))
        if fits:
            found.append((trust not in ("high", "medium"), count != cards, price / cards))
    return float(min(found)[2])


def test_the_bill_comes_before_the_log_and_that_before_the_catalog() -> None:
    tables = {
        "cells": [charge("2026-10-01", 7.5, run="a"), charge("2026-10-02", -0.5, run="a"), charge("2026-10-02", 9)],
        "runs": [
            run("a", cost_usd=99.0, cost_from="log"),
            run("b", cost_usd=4.0, cost_from="log"),
            run("c", gpu="h100-sxm", gpu_count=8.0, provider="aws", tier="spot"),
            run("d", gpu="h100-sxm", gpu_count=1.0),
            run("e", gpu_count=8.0),
            run("f", gpu="h100-sxm", gpu_count=8.0, ended=None),
        ],
    }
    with made(tables) as store:
        for _ in range(2):
            told = price_runs(store, CATALOG)
            assert (told.by_bill, told.by_log, told.by_catalog, told.unknown) == (1, 1, 2, 2)
            costs = {
                name: (cost, where) for name, cost, where in store.rows("SELECT run, cost_usd, cost_from FROM runs")
            }
            assert costs["a"] == (7.0, "bill")
            assert costs["b"] == (4.0, "log")
            assert np.allclose(costs["c"][0], 80 * cheapest("h100-sxm", "spot", "aws", 8))
            assert np.allclose(costs["d"][0], 10 * cheapest("h100-sxm", count=1))
            assert (costs["c"][1], costs["e"], costs["f"]) == ("catalog", (None, ""), (None, ""))


def test_prices_of_the_catalog_are_those_of_what_fits() -> None:
    for gpu, tier, provider, region, count in (
        ("h100-sxm", "", "", "", 8.0), ("a100-80gb-sxm", "spot", "", "", 8.0),
        ("l4", "on_demand", "gcp", "us-central1", 1.0),
    ):  # fmt: skip
        found = card_price(CATALOG, gpu, provider, region, tier, count)
        assert found == cheapest(gpu, tier or "on_demand", provider, int(count), region)
    zone = card_price(CATALOG, "l4", "gcp", "us-central1-a", "", 1.0)
    assert zone == card_price(CATALOG, "l4", "gcp", "us-central1", "", 1.0) is not None
    assert card_price(CATALOG, "h100-sxm", "aws", "on-the-moon", "", 8.0) is None
    assert card_price(CATALOG, "h900", "", "", "", 8.0) is None


def test_bill_and_run_tell_each_other_whose_they_are() -> None:
    tables = {
        "cells": [
            charge("2026-10-01", 1, run="a", team="research", gpu="h100-sxm", provider="aws"),
            charge("2026-10-02", 1, run="a"),
            charge("2026-10-01", 1, run="b"),
            charge("2026-10-01", 1, run="c", team="x"),
            charge("2026-10-01", 1, run="c", team="y"),
            charge("2026-10-01", 1),
        ],
        "runs": [run("a", model="m"), run("b", team="product", model="n"), run("c"), run("")],
        "gpu_hourly": [{"hour": START, "run": "b", "gpu_hours": 1.0}],
    }
    with made(tables) as store:
        told = price_runs(store, CATALOG)
        assert (told.told_by_bill, told.told_by_runs) == (1, 3)
        assert store.rows("SELECT run, team, model, gpu, provider FROM runs ORDER BY run") == [
            ("", "", "", "", ""), ("a", "research", "m", "h100-sxm", "aws"), ("b", "product", "n", "", ""),
            ("c", "", "", "", ""),
        ]  # fmt: skip
        assert store.rows("SELECT run, team, model FROM cells ORDER BY run, team, day") == [
            ("", "", ""), ("a", "research", "m"), ("a", "research", "m"), ("b", "product", "n"), ("c", "x", ""),
            ("c", "y", ""),
        ]  # fmt: skip
        assert store.rows("SELECT team, model FROM gpu_hourly") == [("product", "n")]
