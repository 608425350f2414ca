"""A server that answers as AWS's Price List (JSON 1.1) and EC2 (query protocol, XML) do, by their API references."""

import json
from typing import Any
from urllib.parse import parse_qs

from tests.http.servers import Reply, Request, Server

JSON = {"Content-Type": "application/x-amz-json-1.1"}
ATTRIBUTES = {
    "instanceType": "p5.48xlarge", "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
    "capacitystatus": "Used", "marketoption": "OnDemand", "locationType": "AWS Region", "regionCode": "us-east-1",
    "location": "US East (N. Virginia)", "vcpu": "192", "memory": "2,048 GiB", "gpu": "8", "operation": "RunInstances",
}  # fmt: skip


def term(sku: str, code: str, hourly: str, upfront: str | None = None, currency: str = "USD", **said: str) -> Any:
    rate = f"{sku}.{code}"
    dimensions = {f"{rate}.6YS6EN2CT7": {"unit": "Hrs", "pricePerUnit": {currency: hourly}, "rateCode": rate}}
    if upfront is not None:
        dimensions[f"{rate}.2TG2D8R56U"] = {"unit": "Quantity", "pricePerUnit": {currency: upfront}, "rateCode": rate}
    return {
        "priceDimensions": dimensions,
        "sku": sku,
        "effectiveDate": "2026-11-01T00:00:00Z",
        "offerTermCode": code,
        "termAttributes": said,
    }


def reserved(code: str, years: str, option: str, hourly: str, upfront: str | None, offered: str = "standard") -> Any:
    said = {"LeaseContractLength": years, "PurchaseOption": option, "OfferingClass": offered}
    return term("SKU", code, hourly, upfront, **said)


def product(on_demand: Any = None, held: tuple[Any, ...] = (), **attributes: str) -> dict[str, Any]:
    hourly = on_demand if on_demand is not None else term("SKU", "JRTCKXETXF", "55.0400000000")
    terms = {"OnDemand": {f"SKU.{hourly['offerTermCode']}": hourly}}
    if held:
        terms["Reserved"] = {f"SKU.{offer['offerTermCode']}": offer for offer in held}
    named = {"productFamily": "Compute Instance", "attributes": ATTRIBUTES | attributes, "sku": "SKU"}
    return {"product": named, "serviceCode": "AmazonEC2", "terms": terms, "version": "2026"}


class PriceList:
    """Instance types in pages of two, products in pages of one, spot entries in pages of one."""

    def __init__(self, server: Server, *products: Any, also: tuple[str, ...] = ()) -> None:
        self.products, self.also = products, also
        self.spot: list[dict[str, str]] = []
        server.answer = self.answer

    def answer(self, request: Request) -> Reply:
        target = request.headers.get("x-amz-target", "")
        if target == "AWSPriceListService.GetAttributeValues":
            types = {p["product"]["attributes"]["instanceType"] for p in self.products if isinstance(p, dict)}
            values = [{"Value": name} for name in sorted({*types, *self.also})]
            return self._page(request, "AttributeValues", values, 2)
        if target == "AWSPriceListService.GetProducts":
            wanted = {f["Value"] for f in request.json["Filters"] if f["Field"] == "instanceType"}
            found = [
                json.dumps(p) if isinstance(p, dict) else p
                for p in self.products
                if not isinstance(p, dict) or p["product"]["attributes"]["instanceType"] in wanted
            ]
            return self._page(request, "PriceList", found, 1)
        return self._spot(parse_qs(request.body.decode()))

    @staticmethod
    def _page(request: Request, name: str, entries: list[Any], size: int) -> Reply:
        start = int(request.json.get("NextToken", 0))
        content: dict[str, Any] = {name: entries[start : start + size]}
        if start + size < len(entries):
            content["NextToken"] = str(start + size)
        return Reply(content=content, headers=JSON)

    def _spot(self, query: dict[str, list[str]]) -> Reply:
        assert query["Action"] == ["DescribeSpotPriceHistory"]
        start = int(query.get("NextToken", ["0"])[0])
        items = "".join(
            f"<item>{''.join(f'<{name}>{value}</{name}>' for name, value in entry.items())}</item>"
            for entry in self.spot[start : start + 1]
        )
        token = str(start + 1) if start + 1 < len(self.spot) else ""
        body = (
            '<DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<spotPriceHistorySet>{items}</spotPriceHistorySet><nextToken>{token}</nextToken>"
            "</DescribeSpotPriceHistoryResponse>"
        )
        return Reply(content=body.encode(), headers={"Content-Type": "text/xml"})


def spot(zone: str, usd: str, at: str = "2026-11-22T00:00:00Z", **changed: str) -> dict[str, str]:
    return {
        "instanceType": "p5.48xlarge",
        "productDescription": "Linux/UNIX",
        "spotPrice": usd,
        "timestamp": at,
        "availabilityZone": zone,
    } | changed


def refusal(code: str, status: int = 400) -> Reply:
    return Reply(status, {"__type": code, "message": "User arn:aws:iam::123456789012:user/x is not allowed"}, JSON)
