"""The document `CatalogOverlay`: providers, cards, models and prices of a user's own, laid on the catalog.

It is committed beside the scenarios that name it under `overlays`, and reviewed like code.
"""

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from planner.scenario.blocks import Block, Code, Metadata, Name, Slug
from planner.scenario.own_models import ModelConfig, ModelDefinition
from planner.scenario.quantities import HourlyPrice, UnitPrice
from planner.scenario.tiers import COMMITTED, Tier
from planner.scenario.time_rates import MOST_TIME_RATES, TimeRate
from planner.units import USD

KIND: Final = "CatalogOverlay"


def _real(day: str) -> str:
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        message = f"there is no day {day}"
        raise ValueError(message) from None
    return day


Day = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"), AfterValidator(_real)
]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(json_schema_extra={"x-form": "country"})]
Seconds = Annotated[float, Field(ge=0, le=604_800)]
Rate = Annotated[float, Field(ge=1e-3, le=1e6)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Regions = Annotated[list[Name], Field(min_length=1, max_length=200)]
Patterns = Annotated[list[Name], Field(min_length=1, max_length=50)]


class Dated(Block):
    """What holds for a time; days are compared with `hardware.start`, else with the catalog's date, never the clock."""

    from_: Day | None = Field(default=None, alias="from")
    """First day on which it holds, such as 2026-01-01."""
    until: Day | None = None
    """Last day on which it holds, such as 2026-12-31."""
    source: Text | None = None
    """What it rests on: a contract, an invoice, a quote."""

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if self.from_ is not None and self.until is not None and self.from_ > self.until:
            message = f"from {self.from_} is after until {self.until}"
            raise ValueError(message)
        return self


class OwnProvider(Block):
    """A data centre of your own, or a provider that the catalog lacks.

    What is left out is the default of the catalog, and the plan says so.
    """

    id: Slug
    """Its name in scenarios and plans."""
    billing_granularity_s: Annotated[float, Field(gt=0, le=86_400)] | None = None
    """Seconds that usage is rounded up to."""
    billing_minimum_s: Seconds | None = None
    """Least seconds that are billed."""
    queue_s: Seconds | None = None
    """Wait for a machine, in seconds."""
    boot_s: Seconds | None = None
    """Seconds from the order until the machine answers."""
    image_pull_s: Seconds | None = None
    """Seconds until the container image is there."""
    weights_gb_per_s: Annotated[float, Field(ge=1e-6, le=10_000)] | None = None
    """GB per second at which weights are downloaded."""
    max_run_hours: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """Longest run in hours; left out, none is known."""
    preemption_per_hour: Annotated[float, Field(ge=0, le=100)] | None = None
    """How often a spot machine is taken away, per running hour."""
    grid_gco2e_per_kwh: Annotated[float, Field(ge=0, le=5_000)] | None = None
    """Carbon intensity of its electricity, in grams of CO2-equivalent per kWh."""
    pue: Annotated[float, Field(ge=1, le=5)] | None = None
    """Power usage effectiveness: all power over that of the machines."""


class OwnGpu(Block):
    """A card of your own. How much of its peaks a run reaches is taken from the card it is like: extrapolated."""

    id: Slug
    """Its name in scenarios and plans."""
    like: Name
    """The card of the catalog whose constants of the utilisation law apply, and whose figures where none is given."""
    mem_gib: Annotated[float, Field(gt=0, le=10_000)] | None = None
    """Marketed memory, in GiB."""
    usable_gib: Annotated[float, Field(gt=0, le=10_000)] | None = None
    """What a process can allocate; left out, the same share of mem_gib as on the card it is like."""
    mem_bw_gb_s: Rate | None = None
    """Memory bandwidth in GB per second."""
    fp32_tflops: Rate | None = None
    """Dense fp32 peak, in TFLOP/s."""
    fp16_tflops: Rate | None = None
    """Dense fp16 peak, in TFLOP/s."""
    bf16_tflops: Rate | None = None
    """Dense bf16 peak, in TFLOP/s; not the peak with sparsity."""
    fp8_tflops: Rate | None = None
    """Dense fp8 peak, in TFLOP/s."""
    link_gb_s: Rate | None = None
    """Achieved one-way bandwidth per card for large collectives inside the node, in GB per second."""
    nvlink_gb_s: Annotated[float, Field(ge=0, le=1e6)] | None = None
    """Total bidirectional bandwidth between cards, in GB per second; 0 for none."""
    pcie_gb_s: Rate | None = None
    """Nominal bidirectional bandwidth to the host, in GB per second."""
    tdp_w: Annotated[float, Field(gt=0, le=100_000)] | None = None
    """Power of one card, in watts."""
    release_year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    """Year of release."""
    source: Text | None = None
    """Where its figures come from."""


class OwnOffer(Dated):
    """A private price: a fixed rate for a machine that the catalog lists, or a machine that it lacks.

    A fixed rate keeps all other terms of the listed offer. With `gpu` the line describes a machine of its own.
    """

    provider: Name
    """Provider, of the catalog or of this document."""
    instance: Name
    """Name of the machine."""
    regions: Regions | None = None
    """Regions that the price holds in; left out, every one that lists the machine. A machine of its own needs them."""
    tier: Tier = "on_demand"
    """Way to rent: on_demand, spot, or a commitment: reserved_1y, reserved_3y, savings_1y, savings_3y."""
    price: HourlyPrice
    """Price of the whole machine per hour, such as $98.32 or 18 EUR; of a commitment per committed hour, used or not,
    with what is paid up front spread over the term."""
    as_of: Day
    """Day of the price, such as 2026-11-01."""
    gpu: Name | None = None
    """The card of a machine of its own."""
    gpu_count: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Cards in it."""
    vcpus: Annotated[float, Field(gt=0, le=100_000)] | None = None
    """Virtual CPUs; left out, unknown."""
    memory_gib: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """Memory of the host in GiB; left out, unknown."""
    country: Country | None = None
    """Country of its regions, as a two-letter code; left out, that of the catalog's region, or unknown."""

    @model_validator(mode="after")
    def _whole(self) -> "OwnOffer":
        if self.gpu is not None:
            if self.gpu_count is None or self.regions is None:
                message = (
                    "gpu describes a machine of its own, which needs gpu_count and regions too; "
                    "leave it out for a fixed rate of a listed machine"
                )
                raise ValueError(message)
        elif {"gpu_count", "vcpus", "memory_gib", "country"} & self.model_fields_set:
            message = "gpu_count, vcpus, memory_gib and country describe a machine of its own, which needs gpu too"
            raise ValueError(message)
        return self


class Discount(Dated):
    """What was negotiated off the list: of several lines that match an offer, the last one counts."""

    provider: Name
    """Provider of the catalog."""
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=6)] = Field(default=["on_demand"])
    """Ways to rent that it holds for; of a commitment the price per committed hour is meant."""
    off: Literal["list", "on_demand"] = "list"
    """What the percentage is taken off: the list price of the tier itself, or the list price on demand of the same
    machine, as commitments are usually quoted."""
    gpus: Patterns | None = None
    """Cards that it holds for, as ids or patterns: [h100*]; left out, all."""
    instances: Patterns | None = None
    """Machines that it holds for, as names or patterns: [p5.*]; left out, all."""
    regions: Regions | None = None
    """Regions that it holds in; left out, all."""
    services: Annotated[list[Name], Field(min_length=1, max_length=20)] = Field(default=["vm"])
    """Services that it holds for; vm is a plain machine."""
    percent: Annotated[float, Field(gt=0, lt=100)]
    """Percent off the list."""

    @model_validator(mode="after")
    def _of_commitments(self) -> "Discount":
        others = [tier for tier in self.tiers if tier not in COMMITTED]
        if self.off == "on_demand" and others:
            message = f"off: on_demand is for commitments alone, and tiers is {', '.join(self.tiers)}: name some there"
            raise ValueError(message)
        return self


