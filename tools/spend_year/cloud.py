"""The bill of the cloud: machines that train and serve, what they share, and a commitment."""

import datetime
import json
from collections.abc import Iterator

import numpy as np

from tools.spend_year.columns import Row, charge, month_of, next_month
from tools.spend_year.runs import Run
from tools.spend_year.world import DAYS, END, FIRST, G6E, MODELS, PLANTED, TEAMS, Machine, Model

_HOUR = datetime.timedelta(hours=1)
_DAY = datetime.timedelta(days=1)
COMMITTED_NODES = 6
COMMITMENT = "sp-0a1b2c3d"
DISCOUNT = 0.3
_UNTAGGED = "faq-search"
"""Its older runs carry no team."""
_AWS: Row = {
    "BillingAccountId": "111122223333", "BillingAccountName": "Example Org", "ProviderName": "AWS",
    "PublisherName": "AWS", "InvoiceIssuerName": "AWS", "RegionId": "us-east-1",
}  # fmt: skip


def cloud_rows(runs: list[Run], rng: np.random.Generator) -> list[Row]:
    """All rows, by time."""
    rows = [
        *(row for run in runs for row in _run_rows(run)),
        *_serving_rows(),
        *_shared_rows(rng),
        *_commitment_rows(),
        *_credit_rows(),
    ]
    return sorted(rows, key=lambda row: (row["ChargePeriodStart"], row["ResourceId"] or "", row["ChargeDescription"]))


def _machine(machine: Machine, hours: float, tier: str) -> Row:
    usd = machine.spot_usd if tier == "spot" else machine.list_usd
    details = {"InstanceType": machine.instance, "GpuCount": machine.gpus, "OperatingSystem": "Linux"}
    return {
        "ServiceCategory": "Compute", "ServiceName": "Amazon Elastic Compute Cloud", "ResourceType": "Instance",
        "SkuId": machine.instance, "SkuPriceId": f"{machine.instance}.{tier}", "SkuMeter": "Compute Usage",
        "SkuPriceDetails": json.dumps(details, separators=(",", ":")), "ConsumedQuantity": round(hours, 6),
        "ConsumedUnit": "Hours", "PricingQuantity": round(hours, 6), "PricingUnit": "Hours",
        "PricingCategory": "Dynamic" if tier == "spot" else "Standard", "ListUnitPrice": machine.list_usd,
        "ContractedUnitPrice": usd, "ListCost": round(machine.list_usd * hours, 8),
    }  # fmt: skip


def _run_rows(run: Run) -> Iterator[Row]:
    """The hours of a run, on the clock's hours."""
    usd = run.machine.spot_usd if run.tier == "spot" else run.machine.list_usd
    tags = {"model": run.model.name, "run": run.name, "stage": "training", "scenario": run.model.name}
    if run.model.name != _UNTAGGED or run.start.date() >= datetime.date(2026, 9, 1):
        tags["team"] = run.model.team
    at, end = run.start, run.start + datetime.timedelta(hours=run.hours)
    end = min(end, datetime.datetime.combine(END, datetime.time()))
    while at < end:
        until = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        hours = (until - at).total_seconds() / 3600.0
        if until.replace(microsecond=0) > at.replace(microsecond=0):
            yield charge(
                at, until, usd * hours, tags, **_AWS, **_account(run.model.team),
                **_machine(run.machine, hours, run.tier), ResourceId=f"i-{run.name}", ResourceName=run.name,
                ChargeDescription=f"{run.machine.instance} {run.tier}",
            )  # fmt: skip
        at = until


def _account(team: str) -> Row:
    return {"SubAccountId": f"acct-{team}", "SubAccountName": f"ml-{team}"}


def _serving_rows() -> Iterator[Row]:
    """Every node for every hour; the first G6E nodes are covered by the commitment."""
    covered = 0
    for model in MODELS:
        if model.serves_on is None:
            continue
        for node in range(model.nodes):
            under = model.serves_on is G6E and covered < COMMITTED_NODES
            covered += under
            yield from _node_rows(model, model.serves_on, node, committed=under)


def _node_rows(model: Model, machine: Machine, node: int, *, committed: bool) -> Iterator[Row]:
    name = f"{model.name}-{node}"
    tags = {"Team": model.team.title(), "model": model.name, "stage": "serving"}
    shared = _AWS | _account(model.team) | _machine(machine, 1.0, "on_demand") | {
        "ResourceId": f"i-{name}", "ResourceName": name, "ChargeDescription": f"{machine.instance} on_demand",
    }  # fmt: skip
    if committed:
        shared |= {
            "BilledCost": 0.0, "EffectiveCost": round(machine.list_usd * (1.0 - DISCOUNT), 8),
            "PricingCategory": "Committed", "CommitmentDiscountId": COMMITMENT, "CommitmentDiscountStatus": "Used",
            "CommitmentDiscountCategory": "Spend", "ContractedCost": round(machine.list_usd, 8),
        }  # fmt: skip
    for hour in range(DAYS * 24):
        at = datetime.datetime.combine(FIRST, datetime.time()) + hour * _HOUR
        yield charge(at, at + _HOUR, machine.list_usd, tags, **shared)


