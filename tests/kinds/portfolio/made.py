"""Jobs of a portfolio with plans made by hand, cheaply: a few configurations each, that avoid places when asked to."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.kinds.fine_tune import Origin
from planner.kinds.portfolio.inputs import JobInput, Place
from planner.kinds.portfolio.places import lies_in
from planner.kinds.portfolio.plan import plan_portfolio
from planner.outcome import AnyPlan, Configuration, CostParts, Plan, Reference
from planner.outcome.portfolio import Chosen, JobPlan, PortfolioPlan
from planner.scenario.portfolio import Portfolio
from tests.report.sample_configurations import configuration
from tests.report.sample_plan import sample_plan

BEGINS = "2026-06-01"
"""A Monday."""


@cache
def catalog() -> Catalog:
    return load_catalog()


def way(
    id_: str, *, hours: float | None = 4.0, usd: float | None = 10.0, spread: float | None = 1.2,
    quality: float | None = None, carbon_kg: float | None = 1.0, gpus: int = 1, nodes: int = 1, gpu: str = "h100-sxm",
    provider: str = "lambda", region: str = "us-west-3", country: str = "US", tier: str = "on_demand",
    fixed: float = 0.0, **offer: Any,
) -> Configuration:  # fmt: skip
    """A configuration; of its cost `fixed` is storage, and the band reaches from cost / spread to cost x spread."""
    made = configuration("qwen2.5-7b", "lora", 0.5, ("l4", 1, provider, region, "on_demand", 1.0))
    low, high = (None, None) if usd is None or spread is None else (usd / spread, usd * spread)
    parts = CostParts(compute=None if usd is None else usd - fixed, storage=fixed, egress=0.0, reruns=0.0)
    return made.model_copy(
        update={
            "id": id_, "hours": hours, "cost_usd": usd, "cost_usd_lo": low, "cost_usd_hi": high, "quality": quality,
            "carbon_kg": carbon_kg, "cost_parts": parts,
            "hardware": made.hardware.model_copy(update={"gpu": gpu, "count": gpus, "nodes": nodes}),
            "offer": made.offer.model_copy(update={"region": region, "country": country, "tier": tier, **offer}),
        }
    )  # fmt: skip


def plan_of(front: Sequence[Configuration], **changes: Any) -> Plan:
    """A plan with this front; the first is called the cheapest."""
    return sample_plan().model_copy(
        update={
            "front": list(front), "beside": [], "managed": None, "unknown": 0,
            "decisions": {"cheapest": front[0].id} if front else {}, "relaxations": [],
        } | changes
    )  # fmt: skip


def portfolio(jobs: Sequence[Mapping[str, Any]], **others: Any) -> Portfolio:
    """A portfolio over two days in UTC from a Monday on, on slots of four hours."""
    given: dict[str, Any] = {
        "api_version": "planner/v1", "kind": "Portfolio", "metadata": {"name": "many"}, "begins": BEGINS,
        "horizon": "48 h", "solver": {"time_limit": 20, "gap": 0, "front": 0},
    }  # fmt: skip
    written = [{"scenario": f"{job['name']}.yaml"} | dict(job) for job in jobs]
    solver = given["solver"] | others.pop("solver", {})
    return Portfolio.model_validate(given | others | {"jobs": written, "solver": solver})


Fronts = Mapping[str, Sequence[Configuration] | Exception | AnyPlan]
"""Job → every configuration that it has, whatever a front would show; or what planning it raises."""


def planned(
    scenario: Portfolio,
    fronts: Fronts,
    *,
    earlier: PortfolioPlan | None = None,
    kinds: Mapping[str, str] | None = None,
    failures: Mapping[str, str] | None = None,
    called: list[tuple[str, tuple[Place, ...]]] | None = None,
    shown: Callable[[Sequence[Configuration]], Sequence[Configuration]] = lambda front: front,
    progress: Callable[[str], None] | None = None,
) -> PortfolioPlan:
    """The plan of a portfolio; `shown` says which of the configurations that are left stand on a front."""
    names = [job.name for job in scenario.jobs]

    def plan_job(i: int, places: tuple[Place, ...]) -> AnyPlan:
        if called is not None:
            called.append((names[i], places))
        found = fronts[names[i]]
        if isinstance(found, Exception):
            raise found
        if not isinstance(found, Sequence):
            return found
        left = [c for c in found if not any(lies_in(place, _chosen(c)) for place in places)]
        if not left and places:
            msg = "no machine is left"
            raise InputError(msg)
        return plan_of(shown(left))

    jobs = [
        JobInput(
            name=job.name, reference=Reference(path=f"{job.name}.yaml", digest="sha256:0"),
            kind=(kinds or {}).get(job.name, "FineTune"), team=job.team or "",  # type: ignore[arg-type]
            failure=(failures or {}).get(job.name, ""),
        )
        for job in scenario.jobs
    ]  # fmt: skip
    origin = Origin(path="many.yaml", digest="sha256:1", version="0")
    return plan_portfolio(scenario, jobs, plan_job, earlier, catalog(), origin, [], progress)


def job_of(plan: PortfolioPlan, name: str) -> JobPlan:
    return next(job for job in plan.jobs if job.name == name)


def where(plan: PortfolioPlan) -> dict[str, tuple[str, float]]:
    """Job → configuration and start in hours, of what runs."""
    return {job.name: (job.chosen.id, job.run.start_hours) for job in plan.jobs if job.chosen and job.run}


def _chosen(c: Configuration) -> Chosen:
    machine, offer = c.hardware, c.offer
    return Chosen(id=c.id, model=c.model, what="", where="", provider=offer.provider, region=offer.region,
                  gpu=machine.gpu, gpus=machine.count * machine.nodes, tier=offer.tier)  # fmt: skip
