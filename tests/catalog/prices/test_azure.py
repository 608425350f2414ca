"""Azure's list against a server that answers as https://learn.microsoft.com/rest/api/cost-management/retail-prices
documents it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from planner.catalog.prices.azure import AzurePrices
from planner.catalog.prices.source import Fetched
from planner.errors import InputError, PlannerError
from planner.http.failure import BrokenAnswerError, PermissionMissingError, RateLimitError
from tests.catalog.prices.cloud_asks import ask_with, prices, row_of, throttled_first
from tests.http.servers import FakeTime, Reply, Request, Server, serving

H100 = "Standard_ND96isr_H100_v5"
VARIABLE = "PLANNER_AZURE_PRICES_URL"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as told:
        yield told


def item(**changed: Any) -> dict[str, Any]:
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": 98.32,
        "unitPrice": 98.32,
        "armRegionName": "eastus",
        "location": "US East",
        "effectiveStartDate": "2023-08-01T00:00:00Z",
        "meterId": "meter",
        "meterName": "ND96isr H100 v5",
        "productId": "DZH318Z09V1L",
        "skuId": "DZH318Z09V1L/0003",
        "productName": "Virtual Machines NDsr H100 v5 Series",
        "skuName": "ND96isr H100 v5",
        "serviceName": "Virtual Machines",
        "serviceFamily": "Compute",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": H100,
    } | changed


def page(*items: Any, **changed: Any) -> dict[str, Any]:
    head = {"BillingCurrency": "USD", "CustomerEntityId": "Default", "CustomerEntityType": "Retail"}
    return head | {"Items": list(items), "NextPageLink": None, "Count": len(items)} | changed


def fetch(server: Server, *items: Any) -> Fetched:
    server.answer = lambda _: Reply(content=page(*items))
    return AzurePrices().fetch(ask_with({VARIABLE: server.url}))


def test_pages_follow_each_other_and_the_list_asks_to_wait(server: Server) -> None:
    def answer(request: Request) -> Reply:
        query = parse_qs(urlsplit(request.path).query)
        assert query["$filter"] == ["serviceName eq 'Virtual Machines' and startswith(armSkuName, 'Standard_N')"]
        assert query["api-version"] == ["2023-01-01-preview"]
        if "$skip" in query:
            return Reply(content=page(item(armRegionName="westus3", retailPrice=110.0)))
        link = server.url + request.path + "&$skip=1"
        return Reply(content=page(item(), NextPageLink=link.replace("%20", " ")))

    server.answer = throttled_first(answer)
    time = FakeTime()
    fetched = AzurePrices().fetch(ask_with({VARIABLE: server.url}, time))
    assert prices(fetched) == {(H100, "eastus", "on_demand"): 98.32, (H100, "westus3", "on_demand"): 110.0}
    assert time.slept == [7]
    assert len(server.requests) == 3
    assert not fetched.malformed
    row = row_of(fetched, H100, "eastus", "on_demand")
    assert (row.gpu, row.gpu_count, row.vcpus, row.memory_gib) == ("h100-sxm", 8, 96, 1900)
    assert (row.as_of, row.market, row.confidence) == ("2026-11-22", "cloud", "high")
    assert row.source == "azure: Retail Prices API, in force since 2023-08-01"


def test_every_tier(server: Server) -> None:
    plans = [
        {"unitPrice": 54.076, "retailPrice": 54.076, "term": "3 Years"},
        {"unitPrice": 72.7568, "retailPrice": 72.7568, "term": "1 Year"},
    ]
    fetched = fetch(
        server,
        item(savingsPlan=plans),
        item(skuName="ND96isr H100 v5 Spot", meterName="ND96isr H100 v5 Spot", retailPrice=39.328),
        item(type="Reservation", reservationTerm="1 Year", retailPrice=551_880.0),
        item(type="Reservation", reservationTerm="3 Years", retailPrice=1_130_040.0),
        item(type="Reservation", reservationTerm="5 Years", retailPrice=1.0),
    )
    assert not fetched.malformed
    assert {tier: usd for (_, _, tier), usd in prices(fetched).items()} == {
        "on_demand": 98.32,
        "spot": 39.328,
        "savings_1y": 72.7568,
        "savings_3y": 54.076,
        "reserved_1y": 551_880.0 / 8760,  # 63.00 USD/h
        "reserved_3y": 1_130_040.0 / 26280,  # 43.00 USD/h
    }


def test_what_is_no_linux_machine_for_everybody_is_left_out(server: Server) -> None:
    fetched = fetch(
        server,
        item(productName="Virtual Machines NDsr H100 v5 Series Windows", retailPrice=200.0),
        item(productName="NDsr H100 v5 Series Cloud Services", retailPrice=201.0),
        item(skuName="ND96isr H100 v5 Low Priority", meterName="ND96isr H100 v5 Low Priority", retailPrice=20.0),
        item(type="DevTestConsumption", retailPrice=90.0),
        item(effectiveStartDate="2027-01-01T00:00:00Z", retailPrice=70.0),
        item(effectiveEndDate="2026-01-01T00:00:00Z", retailPrice=71.0),
    )
    assert fetched == Fetched(())


def test_the_newest_price_counts_and_two_of_one_day_do_not(server: Server) -> None:
    fetched = fetch(
        server,
        item(effectiveStartDate="2025-01-01T00:00:00Z", retailPrice=88.0),
        item(),
        item(armRegionName="westus", retailPrice=90.0),
        item(armRegionName="westus", retailPrice=91.0),
        item(armRegionName="uksouth"),
        item(armRegionName="uksouth"),
    )
    assert prices(fetched) == {(H100, "eastus", "on_demand"): 88.0, (H100, "uksouth", "on_demand"): 98.32}
    assert fetched.malformed == (f"{H100} westus on_demand: listed at 90 and at 91 USD/h; neither is taken",)


def test_unknown_sizes_are_counted(server: Server) -> None:
    fetched = fetch(server, item(armSkuName="Standard_NV6"), item(armSkuName="Standard_NV6", armRegionName="westus"))
    assert fetched == Fetched((), {"Standard_NV6": 2})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"retailPrice": 0.0}, "on_demand price is 0"),
        ({"retailPrice": -1.5}, "on_demand price is -1.5"),
        ({"retailPrice": None}, "retailPrice is missing"),
        ({"retailPrice": "98.32"}, "retailPrice '98.32' is no number"),
        ({"retailPrice": True}, "retailPrice 'True' is no number"),
        ({"currencyCode": "EUR"}, "a price in EUR; only USD is taken"),
        ({"armRegionName": ""}, "armRegionName is missing"),
        ({"armRegionName": "US East"}, "armRegionName 'US East' is no region"),
        ({"armSkuName": 7}, "armSkuName is missing"),
        ({"unitOfMeasure": "1 GB/Month"}, "a price per 1 GB/Month, not per hour"),
        ({"effectiveStartDate": "soon\x1b[2J"}, "effectiveStartDate 'soon [2J' is no date"),
        ({"type": "Reservation"}, "reservationTerm is missing"),
        ({"savingsPlan": ["1 Year"]}, "savingsPlan is no list of plans"),
        ({"savingsPlan": [{"term": "1 Year"}]}, "retailPrice of savingsPlan is missing"),
    ],
)
def test_malformed_items_are_named(server: Server, changed: dict[str, Any], why: str) -> None:
    fetched = fetch(server, item(armRegionName="westus"), item(**changed))
    assert prices(fetched)[H100, "westus", "on_demand"] == 98.32
    assert len(fetched.malformed) == 1
    assert fetched.malformed[0].startswith("item 2 (")
    assert fetched.malformed[0].endswith(f"): {why}")


def test_an_item_that_is_no_object(server: Server) -> None:
    assert fetch(server, "x", item()).malformed == ("item 1: no object",)


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (
            Reply(content=page(NextPageLink="https://elsewhere.example/api")),
            BrokenAnswerError,
            "points to another host",
        ),
        (Reply(content=page(NextPageLink="http://elsewhere.example/api")), BrokenAnswerError, "leads nowhere"),
        (Reply(content=page(BillingCurrency="EUR")), BrokenAnswerError, "answers in EUR; only USD is taken"),
        (Reply(content={"Error": "x"}), BrokenAnswerError, "no 'Items'"),
        (Reply(content=page(Items=7)), BrokenAnswerError, "a list is missing"),
        (Reply(content=b"<html>"), BrokenAnswerError, "no JSON"),
        (Reply(302, headers={"Location": "/x"}), BrokenAnswerError, "not followed"),
        (Reply(403), PermissionMissingError, "refuses"),
        (Reply(429), RateLimitError, "rate limit"),
    ],
)
def test_answers_that_are_no_list(server: Server, reply: Reply, error: type[PlannerError], words: str) -> None:
    server.answer = lambda _: reply
    with pytest.raises(error, match=words):
        AzurePrices().fetch(ask_with({VARIABLE: server.url}))


def test_pages_in_a_circle_end(server: Server) -> None:
    server.answer = lambda request: Reply(content=page(item(), NextPageLink=server.url + request.path))
    with pytest.raises(BrokenAnswerError, match="run in a circle"):
        AzurePrices().fetch(ask_with({VARIABLE: server.url}))
    assert len(server.requests) == 1


def test_an_address_that_may_not_be_used() -> None:
    with pytest.raises(InputError, match=f"{VARIABLE} holds an http address"):
        AzurePrices().fetch(ask_with({VARIABLE: "http://prices.example"}))