class Storage(Dated):
    """What disk costs at a place."""

    provider: Name
    """Provider, of the catalog or of this document."""
    regions: Regions | None = None
    """Regions that it holds in; left out, all."""
    price: UnitPrice
    """Price per GB and month."""


class Egress(Dated):
    """What traffic out of a place costs."""

    provider: Name
    """Provider, of the catalog or of this document."""
    regions: Regions | None = None
    """Regions that it holds in; left out, all."""
    price: UnitPrice
    """Price per GB."""


class OwnTimeRate(Dated, TimeRate):
    """What an hour at some times of the week costs by contract, as percent off or on top of an offer's price."""


class OwnRate(Block):
    """What a unit of a currency is worth to you; it counts instead of the catalog's."""

    currency: Code
    """Its code, such as EUR; USD is worth itself."""
    usd_per_unit: Annotated[float, Field(ge=1e-9, le=1e6)]
    """USD for one unit."""
    as_of: Day
    """Day of the rate, such as 2026-11-01."""
    source: Text | None = None
    """Who says so."""

    @model_validator(mode="after")
    def _other(self) -> "OwnRate":
        if self.currency == USD:
            message = "one USD is 1 USD: all amounts are kept in it"
            raise ValueError(message)
        return self


class CatalogOverlay(Block):
    """Providers, cards, models and prices of your own, laid on the catalog by the scenarios that name this file.

    The price of an offer is the list's, less what was negotiated, unless a fixed rate is given for it.
    """

    api_version: Literal["planner/v1"]
    """Version of the format."""
    kind: Literal["CatalogOverlay"]
    """What this file is."""
    metadata: Metadata
    providers: Annotated[list[OwnProvider], Field(max_length=50)] = Field(default_factory=list)
    """Data centres of your own, and providers that the catalog lacks."""
    gpus: Annotated[list[OwnGpu], Field(max_length=50)] = Field(default_factory=list)
    """Cards that the catalog lacks."""
    models: Annotated[list[ModelDefinition | ModelConfig], Field(max_length=100)] = Field(default_factory=list)
    """Models of your own: `define:` their shape, or name their Hugging Face `config:`."""
    offers: Annotated[list[OwnOffer], Field(max_length=500)] = Field(default_factory=list)
    """Fixed rates for listed machines, and machines that the catalog lacks."""
    discounts: Annotated[list[Discount], Field(max_length=100)] = Field(default_factory=list)
    """What was negotiated off the list."""
    storage: Annotated[list[Storage], Field(max_length=200)] = Field(default_factory=list)
    """Own prices of disk."""
    egress: Annotated[list[Egress], Field(max_length=200)] = Field(default_factory=list)
    """Own prices of traffic out."""
    time_rates: Annotated[list[OwnTimeRate], Field(max_length=MOST_TIME_RATES)] = Field(default_factory=list)
    """Rates at night, at weekends or at other times of the week, on the price of an offer, private or not. Two that
    hold for the same hour of the same machine are refused; of several overlays the last one with rates for an offer
    counts."""
    currencies: Annotated[list[OwnRate], Field(max_length=50)] = Field(default_factory=list)
    """Own rates of currencies."""
