"""What a plan of serving foresees to be charged in a month."""

from dataclasses import replace
from decimal import Decimal

from planner.errors import InputError
from planner.export.asked import Asked, Given
from planner.export.focus.bands import with_band
from planner.export.focus.charges import Charge, tags_of
from planner.export.focus.periods import a_month_later, decimal, midnight
from planner.export.focus.tuning import pricing_category, tax_charge
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.outcome.sides import chosen_of

_PARTS = {
    "compute": ("GPU instances", "Compute", "serving on {where}"),
    "tokens": ("Model API", "AI and Machine Learning", "tokens at {where}"),
    "first_tier": ("Model serving", "AI and Machine Learning", "the smaller model that is asked first"),
    "levers": ("Model serving", "AI and Machine Learning", "upkeep of caches and prompts"),
    "training": ("Fine-tuning", "AI and Machine Learning", "fine-tuning runs of the month"),
}
"""Part of the cost → service, its category of FOCUS, and what it is."""


def serving_charges(given: Given, plan: ServingPlan, asked: Asked) -> list[Charge]:
    """The charges of a month from the first day on; raises InputError where the decision or its cost is unknown.

    The plan's month has 730 hours; its cost stands for the calendar month that begins on the day. Usage adds up to
    `cost_usd_per_month`; tax is a charge of its own category, and what levers cost once is on no provider's bill.
    """
    chosen = chosen_of(plan, asked.decision)
    if not isinstance(chosen, ServingConfiguration) or chosen.cost_usd_per_month is None:
        has = ", ".join(plan.decisions) or "none"
        what = f"is not there; it has {has}" if chosen is None else "has no known cost"
        message = f"{given.file}: its decision {asked.decision} {what}, so that there is nothing to foresee"
        raise InputError(message)
    api, offer = chosen.api, chosen.offer
    provider = offer.provider if offer is not None else "" if api is None else api.provider
    where = provider if chosen.machine is None else f"{chosen.machine.gpus_per_machine} x {chosen.machine.gpu}"
    first = Charge(
        part="", usd=Decimal(0), lo_usd=None, hi_usd=None, start=midnight(asked.start),
        end=midnight(a_month_later(asked.start)), provider=provider or "unknown", service="", service_category="",
        description="", tags=tags_of(plan.metadata, chosen.id), region="" if offer is None else offer.region,
    )  # fmt: skip
    found = []
    for part, (service, category, what) in _PARTS.items():
        usd = getattr(chosen.cost_parts, part)
        if usd:
            sku = chosen.model if part == "tokens" else service
            found.append(replace(
                first, part=part, usd=decimal(usd), service=service, service_category=category, meter=service,
                description=f"{chosen.model}: {what.format(where=where)}", sku=sku, sku_price=f"{provider}/{sku}",
            ))  # fmt: skip
    charges = [
        _on_machines(charge, chosen) if charge.part == "compute" else charge
        for charge in with_band(
            found, chosen.cost_usd_per_month, chosen.cost_usd_per_month_lo, chosen.cost_usd_per_month_hi
        )
    ]
    return [*charges, *tax_charge(first, chosen.cost_parts.tax, plan.tax_name)]


def _on_machines(charge: Charge, chosen: ServingConfiguration) -> Charge:
    """With hours of machines as priced quantity and GPU-hours as what is consumed.

    On demand they are the amount over the price of an hour; of spot machines, which others stand in for, and under a
    commitment, which is paid used or not, they are the hours of replicas over those on a machine.
    """
    offer, machine, capacity = chosen.offer, chosen.machine, chosen.capacity
    if offer is None or machine is None:
        return charge
    price, hours = offer.price_usd_per_hour, None
    if price and offer.tier == "on_demand" and offer.timed is None:
        hours = float(charge.usd) / price
    elif capacity is not None and capacity.replica_hours is not None:
        hours = capacity.replica_hours / machine.replicas_per_machine
    listed = None if offer.commitment is None else offer.commitment.on_demand_usd_per_hour
    return replace(
        charge, service=offer.service or charge.service, quantity=hours, unit="Hours",
        consumed=None if hours is None else hours * machine.gpus_per_machine, consumed_unit="GPU-Hours",
        sku=offer.instance, sku_price=f"{offer.provider}/{offer.region}/{offer.instance}/{offer.tier}",
        meter="Instance Hours", gpu=machine.gpu, pricing_category=pricing_category(offer.tier),
        details={"InstanceType": offer.instance, "GpuCount": machine.gpus_per_machine},
        list_usd=None if listed is None or hours is None else decimal(listed * hours),
    )  # fmt: skip
