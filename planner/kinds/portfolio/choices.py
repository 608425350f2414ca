"""What each job may choose from: the fronts of its own plan, and of plans without places that may fill up or fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.errors import PlannerError
from planner.kinds.portfolio.inputs import JobInput, Place, PlanJob
from planner.kinds.portfolio.options import Option, avoiding, of_serving, of_training
from planner.kinds.portfolio.places import lies_in, place_words
from planner.outcome import AnyPlan, Metadata, Plan, Source
from planner.outcome.serving_plan import ServingPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the portfolio's rules make of the plans that are asked for."""

    quotas: tuple[Place, ...]
    outages: tuple[Place, ...]
    foreign: tuple[Place, ...] = ()
    """Where data may not lie."""
    spot: bool = False
    """Whether rules may take out spot machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a job may choose from, before the portfolio's rules."""

    options: tuple[Option, ...] = ()
    """Of known cost and time, each configuration once."""
    on_front: int = 0
    passed_over: Mapping[str, int] = field(default_factory=dict)
    failure: str = ""
    """Why there is nothing to choose."""
    sources: tuple[Source, ...] = ()
    managed: int = 0
    """Jobs at managed services, which are not planned with."""
    decisions: Mapping[str, str] = field(default_factory=dict)
    """Of its own plan: name → id."""
    metadata: Metadata | None = None
    """Of its own scenario."""


def choices(i: int, job: JobInput, hours: float, plan_job: PlanJob, asked: Asked) -> Choices:
    """Plan a job, then without each place that its front touches, then without all of them.

    `hours` is how long a service is up.
    """
    if job.failure:
        return Choices(failure=job.failure)
    if job.kind == "Serving" and not hours > 0:
        return Choices(failure="no time is left for it before the portfolio ends")
    try:
        first = plan_job(i, ())
    except PlannerError as error:
        return Choices(failure=_on_one_line(str(error)))
    gathered = _Gathered(hours)
    gathered.take(first, "", own=True)
    base: tuple[Place, ...] = ()
    if gathered.touches(asked.foreign):
        base = asked.foreign
        _again(i, base, "countries outside the portfolio's residency", plan_job, gathered)
    touched = gathered.touched(asked)
    done: list[tuple[Place, ...]] = []
    for place in touched:
        _again(i, (*base, place), place_words(place), plan_job, gathered)
        done.append((place,))
    together = touched
    while together:
        if together not in done:
            _again(i, (*base, *together), "; ".join(map(place_words, together)), plan_job, gathered)
            done.append(together)
        # What was chosen without these may stand in others that fill up or fail too.
        more = gathered.touched(asked)
        if more == together:
            break
        together = more
    found = gathered.found()
    return found if found.on_front else replace(found, failure=_why_nothing(first))


def _again(i: int, places: tuple[Place, ...], avoids: str, plan_job: PlanJob, gathered: "_Gathered") -> None:
    """Plan once more without places; where that leaves nothing to plan, nothing is added."""
    try:
        plan = plan_job(i, places)
    except PlannerError:
        return
    gathered.take(plan, avoids, own=False)


class _Gathered:
    """Options as plan after plan adds them."""

    def __init__(self, hours: float) -> None:
        self.hours = hours
        self.options: dict[str, Option] = {}
        self.passed_over: dict[str, int] = {}
        self.seen: set[str] = set()
        self.sources: set[tuple[str, str, str]] = set()
        self.managed = 0
        self.decisions: dict[str, str] = {}
        self.metadata: Metadata | None = None

    def take(self, plan: AnyPlan, avoids: str, *, own: bool) -> None:
        """Add what is new on a plan's front."""
        named: dict[str, list[str]] = {}
        if own:
            self.decisions, self.metadata = dict(plan.decisions), plan.metadata
            for decision, id_ in plan.decisions.items():
                named.setdefault(id_, []).append(decision)
        self.sources.update((s.what, s.source, s.as_of) for s in plan.sources)
        if isinstance(plan, Plan) and own and plan.managed is not None:
            self.managed = len(plan.managed.jobs)
        for found in self._of(plan, named):
            if isinstance(found, str):
                self.passed_over[found] = self.passed_over.get(found, 0) + 1
            else:
                self.options[found.name] = avoiding(found, avoids) if avoids else found

    def _of(self, plan: AnyPlan, named: Mapping[str, list[str]]) -> list[Option | str]:
        found: list[Option | str] = []
        if isinstance(plan, ServingPlan):
            decided = set(plan.decisions.values())
            for s in [*plan.front, *(s for s in plan.beside if s.id in decided)]:
                if s.id not in self.seen:
                    self.seen.add(s.id)
                    found.append(of_serving(s, self.hours, named.get(s.id, []), ""))
            return found
        for c in plan.front:
            if c.id not in self.seen:
                self.seen.add(c.id)
                found.append(of_training(c, named.get(c.id, []), ""))
        return found

    def touches(self, places: Sequence[Place]) -> bool:
        """Whether an option lies in one of these places."""
        return any(lies_in(place, option.chosen) for option in self.options.values() for place in places)

    def touched(self, asked: Asked) -> tuple[Place, ...]:
        """Places, each once, that an option lies in: quotas and spot where it holds GPUs, outages in any case."""
        holding = [option.chosen for option in self.options.values() if option.chosen.gpus]
        spot = (Place(tier="spot"),) if asked.spot else ()
        found = [place for place in (*asked.quotas, *spot) if any(lies_in(place, chosen) for chosen in holding)]
        found += [place for place in asked.outages if self.touches([place])]
        # Without every machine there is nothing more to choose.
        return tuple(place for place in dict.fromkeys(found) if place != Place())

    def found(self) -> Choices:
        return Choices(
            options=tuple(self.options.values()), on_front=len(self.seen), passed_over=dict(self.passed_over),
            sources=tuple(Source(what=what, source=by, as_of=as_of) for what, by, as_of in sorted(self.sources)),
            managed=self.managed, decisions=self.decisions, metadata=self.metadata,
        )  # fmt: skip


def service_hours(runs_for: float | None, earliest: float, horizon_hours: float) -> float:
    """How long a service is up: as told, else from its first possible start to the end of the horizon."""
    return horizon_hours - earliest if runs_for is None else runs_for


def _on_one_line(text: str) -> str:
    """A message of several lines in one."""
    return "; ".join(filter(None, (line.strip() for line in text.splitlines())))


def _why_nothing(plan: AnyPlan) -> str:
    """Why a plan has nothing on its front, by what cut most."""
    if plan.unknown:
        return f"nothing is feasible with all objectives known; of {plan.unknown:,} combinations one is unknown"
    if not plan.infeasible:
        return "nothing is feasible: its scenario leaves no combination"
    reason, count = min(plan.infeasible.items(), key=lambda item: (-item[1], item[0]))
    most = f"most combinations stop at {reason} ({count:,} of {sum(plan.infeasible.values()):,})"
    freeing = f"; {plan.relaxations[0].text}" if plan.relaxations else ""
    return f"nothing is feasible: {most}{freeing}"
