"""A row of a bill in the FOCUS format, and what all rows of a provider share."""

import datetime
import json
from typing import Any, Final

COLUMNS: Final = (
    "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "BillingCurrency", "BillingAccountId",
    "BillingAccountName", "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "ProviderName", "PublisherName",
    "InvoiceIssuerName", "ServiceCategory", "ServiceName", "SubAccountId", "SubAccountName", "RegionId", "ResourceId",
    "ResourceName", "ResourceType", "SkuId", "SkuPriceId", "SkuMeter", "SkuPriceDetails", "ConsumedQuantity",
    "ConsumedUnit", "PricingQuantity", "PricingUnit", "PricingCategory", "ListUnitPrice", "ContractedUnitPrice",
    "CommitmentDiscountId", "CommitmentDiscountCategory", "CommitmentDiscountStatus", "Tags",
)  # fmt: skip
NUMBERS: Final = frozenset({
    "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ConsumedQuantity", "PricingQuantity",
    "ListUnitPrice", "ContractedUnitPrice",
})  # fmt: skip
Row = dict[str, Any]


def utc(time: datetime.datetime | datetime.date) -> str:
    """A time as FOCUS writes it."""
    whole = time if isinstance(time, datetime.datetime) else datetime.datetime.combine(time, datetime.time())
    return whole.replace(microsecond=0).isoformat() + "Z"


def month_of(day: datetime.date) -> datetime.date:
    """The first day of its month."""
    return datetime.date(day.year, day.month, 1)


def next_month(day: datetime.date) -> datetime.date:
    """The first day of the month after."""
    return datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def charge(
    start: datetime.datetime, end: datetime.datetime, usd: float, tags: dict[str, str] | None = None,
    **columns: object,
) -> Row:  # fmt: skip
    """A charge of `usd` that is billed, effective and listed alike, unless columns say otherwise."""
    day = start.date()
    row: Row = dict.fromkeys(COLUMNS)
    row |= {
        "BilledCost": round(usd, 8), "EffectiveCost": round(usd, 8), "ListCost": round(usd, 8),
        "ContractedCost": round(usd, 8), "BillingCurrency": "USD", "BillingPeriodStart": utc(month_of(day)),
        "BillingPeriodEnd": utc(next_month(day)), "ChargePeriodStart": utc(start), "ChargePeriodEnd": utc(end),
        "ChargeCategory": "Usage", "ChargeFrequency": "Usage-Based", "PricingCategory": "Standard",
        "Tags": json.dumps(tags or {}, separators=(",", ":"), sort_keys=True),
    }  # fmt: skip
    return row | columns
