"""The columns that are written, as FOCUS 1.2 calls and types them.

Source: FOCUS specification 1.2 (https://focus.finops.org/focus-specification/v1-2/), section Columns; own columns start
with `x_`, as it demands.
"""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "decimal", "time", "json"]
FORECAST: Final = "Forecast"
"""Value of `x_RecordType`: FOCUS has no column of its own for what is foreseen."""
DECIMALS: Final = 9
"""Decimals of amounts and quantities."""
PRICE_DECIMALS: Final = 12
"""Decimals of unit prices."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column."""

    name: str
    kind: Kind = "text"
    may_be_null: bool = True


def _never_null(name: str, kind: Kind = "text") -> Column:
    return Column(name, kind, may_be_null=False)


COLUMNS: Final = (
    # Mandatory.
    _never_null("BilledCost", "decimal"),
    _never_null("BillingAccountId"),
    Column("BillingAccountName"),
    _never_null("BillingCurrency"),
    _never_null("BillingPeriodEnd", "time"),
    _never_null("BillingPeriodStart", "time"),
    _never_null("ChargeCategory"),
    Column("ChargeClass"),
    Column("ChargeDescription"),
    _never_null("ChargePeriodEnd", "time"),
    _never_null("ChargePeriodStart", "time"),
    _never_null("ContractedCost", "decimal"),
    _never_null("EffectiveCost", "decimal"),
    _never_null("InvoiceIssuerName"),
    _never_null("ListCost", "decimal"),
    Column("PricingQuantity", "decimal"),
    Column("PricingUnit"),
    _never_null("ProviderName"),
    _never_null("PublisherName"),
    _never_null("ServiceCategory"),
    _never_null("ServiceName"),
    # Conditional or recommended.
    _never_null("ChargeFrequency"),
    Column("ConsumedQuantity", "decimal"),
    Column("ConsumedUnit"),
    Column("ContractedUnitPrice", "decimal"),
    Column("ListUnitPrice", "decimal"),
    Column("PricingCategory"),
    Column("RegionId"),
    Column("SkuId"),
    Column("SkuMeter"),
    Column("SkuPriceDetails", "json"),
    Column("SkuPriceId"),
    Column("Tags", "json"),
    # Our own.
    Column("x_BilledCostHigh", "decimal"),
    Column("x_BilledCostLow", "decimal"),
    Column("x_CostPart"),
    Column("x_GpuModel"),
    _never_null("x_RecordType"),
)
