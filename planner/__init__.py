"""Plan what it costs, how long it takes and how good it gets to fine-tune and serve a language model.

The Python API has the verbs of the command line: `plan` gives the `Plan` of a scenario of fine-tuning, `plan_serving`
that of one of serving, `plan_portfolio` that of many jobs, `business_case` what an undertaking returns, `review` what
was spent, `estimate` one configuration, `report` writes any of them as HTML, PDF and Markdown. What is wrong with a
scenario is raised as `planner.source.InvalidInput`, which holds every problem with its place; every other expected
failure is a `planner.errors.PlannerError`, whose text says what to do.
"""

import datetime
import sys
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from planner.version import __version__

if TYPE_CHECKING:
    from planner.choose.progress import Tick
    from planner.kinds.estimated import Estimate
    from planner.outcome import Plan
    from planner.outcome.any_plan import Outcome
    from planner.outcome.business_case import Case
    from planner.outcome.portfolio import PortfolioPlan
    from planner.outcome.review import Review
    from planner.outcome.serving_plan import ServingPlan

__all__ = ["__version__", "business_case", "estimate", "plan", "plan_portfolio", "plan_serving", "report", "review"]

Scenario = str | PathLike[str] | Mapping[str, Any]
"""A path to a YAML file, or the same content as a mapping."""


def plan(
    scenario: Scenario,
    *,
    calibration: str | PathLike[str] | None = None,
    progress: "Callable[[Tick], None] | None" = None,
) -> "Plan":
    """The plan of a scenario (kind FineTune): its exact front, the decisions on it, and everything that explains them.

    A scenario for which nothing is feasible gives a plan with an empty front and its `relaxations`. `calibration` is a
    file that `planner calibrate` made, and counts instead of the one that the scenario names. `progress` is called
    after every chunk or generation of the search with a `planner.choose.progress.Tick`: how far it is.
    """
    from planner.planning import plan_scenario

    return plan_scenario(scenario, calibration=None if calibration is None else Path(calibration), progress=progress)


def plan_serving(scenario: Scenario) -> "ServingPlan":
    """The plan of a scenario (kind Serving): its exact front of rented machines and APIs, and the decisions on it."""
    from planner.planning import plan_serving_scenario

    return plan_serving_scenario(scenario)


def review(scenario: Scenario, *, today: "datetime.date | None" = None, tracking_uri: str | None = None) -> "Review":
    """The review of a scenario (kind SpendReview): what was spent, by whom, what is odd, where it goes, what to change.

    `today` counts where the scenario says no `as_of`; without it that is the catalog's date. `tracking_uri` is MLflow's
    server, for sources that are experiments. Rows that no review can take stand in `Review.read`.
    """
    from planner.planning import review_scenario

    return review_scenario(scenario, today, tracking_uri)


def plan_portfolio(scenario: Scenario) -> "PortfolioPlan":
    """The plan of a scenario (kind Portfolio): which configuration for each of its jobs, and when.

    A job whose own scenario cannot be planned is part of it, with the reason; the others are planned. Who has to
    approve a job is told by `planner plan`, which reads the policies.
    """
    from planner.planning import portfolio_scenario

    return portfolio_scenario(scenario)


def business_case(scenario: Scenario) -> "Case":
    """The business case of a scenario (kind BusinessCase): costs, returns and the decision, with their bands."""
    from planner.planning import case_scenario

    return case_scenario(scenario)


def estimate(
    scenario: Scenario,
    *,
    model: str | None = None,
    method: str | None = None,
    stack: str | None = None,
    gpu: str | None = None,
    count: int | None = None,
    provider: str | None = None,
    service: str | None = None,
    instance: str | None = None,
    region: str | None = None,
    tier: str | None = None,
    calibration: str | PathLike[str] | None = None,
) -> "Estimate":
    """The estimate of one configuration, with its bands, labels, assumptions and the limits it breaks.

    The arguments pick among what the scenario leaves open. When more than one combination remains, the
    `planner.errors.InputError` that is raised says how many, and what still varies.
    """
    from planner.planning import estimate_scenario

    return estimate_scenario(
        scenario, model=model, method=method, stack=stack, gpu=gpu, count=count, provider=provider, service=service,
        instance=instance, region=region, tier=tier, calibration=None if calibration is None else Path(calibration),
    )  # fmt: skip


def report(
    plan: "Outcome | str | PathLike[str]",
    template: str = "technical",
    out: str | PathLike[str] | None = None,
    *,
    outputs: Sequence[Literal["html", "pdf", "md"]] = ("html", "pdf", "md"),
) -> list[Path]:
    """Write what a scenario became (or the plan.json at a path, or in a folder) as HTML, PDF and Markdown.

    Returns the files written: into `out`, by default the folder of the plan.json, or reports/<name> for a plan that
    came from no file. What had to be left out, and why, is logged as a warning.
    """
    import logging

    from planner.outcome.plan import PlanHead
    from planner.report.reading import read_outcome
    from planner.report.render import render

    read = plan if isinstance(plan, PlanHead) else read_outcome(Path(plan))
    if out is not None:
        folder = Path(out)
    elif isinstance(plan, PlanHead):
        folder = Path("reports") / plan.metadata.name
    else:
        folder = Path(plan) if Path(plan).is_dir() else Path(plan).parent
    written, notes = render(read, template, folder, outputs)
    for note in notes:
        logging.getLogger("planner").warning(note)
    return written


class _Package(ModuleType):
    """Keeps `planner.estimate(…)` and `planner.report(…)` callable once the packages of these names are loaded."""

    def __setattr__(self, name: str, value: object) -> None:
        """Python binds a loaded package to its parent here; the function of that name becomes what calling it does."""
        function = self.__dict__.get(name)
        if isinstance(value, ModuleType) and callable(function) and not isinstance(function, ModuleType):
            value.__class__ = type("CallablePackage", (ModuleType,), {"__call__": staticmethod(function)})
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
