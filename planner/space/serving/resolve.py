"""The names of a Serving scenario looked up in the catalog; what does not exist or cannot be is a problem."""

from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.engines import Engine
from planner.catalog.names import suggest
from planner.catalog.rows import Benchmark, Catalog, Ints, Task
from planner.scenario.serving import Serving
from planner.space.axes import Complain
from planner.space.hardware_names import (
    check_gpus,
    check_offered,
    check_places,
    check_residency_and_services,
    held_back,
    in_the_way,
)
from planner.space.model_choice import choose_models
from planner.space.offers import STALE_MONTHS, Market, open_market
from planner.space.resolve import RESERVED_NAME
from planner.space.serving.api_choice import ApiChoice, choose_apis
from planner.space.serving.cascade import First, first_of_cascade
from planner.space.serving.lever_checks import check_levers
from planner.space.serving.trained import TrainedModel
from planner.traffic import Traffic

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ServingSpace:
    """Everything a Serving scenario may choose from."""

    models: Ints
    """Models on rented machines, as indices into `Catalog.models`."""
    removed_models: dict[str, int]
    engines: tuple[Engine, ...]
    precisions: tuple[str, ...]
    market: Market
    """Offers in play; of no model on rented machines, none."""
    apis: tuple[ApiChoice, ...]
    first: First | None
    """The smaller model of a cascade; None where the scenario has none."""
    traffic: Traffic
    task: Task
    benchmark: Benchmark | None
    """The scenario's own choice; None leaves it to the task."""
    families: dict[str, tuple[str, ...]]
    trained: TrainedModel | None = None
    """The tuned model that is served; its base is among `models`."""


def resolve_serving(
    scenario: Serving,
    catalog: Catalog,
    traffic: Traffic,
    complain: Complain,
    warn: Complain,
    stale_months: float = STALE_MONTHS,
) -> ServingSpace | None:
    """Look up every name; returns None when a problem was reported.

    What a fine-tuning scenario chooses joins later, by `with_trained`.
    """
    troubles = 0

    def report(path: Path, message: str, hint: str | None = None) -> None:
        nonlocal troubles
        troubles += 1
        complain(path, message, hint)

    if scenario.metadata.name == RESERVED_NAME:
        report(("metadata", "name"), f"the name {RESERVED_NAME!r} is taken",
               "reports/samples/ holds the committed samples")  # fmt: skip
    models, removed = choose_models(scenario, catalog, report)
    engines = _engines(scenario, catalog, report)
    families = check_gpus(scenario, catalog, report)
    check_offered(scenario, catalog, warn)
    check_places(scenario, catalog, report)
    check_residency_and_services(scenario, catalog, report)
    apis = choose_apis(scenario, catalog, report)
    first = first_of_cascade(scenario, catalog, report)
    check_levers(scenario, traffic, report, warn)
    _check_running(scenario, report)
    if troubles:
        return None
    market = open_market(scenario.hardware, catalog, stale_months)
    rents = len(models) > 0 or scenario.fine_tune is not None or (first is not None and first.model is not None)
    if rents and not len(market.offers):
        report(in_the_way(scenario, catalog), "no offer of the catalog matches", held_back(market))
        return None
    if not rents:
        market = market.restricted(np.zeros(len(market.offers), bool))
        if not apis:
            report(("models",), "no model is left to serve", "name a model, or an API under apis")
            return None
    benchmark = scenario.quality.baseline
    return ServingSpace(
        models=models,
        removed_models=removed,
        engines=engines,
        precisions=tuple(scenario.precisions),
        market=market,
        apis=apis,
        first=first,
        traffic=traffic,
        task=next(task for task in catalog.tasks if task.id == scenario.quality.task),
        benchmark=next((b for b in catalog.benchmarks if benchmark and b.id == benchmark.benchmark), None),
        families=families,
    )


def with_trained(space: ServingSpace, trained: TrainedModel) -> ServingSpace:
    """The space with a tuned model to serve beside the others."""
    return replace(space, models=np.union1d(space.models, [trained.model]), trained=trained)


def _engines(scenario: Serving, catalog: Catalog, report: Complain) -> tuple[Engine, ...]:
    known = {name: engine for engine in catalog.engines for name in (engine.id, *engine.aliases)}
    found: dict[str, Engine] = {}
    for i, name in enumerate(scenario.engines):
        if (engine := known.get(name)) is None:
            near = suggest(name, list(known))
            allowed = ", ".join(engine.id for engine in catalog.engines)
            report(
                ("engines", i), f"unknown engine {name!r}", f"did you mean {near!r}?" if near else f"allowed: {allowed}"
            )
        else:
            found[engine.id] = engine
    return tuple(found.values())


def _check_running(scenario: Serving, report: Complain) -> None:
    """Report what cannot be asked of a service that runs on: hardware keys for jobs that end, replicas at odds."""
    for name in ("start", "spot_policies", "time_rates"):
        if name in scenario.hardware.model_fields_set:
            report(("hardware", name), f"hardware.{name} is for jobs that end; a service runs on", "take it out here")
    block = scenario.replicas
    if "to_zero" in block.scalings and block.cold_start is None:
        place: Path = ("replicas", "scalings", block.scalings.index("to_zero"))
        report(place, "what scaling to zero saves depends on the cold start", "add to replicas: cold_start: 3 min")
    if scenario.replicas.min > scenario.replicas.max:
        report(("replicas", "min"), f"min is {scenario.replicas.min}, above max {scenario.replicas.max}", None)
