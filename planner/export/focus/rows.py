"""Charges → rows of FOCUS 1.2, one for each billing period that they touch."""

import datetime
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from planner.export.asked import Periods
from planner.export.focus.charges import Charge
from planner.export.focus.columns import FORECAST, PRICE_DECIMALS
from planner.export.focus.periods import apportion, month_of, pieces
from planner.hosts.plain import plain

Value = str | Decimal | datetime.datetime | None
Row = Mapping[str, Value]
ACCOUNT: Final = "forecast"
"""Billing account of rows: what is foreseen has no account yet."""
LONGEST: Final = 500
"""Characters of a text that are written."""


def rows(charges: Sequence[Charge], periods: Periods) -> list[Row]:
    """All rows, in the order of the charges and of time."""
    return [row for charge in charges for row in _rows(charge, periods)]


def _rows(charge: Charge, periods: Periods) -> list[Row]:
    times = pieces(charge.start, charge.end, periods, charge.zone)
    seconds = [(end - start).total_seconds() for start, end in times]

    def share(total: float | Decimal | None) -> Sequence[Decimal | None]:
        return [None] * len(times) if total is None else apportion(total, seconds)

    billed, listed = share(charge.usd), share(charge.usd if charge.list_usd is None else charge.list_usd)
    low, high = share(charge.lo_usd), share(charge.hi_usd)
    priced, consumed = share(charge.quantity), share(charge.consumed)
    same = _text_columns(charge)
    return [
        {
            **same,
            "BilledCost": billed[i],
            "EffectiveCost": billed[i],
            "ContractedCost": billed[i],
            "ListCost": listed[i],
            "BillingPeriodStart": month_of(start, charge.zone)[0],
            "BillingPeriodEnd": month_of(start, charge.zone)[1],
            "ChargePeriodStart": start,
            "ChargePeriodEnd": end,
            "PricingQuantity": priced[i],
            "ConsumedQuantity": consumed[i],
            "ContractedUnitPrice": _over(charge.usd, charge.quantity),
            "ListUnitPrice": _over(charge.usd if charge.list_usd is None else charge.list_usd, charge.quantity),
            "x_BilledCostLow": low[i],
            "x_BilledCostHigh": high[i],
        }
        for i, (start, end) in enumerate(times)
    ]


def _over(usd: Decimal, quantity: float | None) -> Decimal | None:
    """The price of one unit, finer than amounts are so that price times quantity gives the amount again."""
    return None if not quantity else (usd / Decimal(repr(quantity))).quantize(Decimal(1).scaleb(-PRICE_DECIMALS))


def _text_columns(charge: Charge) -> dict[str, Value]:
    usage = charge.category == "Usage"
    return {
        "BillingAccountId": ACCOUNT,
        "BillingAccountName": "Forecast",
        "BillingCurrency": "USD",
        "ChargeCategory": charge.category,
        "ChargeClass": None,
        "ChargeDescription": plain(charge.description, LONGEST),
        "ChargeFrequency": "Usage-Based" if usage else "One-Time",
        "InvoiceIssuerName": plain(charge.provider, LONGEST),
        "ProviderName": plain(charge.provider, LONGEST),
        "PublisherName": plain(charge.provider, LONGEST),
        "PricingUnit": None if charge.quantity is None else charge.unit,
        "ServiceCategory": charge.service_category,
        "ServiceName": plain(charge.service, LONGEST),
        "ConsumedUnit": None if charge.consumed is None else charge.consumed_unit,
        "PricingCategory": charge.pricing_category if usage else None,
        "RegionId": plain(charge.region, LONGEST) or None,
        "SkuId": plain(charge.sku, LONGEST) or None,
        "SkuPriceId": plain(charge.sku_price, LONGEST) or None,
        "SkuMeter": charge.meter or None,
        "SkuPriceDetails": _json(charge.details),
        "Tags": _json(charge.tags),
        "x_CostPart": charge.part,
        "x_GpuModel": plain(charge.gpu, LONGEST) or None,
        "x_RecordType": FORECAST,
    }


def _json(values: Mapping[str, object]) -> str | None:
    clean = {plain(key, LONGEST): plain(v, LONGEST) if isinstance(v, str) else v for key, v in values.items()}
    return json.dumps(clean, ensure_ascii=False, sort_keys=True) if clean else None
