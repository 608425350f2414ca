"""Google's catalog against a server that answers as its reference documents services.skus.list.

Names and rates are those of us-central1 as public lists print them; what the machines cost is held against
the bundled prices, which come from elsewhere.
"""

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from planner.catalog.prices.gcp import GcpPrices
from planner.catalog.prices.machines import bundled_machines
from planner.catalog.prices.source import Fetched
from planner.errors import InputError, PlannerError
from planner.http.failure import BrokenAnswerError, PermissionMissingError, RateLimitError, RefusedError
from planner.resources import CATALOG_DATA
from tests.catalog.prices.cloud_asks import ask_with, prices, row_of, throttled_first
from tests.http.servers import FakeTime, Reply, Request, Server, serving

KEY = "AIzaSyD-secret-secret"
IOWA = ("us-central1",)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as told:
        yield told


def sku(
    description: str, usd: float, usage: str = "OnDemand", unit: str = "h", regions: tuple[str, ...] = IOWA,
    group: str = "CPU", currency: str = "USD",
) -> dict[str, Any]:  # fmt: skip
    nanos = round(usd * 1e9)
    money = {"currencyCode": currency, "units": str(nanos // 10**9), "nanos": nanos % 10**9}
    expression = {
        "usageUnit": unit,
        "displayQuantity": 1,
        "tieredRates": [{"startUsageAmount": 0, "unitPrice": money}],
        "baseUnit": "s",
        "baseUnitConversionFactor": 3600,
    }
    return {
        "name": "services/6F81-5844-456A/skus/0000-0000-0000",
        "skuId": "0000-0000-0000",
        "description": description,
        "category": {
            "serviceDisplayName": "Compute Engine",
            "resourceFamily": "Compute",
            "resourceGroup": group,
            "usageType": usage,
        },
        "serviceRegions": list(regions),
        "pricingInfo": [
            {"summary": "", "pricingExpression": expression, "currencyConversionRate": 1, "effectiveTime": "2026"}
        ],
        "serviceProviderName": "Google",
    }


N1 = [
    sku("N1 Predefined Instance Core running in Americas", 0.031611, group="N1Standard"),
    sku("N1 Predefined Instance Ram running in Americas", 0.004237, unit="GiBy.h", group="N1Standard"),
]
T4 = sku("Nvidia Tesla T4 GPU running in Americas", 0.35, group="GPU")
A2 = [
    sku("A2 Instance Core running in Americas", 0.031611),
    sku("A2 Instance Ram running in Americas", 0.004237, unit="GiBy.h"),
]
SSD = sku("SSD backed Local Storage", 0.08, unit="GiBy.mo", group="LocalSSD")
A100_80 = sku("Nvidia Tesla A100 80GB GPU running in Americas", 3.92808, group="GPU")
G4 = [
    sku("G4 Instance Core running in Iowa", 0.04891),
    sku("G4 Instance Ram running in Iowa", 0.00587, unit="GiBy.h"),
    sku("RTX 6000 96GB running in Iowa", 1.09565, group="GPU"),
]


def environment(server: Server) -> dict[str, str]:
    return {"PLANNER_GCP_PRICES_URL": server.url, "GCP_API_KEY": KEY}


def fetch(server: Server, *skus: Any) -> Fetched:
    server.answer = lambda _: Reply(content={"skus": list(skus), "nextPageToken": ""})
    return GcpPrices().fetch(ask_with(environment(server)))


def complaints(fetched: Fetched, *about: str) -> list[str]:
    return [line for line in fetched.malformed if any(word in line for word in about)]


def test_the_sum_of_the_parts_is_the_listed_price_of_the_machine(server: Server) -> None:
    fetched = fetch(server, *N1, T4, *A2, A100_80, SSD, *G4, sku("Nvidia Tesla A100 GPU running in Americas", 2.933908))
    listed = {
        row["instance_type"]: float(row["price_usd_per_hour"])
        for row in csv.DictReader((CATALOG_DATA / "prices.csv").read_text("utf-8").splitlines()[1:])
        if (row["provider"], row["region"]) == ("gcp", "us-central1")
    }
    found = {instance: usd for (instance, _, tier), usd in prices(fetched).items() if tier == "on_demand"}
    assert len(found) == 4 + 4 + 5 + 4  # N1 with T4, G4, A2 of both cards
    for instance, usd in found.items():
        assert usd == pytest.approx(listed[instance], abs=2e-5 * bundled_machines("gcp")[instance].gpu_count)


def test_local_ssd_that_comes_with_the_machine_is_counted(server: Server) -> None:
    fetched = fetch(server, *A2, A100_80, SSD)
    row = row_of(fetched, "a2-ultragpu-8g", "us-central1", "on_demand")
    assert row.usd_per_hour == pytest.approx(8 * 3.92808 + 96 * 0.031611 + 1360 * 0.004237 + 3000 * 0.08 / 730)
    assert (row.gpu, row.gpu_count, row.vcpus, row.memory_gib) == ("a100-80gb-sxm", 8, 96, 1360)
    assert row.source == "gcp: Cloud Billing Catalog, cards, cores, memory, local SSD summed"
    assert not prices(fetch(server, *A2, A100_80))


def test_pages_the_key_in_a_header_and_waiting(server: Server) -> None:
    def answer(request: Request) -> Reply:
        query = parse_qs(urlsplit(request.path).query)
        assert urlsplit(request.path).path == "/v1/services/6F81-5844-456A/skus"
        assert (query["pageSize"], query["currencyCode"]) == (["2000"], ["USD"])
        assert request.headers["x-goog-api-key"] == KEY
        assert "authorization" not in request.headers
        assert KEY not in request.path
        if "pageToken" in query:
            assert query["pageToken"] in (["next/1="], ["last"])
            last = query["pageToken"] == ["last"]
            return Reply(content={} if last else {"skus": [T4], "nextPageToken": "last"})
        return Reply(content={"skus": N1, "nextPageToken": "next/1="})

    server.answer = throttled_first(answer)
    time = FakeTime()
    fetched = GcpPrices().fetch(ask_with(environment(server), time))
    assert prices(fetched)["n1-standard-8+1xt4", "us-central1", "on_demand"] == pytest.approx(0.729998)
    assert time.slept == [7]
    assert KEY not in repr(fetched)


def test_spot_and_commitments(server: Server) -> None:
    def of(usage: str, core: str, ram: str, card: str, ssd: str) -> list[dict[str, Any]]:
        return [
            sku(core, 0.01, usage),
            sku(ram, 0.002, usage, "GiBy.h"),
            sku(card, 3.0, usage, group="GPU"),
            sku(ssd, 0.073, usage, "GiBy.mo", group="LocalSSD"),
        ]

    card = "Nvidia H100 80GB GPU"
    fetched = fetch(
        server,
        *of(
            "Preemptible", "Spot Preemptible A3 Instance Core running in Americas",
            "Spot Preemptible A3 Instance Ram running in Americas",
            f"{card} attached to Spot Preemptible VMs running in Americas",
            "SSD backed Local Storage attached to Spot Preemptible VMs",
        ),
        *of(
            "Commit1Yr", "Commitment v1: A3 Cpu in Americas for 1 Year", "Commitment v1: A3 Ram in Americas for 1 Year",
            f"Commitment v1: {card} running in Americas for 1 Year", "Commitment v1: Local SSD in Americas for 1 Year",
        ),
        *of(
            "Commit3Yr", "Commitment v1: A3 Cpu in Americas for 3 Years",
            "Commitment v1: A3 Ram in Americas for 3 Years", f"Commitment v1: {card} running in Americas for 3 Years",
            "Commitment v1: Local SSD in Americas for 3 Years",
        ),
    )  # fmt: skip
    per_card = 3.0 + 26 * 0.01 + 234 * 0.002 + 750 * 0.073 / 730
    tiers = {tier: usd for (name, _, tier), usd in prices(fetched).items() if name == "a3-highgpu-4g"}
    assert tiers == pytest.approx(dict.fromkeys(("spot", "reserved_1y", "reserved_3y"), 4 * per_card))


def test_what_is_rented_in_another_way_is_no_price_on_demand(server: Server) -> None:
    fetched = fetch(
        server,
        *G4,
        sku("RTX 6000 96GB attached to DWS Defined Duration VMs running in Iowa", 0.5, group="GPU"),
        sku("DWS Defined Duration V6e running in Columbus", 1.35, group="TPU"),
        sku("Reserved V6e TPU in Columbus in Calendar Mode", 1.89, group="TPU"),
        sku("Capacity Optimized TpuV6e running in Columbus", 2.7, group="TPU"),
        sku("Reserved Nvidia H100 80GB Mega GPU in Americas", 4.0, group="GPU"),
        sku("Nvidia Tesla T4 GPU attached to Sole Tenancy VMs running in Americas", 0.2, group="GPU"),
        sku("RTX 6000 96GB DWS Calendar Mode running in Iowa", 0.6, group="GPU"),
    )
    assert {name for name, _, _ in prices(fetched)} == {f"g4-standard-{vcpus}" for vcpus in (48, 96, 192, 384)}
    assert prices(fetched)["g4-standard-48", "us-central1", "on_demand"] == pytest.approx(4.49993)
    assert not fetched.unknown


def test_chips_of_tpus_cost_the_whole_machine(server: Server) -> None:
    fetched = fetch(server, sku("TpuV6e running in Columbus", 2.7, regions=("us-east5",), group="TPU"))
    assert prices(fetched)["tpu-v6e-8", "us-east5", "on_demand"] == pytest.approx(21.6)
    assert complaints(fetched, "tpu-v2") == [
        "tpu-v2, tpu-v3, tpu-v4: not priced: no SKU of theirs is known in Compute Engine"
    ]


def test_a_part_without_a_price_leaves_the_machine_out(server: Server) -> None:
    ram_in_iowa_only = N1[1]
    core = sku("N1 Predefined Instance Core running in Americas", 0.031611, regions=("us-central1", "us-east1"))
    card = sku("Nvidia Tesla T4 GPU running in Americas", 0.35, regions=("us-central1", "us-east1"), group="GPU")
    fetched = fetch(server, core, ram_in_iowa_only, card)
    assert {region for _, region, _ in prices(fetched)} == {"us-central1"}
    assert complaints(fetched, "n1-standard on_demand: not priced: no SKU 'N1") == [
        "n1-standard on_demand: not priced: no SKU 'N1 Predefined Instance Ram' in us-east1"
    ]
    assert "n1-standard spot: not priced: no SKU 'Nvidia Tesla T4 GPU' anywhere" in fetched.malformed


def test_a_region_that_the_catalog_does_not_know_the_machine_in(server: Server) -> None:
    fetched = fetch(server, *[part | {"serviceRegions": ["mars-north1"]} for part in G4])
    row = row_of(fetched, "g4-standard-48", "mars-north1", "on_demand")
    assert row.confidence == "medium"
    assert row.source.endswith("summed; whether the region offers this machine is not said")


def test_memory_by_the_gigabyte(server: Server) -> None:
    """1 GiB is 1.073741824 GB; newer series are listed per GB."""
    fetched = fetch(server, N1[0], sku("N1 Predefined Instance Ram running in Americas", 0.004, unit="GBy.h"), T4)
    expected = 0.35 + 8 * 0.031611 + 30 * 0.004 * 1.073741824
    assert prices(fetched)["n1-standard-8+1xt4", "us-central1", "on_demand"] == pytest.approx(expected)


def test_unknown_accelerators_are_counted(server: Server) -> None:
    fetched = fetch(
        server,
        sku("A4 Nvidia B200 (1 gpu slice) running in Americas", 16.11, group="GPU"),
        sku("A4 Nvidia B200 (1 gpu slice) running in Belgium", 17.0, group="GPU"),
        sku("TPU7x running in Americas", 12.0, group="TPU"),
        sku("E2 Instance Core running in Americas", 0.02),
    )
    assert fetched.unknown == {"A4 Nvidia B200 (1 gpu slice)": 2, "TPU7x": 1}


def changed(part: dict[str, Any], **expression: Any) -> dict[str, Any]:
    info = part["pricingInfo"][0]
    return part | {"pricingInfo": [info | {"pricingExpression": info["pricingExpression"] | expression}]}


TWO_TIERS = [{"unitPrice": {"currencyCode": "USD", "units": "0", "nanos": n}} for n in (0, 350_000_000)]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (sku("Nvidia Tesla T4 GPU running in X", 0.0), "price is 0"),
        (sku("Nvidia Tesla T4 GPU running in X", -0.35), "price is -0.35"),
        (sku("Nvidia Tesla T4 GPU running in X", 0.35, currency="EUR"), "a price in EUR; only USD is taken"),
        (sku("Nvidia Tesla T4 GPU running in X", 0.35, unit="mo"), "a price per mo, which is not how a card is priced"),
        (sku("Nvidia Tesla T4 GPU running in X", 0.35, usage="Preemptible"), "says on_demand, its usage type Preempt"),
        (T4 | {"pricingInfo": []}, "no category or price as documented"),
        (T4 | {"category": "GPU"}, "no category or price as documented"),
        (T4 | {"serviceRegions": "us-central1"}, "serviceRegions is no list of regions"),
        (T4 | {"serviceRegions": ["=cmd()"]}, "serviceRegions '=cmd()' is no region"),
        (changed(T4, tieredRates=TWO_TIERS), "its price depends on how much is used"),
        (
            changed(T4, tieredRates=[{"unitPrice": {"currencyCode": "USD", "units": "1", "nanos": "x"}}]),
            "nanos 'x' is no number",
        ),
        (
            changed(T4, tieredRates=[{"unitPrice": {"currencyCode": "USD", "units": "one"}}]),
            "units 'one' is no number",
        ),
        (sku("Nvidia Tesla T4 GPU running in X", 0.36), "at 0.35 and 0.36 USD/h; neither is taken"),
        ({"skuId": "1"}, "without a description"),
        ("text", "without a description"),
    ],
)
def test_malformed_skus_are_named(server: Server, broken: Any, why: str) -> None:
    fetched = fetch(server, *N1, *([T4] if "neither" in why else []), broken)
    assert len(complaints(fetched, why)) == 1
    assert complaints(fetched, why)[0].startswith(("SKU 0000-0000-0000 (Nvidia Tesla T4 GPU running in ", "a SKU"))
    assert not prices(fetched)


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(400, {"error": {"status": "INVALID_ARGUMENT"}}), RefusedError, r"\(400\).*not valid.*check GCP_API_KEY"),
        (Reply(403, {"error": {"status": "PERMISSION_DENIED"}}), PermissionMissingError, "the key in GCP_API_KEY"),
        (Reply(401), PermissionMissingError, "the key in GCP_API_KEY"),
        (Reply(429), RateLimitError, "rate limit"),
        (Reply(301, headers={"Location": "https://elsewhere.example/"}), BrokenAnswerError, "not followed"),
        (Reply(content={"skus": {}}), BrokenAnswerError, "a list is missing"),
        (Reply(content=[]), BrokenAnswerError, "another format"),
        (Reply(content=b"{"), BrokenAnswerError, "no JSON"),
        (Reply(content={"skus": [], "nextPageToken": "a"}), BrokenAnswerError, "in a circle"),
    ],
)
def test_answers_that_are_no_list(server: Server, reply: Reply, error: type[PlannerError], words: str) -> None:
    server.answer = lambda _: reply
    with pytest.raises(error, match=words) as caught:
        GcpPrices().fetch(ask_with(environment(server)))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(("key", "words"), [("", "GCP_API_KEY is not set"), ("a b", "GCP_API_KEY holds no key")])
def test_without_a_key(key: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        GcpPrices().fetch(ask_with({"GCP_API_KEY": key}))
