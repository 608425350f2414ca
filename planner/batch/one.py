"""One scenario from its file to its files: read, planned, written, told."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from planner.batch.order import Desk, Order
from planner.batch.portfolio import obstacles, planned_portfolio
from planner.errors import ExitCode, InputError
from planner.locking.choosing import CATALOG
from planner.locking.lock import lock_path
from planner.outcome import AnyPlan, Plan
from planner.planning import (
    CaseReady,
    PortfolioReady,
    Readied,
    Ready,
    ReviewReady,
    missing_templates,
    plan_ready,
    read_ready,
    refuse_candidates,
    remarks_of,
    warning_text,
)
from planner.report.printers import PRINTED, Asked, Takes, printer_of
from planner.report.printing.second_process import Helper
from planner.report.printing.template import Template, find_template, fitting
from planner.report.render import refuse_outputs, render
from planner.source import InvalidInput, render_all

if TYPE_CHECKING:
    from planner.choose.progress import Progress
    from planner.choose.storage import Keeping
    from planner.outcome.any_plan import Outcome

REJECTED = "rejected.csv"
"""Rows of its sources that a review could not take, with the reasons."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a scenario: the outcome that plan.json holds, and files that lie beside it."""

    outcome: "Outcome"
    files: Mapping[str, bytes] = field(default_factory=dict)


def read(path: Path, order: Order, desk: Desk) -> Readied:
    """Read a scenario, and renew its lock first where that is asked for; raises PlannerError."""
    setting, prices = order.setting, order.prices
    if order.refresh and lock_path(path).is_file():
        from planner.gate.lockfile import contents, make_lock

        desk.wrote(desk.keep(contents([make_lock(path, setting, refresh=True)])))
        # The lock names this very catalog now, so that its prices are the catalog's.
        prices = CATALOG
    ready = read_ready(
        path, setting.catalog, order.changes, setting.price_max_age_months, order.calibration, prices, _today(order)
    )
    if problems := missing_templates(ready):
        raise InvalidInput(problems, ready.document.texts)
    return ready


