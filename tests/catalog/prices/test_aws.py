"""AWS: the price list against a server that answers as documented, since moto has none; spot through moto and that
server."""

import functools
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from planner.catalog.prices.aws import AwsPrices
from planner.catalog.prices.source import Fetched
from planner.errors import InputError, PlannerError, SetupError
from planner.http.failure import NoAnswerError, PermissionMissingError, RateLimitError, RefusedError
from tests.catalog.prices.aws_server import PriceList, product, refusal, reserved, spot, term
from tests.catalog.prices.cloud_asks import ask_with, prices, row_of
from tests.http.servers import Reply, Request, Server, serving

SECRET = "wJalrXUtnFEMI-secret"
P5 = "p5.48xlarge"


@pytest.fixture(autouse=True, scope="module")
def _models_read_once() -> Iterator[None]:
    """boto3 parses megabytes of JSON for every session; these tests make dozens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", functools.cache(botocore.session.create_loader))
        yield


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    alone(monkeypatch, tmp_path)
    with serving() as told:
        yield told


def alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Nothing that boto3 could find on this machine."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setattr(time, "sleep", lambda _: None)


def environment(server: Server, regions: str = "none", **changed: str) -> dict[str, str]:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
    return keys | {"AWS_ENDPOINT_URL": server.url, "PLANNER_AWS_SPOT_REGIONS": regions} | changed


def fetch(server: Server, *products: Any, also: tuple[str, ...] = ()) -> Fetched:
    PriceList(server, *products, also=also)
    return AwsPrices().fetch(ask_with(environment(server)))


def test_pages_of_types_and_products_in_every_region(server: Server) -> None:
    fetched = fetch(
        server,
        product(),
        product(term("SKU", "JRTCKXETXF", "60.5440000000"), regionCode="eu-north-1"),
        product(term("SKU", "JRTCKXETXF", "21.9576420000"), instanceType="p4d.24xlarge", memory="1152 GiB", vcpu="96"),
        also=("c5.large", "m7g.metal", "p6e-gb200.36xlarge", "g6f.large", "u-6tb1.112xlarge", "p5.4xlarge"),
    )
    assert prices(fetched) == {
        (P5, "us-east-1", "on_demand"): 55.04,
        (P5, "eu-north-1", "on_demand"): 60.544,
        ("p4d.24xlarge", "us-east-1", "on_demand"): 21.957642,
    }
    assert fetched.unknown == {"g6f.large": 1, "p6e-gb200.36xlarge": 1}
    assert not fetched.malformed
    row = row_of(fetched, P5, "us-east-1", "on_demand")
    assert (row.gpu, row.gpu_count, row.vcpus, row.memory_gib) == ("h100-sxm", 8, 192, 2048)
    assert (row.as_of, row.source) == ("2026-11-22", "aws: Price List API, on demand")
    asked = next(r.json for r in server.requests if r.headers["x-amz-target"].endswith("GetProducts"))
    assert asked["ServiceCode"] == "AmazonEC2"
    assert {f["Field"]: f["Value"] for f in asked["Filters"]} == {
        "instanceType": "p4d.24xlarge", "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
        "capacitystatus": "Used", "marketoption": "OnDemand", "locationType": "AWS Region",
    }  # fmt: skip
    assert SECRET not in repr(fetched)


def test_reserved_takes_no_upfront_else_the_cheapest_over_the_term(server: Server) -> None:
    held = (
        reserved("A", "1yr", "All Upfront", "0.0000000000", "300000"),
        reserved("B", "1yr", "No Upfront", "37.0000000000", None),
        reserved("C", "1yr", "No Upfront", "1.0000000000", None, "convertible"),
        reserved("D", "3yr", "All Upfront", "0.0000000000", "657000"),
        reserved("E", "3yr", "Partial Upfront", "13.0000000000", "341640"),
    )
    fetched = fetch(server, product(None, held))
    assert row_of(fetched, P5, "us-east-1", "reserved_1y").usd_per_hour == 37.0
    longest = row_of(fetched, P5, "us-east-1", "reserved_3y")
    assert longest.usd_per_hour == pytest.approx(657000 / 26280)  # 25 USD/h; partial: 13 + 13 = 26
    assert longest.source == "aws: Price List API, standard reserved, All Upfront, upfront spread over the term"


def test_malformed_products_are_named(server: Server) -> None:
    def in_region(hourly: str, region: str, upfront: str | None = None, currency: str = "USD") -> dict[str, Any]:
        return product(term("SKU", "J", hourly, upfront, currency), regionCode=region)

    fetched = fetch(
        server,
        in_region("0.0000000000", "zero"),
        in_region("-1", "negative"),
        in_region("", "missing"),
        in_region("free", "text"),
        in_region("inf", "infinite"),
        in_region("1", "upfront", "5"),
        in_region("400", "cn-north-1", currency="CNY"),
        product(gpu="4"),
        product(regionCode=""),
        product(marketoption="CapacityBlock"),
        product(tenancy="Dedicated"),
        {**product(), "terms": []},
        product(regionCode="eu-north-1"),
    )
    assert prices(fetched) == {(P5, "eu-north-1", "on_demand"): 55.04}
    assert fetched.malformed == (
        f"{P5} zero on_demand: price is 0",
        f"{P5} negative on_demand: -1 USD per Hrs",
        f"{P5} missing on_demand: USD is missing",
        f"{P5} text on_demand: USD 'free' is no number",
        f"{P5} infinite on_demand: USD is inf",
        f"{P5} upfront on_demand: on demand with something to pay upfront",
        f"{P5} cn-north-1 on_demand: a price in CNY; only USD is taken",
        f"{P5}, product 8: us-east-1: 4 GPUs, where the catalog knows 8",
        f"{P5}, product 9: regionCode is missing",
        f"{P5}, product 10: us-east-1: marketoption 'CapacityBlock' was not asked for",
        f"{P5}, product 11: us-east-1: tenancy 'Dedicated' was not asked for",
        f"{P5}, product 12: no object 'terms'",
    )


def test_two_prices_for_one_thing_are_none(server: Server) -> None:
    fetched = fetch(server, product(), product(term("SKU", "J", "98.32")), "{")
    assert not fetched.rows
    assert f"{P5} us-east-1 on_demand: listed at 55.04 and at 98.32 USD/h; neither is taken" in fetched.malformed
    assert any("no JSON object" in line for line in fetched.malformed)


def test_spot_is_the_median_of_the_newest_prices_of_the_zones(server: Server) -> None:
    listed = PriceList(server, product())
    listed.spot = [
        spot("us-west-2a", "30.0"),
        spot("us-west-2a", "99.0", "2026-11-20T00:00:00Z"),
        spot("us-west-2b", "20.0"),
        spot("us-west-2c", "26.0"),
        spot("us-west-2d", "0.0"),
        spot("us-west-2d", "21.0", productDescription="Windows"),
        spot("us-west-2d", "2.0", instanceType="m5.large"),
    ]
    fetched = AwsPrices().fetch(ask_with(environment(server, "us-west-2")))
    row = row_of(fetched, P5, "us-west-2", "spot")
    assert row.usd_per_hour == 26.0
    assert row.source == "aws: spot price history, median of 3 zones, 20 to 30 USD/h"
    assert fetched.malformed == (
        f"{P5} us-west-2d spot: price is 0",
        f"{P5} us-west-2d spot: ProductDescription Windows was not asked for",
    )


@mock_aws
def test_spot_through_moto(server: Server) -> None:
    """moto lists a price of 0.00001 USD for every type and zone it knows."""
    PriceList(server, product())
    given = environment(server, "us-east-1", AWS_ENDPOINT_URL_PRICING=server.url)
    del given["AWS_ENDPOINT_URL"]
    fetched = AwsPrices().fetch(ask_with(given))
    spots = [row for row in fetched.rows if row.tier == "spot"]
    assert {"p4d.24xlarge", "g5.xlarge"} <= {row.instance for row in spots}
    assert {row.region for row in spots} == {"us-east-1"}
    assert {row.usd_per_hour for row in spots} == {0.00001}
    assert any("zones" in row.source for row in spots)
    assert row_of(fetched, P5, "us-east-1", "on_demand").usd_per_hour == 55.04


@pytest.mark.parametrize(("regions", "kept"), [("eu-west-1,us-west-2", 2), ("eu-west-1", 1)])
def test_what_is_there_stays_where_spot_is_refused(server: Server, regions: str, kept: int) -> None:
    listed = PriceList(server, product())
    listed.spot = [spot("us-west-2a", "30.0")]

    def answer(request: Request) -> Reply:
        if "/eu-west-1/ec2/" not in request.headers["authorization"]:
            return listed.answer(request)
        denied = "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>"
        return Reply(403, denied.encode(), {"Content-Type": "text/xml"})

    server.answer = answer
    fetched = AwsPrices().fetch(ask_with(environment(server, regions)))
    both = {(P5, "us-east-1", "on_demand"): 55.04, (P5, "us-west-2", "spot"): 30.0}
    assert prices(fetched) == dict(list(both.items())[:kept])
    assert len(fetched.malformed) == 1
    assert "AWS ec2 in eu-west-1 does not accept AWS_ACCESS_KEY_ID" in fetched.malformed[0]


def test_throttling_is_waited_out(server: Server) -> None:
    listed = PriceList(server, product())
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return refusal("ThrottlingException") if len(asked) <= 2 else listed.answer(request)

    server.answer = answer
    assert prices(AwsPrices().fetch(ask_with(environment(server)))) == {(P5, "us-east-1", "on_demand"): 55.04}


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refusal("UnrecognizedClientException"), PermissionMissingError, "AWS_ACCESS_KEY_ID.*Unrecognized"),
        (refusal("AccessDeniedException"), PermissionMissingError, "pricing:GetProducts"),
        (refusal("ExpiredTokenException"), PermissionMissingError, "Expired"),
        (refusal("ThrottlingException"), RateLimitError, "run this again later"),
        (refusal("InvalidParameterException"), RefusedError, r"refuses the request \(InvalidParameterException\)"),
        (refusal("InternalErrorException", 500), NoAnswerError, "out of order"),
    ],
)
def test_refusals(server: Server, reply: Reply, error: type[PlannerError], words: str) -> None:
    server.answer = lambda _: reply
    with pytest.raises(error, match=words) as caught:
        AwsPrices().fetch(ask_with(environment(server)))
    assert SECRET not in str(caught.value)
    assert "123456789012" not in str(caught.value)


def test_nobody_there(server: Server) -> None:
    with pytest.raises(NoAnswerError, match="cannot be reached"):
        AwsPrices().fetch(ask_with(environment(server) | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}))


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        (
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
            PermissionMissingError,
            "no credentials for AWS: set AWS_ACCESS_KEY_ID",
        ),
        ({"AWS_SECRET_ACCESS_KEY": ""}, PermissionMissingError, "belong together"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "x"}, InputError, "AWS_PROFILE names"),
        ({"AWS_ENDPOINT_URL": "http://aws.example"}, InputError, "AWS_ENDPOINT_URL holds an http address"),
        ({"PLANNER_AWS_SPOT_REGIONS": "us-east-1,../x"}, InputError, "must be regions such as"),
    ],
)
def test_settings_that_cannot_be_used(
    server: Server, changed: dict[str, str], error: type[PlannerError], words: str
) -> None:
    with pytest.raises(error, match=words):
        AwsPrices().fetch(ask_with(environment(server) | changed))
    assert not server.requests


def test_without_boto3(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(SetupError, match=r'pip install "finetune-planner\[aws\]"'):
        AwsPrices().fetch(ask_with(environment(server)))
