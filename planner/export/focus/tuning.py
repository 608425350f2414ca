"""What a plan of fine-tuning foresees to be charged."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Final

from planner.errors import InputError
from planner.export.asked import Asked, Given
from planner.export.focus.bands import with_band
from planner.export.focus.charges import Charge, tags_of
from planner.export.focus.periods import decimal, midnight
from planner.outcome.configuration import Configuration
from planner.outcome.managed import ManagedJob
from planner.outcome.plan import Plan
from planner.outcome.sides import chosen_of
from planner.scenario.tiers import COMMITTED

MOST_HOURS: Final = 10 * 366 * 24
"""Longest run that is written."""
SERVICES: Final = {
    "compute": ("GPU instances", "Compute", "training on {machine}"),
    "reruns": ("GPU instances", "Compute", "expected re-runs on {machine}"),
    "storage": ("Block storage", "Storage", "data, weights and checkpoints"),
    "egress": ("Data transfer", "Networking", "the trained weights sent out"),
}
"""Part of the cost → service, its category of FOCUS, and what it is."""


def tuning_charges(given: Given, plan: Plan, asked: Asked) -> list[Charge]:
    """The charges of the plan's decision from midnight of the first day on; raises InputError where it has none.

    Usage adds up to `cost_usd`; tax, which is on top of it, is a charge of its own category. Labour and management
    are on no provider's bill.
    """
    chosen = chosen_of(plan, asked.decision)
    if isinstance(chosen, Configuration) and chosen.cost_usd is not None:
        return _machine(plan, chosen, chosen.cost_usd, asked)
    if isinstance(chosen, ManagedJob) and chosen.cost_usd is not None:
        return _service(plan, chosen, chosen.cost_usd, asked)
    has = ", ".join(plan.decisions) or "none"
    what = "has no known cost" if chosen is not None else f"is not there; it has {has}"
    message = f"{given.file}: its decision {asked.decision} {what}, so that there is nothing to foresee"
    raise InputError(message)


def pricing_category(tier: str) -> str:
    """What FOCUS calls a way to rent."""
    return "Dynamic" if tier == "spot" else "Committed" if tier in COMMITTED else "Standard"


def _machine(plan: Plan, chosen: Configuration, cost_usd: float, asked: Asked) -> list[Charge]:
    offer, hardware, parts = chosen.offer, chosen.hardware, chosen.cost_parts
    machine = f"{hardware.count} x {hardware.gpu}"
    start, hours = midnight(asked.start), chosen.hours or 0.0
    if not 0.0 <= hours <= MOST_HOURS:
        message = f"{hours:g} hours are no time that a bill can hold; plan the scenario again"
        raise InputError(message)
    first = Charge(
        part="", usd=Decimal(0), lo_usd=None, hi_usd=None, start=start,
        end=start + datetime.timedelta(seconds=round(hours * 3600)), provider=offer.provider,
        service="", service_category="", description="", tags=tags_of(plan.metadata, chosen.id), region=offer.region,
    )  # fmt: skip
    found = []
    for part, (service, category, what) in SERVICES.items():
        usd = getattr(parts, part)
        if usd:
            found.append(replace(
                first, part=part, usd=decimal(usd), service_category=category,
                service=offer.service or service if category == "Compute" else service,
                description=f"{chosen.model}: {what.format(machine=machine)}",
                sku=service, sku_price=f"{offer.provider}/{offer.region}/{service}", meter=service,
            ))  # fmt: skip
    charges = [
        _on_machine(charge, chosen) if charge.service_category == "Compute" else charge
        for charge in with_band(found, cost_usd, chosen.cost_usd_lo, chosen.cost_usd_hi)
    ]
    return [*charges, *tax_charge(first, parts.tax, plan.tax_name)]


def _on_machine(charge: Charge, chosen: Configuration) -> Charge:
    """With hours of the machine as priced quantity and GPU-hours as what is consumed.

    Hours are those on the bill: the amount over the price of an hour; where the price moved with the time or the
    machine was shared with another tier, the wall clock tells them.
    """
    offer, count = chosen.offer, chosen.hardware.count * chosen.hardware.nodes
    price = offer.price_usd_per_hour
    if price and offer.timed is None and offer.spot_twin_usd_per_hour is None:
        hours = float(charge.usd) / (price * chosen.hardware.nodes)
    else:
        hours = (chosen.hours or 0.0) * float(charge.usd) / (chosen.cost_parts.compute or float(charge.usd))
    listed = None if offer.commitment is None else offer.commitment.on_demand_usd_per_hour
    return replace(
        charge, quantity=hours * chosen.hardware.nodes, unit="Hours", consumed=hours * count,
        consumed_unit="GPU-Hours", sku=offer.instance, meter="Instance Hours",
        pricing_category=pricing_category(offer.tier),
        sku_price=f"{offer.provider}/{offer.region}/{offer.instance}/{offer.tier}",
        details={"InstanceType": offer.instance, "GpuCount": chosen.hardware.count}, gpu=chosen.hardware.gpu,
        list_usd=None if listed is None else decimal(listed * hours * chosen.hardware.nodes),
    )  # fmt: skip


def _service(plan: Plan, job: ManagedJob, cost_usd: float, asked: Asked) -> list[Charge]:
    start = midnight(asked.start)
    words = {"training": "training", "reruns": "expected re-runs", "storage": "the tuned model kept for a month"}
    by_token = job.usd_per_mtok is not None
    first = Charge(
        part="", usd=Decimal(0), lo_usd=None, hi_usd=None, start=start, end=start + datetime.timedelta(days=1),
        provider=job.provider, service="Managed fine-tuning", service_category="AI and Machine Learning",
        description="", tags=tags_of(plan.metadata, job.id), sku=job.offered, sku_price=f"{job.provider}/{job.offered}",
    )  # fmt: skip
    found = []
    for part, what in words.items():
        usd = getattr(job.cost_parts, part)
        if usd:
            tokens = job.billed_tokens if part == "training" and by_token else None
            found.append(replace(
                first, part=part, usd=decimal(usd), description=f"{job.model}: {what}", meter=what.capitalize(),
                quantity=None if tokens is None else tokens / 1e6, unit="1000000 Tokens",
                consumed=tokens, consumed_unit="Tokens",
            ))  # fmt: skip
    charges = with_band(found, cost_usd, job.cost_usd_lo, job.cost_usd_hi)
    return [*charges, *tax_charge(first, job.cost_parts.tax, plan.tax_name)]


def tax_charge(first: Charge, usd: float | None, name: str) -> list[Charge]:
    """The tax on top of a cost, as a charge of its own category; none where the scenario names none."""
    if not usd:
        return []
    return [
        replace(
            first, part="tax", usd=decimal(usd), category="Tax", service="Tax", service_category="Other", region="",
            description=name or "tax", sku="", sku_price="",
        )
    ]  # fmt: skip
