"""What is foreseen to be charged, before it is cut into billing periods."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from planner.outcome.configuration import Figure
from planner.outcome.plan import Metadata


@dataclass(frozen=True, slots=True)
class Charge:
    """One part of a cost over a time."""

    part: str
    """Which part of the cost: compute, storage, egress, reruns, tokens …"""
    usd: Decimal
    lo_usd: Decimal | None
    hi_usd: Decimal | None
    """Its part of the plan's band; rows of a plan together make the plan's."""
    start: datetime.datetime
    end: datetime.datetime
    """UTC; the end is not in it."""
    provider: str
    service: str
    service_category: str
    description: str
    tags: Mapping[str, str]
    zone: datetime.tzinfo = datetime.UTC
    """Where days and billing months begin."""
    list_usd: Decimal | None = None
    """At list prices; None where it is the same."""
    quantity: Figure = None
    """Priced quantity in `unit`; None where nobody knows it."""
    unit: str = ""
    consumed: Figure = None
    consumed_unit: str = ""
    category: str = "Usage"
    pricing_category: str = "Standard"
    region: str = ""
    sku: str = ""
    sku_price: str = ""
    meter: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    """SkuPriceDetails: InstanceType, GpuCount."""
    gpu: str = ""


def tags_of(metadata: Metadata, configuration: str = "") -> dict[str, str]:
    """The tags that charges of a scenario have, once it runs; the scenario's own labels do not replace the others."""
    own = {
        "scenario": metadata.name, "team": metadata.team, "owner": metadata.owner, "cost_centre": metadata.cost_centre,
        "configuration": configuration,
    }  # fmt: skip
    return {**metadata.labels, **{key: value for key, value in own.items() if value}}
