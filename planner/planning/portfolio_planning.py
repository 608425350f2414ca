"""The plan of a Portfolio that was read: its jobs planned one by one when they are asked for, then all together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from planner.errors import PlannerError
from planner.kinds.fine_tune import Origin
from planner.kinds.portfolio.inputs import JobInput, Place
from planner.outcome import AnyPlan, Reference
from planner.planning.making import origin_of, plan_ready
from planner.planning.portfolio_offers import without, words
from planner.planning.ready import JobReady, PortfolioReady
from planner.planning.told import composition, warning_text
from planner.source import one_line
from planner.version import __version__

if TYPE_CHECKING:
    from planner.outcome.portfolio import PortfolioPlan

Tell = Callable[[str], None]


def portfolio_ready(ready: PortfolioReady, tell: Tell | None = None) -> "PortfolioPlan":
    """The plan of a portfolio that was read; `tell` hears what is being done, in words.

    A job whose scenario cannot be read or planned is told as failed, and the others are planned.
    """
    from planner.kinds.portfolio.plan import plan_portfolio

    planner = JobPlanner(ready.jobs, tell)
    warnings = [warning_text(problem) for problem in ready.warnings]
    return plan_portfolio(
        ready.scenario, [input_of(job) for job in ready.jobs], planner.plan, ready.earlier, ready.catalog,
        origin_of_portfolio(ready), warnings, tell,
    )  # fmt: skip


@dataclass(slots=True)
class JobPlanner:
    """Plans jobs of a portfolio; a scenario that several share is planned once for the same places.

    Other plans are not kept: hundreds of jobs with several plans each would not fit into memory.
    """

    jobs: tuple[JobReady, ...]
    tell: Tell | None = None
    known: dict[tuple[int, tuple[Place, ...]], AnyPlan | PlannerError] = field(default_factory=dict)
    """(number of the first job with the same scenario, places) → its plan, or why there is none; of shared ones."""

    def plan(self, number: int, places: tuple[Place, ...]) -> AnyPlan:
        """A brief plan of a job without any machine of these places; raises PlannerError where it has none."""
        ready = self.jobs[number].ready
        if ready is None:
            raise PlannerError(_failure(self.jobs[number]))
        distinct = self._distinct()
        avoided = tuple(sorted(set(places), key=lambda p: (p.provider, p.region, p.gpus, p.tier)))
        key = distinct[id(ready)], avoided
        found = self.known.get(key)
        if found is None:
            if self.tell is not None:
                self.tell(self._words(number, list(distinct).index(id(ready)) + 1, len(distinct), avoided))
            try:
                found = plan_ready(without(ready, avoided), brief=True)
            except PlannerError as error:
                found = error
            if sum(job.ready is ready for job in self.jobs) > 1:
                self.known[key] = found
        if isinstance(found, PlannerError):
            raise found
        return found

    def _distinct(self) -> dict[int, int]:
        """Identity of a scenario that was read → the first job that has it, in order."""
        found: dict[int, int] = {}
        for number, job in enumerate(self.jobs):
            if job.ready is not None:
                found.setdefault(id(job.ready), number)
        return found

    def _words(self, number: int, count: int, of: int, places: tuple[Place, ...]) -> str:
        avoided = f" without {'; '.join(map(words, places))}" if places else ""
        return f"planning {self.jobs[number].name}{avoided} ({count} of {of})"


def input_of(job: JobReady) -> JobInput:
    """A job as the planning of portfolios takes it."""
    reference = Reference(path=job.path, digest=job.digest)
    if job.ready is not None:
        reference = origin_of(job.ready).reference()
    return JobInput(job.name, reference, job.kind, job.team, "" if job.ready is not None else _failure(job))


def origin_of_portfolio(ready: PortfolioReady) -> Origin:
    """Where its plan comes from; the scenarios of its jobs stand among the files that it builds on."""
    extends, changes = composition(ready.document)
    origins = [(job, origin_of(job.ready)) for job in ready.jobs if job.ready is not None]
    files = [name for job, origin in origins for name in (*([] if _is_inline(job) else [origin.path]), *origin.extends)]
    digests = dict.fromkeys(job.digest if job.ready is None else origin_of(job.ready).digest for job in ready.jobs)
    digest = sha256("".join([ready.document.digest, *digests]).encode()).hexdigest()
    return Origin(ready.path, digest, __version__, tuple(dict.fromkeys([*extends, *files])), changes)


def _is_inline(job: JobReady) -> bool:
    return "#jobs/" in job.path


def _failure(job: JobReady) -> str:
    """Why the scenario of a job cannot be planned, on one line: the first thing that is wrong with it."""
    errors = [problem for problem in job.problems if problem.severity == "error"]
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{one_line(errors[0])}{more}" if errors else "its scenario cannot be read"
