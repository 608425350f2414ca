"""What a plan of a portfolio foresees to be charged: for each job that runs, and each month that it runs in."""

from dataclasses import replace
from decimal import Decimal

from planner.export.asked import Given
from planner.export.focus.bands import with_band
from planner.export.focus.charges import Charge, tags_of
from planner.export.focus.periods import decimal, pieces
from planner.export.focus.tuning import pricing_category
from planner.export.runs import Scheduled, scheduled, zone_of
from planner.outcome.plan import Metadata
from planner.outcome.portfolio import PortfolioPlan

_SERVICES = {
    True: ("GPU instances", "Compute"),
    False: ("Model API", "AI and Machine Learning"),
}
"""Whether it holds GPUs → service, and its category of FOCUS."""


def portfolio_charges(given: Given, plan: PortfolioPlan) -> list[Charge]:
    """The charges of jobs that run or have started, by month of the portfolio's time zone; what is done is billed.

    Those of a job add up to its `cost_usd`, in the ratio of its months. What a plan of a portfolio does not say, the
    parts of a cost and the price of an hour, stands in no column.
    """
    zone = zone_of(given, plan)
    found = []
    for one in scheduled(given, plan):
        if one.job.status == "done":
            continue
        first = _first(plan, one)
        months = [
            replace(
                first, start=start, end=end, zone=zone,
                usd=decimal(one.run.cost_by_month_usd.get(f"{start.astimezone(zone):%Y-%m}", 0.0)),
                consumed=(end - start).total_seconds() / 3600 * one.chosen.gpus if one.chosen.gpus else None,
            )
            for start, end in pieces(one.start, one.end, "month", zone)
        ]  # fmt: skip
        found += with_band(months, one.run.cost_usd, one.run.cost_usd_lo, one.run.cost_usd_hi)
    return found


def _first(plan: PortfolioPlan, one: Scheduled) -> Charge:
    """A charge of the job without amounts."""
    chosen = one.chosen
    service, category = _SERVICES[chosen.gpus > 0]
    sku = f"{chosen.gpus} x {chosen.gpu}" if chosen.gpus else chosen.model
    price = "/".join(filter(None, (chosen.provider, chosen.region, sku, chosen.tier)))
    return Charge(
        part="run", usd=Decimal(0), lo_usd=None, hi_usd=None, start=one.start, end=one.end, provider=chosen.provider,
        service=service, service_category=category, description=f"{one.job.name}: {chosen.what} on {chosen.where}",
        tags=_tags(plan, one), consumed_unit="GPU-Hours", pricing_category=pricing_category(chosen.tier),
        region=chosen.region, sku=sku, sku_price=price, meter="Run", gpu=chosen.gpu,
        details={"GpuCount": chosen.gpus} if chosen.gpus else {},
    )  # fmt: skip


def _tags(plan: PortfolioPlan, one: Scheduled) -> dict[str, str]:
    """The tags of the job's own scenario, of the job's team; what that does not say is the portfolio's."""
    job, whole = one.job, plan.metadata
    own = job.metadata or Metadata(name=job.name)
    metadata = Metadata(
        name=own.name, team=job.team or None, owner=own.owner or whole.owner,
        cost_centre=own.cost_centre or whole.cost_centre, labels={**whole.labels, **own.labels},
    )  # fmt: skip
    return {**tags_of(metadata, one.chosen.id), "portfolio": whole.name, "job": job.name}
