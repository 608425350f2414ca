"""The bills of the model API and of a storage provider that bills in euros."""

import datetime
from collections import defaultdict

from tools.spend_year.columns import Row, charge, month_of, next_month
from tools.spend_year.world import API_USD, END, FIRST, MODELS

_DAY = datetime.timedelta(days=1)
_API = {
    "BillingAccountId": "org-example", "BillingAccountName": "Example Org", "ProviderName": "OpenAI",
    "PublisherName": "OpenAI", "InvoiceIssuerName": "OpenAI", "ServiceCategory": "AI and Machine Learning",
    "ServiceName": "OpenAI API",
}  # fmt: skip
CACHED = 0.22


def api_rows(requests: dict[tuple[str, str, datetime.date], float]) -> list[Row]:
    """A row for every day, project, tenant and meter."""
    tokens: dict[tuple[datetime.date, str, str], float] = defaultdict(float)
    for (name, tenant, day), count in requests.items():
        tokens[day, name, tenant] += count
    models = {model.name: model for model in MODELS}
    rows = []
    for (day, name, tenant), count in sorted(tokens.items()):
        model = models[name]
        if not model.api:
            continue
        into, out = (count * mean for mean in model.tokens)
        prices = API_USD[model.api]
        at = datetime.datetime.combine(day, datetime.time())
        for meter, amount, price in (
            ("Input Tokens", into * (1 - CACHED), prices[0]), ("Output Tokens", out, prices[1]),
            ("Cached Input Tokens", into * CACHED, prices[2]),
        ):  # fmt: skip
            rows.append(charge(
                at, at + _DAY, amount / 1e6 * price, {"team": model.team, "model": name, "tenant": tenant,
                "stage": "serving"}, **_API, SubAccountId=f"proj-{name}", SubAccountName=name,
                ResourceId=f"{model.api}/{name}", ResourceName=model.api, ResourceType="Model", SkuId=model.api,
                SkuPriceId=f"{model.api}.{meter}", SkuMeter=meter, ConsumedQuantity=round(amount, 1),
                ConsumedUnit="Tokens", PricingQuantity=round(amount / 1e6, 7), PricingUnit="1000000 Tokens",
                ListUnitPrice=price, ContractedUnitPrice=price, ChargeDescription=f"{model.api} {meter}",
            ))  # fmt: skip
    return rows


def storage_rows() -> list[Row]:
    """Backups, a row a month, in euros; of the month that is not over what it has so far."""
    rows = []
    day = month_of(FIRST)
    while day < END:
        at = datetime.datetime.combine(day, datetime.time())
        end = datetime.datetime.combine(next_month(day), datetime.time())
        tib = 40.0 + (day - FIRST).days / 20.0
        rows.append(charge(
            at, end, round(tib * 5.99, 2), {}, BillingCurrency="EUR", BillingAccountId="fsn-77",
            BillingAccountName="Example Org", ProviderName="Hetzner", PublisherName="Hetzner",
            InvoiceIssuerName="Hetzner", ServiceCategory="Storage", ServiceName="Storage Box", SubAccountId="backup",
            SubAccountName="backup", RegionId="fsn1", ResourceId="box-1", ResourceName="box-1",
            ResourceType="Storage Box", SkuId="bx", SkuMeter="Storage", ConsumedQuantity=round(tib, 3),
            ConsumedUnit="TB-Months", ChargeDescription="Backups", ChargeFrequency="Recurring",
        ))  # fmt: skip
        day = next_month(day)
    return rows
