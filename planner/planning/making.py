"""Plans and estimates of scenarios that were read."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from planner.planning.reading import OTHERWISE, read_any, read_scenario, refused_kind
from planner.planning.ready import (
    AnyReady,
    Ready,
    ServingReady,
    Source,
)
from planner.planning.told import composition, warnings_of
from planner.version import __version__

if TYPE_CHECKING:
    from planner.choose.progress import Progress
    from planner.choose.storage import Keeping
    from planner.kinds.estimated import Estimate
    from planner.kinds.fine_tune import Origin
    from planner.kinds.single import Picks
    from planner.outcome import AnyPlan, Plan
    from planner.outcome.serving_plan import ServingPlan
    from planner.outcome.why_not import WhyNot


@overload
def plan_ready(
    ready: Ready, progress: "Progress | None" = None, *, brief: bool = False, keeping: "Keeping | None" = None
) -> "Plan": ...
@overload
def plan_ready(
    ready: ServingReady, progress: "Progress | None" = None, *, brief: bool = False, keeping: None = None,
    simulate: bool = False,
) -> "ServingPlan": ...  # fmt: skip
@overload
def plan_ready(
    ready: AnyReady,
    progress: "Progress | None" = None,
    *,
    brief: bool = False,
    keeping: "Keeping | None" = None,
    simulate: bool = False,
) -> "AnyPlan": ...
def plan_ready(
    ready: AnyReady,
    progress: "Progress | None" = None,
    *,
    brief: bool = False,
    keeping: "Keeping | None" = None,
    simulate: bool = False,
) -> "AnyPlan":
    """The plan of a scenario that was read; a brief one has the same front and decisions, and little else.

    A sampled search is kept where `keeping` says; `keep_search` makes one. A Serving scenario is searched exactly,
    and `simulate` runs its rented decisions as a simulation.
    """
    plan: AnyPlan
    if isinstance(ready, ServingReady):
        from planner.kinds.serving.plan import plan_serving

        space = ready.space
        if ready.trained is not None and ready.scenario.fine_tune is not None:
            from planner.planning.tuned import trained_model
            from planner.space.serving.resolve import with_trained

            tuned = plan_ready(ready.trained, progress, brief=True)
            model = trained_model(tuned, ready.scenario.fine_tune, ready.trained, ready.catalog)
            space = with_trained(space, model)
        plan = plan_serving(
            ready.scenario, space, ready.catalog, origin_of(ready), warnings_of(ready), brief=brief, simulate=simulate
        )
    else:
        from planner.kinds.fine_tune import plan_fine_tune

        plan = plan_fine_tune(
            ready.scenario, ready.space, ready.catalog, origin_of(ready), warnings_of(ready), progress, brief=brief,
            keeping=keeping,
        )  # fmt: skip
    return plan if ready.lock is None else plan.model_copy(update={"lock": ready.lock})


def keep_search(
    ready: Ready, place: str, tell: "Callable[[str], None]", *, must_exist: bool = False, joins: bool = False
) -> "Keeping | None":
    """Where to keep the search of a scenario: a SQLite file, or the URL of a database; None where nothing is sampled.

    Raises InputError where its sampler cannot be kept.
    """
    from planner.choose.storage import Keeping, refuse_sampler
    from planner.kinds.keeping import study_name

    if ready.space.way == "exact":
        return None
    refuse_sampler(ready.scenario.search.sampler)
    name = study_name(ready.scenario, ready.space, ready.catalog, __version__)
    return Keeping(place, name, must_exist, joins, tell)


def join_search(ready: Ready, keeping: "Keeping", worker: int, progress: "Progress | None" = None) -> tuple[int, str]:
    """Help a search that another process leads; returns how many points this one tried, and why it ended.

    `worker` sets its random numbers apart from those of other workers.
    """
    from planner.kinds.searching import build_problem, help_search

    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    return help_search(problem, ready.scenario, keeping, worker, progress)


def estimate_ready(ready: Ready, picks: "Picks") -> "Estimate":
    """The estimate of the one configuration that a scenario and the picks leave."""
    from planner.kinds.single import estimate_fine_tune

    warnings = warnings_of(ready, families=False)
    return estimate_fine_tune(ready.scenario, ready.space, ready.catalog, origin_of(ready), warnings, picks)


def why_not_ready(ready: Ready, plan: "Plan", asked: str) -> "WhyNot":
    """Why the configuration that is asked about, in words or by its id, is not what a plan of the scenario chose."""
    from planner.kinds.searching import build_problem
    from planner.kinds.why_not import why_not

    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    return why_not(problem, ready.scenario, ready.catalog, plan, asked)


def estimate_scenario(
    source: Source,
    *,
    calibration: Path | None = None,
    **picks: Any,  # noqa: ANN401 - the fields of Picks
) -> "Estimate":
    """Read a scenario and estimate the one configuration that it and the picks leave."""
    from planner.kinds.single import Picks

    return estimate_ready(read_scenario(source, calibration=calibration), Picks(**picks))


def plan_scenario(source: Source, *, calibration: Path | None = None, progress: "Progress | None" = None) -> "Plan":
    """Read and plan a FineTune scenario."""
    return plan_ready(read_scenario(source, calibration=calibration), progress)


def plan_serving_scenario(source: Source) -> "ServingPlan":
    """Read and plan a Serving scenario; raises InvalidInput for one of another kind."""
    ready = read_any(source)
    if not isinstance(ready, ServingReady):
        message = f"this is a {ready.scenario.kind} scenario and no Serving"
        raise refused_kind(ready.document, message, OTHERWISE[ready.scenario.kind])
    return plan_ready(ready)


def origin_of(ready: AnyReady) -> "Origin":
    """Where a plan comes from; a fine-tuning scenario that it rests on stands among the files it builds on."""
    from planner.kinds.fine_tune import Origin

    extends, changes = composition(ready.document)
    digest = ready.document.digest
    if isinstance(ready, ServingReady) and ready.trained is not None:
        extends = (*extends, ready.trained.path)
        digest = sha256(f"{digest}{ready.trained.document.digest}".encode()).hexdigest()
    return Origin(ready.path, digest, __version__, extends, changes)
