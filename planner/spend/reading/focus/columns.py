"""Columns of FOCUS 1.0 to 1.3: what each is read as, which a bill cannot do without, and what they say of the version.

Source: the columns of the FOCUS specification, releases 1.0, 1.1 and 1.2, and the renamed provider columns of 1.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "provider": ("ServiceProviderName", "ProviderName", "HostProviderName", "PublisherName"),
    "billing_account": ("BillingAccountId", "BillingAccountName"),
    "sub_account": ("SubAccountId", "SubAccountName"),
    "service": ("ServiceName",),
    "service_category": ("ServiceCategory",),
    "category": ("ChargeCategory",),
    "class": ("ChargeClass",),
    "pricing_category": ("PricingCategory",),
    "commitment_status": ("CommitmentDiscountStatus",),
    "region": ("RegionId", "RegionName"),
    "resource": ("ResourceId",),
    "resource_name": ("ResourceName",),
    "resource_type": ("ResourceType",),
    "sku": ("SkuId", "SkuPriceId"),
    "meter": ("SkuMeter", "x_SkuMeterName"),
    "description": ("ChargeDescription",),
    "used_unit": ("ConsumedUnit",),
    "priced_unit": ("PricingUnit",),
    "currency": ("BillingCurrency",),
    "frequency": ("ChargeFrequency",),
    "record": ("x_RecordType",),
    "card": ("x_GpuModel", "x_GpuType"),
    "card_count": ("x_GpuCount",),
    "machine": ("x_InstanceType",),
    "usage_type": ("x_UsageType",),
    "details": ("SkuPriceDetails", "x_SkuDetails"),
    "tags": ("Tags",),
}
"""Text of a charge → columns that tell it; the first that a file has counts."""
OBJECTS: Final = ("details", "tags")
"""Those that are JSON objects."""
AMOUNTS: Final[Mapping[str, str]] = {
    "billed": "BilledCost", "effective": "EffectiveCost", "list": "ListCost", "contracted": "ContractedCost",
}  # fmt: skip
QUANTITIES: Final[Mapping[str, str]] = {"used": "ConsumedQuantity", "priced": "PricingQuantity"}
TIMES: Final[Mapping[str, str]] = {"start": "ChargePeriodStart", "end": "ChargePeriodEnd"}
BILLING_START: Final = "BillingPeriodStart"
OTHER_NUMBERS: Final = (
    "ListUnitPrice", "ContractedUnitPrice", "CommitmentDiscountQuantity", "PricingCurrencyListUnitPrice",
    "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost",
)  # fmt: skip
"""Numbers that only tell whether two rows are the same one."""
CATEGORIES: Final = ("Usage", "Purchase", "Tax", "Credit", "Adjustment", "Refund")
"""Values of ChargeCategory; Refund is of the 1.0 previews."""
REQUIRED: Final = (
    "BilledCost", "EffectiveCost", "BillingCurrency", "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory",
    "ServiceName", "ProviderName",
)  # fmt: skip
"""Columns without which a row says nothing; of a version 1.3 file ServiceProviderName stands for ProviderName."""
MISSED: Final[Mapping[str, str]] = {
    "ListCost": "what list prices come to is unknown",
    "ConsumedQuantity": "quantities are those that were priced",
    "BillingAccountId": "billing accounts are not told apart",
    "BillingPeriodStart": "the billing month is that of the charge",
    "ChargeClass": "corrections cannot be told",
    "ChargeFrequency": "purchases stand on their first day",
    "ResourceId": "resources are not told apart",
    "RegionId": "regions are unknown",
    "PricingCategory": "spot and committed prices cannot be told",
    "Tags": "nothing is told by tags",
}
"""Columns that may be missing → what is then not known."""
_SAME_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "ProviderName": ("ServiceProviderName", "HostProviderName"),
    "InvoiceIssuerName": ("InvoiceIssuer",),
}
_NEW: Final = (
    ("1.3", ("ServiceProviderName", "HostProviderName", "AllocatedMethodId", "ContractApplied")),
    ("1.2", ("PricingCurrency", "InvoiceId", "PricingCurrencyEffectiveCost")),
    ("1.1", ("SkuMeter", "SkuPriceDetails", "ServiceSubcategory", "CapacityReservationId", "CommitmentDiscountUnit")),
)
"""Version → columns that it brought, the newest first; not the types of accounts of 1.2, which Azure's 1.0 has too."""
KNOWN: Final = tuple(
    dict.fromkeys(
        (
            *REQUIRED, *MISSED, *(name for names in TEXTS.values() for name in names), *AMOUNTS.values(),
            *QUANTITIES.values(), *TIMES.values(), *OTHER_NUMBERS, *(name for _, names in _NEW for name in names),
            "AvailabilityZone", "BillingAccountName", "BillingAccountType", "BillingPeriodEnd", "InvoiceIssuerName",
            "SubAccountName", "SubAccountType",
        )
    )
)  # fmt: skip


class Header:
    """The columns of a file, found by the names of FOCUS; upper and lower case are the same."""

    def __init__(self, columns: Sequence[str], renames: Mapping[str, str]) -> None:
        self.columns = tuple(columns)
        self._at = {name.strip().lower(): place for place, name in reversed(list(enumerate(columns)))}
        self._renames = {meant.lower(): called.strip().lower() for meant, called in renames.items()}

    def place(self, names: Iterable[str]) -> int | None:
        """Where the first of these columns stands that the file has; what the scenario calls it comes first."""
        wanted = [name.lower() for name in names]
        called = [self._renames[name] for name in wanted if name in self._renames]
        return next((self._at[name] for name in (*called, *wanted) if name in self._at), None)

    def has(self, name: str) -> bool:
        """Whether the file has this column, perhaps under the name of another version."""
        return self.place((name, *_SAME_AS.get(name, ()))) is not None

    def missing(self) -> list[str]:
        """Required columns that it lacks."""
        return [name for name in REQUIRED if not self.has(name)]

    def unknown_renames(self) -> list[str]:
        """Names by which the scenario says it calls columns, and does not."""
        return sorted(called for called in self._renames.values() if called not in self._at)

    def version(self) -> str:
        """The FOCUS version that its columns are of; 1.0 where none is newer."""
        return next((version for version, names in _NEW if any(n.lower() in self._at for n in names)), "1.0")
