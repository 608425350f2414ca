"""Plan → one page for who decides: the question, the answer, what it costs and buys, what may go wrong, what to do."""

from planner.outcome import Configuration, ManagedJob, Plan
from planner.outcome.fitting import MAY_NOT_FIT, chance_of_no_fit
from planner.outcome.limit_words import BOUNDED
from planner.outcome.service_words import service_cost
from planner.report.data.executive import Executive, KeyFigure
from planner.report.data.report_data import Headline
from planner.report.data.rows import Decision
from planner.report.executive.answer import answer
from planner.report.executive.benefit import benefit, service_benefit
from planner.report.executive.changes import changes, reasons, ways_out
from planner.report.executive.cost import cost_overview, service_overview
from planner.report.executive.others import other_choices, other_services
from planner.report.executive.paper import fitted
from planner.report.executive.question import question, searched
from planner.report.executive.risks import keeps, risks, service_risks
from planner.report.executive.steps import next_steps, service_steps, steps_out
from planner.report.executive.sure import sureness
from planner.report.names import clean, listed
from planner.report.sections.rows import band_text, row_of
from planner.units import chance_text, quality_q, usd


def executive_of(plan: Plan, told: Headline, decisions: tuple[Decision, ...]) -> Executive:
    """The page of a plan; `told` is its headline, and the first of its `decisions` is what is recommended."""
    chosen = plan.configuration(decisions[0].row.id) if decisions else None
    job = _job(plan)
    if chosen is not None:
        page = _machine(plan, chosen, told)
    else:
        page = _nothing(plan, told) if job is None else _service(plan, job, told)
    return fitted(page, plan.metadata)


def _machine(plan: Plan, c: Configuration, told: Headline) -> Executive:
    others, note = other_choices(plan, c)
    return Executive(
        question=question(plan, c),
        searched=searched(plan),
        answer=answer(c),
        sure=sureness(plan, c, told),
        figures=_figures(plan, c),
        costs=cost_overview(c, plan),
        benefit=benefit(c, plan),
        others=others,
        others_note=note,
        risks=risks(plan, c),
        changes_title="If we wait, or cut",
        changes=changes(plan, c),
        steps=next_steps(plan, c),
    )


def _service(plan: Plan, job: ManagedJob, told: Headline) -> Executive:
    others, note = other_services(plan, job)
    return Executive(
        question=question(plan, None),
        searched=searched(plan),
        answer=told.sentence,
        sure=told.details[:1],
        figures=(
            KeyFigure("Cost", service_cost(job), _least(job)),
            KeyFigure("Time", "not told", "no managed service tells it"),
            KeyFigure(
                "Quality q, 0 to 1", quality_q(job.quality), "" if job.quality is None else clean(job.quality_label)
            ),
        ),
        costs=service_overview(job, plan),
        benefit=service_benefit(job),
        others=others,
        others_note=note,
        risks=service_risks(plan, job),
        changes_title="What would bring machines into play" if plan.relaxations else "",
        changes=ways_out(plan) if plan.relaxations else (),
        steps=service_steps(plan, job),
    )


def _nothing(plan: Plan, told: Headline) -> Executive:
    beside = plan.beside[0] if plan.beside else None
    return Executive(
        question=question(plan, beside),
        searched=searched(plan),
        answer=told.sentence,
        sure=reasons(plan),
        changes_title="What would make it possible",
        changes=ways_out(plan),
        steps=steps_out(plan),
    )


def _job(plan: Plan) -> ManagedJob | None:
    """The managed job that the headline tells of where no machine is feasible."""
    managed = plan.managed
    if managed is None or not managed.fronts or plan.front:
        return None
    front = managed.fronts[0]
    return managed.job(next(iter(front.decisions.values()), front.members[0]))


def _least(job: ManagedJob) -> str:
    """Its band, or that the sum is a lower bound."""
    if job.cost_usd_at_least:
        return "a fee or a minimum is not known"
    known = job.cost_usd_lo is not None and job.cost_usd_hi is not None and job.cost_usd_lo != job.cost_usd_hi
    return f"90 % band {band_text(usd(job.cost_usd_lo), usd(job.cost_usd_hi))}" if known else clean(job.cost_usd_label)


def _figures(plan: Plan, c: Configuration) -> tuple[KeyFigure, ...]:
    """Cost, time and quality; emissions where they are an objective; the chance of keeping to the limits."""
    row = row_of(c)
    shown = [("Cost", row.cost), ("Time", row.hours), ("Quality q, 0 to 1", row.quality)]
    shown += [("Emissions CO₂e", row.carbon)] if "carbon" in plan.objectives else []
    found = [KeyFigure(what, f.text, f"90 % band {f.band}" if f.band else f.label) for what, f in shown]
    sure, fit = keeps(plan, c), 1.0 - chance_of_no_fit(c.memory_gib)
    doubtful = fit < 1.0 - MAY_NOT_FIT
    if sure is not None:
        given = ", if it fits" if doubtful else ""
        remark = f"on {_bounded(plan)}{given}"
        found.append(KeyFigure("Within the limits", chance_text(sure), remark))
    if doubtful:
        found.append(KeyFigure("Fits the card", chance_text(fit), "chance that memory is enough"))
    return tuple(found)


def _bounded(plan: Plan) -> str:
    """What the limits bound that are kept with a probability: `cost and time`."""
    given = {one.name for one in plan.constraints}
    return listed([what for name, what in BOUNDED.items() if name in given])
