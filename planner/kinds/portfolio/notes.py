"""What a portfolio's plan assumes, and what its proof is about."""

import math
from collections.abc import Mapping, Sequence

from planner.kinds.portfolio.chances import SHARED_VARIANCE
from planner.kinds.portfolio.choices import Choices
from planner.kinds.portfolio.options import Option
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.solving import Solved
from planner.outcome import Assumption
from planner.scenario.portfolio import Portfolio
from planner.units import chance_text, duration, share_text, usd


def proof_note(problem: Problem, solved: Solved | None) -> str:
    """What the bound is a bound of."""
    solver = problem.scenario.solver
    note = (
        "of all schedules from the configurations considered: of each job the front of its own plan and of its plans "
        f"without a place that a quota, an outage or a rule names, thinned to {solver.configurations} where there are "
        f"more; starts on slots of {duration(solver.slot_hours)}"
    )
    if solved is not None and solved.instance is solved.full:
        note = note.replace(f", thinned to {solver.configurations} where there are more", ", all of them")
    if solved is not None and math.isfinite(
        short := solved.schedule.bound.objective_usd - solved.schedule.objective_usd
    ):
        note += f"; none of them is worth over {usd(max(short, 0.0))} more"
    if solved is not None and solved.margins:
        note += "; costs count in budgets at the margins of budget_confidence: of schedules that keep budgets so"
    if problem.scenario.running is not None:
        note += f"; a job that stays where it was planned counts {usd(problem.scenario.running.moving_costs)} more"
    return note


def assumptions(
    problem: Problem, gathered: Mapping[str, Choices], hours: Mapping[str, float], solved: Solved | None
) -> list[Assumption]:
    """Everything that was filled in, or counts in a way that a reader should know."""
    scenario = problem.scenario
    options = [option for of in problem.options.values() for option in of]
    rows = [
        ("choices", f"{sum(of.on_front for of in gathered.values()):,} configurations", "E",
         "each job chooses from the front of its own plan and of its plans without a place that a quota, an outage or "
         "a rule names; what no such front has is not considered"),
        ("starts", f"on slots of {duration(scenario.solver.slot_hours)}", "U",
         "a run holds its GPUs in every slot that it touches, so that quotas are never exceeded"),
        *_services(scenario, hours),
        *_unknown(scenario, options),
        *_rates(problem, options),
        *_bands(scenario, solved),
        *_machines(gathered, options),
        *_clocks(problem),
    ]  # fmt: skip
    return [Assumption(key=key, value=value, tag=tag, note=note) for key, value, tag, note in rows]


Row = tuple[str, str, str, str]


def _services(scenario: Portfolio, hours: Mapping[str, float]) -> list[Row]:
    return [
        (f"jobs.{job.name}.runs_for", duration(hours[job.name]), "E",
         "from its first possible start to the end of the horizon"
         + (", after the longest that what it waits for may take" if job.after else "")
         + "; a service costs its month's price for the time that it is up, in a month of 730 h")
        for job in scenario.jobs
        if job.name in hours and job.runs_for is None
    ]  # fmt: skip


def _unknown(scenario: Portfolio, options: Sequence[Option]) -> list[Row]:
    rows: list[Row] = []
    if any(math.isnan(option.quality) for option in options):
        rows.append(("quality", "unknown of some configurations", "E", "they may be chosen, and add no quality"))
    if any(math.isnan(option.carbon_kg) for option in options):
        note = "they may be chosen where max_carbon sets no limit, and count no emissions in the objective"
        rows.append(("carbon", "unknown of some configurations", "E", note))
    return rows


def _rates(problem: Problem, options: Sequence[Option]) -> list[Row]:
    rows: list[Row] = []
    curves = sorted({curve for option in options if (curve := problem.rates.curve_of(option))})
    for curve in curves:
        note = "compute and re-runs cost by the hour in which they are, storage and egress do not; what a run does is "
        note += "spread evenly over its time"
        if problem.rates.within_hours(curve):
            note += "; where a rate changes within an hour of the portfolio's clock, the mean of the hour counts"
        rows.append(("time_rates", problem.rates.words(curve), "U", note))
    if any(option.timed for option in options):
        note = "of machines with rates of their own scenario, overlay or provider; the portfolio's do not hold for them"
        rows.append(("timed prices", "the cost of the job's own plan, whatever the start", "E", note))
    return rows


def _bands(scenario: Portfolio, solved: Solved | None) -> list[Row]:
    shared = share_text(SHARED_VARIANCE)
    rows: list[Row] = [
        ("shared error", f"{shared} of the variance of ln cost", "E",
         "the utilisation that machines reach is off for all jobs alike (DOMAIN 12: 0.25, beside 0.15 for tokens and "
         "0.15 for overhead, which are each job's own); bands of sums and probabilities of budgets are drawn so")
    ]  # fmt: skip
    if scenario.budget_confidence is not None and solved is not None and solved.margins:
        low, high = min(solved.margins.values()), max(solved.margins.values())
        margin = f"{low:.2f}" if high - low < 0.005 else f"{low:.2f} to {high:.2f}"
        tried = "1 schedule" if solved.rounds == 1 else f"{solved.rounds} schedules, each with wider margins"
        note = f"so that each budget by itself holds with {chance_text(scenario.budget_confidence)}, drawn with the "
        note += f"shared error; {tried}" + (f"; not reached for {'; '.join(solved.short)}" if solved.short else "")
        rows.append(("budget_confidence", f"costs count {margin} times in budgets", "U", note))
    return rows


def _machines(gathered: Mapping[str, Choices], options: Sequence[Option]) -> list[Row]:
    rows: list[Row] = []
    managed = [name for name, of in gathered.items() if of.managed]
    if managed:
        note = "nobody tells how long they take, so that they cannot be scheduled; the job's own plan has them"
        rows.append(("managed services", f"not planned with, of {', '.join(managed)}", "E", note))
    if any(option.chosen.gpus and option.name and option.cascade for option in options):
        note = "quotas count the machines of the larger model only"
        rows.append(("cascades", "GPUs of the smaller model are not counted", "E", note))
    return rows


def _clocks(problem: Problem) -> list[Row]:
    if not problem.horizon.clocks_change:
        return []
    offset = problem.horizon.shown(0.0)[-6:]
    note = "rates of the week keep this offset to UTC, as they have no summer time; months and times go by the clocks"
    return [("clocks", f"offset {offset}, which changes within the horizon", "E", note)]
