"""How things ran: by hand, against plain Python on random tables, and what is not known."""

import datetime
from typing import Any

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.outcome.review.operations import Operations
from planner.scenario.spend_rules import DIMENSIONS
from planner.spend.months import Month
from planner.spend.operations.operations import operations_of
from planner.spend.operations.prices import cheapest_on_demand, price_of
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)
Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def of(tables: Tables, catalog: Catalog, **others: Any) -> Operations:
    with made(tables, **others) as store:
        return operations_of(store, catalog, OCTOBER)


def test_an_empty_review_has_nothing_to_tell(catalog: Catalog) -> None:
    assert of({}, catalog) == Operations(runs=[], cards=[], deployments=[], apis=[], tenants=[])


def test_runs_and_how_many_fail(catalog: Catalog) -> None:
    times = {"started": "2026-10-02 00:00:00", "ended": "2026-10-02 01:30:00", "gpu_count": 8}
    found = of({"runs": [
        {"run": "1", "team": "a", "day": "2026-10-02", "status": "ok", "cost_usd": 10.0, **times},
        {"run": "2", "team": "a", "day": "2026-10-02", "status": "failed", "cost_usd": 4.0, **times},
        {"run": "3", "team": "a", "day": "2026-10-02", "status": "running"},
        {"run": "4", "team": "b", "day": "2026-10-02", "status": "preempted"},
        {"run": "5", "day": "2026-10-02", "status": "failed"},
        {"run": "6", "team": "a", "day": "2026-07-01", "status": "failed"},
        {"run": "7", "team": "a", "day": "2026-09-30", "status": "ok"},
        {"run": "8", "team": "a", "day": "2026-09-30", "status": "ok"},
        {"run": "9", "team": "a", "day": "2026-09-30", "status": "stopped"},
        {"run": "10", "team": "a", "day": "2026-06-30", "status": "failed"},
    ]}, catalog).runs  # fmt: skip
    assert [(row.team, row.runs, row.failed, row.cost_usd, row.failed_usd) for row in found] == [
        ("", 5, 2, 14, 4), ("a", 3, 1, 14, 4), ("b", 1, 0, None, 0)
    ]  # fmt: skip
    assert [row.failure_rate for row in found] == [0.5, 0.5, 0.0]
    assert [row.usual_failure_rate for row in found] == [0.25, 0.25, None]
    assert [row.gpu_hours for row in found] == [24, 24, None]


def test_cards_against_lists_and_samples(catalog: Catalog) -> None:
    h100 = {"gpu": "h100-sxm", "provider": "aws"}
    found = of({
        "allocated": [
            charge("2026-10-02", 60.0, **h100, gpu_hours=20, resource="i-1", pricing_category="Standard")
            | {"list_usd": 80.0},
            charge("2026-10-02", 10.0, **h100, gpu_hours=10, resource_name="Node-2", pricing_category="Dynamic")
            | {"list_usd": None},
            charge("2026-10-03", 10.0, **h100, gpu_hours=10, resource="i-1", pricing_category="Committed",
                   commitment_status="Used") | {"list_usd": 40.0},
            charge("2026-10-03", -99.0, **h100, gpu_hours=10, category="Credit"),
            charge("2026-10-03", 99.0, **h100),
            charge("2026-10-03", 1.0, gpu="unheard-of", gpu_hours=4.0),
            charge("2026-09-03", 1.0, gpu="a100-80gb", gpu_hours=4.0),
        ],
        "gpu_samples": [
            {"hour": "2026-10-02 00:00:00", "host": "I-1", "gpu": "h100", "gpus": 8, "busy": 0.5, "minutes": 60},
            {"hour": "2026-10-02 01:00:00", "host": "node-2", "gpus": 4, "busy": 1.0, "minutes": 30},
            {"hour": "2026-10-02 01:00:00", "host": "node-2", "gpus": 4, "minutes": 30},
            {"hour": "2026-10-02 01:00:00", "host": "elsewhere", "gpus": 4, "busy": 0.0, "minutes": 60},
            {"hour": "2026-11-01 00:00:00", "host": "i-1", "gpus": 8, "busy": 0.0, "minutes": 60},
        ],
    }, catalog).cards  # fmt: skip
    card, unknown = found
    assert (card.gpu, card.provider, card.gpu_hours, card.effective_usd) == ("h100-sxm", "aws", 40, 80)
    assert (card.usd_per_gpu_hour, card.list_usd_per_gpu_hour) == (2, 4)
    assert (card.spot_share, card.committed_share) == (0.25, 0.25)
    assert card.busy == pytest.approx((8 * 0.5 + 2 * 1.0) / 10)
    assert card.sampled_share == 10 / 40
    assert (unknown.gpu, unknown.catalog_usd_per_gpu_hour, unknown.busy, unknown.spot_share) == (
        "unheard-of", None, None, None
    )  # fmt: skip
    assert unknown.sampled_share is None


