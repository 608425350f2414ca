"""The kind `Portfolio`: from the fronts of its jobs to one schedule, and everything that explains it."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Final

from planner.catalog.rows import Catalog
from planner.choose.portfolio.schedule import Status
from planner.choose.portfolio.shadow import relax
from planner.kinds.fine_tune import Origin
from planner.kinds.portfolio.cautions import cautions, exceeded, overfull
from planner.kinds.portfolio.conflicts import conflict_of
from planner.kinds.portfolio.considering import Considered, considered
from planner.kinds.portfolio.fronts import own_front
from planner.kinds.portfolio.horizon import Horizon, horizon_of
from planner.kinds.portfolio.inputs import JobInput, PlanJob
from planner.kinds.portfolio.instance_of import waiting_out
from planner.kinds.portfolio.notes import assumptions, proof_note
from planner.kinds.portfolio.options import Option, known
from planner.kinds.portfolio.outages import outage_effects
from planner.kinds.portfolio.places import outage_place
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.rates import rates_of
from planner.kinds.portfolio.running import earlier_jobs, standing_of, states_of
from planner.kinds.portfolio.shadow_words import shadow_words
from planner.kinds.portfolio.shared import budgets_of, quotas_of
from planner.kinds.portfolio.solving import Solved, solved
from planner.kinds.portfolio.sums import team_months, totals
from planner.kinds.portfolio.told_jobs import told_jobs
from planner.kinds.portfolio.uses import Prices, budget_lines, prices_of, quota_uses
from planner.kinds.private import currency_reference, overlay_references
from planner.outcome import CatalogReference, Metadata, PlannerReference, Source
from planner.outcome.portfolio import Calendar, PortfolioPlan, Proof
from planner.scenario.portfolio import Portfolio

PRICES: Final = 0.25
"""Of the solver's time limit that shadow prices may take; with the front, outages or a conflict no more than the limit.
"""
NOTHING = "nothing to plan"
"""Status of a portfolio none of whose jobs is left to plan."""


def plan_portfolio(
    scenario: Portfolio,
    jobs: Sequence[JobInput],
    plan_job: PlanJob,
    earlier: PortfolioPlan | None,
    catalog: Catalog,
    origin: Origin,
    warnings: list[str],
    progress: Callable[[str], None] | None = None,
) -> PortfolioPlan:
    """Choose a configuration and a start for each job, together.

    `jobs` are those of the scenario, in its order; `earlier` is the plan of before, of a portfolio that runs already. A
    job whose own plan fails is told as failed, and the others are planned. The same input gives the same plan unless
    the solver's time limit cuts in.

    Raises:
        InputError: the scenario contradicts itself: jobs that wait for each other, a state of a job that there is not,
            rates that hold at one time, more slots than the solver can hold.
    """
    tell = progress or (lambda _: None)
    horizon = horizon_of(scenario)
    problem, found = _problem(scenario, jobs, plan_job, earlier, catalog, horizon)
    answer = None
    if any(name not in problem.out for name in problem.options):
        tell("scheduling")
        answer = solved(problem, tell)
    plans = told_jobs(problem, answer, found.choices, found.passed_over)
    has_schedule = answer is not None and answer.schedule.status in (Status.WITHIN_GAP, Status.TIME_UP)
    limit_s = scenario.solver.time_limit
    until = monotonic() + limit_s
    prices = None
    if answer is not None and has_schedule:
        tell("prices what is shared")
        prices = prices_of(relax(answer.instance, until=monotonic() + PRICES * limit_s), answer.margins)
    lines, quotas = budget_lines(problem, answer, prices or Prices()), quota_uses(problem, plans, prices or Prices())
    infeasible = answer is not None and answer.schedule.status is Status.INFEASIBLE
    return PortfolioPlan(
        api_version="planner/v1",
        kind="Portfolio",
        metadata=Metadata(**scenario.metadata.model_dump()),
        scenario=origin.reference(),
        catalog=CatalogReference(as_of=catalog.as_of, digest=catalog.digest),
        planner=PlannerReference(version=origin.version),
        overlays=overlay_references(catalog),
        currency=currency_reference(scenario, catalog),
        calendar=_calendar(scenario, horizon),
        jobs=plans,
        totals=totals(problem, plans),
        proof=_proof(problem, answer),
        budgets=lines,
        team_months=team_months(problem, plans),
        quotas=quotas,
        carbon_limit_kg=scenario.max_carbon,
        shadow=shadow_words(lines, quotas, prices, has_schedule=has_schedule),
        front=own_front(problem, answer, plans, until, tell) if answer is not None and has_schedule else [],
        outages=outage_effects(problem, answer, plans, until, tell) if answer is not None else [],
        conflict=conflict_of(problem, answer, until) if answer is not None and infeasible else None,
        assumptions=assumptions(problem, found.choices, found.service_hours, answer),
        warnings=[*warnings, *cautions(problem, answer), *exceeded(lines), *overfull(problem, quotas)],
        sources=_sources(found),
    )


def _problem(
    scenario: Portfolio,
    jobs: Sequence[JobInput],
    plan_job: PlanJob,
    earlier: PortfolioPlan | None,
    catalog: Catalog,
    horizon: Horizon,
) -> tuple[Problem, Considered]:
    """Plan all jobs, and put together what they are solved from."""
    states = states_of(scenario)
    quotas = quotas_of(scenario, catalog, horizon)
    outages = list(dict.fromkeys(outage_place(outage, catalog) for outage in scenario.outages))
    found = considered(
        scenario, jobs, plan_job, catalog, horizon, [of.place for of in quotas], outages, states,
        earlier_jobs(earlier),
    )  # fmt: skip
    standing = standing_of(scenario, earlier, found.choices, horizon, frozenset(found.out))
    ended = [name for name, past in standing.past.items() if past.status in ("started", "done")]
    out = waiting_out(scenario.jobs, {name: of for name, of in found.out.items() if name not in ended}, ended)
    options: dict[str, tuple[Option, ...]] = {}
    for written in scenario.jobs:
        name, past = written.name, standing.past.get(written.name)
        if name in out or (past is not None and past.status == "done"):
            continue
        options[name] = found.options.get(name, ())
        if past is not None and past.status == "started" and past.option is not None:
            options[name] = _with(options[name], past.option)
    offset = horizon.begins.utcoffset()
    assert offset is not None
    rates = rates_of(scenario.time_rates, catalog, round(offset.total_seconds() / 60))
    problem = Problem(
        scenario=scenario, jobs=jobs, horizon=horizon, rates=rates, quotas=quotas,
        budgets=budgets_of(scenario, horizon), outages=outages, options=options, standing=standing, out=out,
    )  # fmt: skip
    return problem, found


def _with(options: tuple[Option, ...], option: Option) -> tuple[Option, ...]:
    """What a started job runs in is among its options, whatever the rules say now."""
    return options if any(other.name == option.name for other in options) else (*options, option)


def _proof(problem: Problem, answer: Solved | None) -> Proof:
    solver, schedule = problem.scenario.solver, None if answer is None else answer.schedule
    bound = None if schedule is None else schedule.bound
    return Proof(
        status=NOTHING if schedule is None else schedule.status.value,
        objective_usd=None if schedule is None else known(schedule.objective_usd),
        bound_usd=None if bound is None else known(bound.objective_usd),
        gap=None if bound is None else known(bound.gap), asked_gap=solver.gap,
        columns=0 if bound is None else bound.columns, slot_hours=solver.slot_hours, slots=problem.horizon.slots,
        seed=solver.seed, note=proof_note(problem, answer),
    )  # fmt: skip


def _calendar(scenario: Portfolio, horizon: Horizon) -> Calendar:
    return Calendar(
        begins=horizon.shown(0.0), ends=horizon.shown(horizon.hours), time_zone=scenario.time_zone,
        horizon_hours=horizon.hours, now="" if horizon.now_hours is None else horizon.shown(horizon.now_hours),
        months=list(horizon.months),
        closed=[
            [horizon.shown(begins), horizon.shown(ends), span.why or ""]
            for span in scenario.blackouts
            for begins, ends in [horizon.span(span)]
        ],
    )  # fmt: skip


def _sources(found: Considered) -> list[Source]:
    """Where facts in the plans of the jobs come from, each once."""
    rows: Mapping[tuple[str, str, str], Source] = {
        (s.what, s.source, s.as_of): s for choices in found.choices.values() for s in choices.sources
    }
    return [rows[key] for key in sorted(rows)]
