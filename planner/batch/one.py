"""One scenario from its file to its files: read, planned, written, told."""

from pathlib import Path

from planner.batch.order import Desk, Order
from planner.errors import ExitCode
from planner.locking.choosing import CATALOG
from planner.locking.lock import lock_path
from planner.outcome import Plan
from planner.planning import Ready, missing_templates, read_scenario, refuse_candidates, warning_text
from planner.report.printing.second_process import Helper
from planner.report.printing.template import Template, find_template
from planner.report.render import refuse_outputs, render
from planner.source import InvalidInput, render_all


def read(path: Path, order: Order, desk: Desk) -> Ready:
    """Read a scenario, and renew its lock first where that is asked for; raises PlannerError."""
    setting, prices = order.setting, order.prices
    if order.refresh and lock_path(path).is_file():
        from planner.gate.lockfile import contents, make_lock

        desk.wrote(desk.keep(contents([make_lock(path, setting, refresh=True)])))
        # The lock names this very catalog now, so that its prices are the catalog's.
        prices = CATALOG
    ready = read_scenario(path, setting.catalog, order.changes, setting.price_max_age_months, order.calibration, prices)
    if problems := missing_templates(ready):
        raise InvalidInput(problems, ready.document.texts)
    return ready


def announce(ready: Ready, order: Order, desk: Desk) -> None:
    """Say before planning what may surprise in the plan; refuse candidates and reports that cannot be written."""
    refuse_outputs(template_for(ready, order), order.outputs, several=False)
    if order.candidates is not None:
        refuse_candidates(ready, order.candidates, order.sample)
    if order.quiet:
        return
    if ready.warnings:
        desk.tell(render_all(ready.warnings, ready.document.texts))
    if order.today and ready.overlays is not None:
        from planner.space.overlay.lapsing import lapsed

        if ended := lapsed(ready.overlays, ready.catalog.as_of, order.today):
            desk.tell(render_all(ended, ready.overlays.texts))
    if ready.lock is not None:
        desk.tell(f"prices of {ready.lock.as_of} by {ready.lock.file}; --refresh takes the catalog's")


def template_for(ready: Ready, order: Order) -> Template:
    """The template that is asked for: of the scenario's own, else of the user's, else of the planner's."""
    own = () if ready.templates is None else (ready.templates,)
    return find_template(order.template, (*own, *order.templates))


def deliver(ready: Ready, plan: Plan, text: str, order: Order, desk: Desk, helper: Helper | None) -> None:
    """Write plan.json, which is `text`, and the reports; print the plan and what is to be said of it."""
    folder = order.folder(ready.scenario.metadata.name)
    written = desk.keep({folder / "plan.json": text.encode()})
    if order.candidates is not None:
        from planner.planning import write_candidates

        written.append(write_candidates(ready, order.candidates, order.sample))
    files, notes = render(plan, template_for(ready, order), folder, order.outputs, helper, desk.keep, tell=desk.doing)
    if not order.quiet:
        desk.show(_printed(ready, plan, text, order))
        desk.wrote([*written, *files])
    for note in notes:
        desk.tell(note)
    old = _old(plan, order)
    for line in old:
        desk.tell(f"{ready.document.file}: {line}")
    if old and order.require_fresh:
        from planner.gate.freshness import RENEW

        desk.tell(f"  {RENEW}")
    if not answered(plan):
        desk.tell(_infeasible(ready, plan))


def plan_json(plan: Plan) -> str:
    """The text of plan.json."""
    return plan.model_dump_json(indent=2) + "\n"


def code_of(plan: Plan, order: Order) -> ExitCode:
    """The exit code of a plan."""
    if order.require_fresh and _old(plan, order):
        return ExitCode.PRICE
    return ExitCode.OK if answered(plan) else ExitCode.INFEASIBLE


def _old(plan: Plan, order: Order) -> list[str]:
    """Choices that rest on a price older than what is asked for, in words."""
    if order.fresh_hours is None:
        return []
    from planner.gate.freshness import stale_choices

    return stale_choices(plan, order.fresh_hours)


def answered(plan: Plan) -> bool:
    """Whether the plan has something to choose: a front of machines, or one of managed services."""
    return bool(plan.feasible or (plan.managed is not None and plan.managed.fronts))


def _printed(ready: Ready, plan: Plan, text: str, order: Order) -> str:
    if order.form == "json":
        return text
    from planner.report.gather import report_data

    if order.form == "markdown":
        from planner.report.sections.markdown import markdown

        return markdown(report_data(plan))
    from planner.report.sections.text import text as table

    # What was told with its place before planning is not told again.
    told = {warning_text(problem) for problem in ready.warnings}
    fresh = [warning for warning in plan.warnings if warning not in told]
    return table(report_data(plan.model_copy(update={"warnings": fresh})), order.width)


def _infeasible(ready: Ready, plan: Plan) -> str:
    from planner.report.sections.wording import unknown_objective

    lines = [f"{ready.document.file}: {'no front' if plan.unknown else 'nothing is feasible'}"]
    if plan.unknown:
        lines.append(f"  {unknown_objective(plan)}")
    lines += [f"  {relaxation.text}" for relaxation in plan.relaxations]
    if not plan.relaxations and not plan.unknown:
        of = "" if plan.managed is None else " of a machine"
        lines.append(f"  no single constraint stands in the way{of} alone; see the counts by reason")
    return "\n".join(lines)