def test_a_host_with_two_kinds_of_cards_is_told_by_its_samples(catalog: Catalog) -> None:
    sample = {"hour": "2026-10-02 00:00:00", "host": "i-1", "gpus": 1, "minutes": 60}
    found = of({
        "allocated": [charge("2026-10-02", usd, gpu=gpu, gpu_hours=2, resource="i-1")
                      for usd, gpu in ((3.0, "h100-sxm"), (2.0, "l4"))],
        "gpu_samples": [sample | {"gpu": "l4", "busy": 0.25}, sample | {"gpu": "h100-sxm", "busy": 0.75}, sample],
    }, catalog).cards  # fmt: skip
    assert [(card.gpu, card.busy, card.sampled_share) for card in found] == [("h100-sxm", 0.75, 0.5), ("l4", 0.25, 0.5)]


def test_the_price_is_the_cheapest_that_the_catalog_trusts(catalog: Catalog) -> None:
    prices, offers = cheapest_on_demand(catalog), catalog.offers
    for gpu in ("h100-sxm", "l4", "a100-80gb-sxm"):
        row = next(row for row, card in enumerate(catalog.gpus) if card.id == gpu)
        expected = min(
            offers.price_usd_per_hour[i] / offers.gpu_count[i]
            for i in np.flatnonzero(offers.gpu == row)
            if not (offers.spot[i] or offers.term[i] or offers.marketplace[i] or offers.retired[i])
            and offers.service[i] == "vm" and offers.confidence[i] in ("high", "medium")
            and offers.age_months[i] <= 18 and np.isfinite(offers.price_usd_per_hour[i])
        )  # fmt: skip
        assert price_of(prices, catalog, gpu.upper()) == prices[gpu] == expected
    assert price_of(prices, catalog, "a100") == min(usd for gpu, usd in prices.items() if gpu.startswith("a100-"))
    assert price_of(prices, catalog, "unheard-of") is None


def test_deployments(catalog: Catalog) -> None:
    tables: Tables = {
        "deployments": [
            {"deployment": "Bot", "model": "m", "team": "a", "replicas": 2, "requests": 1000, "failed": 10,
             "started": "2026-10-01", "ended": "2026-10-11", "latency_p95_ms": 100},
            {"deployment": "Bot", "model": "m", "team": "a", "replicas": 5, "requests": 3000, "failed": 20,
             "started": "2026-10-11", "ended": "2026-10-16", "latency_p95_ms": 300},
            {"deployment": "old", "replicas": 1, "requests": 9, "started": "2026-08-01", "ended": "2026-09-01"},
            {"deployment": "long", "replicas": 1, "requests": 9, "started": "2026-08-01", "latency_p95_ms": 50},
            {"deployment": "asked", "requests": 9, "started": "2026-10-01", "ended": "2026-10-02"},
            {"deployment": "alone-prod", "model": "alone", "requests": 500, "started": "2026-10-01",
             "ended": "2026-11-01"},
            {"deployment": "blue", "model": "twice", "started": "2026-10-01"},
            {"deployment": "green", "model": "twice", "started": "2026-10-01"},
        ],
        "allocated": [
            charge("2026-10-02", 6.0, resource="bot"), charge("2026-10-02", 2.0, endpoint="bot", resource="long"),
            charge("2026-10-03", 1.0, resource_name="Long"), charge("2026-09-03", 99.0, resource_name="Long"),
            charge("2026-10-03", 3.0, model="alone", resource="node-7", gpu="l4"),
            charge("2026-10-03", 50.0, model="alone", meter="input tokens"),
            charge("2026-10-03", 3.5, model="twice", resource="node-8", gpu="l4"),
        ],
        "usage": [
            {"deployment": "asked", "day": "2026-10-01", "requests": 30, "failed": 3, "latency_p95_ms": 10,
             "cost_usd": 0.3},
            {"deployment": "asked", "day": "2026-10-01", "requests": 10, "failed": 0, "latency_p95_ms": 50},
        ],
    }  # fmt: skip
    found = of(tables, catalog, dimensions=(*DIMENSIONS, "endpoint")).deployments
    assert [use.deployment for use in found] == ["Bot", "alone-prod", "long", "asked", "blue", "green"]
    bot, alone, long, asked, blue, green = found
    # What the model's machines cost is the deployment's where it is the only one.
    assert (alone.cost_usd, alone.cost_per_1k_requests_usd) == (3, 6)
    assert blue.cost_usd is green.cost_usd is None
    assert (bot.model, bot.team, bot.replicas, bot.requests, bot.failed) == ("m", "a", 3, 4000, 30)
    assert (bot.cost_usd, bot.cost_per_1k_requests_usd, bot.latency_p95_ms) == (8, 2, 250)
    assert (long.replicas, long.requests, long.cost_usd, long.cost_per_1k_requests_usd) == (1, None, 1, None)
    assert long.latency_p95_ms == 50
    assert (asked.requests, asked.failed, asked.cost_usd, asked.latency_p95_ms) == (40, 3, 0.3, 20)


