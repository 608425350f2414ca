"""The block `hardware` of a scenario: which machines may be rented, how, where and when."""

from typing import Annotated, Literal

from pydantic import Field

from planner.scenario.blocks import Block, Name
from planner.scenario.quantities import Share
from planner.scenario.spot_policy import SpotPolicyName
from planner.scenario.tiers import Tier
from planner.scenario.time_rates import MOST_TIME_RATES, Start, TimeRate


class Commitment(Block):
    """How a commitment of years is used."""

    utilisation: Share
    """Share of the committed hours that all work together uses, this job among it: an hour of use costs the committed
    price over this share, so that a commitment pays where it is above 1 less the discount."""


class Hardware(Block):
    """Which machines may be rented, and where."""

    gpus: Literal["any"] | Annotated[list[Name], Field(min_length=1)] = "any"
    """GPU ids or families (l4, a100-80gb, h100); a family means every variant."""
    counts: Literal["any"] | Annotated[list[Annotated[int, Field(ge=1, le=1024)]], Field(min_length=1)] = "any"
    """GPUs per machine."""
    providers: Literal["any"] | Annotated[list[Name], Field(min_length=1)] = Field(
        default="any", json_schema_extra={"x-catalog-items": "providers"}
    )
    """Providers to consider: of machines, or of managed fine-tuning (openai, together, fireworks …), which stand beside
    them where they are named. A managed service tells no time, GPU or region."""
    regions: Literal["any"] | Annotated[list[Name], Field(min_length=1)] = "any"
    """Regions to consider; an offer without a stated region does not count as any of them."""
    residency: Annotated[list[Name], Field(min_length=1)] | None = None
    """Countries that the data may lie in, as two-letter codes, or groups of them: [DE, FR], [EU], [EEA, CH]. An offer
    whose country is unknown lies in none of them."""
    services: Literal["any"] | Annotated[list[Name], Field(min_length=1)] = "any"
    """How machines are rented: vm (plain machines), sagemaker, vertex, azureml, spaces; naming a managed service turns
    it on. tuning-api is fine-tuning priced by the token, of all providers unless some are named."""
    min_availability: Share | None = None
    """Least availability, such as 95 %, where one is quoted; an offer without a quoted one does not count."""
    tiers: Annotated[list[Tier], Field(min_length=1)] = Field(default=["on_demand"])
    """Ways to rent: on_demand, spot (can be taken away), and commitments of one or three years to a machine
    (reserved_1y, reserved_3y; with Google, resource-based) or to a spend (savings_1y, savings_3y). What no price list
    has of these is derived from typical discounts."""
    spot_policies: Annotated[list[SpotPolicyName], Field(min_length=1)] | None = None
    """Ways to run on spot machines that are simulated for the spot configurations that matter: spot_only, fallback (on
    demand once the slack before the deadline is gone), uniform_progress (keeps up with the deadline's pace, on demand
    where it must) and multi_region (the next spot machine in several places). Left out: all, where there is a
    deadline."""
    time_rates: Annotated[list[TimeRate], Field(max_length=MOST_TIME_RATES)] = Field(default_factory=list)
    """What hours at night, at weekends or at other times of the week cost against the price of an offer. Two that hold
    for the same hour of the same machine are refused. What a scenario says of a machine counts instead of what its
    overlays say."""
    start: Start | None = None
    """When machines start to be billed: a time such as 2026-12-05T22:00+01:00, without an offset in UTC, or best. It
    matters to offers whose price depends on the time: time_rates, and sustained use of Google's older GPUs, which
    counts by calendar month. Left out, a cost is the mean over all starts, each as likely as any other. best: the run
    waits for the best one, each offer for its own (the best hour of the week, the first of a month), and the deadline
    counts from there. What an overlay agrees from or until a day holds on the day of a start that is given, else at the
    catalog's date."""
    commitment: Commitment | None = None
    """How commitments are used; asked for where `tiers` names one."""
    longest_run: Literal["exclude", "split"] = "exclude"
    """A run that takes longer than the provider allows (Hugging Face 48 h, SageMaker 120 h): exclude it, or split it
    into sessions, each with its own queue, start and download, and a checkpoint written and read between two of them.
    Your training has to resume from a checkpoint by itself for that."""
    allow: list[
        Literal[
            "marketplace",
            "retired",
            "managed",
            "quoted",
            "low_confidence",
            "stale",
            "derived_spot",
            "derived_commitment",
            "non_nvidia",
        ]
    ] = Field(default_factory=list)
    """Filters to turn off: marketplace hosts, retired series, managed services, prices quoted from other tools, prices
    of low confidence or older than 18 months, spot prices derived from an average saving, committed prices derived from
    a typical discount, accelerators that are not from NVIDIA."""