def make(
    ready: Readied, order: Order, progress: "Progress | None" = None, keeping: "Keeping | None" = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Made:  # fmt: skip
    """What becomes of a scenario: its plan, review or case."""
    if isinstance(ready, PortfolioReady):
        return Made(planned_portfolio(ready, order.setting.as_of or order.today, tell))
    if isinstance(ready, CaseReady):
        from planner.planning.case_planning import case_ready

        return Made(case_ready(ready))
    if isinstance(ready, ReviewReady):
        from planner.outcome.review.against_plan import CALIBRATION_FILE
        from planner.planning.reviewing import review_ready

        found = review_ready(ready, order.tracking_uri)
        beside = {REJECTED: found.rejected, CALIBRATION_FILE: found.calibration}
        return Made(found.review, {name: content for name, content in beside.items() if content})
    return Made(plan_ready(ready, progress, keeping=keeping, simulate=order.simulate))


def _today(order: Order) -> datetime.date | None:
    """The day that a review looks back from; None where neither a date nor the clock was asked."""
    try:
        return datetime.date.fromisoformat(order.setting.as_of or order.today)
    except ValueError:
        return None


def takes_of(ready: Readied) -> Takes:
    """Which templates print what becomes of it."""
    return PRINTED[ready.scenario.kind].takes


def announce(ready: Readied, order: Order, desk: Desk) -> None:
    """Say before planning what may surprise in the plan; refuse candidates and reports that cannot be written."""
    refuse_outputs(template_for(ready, order), order.outputs, takes_of(ready))
    if order.candidates is not None:
        refuse_candidates(_fine_tune(ready), order.candidates, order.sample)
    if order.quiet:
        return
    problems, texts = remarks_of(ready)
    if problems:
        desk.tell(render_all(problems, texts))
    if order.today and ready.overlays is not None:
        from planner.space.overlay.lapsing import lapsed

        if ended := lapsed(ready.overlays, ready.catalog.as_of, order.today):
            desk.tell(render_all(ended, ready.overlays.texts))
    if ready.lock is not None:
        desk.tell(f"prices of {ready.lock.as_of} by {ready.lock.file}; --refresh takes the catalog's")


def _fine_tune(ready: Readied) -> Ready:
    """The scenario where its candidates can be written; raises InputError for another kind."""
    if isinstance(ready, Ready):
        return ready
    kind = ready.scenario.kind
    message = f"{ready.document.file}: --candidates writes the combinations of a FineTune, and this is a {kind}"
    raise InputError(message)


def template_for(ready: Readied, order: Order) -> Template:
    """The template that is asked for: of the scenario's own, else of the user's, else of the planner's."""
    own = () if ready.templates is None else (ready.templates,)
    found = find_template(order.template, (*own, *order.templates))
    takes = takes_of(ready)
    return found if takes == "plan" else fitting(found, takes)


def deliver(ready: Readied, made: Made, text: str, order: Order, desk: Desk, helper: Helper | None) -> None:
    """Write plan.json, which is `text`, and the reports; print the plan and what is to be said of it."""
    folder, plan = order.folder(ready.scenario.metadata.name), made.outcome
    beside = {folder / name: content for name, content in made.files.items()}
    written = desk.keep({folder / "plan.json": text.encode(), **beside})
    if order.candidates is not None:
        from planner.planning import write_candidates

        written.append(write_candidates(_fine_tune(ready), order.candidates, order.sample))
    files, notes = render(plan, template_for(ready, order), folder, order.outputs, helper, desk.keep, tell=desk.doing)
    if not order.quiet:
        desk.show(_printed(ready, plan, text, order))
        desk.wrote([*written, *files])
    for note in notes:
        desk.tell(note)
    for line in obstacles(plan):
        desk.tell(f"{ready.document.file}: {line}")
    if not isinstance(plan, AnyPlan):
        return
    old = _old(plan, order)
    for line in old:
        desk.tell(f"{ready.document.file}: {line}")
    if old and order.require_fresh:
        from planner.gate.freshness import RENEW

        desk.tell(f"  {RENEW}")
    if not answered(plan):
        desk.tell(_infeasible(ready, plan))


def plan_json(plan: "Outcome") -> str:
    """The text of plan.json."""
    return plan.model_dump_json(indent=2) + "\n"


def code_of(plan: "Outcome", order: Order) -> ExitCode:
    """The exit code of a plan; a review or case that was made is fine, whatever it finds."""
    if not isinstance(plan, AnyPlan):
        return ExitCode.INFEASIBLE if obstacles(plan) else ExitCode.OK
    if order.require_fresh and _old(plan, order):
        return ExitCode.PRICE
    return ExitCode.OK if answered(plan) else ExitCode.INFEASIBLE


def _old(plan: AnyPlan, order: Order) -> list[str]:
    """Choices that rest on a price older than what is asked for, in words."""
    if order.fresh_hours is None:
        return []
    from planner.gate.freshness import stale_choices

    return stale_choices(plan, order.fresh_hours)


def answered(plan: AnyPlan) -> bool:
    """Whether the plan has something to choose: a front of machines, one of managed services, or an API."""
    if isinstance(plan, Plan):
        return bool(plan.feasible or (plan.managed is not None and plan.managed.fronts))
    return bool(plan.decisions)


def _printed(ready: Readied, plan: "Outcome", text: str, order: Order) -> str:
    if order.form == "json":
        return text
    if order.form == "markdown":
        printer = printer_of(plan)
        return printer.markdown(printer.data(plan, Asked()))
    # What was told with its place before planning is not told again.
    told = {warning_text(problem) for problem in remarks_of(ready)[0]}
    fresh = [warning for warning in plan.warnings if warning not in told]
    printer, shown = printer_of(plan), plan.model_copy(update={"warnings": fresh})
    return printer.text(printer.data(shown, Asked()), order.width)


def _infeasible(ready: Readied, plan: AnyPlan) -> str:
    lines = [f"{ready.document.file}: {'no front' if plan.unknown else 'nothing is feasible'}"]
    if plan.unknown:
        lines.append(f"  {_unknown(plan)}")
    lines += [f"  {relaxation.text}" for relaxation in plan.relaxations]
    if not plan.relaxations and not plan.unknown:
        of = " of a machine" if isinstance(plan, Plan) and plan.managed is not None else ""
        lines.append(f"  no single constraint stands in the way{of} alone; see the counts by reason")
    return "\n".join(lines)


def _unknown(plan: AnyPlan) -> str:
    from planner.report.sections.search_words import unknown_text
    from planner.report.sections.wording import unknown_objective

    return unknown_objective(plan) if isinstance(plan, Plan) else unknown_text(plan)