def _shared_rows(rng: np.random.Generator) -> Iterator[Row]:
    """What nobody can be told by a tag: clusters and logs; storage and traffic by account."""
    for place in range(DAYS):
        day = FIRST + datetime.timedelta(days=place)
        at = datetime.datetime.combine(day, datetime.time())
        for service, category, usd in (
            ("Amazon Elastic Kubernetes Service", "Compute", 4.8),
            ("Amazon CloudWatch", "Management and Governance", 21.0),
        ):  # fmt: skip
            yield charge(
                at, at + _DAY, usd * float(rng.lognormal(0.0, 0.03)), {"stage": "platform"}, **_AWS,
                SubAccountId="acct-platform", SubAccountName="ml-platform", ServiceName=service,
                ServiceCategory=category, ResourceId=f"arn:{service.split()[-1].lower()}", ChargeDescription=service,
                SkuId=service, ConsumedQuantity=24.0, ConsumedUnit="Hours",
            )  # fmt: skip
        for number, team in enumerate(TEAMS):
            tib = (6 + 4 * number) * (1.0 + place / 900.0)
            yield charge(
                at, at + _DAY, tib * 1024 * 0.023 / 30.4, {"team": team}, **_AWS, **_account(team),
                ServiceName="Amazon Simple Storage Service", ServiceCategory="Storage",
                ResourceId=f"ml-{team}-data", ResourceName=f"ml-{team}-data", ResourceType="Bucket",
                ChargeDescription="Standard storage", SkuId="s3-standard", SkuMeter="Storage",
                ConsumedQuantity=round(tib * 1024 / 30.4, 3), ConsumedUnit="GB-Months",
            )  # fmt: skip
            first, last = PLANTED["data"]
            copied = 4200.0 if team == "data" and first <= day <= last else 0.0
            gb = 60.0 * (1 + number) * float(rng.lognormal(0.0, 0.12)) + copied
            yield charge(
                at, at + _DAY, gb * 0.09, {"team": team}, **_AWS, **_account(team), ServiceName="AWS Data Transfer",
                ServiceCategory="Networking", ResourceId=f"ml-{team}-data", ResourceName=f"ml-{team}-data",
                ResourceType="Bucket", ChargeDescription="Data transfer out", SkuId="egress", SkuMeter="Data Transfer",
                ConsumedQuantity=round(gb, 3), ConsumedUnit="GB",
            )  # fmt: skip


def _months() -> Iterator[datetime.date]:
    day = month_of(FIRST)
    while day < END:
        yield day
        day = next_month(day)


def _commitment_rows() -> Iterator[Row]:
    """The fee, at the start of every month."""
    for month in _months():
        at = datetime.datetime.combine(month, datetime.time())
        hours = (next_month(month) - month).days * 24
        fee = G6E.list_usd * (1.0 - DISCOUNT) * COMMITTED_NODES * hours
        end = datetime.datetime.combine(next_month(month), datetime.time())
        yield charge(
            at, end, fee, **_AWS, EffectiveCost=0.0, ListCost=0.0, ChargeCategory="Purchase",
            ChargeFrequency="Recurring", SubAccountId="acct-platform", SubAccountName="ml-platform",
            ServiceName="Savings Plans for Compute", ServiceCategory="Compute", ResourceId=COMMITMENT,
            ChargeDescription="1 year, no upfront", CommitmentDiscountId=COMMITMENT, PricingQuantity=1.0,
            PricingUnit="Months",
        )  # fmt: skip


def _credit_rows() -> Iterator[Row]:
    """A promotion and a refund."""
    for day, usd, kind, class_, why in (
        (datetime.date(2026, 2, 5), -500.0, "Credit", None, "Promotional credit"),
        (datetime.date(2026, 4, 2), -312.4, "Usage", "Correction", "Refund of p4de hours of an outage in March"),
    ):
        at = datetime.datetime.combine(day, datetime.time())
        tags = {"team": "research"} if kind == "Usage" else {}
        yield charge(
            at, at + _DAY, usd, tags, **_AWS, ChargeCategory=kind, ChargeClass=class_, ListCost=0.0,
            ServiceName="Amazon Elastic Compute Cloud", ServiceCategory="Compute", SubAccountId="acct-research",
            SubAccountName="ml-research", ChargeDescription=why,
        )  # fmt: skip
