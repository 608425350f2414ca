"""What a job may choose: configurations of its own plans with figures that are known, whatever their kind."""

import math
from dataclasses import dataclass, replace
from typing import Final

from planner.outcome.configuration import Configuration, Figure, Offer
from planner.outcome.difference_words import choice_text, offer_words
from planner.outcome.portfolio import Chosen, JobPlan
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_words import provider_of
from planner.outcome.settings_words import swept_words
from planner.units import HOURS_PER_MONTH, Z90

NO_COST: Final = "the cost is unknown"
NO_TIME: Final = "the time is unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to run a job. Quality, carbon and band may be unknown: NaN."""

    chosen: Chosen
    hours: float
    cost_usd: float
    """At a price that does not depend on the time, or the mean of one that does."""
    varying_usd: float = 0.0
    """Of it, what follows the portfolio's rates: compute and re-runs, not storage and egress."""
    low_share: float = math.nan
    """Lower end of the cost's 90 % band, as a share of the cost."""
    high_share: float = math.nan
    quality: float = math.nan
    carbon_kg: float = math.nan
    plain: bool = False
    """Whether the portfolio's rates can hold: a machine rented without a service and without rates of its own."""
    timed: bool = False
    """Whether its price depends on the time by its own scenario; the cost is its mean, or from the start given."""
    cascade: bool = False
    """Whether a smaller model runs before it, on machines that are not counted."""

    @property
    def name(self) -> str:
        """Id of the configuration."""
        return self.chosen.id

    @property
    def sigma(self) -> float:
        """Deviation of ln cost, from the band; NaN where that is unknown."""
        if not self.cost_usd:
            return 0.0
        if not (self.low_share > 0 and self.high_share > 0):
            return math.nan
        return max(0.0, math.log(self.high_share / self.low_share)) / (2 * Z90)


def of_training(c: Configuration, decisions: list[str], avoids: str) -> Option | str:
    """A configuration of a FineTune plan; or why it cannot be planned with."""
    if c.cost_usd is None:
        return NO_COST
    if c.hours is None:
        return NO_TIME
    machine, offer, parts = c.hardware, c.offer, c.cost_parts
    timed = offer.timed is not None
    varying = 0.0 if timed else (parts.compute or 0.0) + (parts.reruns or 0.0)
    settings = swept_words(c)
    what = choice_text(c).rpartition(" on ")[0]
    nodes = f"{machine.nodes} nodes of " if machine.nodes > 1 else ""
    chosen = Chosen(
        id=c.id, model=c.model, what=f"{what}, {settings}" if settings else what,
        where=f"{nodes}{machine.count}x {machine.gpu} at {offer_words(c)}", provider=offer.provider,
        region=offer.region, country=offer.country, gpu=machine.gpu, gpus=machine.count * machine.nodes,
        tier=offer.tier, decisions=decisions, avoids=avoids,
    )  # fmt: skip
    return Option(
        chosen=chosen, hours=c.hours, cost_usd=c.cost_usd, varying_usd=min(varying, c.cost_usd),
        low_share=_share(c.cost_usd_lo, c.cost_usd), high_share=_share(c.cost_usd_hi, c.cost_usd),
        quality=_or_nan(c.quality),
        carbon_kg=_or_nan(c.carbon_kg), plain=_is_plain(offer), timed=timed,
    )  # fmt: skip


def of_serving(c: ServingConfiguration, hours: float, decisions: list[str], avoids: str) -> Option | str:
    """A configuration of a Serving plan that is up for so many hours; or why it cannot be planned with."""
    if c.cost_usd_per_month is None:
        return NO_COST
    share = hours / HOURS_PER_MONTH
    offer, machine = c.offer, c.machine
    if machine is not None and c.capacity is None:
        return "the number of its machines is unknown"
    machines = 0 if machine is None or c.capacity is None else c.capacity.machines_peak
    gpus = 0 if machine is None else machines * machine.gpus_per_machine
    timed = offer is not None and offer.timed is not None
    compute = 0.0 if timed or machine is None else c.cost_parts.compute or 0.0
    # Model and engine come before the machine, levers after it.
    what, _, rest = choice_text(c).partition(" on ")
    where = offer_words(c)
    if machine is not None:
        where = f"{machines} of {machine.gpus_per_machine}x {machine.gpu} at {where}"
        what += "".join(rest.partition(",")[1:])
    chosen = Chosen(
        id=c.id, model=c.model, what=what, where=where, provider=provider_of(c),
        region="" if offer is None else offer.region, country="" if offer is None else offer.country,
        gpu="" if machine is None else machine.gpu, gpus=gpus, tier="" if offer is None else offer.tier,
        decisions=decisions, avoids=avoids,
    )  # fmt: skip
    month = c.cost_usd_per_month
    return Option(
        chosen=chosen, hours=hours, cost_usd=month * share, varying_usd=min(compute, month) * share,
        low_share=_share(c.cost_usd_per_month_lo, month),
        high_share=_share(c.cost_usd_per_month_hi, month), quality=_or_nan(c.quality),
        carbon_kg=_or_nan(c.carbon_kg_per_month) * share, plain=offer is not None and _is_plain(offer), timed=timed,
        cascade=bool(c.first_tier),
    )  # fmt: skip


def of_earlier(job: JobPlan) -> Option | None:
    """What an earlier plan chose for a job, as it was planned there; None where it did not run."""
    chosen, run = job.chosen, job.run
    if chosen is None or run is None:
        return None
    return Option(
        chosen=chosen, hours=run.hours, cost_usd=run.cost_usd,
        low_share=_share(run.cost_usd_lo, run.cost_usd), high_share=_share(run.cost_usd_hi, run.cost_usd),
        quality=_or_nan(run.quality),
        carbon_kg=_or_nan(run.carbon_kg),
    )  # fmt: skip


def known(value: float) -> Figure:
    """A figure for the outcome: None where it is unknown or has no end."""
    return value if math.isfinite(value) else None


def avoiding(option: Option, avoids: str) -> Option:
    """The option from a plan that avoids something."""
    return replace(option, chosen=option.chosen.model_copy(update={"avoids": avoids}))


def _is_plain(offer: Offer) -> bool:
    return not offer.service and offer.timed is None


def _or_nan(value: Figure) -> float:
    return math.nan if value is None else value


def _share(end: Figure, usd: float) -> float:
    """An end of a band as a share of the cost; NaN where it is unknown."""
    return math.nan if end is None or not usd else end / usd
