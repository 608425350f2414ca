"""What became of one scenario among several."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from planner.batch.failing import Failure, failure
from planner.batch.one import announce, answered, code_of, deliver, make, plan_json, read
from planner.batch.order import Order, Tray
from planner.batch.portfolio import obstacles
from planner.choose.progress import Progress
from planner.errors import ExitCode
from planner.outcome import AnyPlan, Configuration
from planner.outcome.serving_configuration import ServingConfiguration
from planner.planning import Readied
from planner.report.data.collection import Member
from planner.report.printers import printer_of
from planner.report.printing.second_process import Helper
from planner.report.sections.rows import roles_of
from planner.source.excerpt import visible
from planner.units import duration, seconds, usd

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome


@dataclass(frozen=True, slots=True)
class Pick:
    """Figures of the decision that a plan recommends."""

    decision: str
    """Its name, such as knee."""
    cost: str
    """In words: of a job, or of serving by the month."""
    time: str
    """In words: of a job, or of the 95th percentile of answers."""
    quality: float | None
    """q, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Done:
    """A scenario that was planned or could not be, with all it has to say and its files."""

    path: Path
    name: str
    """Empty where the scenario cannot be read."""
    code: ExitCode
    tray: Tray
    reason: str = ""
    """In one line why there is no front."""
    pick: Pick | None = None
    seconds: float = 0.0
    """Wall-clock time that it took where it was planned."""
    member: Member | None = None
    """The plan as the index of the batch lists it, where one is asked for; None of a scenario without a plan."""


def attempt(
    path: Path, order: Order, helper: Helper | None = None, progress: Callable[[str], Progress | None] | None = None
) -> Done:
    """Read and plan a scenario; whatever goes wrong is part of the result. `progress` is asked with the name."""
    started = perf_counter()
    tray, ready = Tray(), None
    try:
        ready = read(path, order, tray)
        announce(ready, order, tray)
        listener = None if progress is None else progress(ready.scenario.metadata.name)
        made = make(ready, order, listener)
        deliver(ready, made, plan_json(made.outcome), order, tray, helper)
    except Exception as error:  # told as its own failure; the others go on
        return failed(path, ready, failure(error, color=order.color, debug=order.debug), tray, started)
    return planned(path, ready, made.outcome, order, tray, perf_counter() - started)


def planned(path: Path, ready: Readied, plan: "Outcome", order: Order, tray: Tray, seconds: float) -> Done:
    """A scenario that has a plan, if perhaps no front."""
    reason, pick = "", None
    if not isinstance(plan, AnyPlan):
        member = printer_of(plan).member(plan)
        pick = Pick(member.decision, member.cost.text, member.hours.text, None)
        reason = "; ".join(obstacles(plan))
    elif not answered(plan):
        relaxed = next((relaxation.text for relaxation in plan.relaxations), "")
        reason = "; ".join(filter(None, ["no front" if plan.unknown else "nothing is feasible", relaxed]))
    else:
        # The first one told is the one that the headline recommends.
        id_, names = next(iter(roles_of(plan.decisions).items()), ("", ()))
        if (best := plan.configuration(id_)) is not None:
            pick = _pick(names[0], best)
    listed = printer_of(plan).member(plan) if order.several and "html" in order.outputs else None
    return Done(path, ready.scenario.metadata.name, code_of(plan, order), tray, reason, pick, seconds, listed)


def _pick(name: str, best: Configuration | ServingConfiguration) -> Pick:
    if isinstance(best, Configuration):
        return Pick(name, usd(best.cost_usd), duration(best.hours), best.quality)
    return Pick(name, f"{usd(best.cost_usd_per_month)}/month", seconds(best.latency_s), best.quality)


def failed(path: Path, ready: Readied | None, why: Failure, tray: Tray, started: float) -> Done:
    """A scenario without a plan; what it said before, and the files it made, stay."""
    tray.tell(why.text)
    name = "" if ready is None else ready.scenario.metadata.name
    return Done(path, name, why.code, tray, why.reason, seconds=perf_counter() - started)


def refused(path: Path, name: str, why: str) -> Done:
    """A scenario that is not planned because of others beside it."""
    tray = Tray()
    tray.tell(f"error: {visible(why)}")
    return Done(path, name, ExitCode.BAD_INPUT, tray, why)


def lost(path: Path, name: str, why: str) -> Done:
    """A scenario whose process died: no verdict on the scenario."""
    tray = Tray()
    tray.tell(f"error: {why}")
    return Done(path, name, ExitCode.BUG, tray, why)