def test_apis(catalog: Catalog) -> None:
    tokens = {"meter": "Output Tokens", "unit": "Tokens", "service": "Bedrock"}
    found = of({
        "allocated": [
            charge("2026-10-01", 5.0, model="billed", quantity=4e5, **tokens),
            charge("2026-10-02", 3.0, model="billed", quantity=1e5, **tokens | {"meter": "Input Tokens"}),
            charge("2026-10-02", 1.0, model="billed", quantity=3e5, **tokens | {"meter": "Cached Input Tokens"}),
            charge("2026-10-02", 7.0, model="billed", quantity=3e5, **tokens | {"meter": "Training Tokens"}),
            charge("2026-10-01", 2.0, model="both", **tokens),
            charge("2026-10-01", 50.0, model="own", gpu="l4", gpu_hours=9),
        ],
        "usage": [
            {"model": "both", "day": "2026-10-01", "requests": 10, "input_tokens": 3000, "output_tokens": 1000,
             "cached_tokens": 500, "repeats": 4, "cost_usd": 99.0},
            {"model": "both", "day": "2026-10-02", "requests": 90, "input_tokens": 1000},
            {"model": "logged", "day": "2026-10-01", "requests": 1, "cost_usd": 1.0},
            {"model": "logged", "day": "2026-10-03", "requests": 1, "cost_usd": 0.5},
            {"model": "own", "day": "2026-10-01", "requests": 10, "input_tokens": 5},
            {"model": "own", "day": "2026-10-01", "requests": 10, "deployment": "D", "cost_usd": 3.0},
        ],
        "deployments": [{"deployment": "d"}],
    }, catalog).apis  # fmt: skip
    billed, both, logged = found
    assert (billed.model, billed.cost_usd, billed.largest_day_usd, billed.requests) == ("billed", 9, 5, None)
    assert (billed.input_tokens, billed.output_tokens, billed.cached_tokens) == (4e5, 4e5, 3e5)
    assert billed.cost_per_1k_tokens_usd == pytest.approx(9 / 800)
    assert (both.model, both.cost_usd, both.requests, both.repeats_share) == ("both", 2, 100, 0.4)
    assert (both.input_tokens, both.cached_tokens, both.cost_per_1k_tokens_usd) == (4000, 500, 0.4)
    assert (logged.model, logged.cost_usd, logged.largest_day_usd) == ("logged", 1.5, 1.0)
    assert logged.cost_per_1k_tokens_usd is None


def test_a_tenant_that_surges(catalog: Catalog) -> None:
    usage = [("leaky", "09-02", 100), ("leaky", "09-20", 900), ("leaky", "10-03", 400), ("gone", "09-01", 5),
             ("new", "10-01", 7), ("", "10-01", 1e6)]  # fmt: skip
    tables: Tables = {
        "usage": [{"tenant": tenant, "day": f"2026-{day}", "requests": requests, "input_tokens": 10, "cost_usd": 0.5}
                  for tenant, day, requests in usage],
        "allocated": [charge("2026-10-10", 20.0, tenant="leaky"), charge("2026-10-10", 1.0, tenant="dear")],
    }  # fmt: skip
    found = {use.tenant: use for use in of(tables, catalog, as_of=datetime.date(2026, 10, 12)).tenants}
    assert list(found) == ["leaky", "dear", "new", "gone"]
    leaky, dear, new, gone = found.values()
    # Ten days of October against ten of September.
    assert (leaky.requests, leaky.requests_before, leaky.surge, leaky.cost_usd, leaky.tokens) == (400, 100, 4, 20, 10)
    assert (dear.requests, dear.requests_before, dear.surge, dear.cost_usd) == (None, 0, None, 1)
    assert (new.requests_before, new.surge, new.cost_usd) == (0, None, 0.5)
    assert (gone.requests, gone.surge) == (None, 0)
    first = of({"usage": tables["usage"][4:5]}, catalog).tenants[0]
    assert (first.requests_before, first.surge) == (None, None)


@pytest.mark.parametrize("seed", range(2))
def test_random_cards_agree_with_plain_python(seed: int, catalog: Catalog) -> None:
    rng = np.random.default_rng(seed)

    def pick(*values: str) -> str:
        return str(rng.choice(values))

    rows = [
        charge(str(datetime.date(2026, 9, 15) + datetime.timedelta(days=int(rng.integers(0, 46)))),
               float(rng.integers(1, 90)), gpu=pick("h100-sxm", "l4", ""), provider=pick("aws", "gcp"),
               gpu_hours=float(rng.integers(1, 9)), resource=pick("h1", "h2", "h3", ""),
               pricing_category=pick("Standard", "Dynamic", "Committed"))
        for _ in range(200)
    ]  # fmt: skip
    found = of({"allocated": rows}, catalog).cards
    assert len(found) == 4
    for card in found:
        mine = [row for row in rows if (row["gpu"], row["provider"]) == (card.gpu, card.provider)
                and row["day"] >= "2026-10"]  # fmt: skip
        hours = sum(row["gpu_hours"] for row in mine)
        assert card.gpu_hours == hours
        assert card.usd_per_gpu_hour == pytest.approx(sum(row["effective_usd"] for row in mine) / hours)
        for share, kind in ((card.spot_share, "Dynamic"), (card.committed_share, "Committed")):
            expected = sum(row["gpu_hours"] for row in mine if row["pricing_category"] == kind) / hours
            assert share == pytest.approx(expected)
