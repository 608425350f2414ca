"""What was asked, in words, and how much was compared to answer it: all of it from the plan."""

from typing import Final

from planner.outcome import Configuration, Constraint, Plan
from planner.report.names import clean, listed, plural, shorten

LONGEST_NAME: Final = 60
_OBJECTIVES: Final = {"carbon": "emissions"}
_LIMITS: Final = {
    "quality.floor.points": "with a base model of {}",
    "quality.floor.q": "with a predicted quality of {}",
    "constraints.confidence": "{}",
}
"""How a limit is told whose own text says too little; `{}` is that text."""
_TUNED: Final = ", tuned on "
_UNSAID: Final = frozenset({"constraints.memory_margin"})
"""Limits that are a matter for engineers."""


def question(plan: Plan, c: Configuration | None) -> str:
    """Goal, data and limits as one question; beside one of the scenario's own, data and limits alone.

    Of the data it tells what the configuration does, nothing without one.
    """
    limits = [_limit(one, plan) for one in plan.constraints if one.name not in _UNSAID]
    asked = f", {listed(limits)}" if limits else ""
    data = _data(c) if c is not None else ""
    if plan.metadata.question and (data or limits):
        given = [data.removeprefix(_TUNED)] if data else []
        return f"Given: {'; '.join([*given, *([listed(limits)] if limits else [])])}."
    name = shorten(plan.metadata.name, LONGEST_NAME) or "this job"
    return f"Which model, by which method and on which machine, for {name}{data}{asked}?"


def searched(plan: Plan) -> str:
    """What was weighed, how much was compared, and how much of that keeps to the limits."""
    search, weighed = plan.search, listed([_OBJECTIVES.get(name, clean(name)) for name in plan.objectives])
    what = "of model, method, settings and machine"
    if not search.covered:
        return f"Weighed: {weighed}. The scenario puts no machine in play."
    tried = f"A sampled search tried {plural(search.evaluated, 'combination')} {what}"
    told = (
        f"All {plural(search.covered, 'combination')} {what} were compared"
        if search.exact
        else f"{tried}; a better one may have been missed"
    )
    kept = f"{plan.feasible:,} {'keeps' if plan.feasible == 1 else 'keep'}" if plan.feasible else "none keeps"
    unknown = f"as their {' or '.join(weighed.rsplit(' and ', 1))} is unknown"
    beside = f"; {plan.unknown:,} others could not be judged, {unknown}" if plan.unknown else ""
    return f"Weighed: {weighed}. {told}; {kept} to every limit{beside}."


def benchmark(plan: Plan) -> str:
    """The benchmark that tuning starts from, such as `MMLU`; empty where the plan names none."""
    value = next((a.value for a in plan.assumptions if a.key == "quality.baseline"), "")
    return shorten(value.partition(",")[0], 40)


def _limit(one: Constraint, plan: Plan) -> str:
    text = _LIMITS.get(one.name, "{}").format(clean(one.text))
    on = benchmark(plan) if one.name == "quality.floor.points" else ""
    return f"{text} on {on}" if on else text


def _data(c: Configuration) -> str:
    """`tuned on 400,000 samples of about 420 tokens`; what is swept has no one value and is left out."""
    samples, tokens = c.train.get("dataset_samples"), c.train.get("dataset_mean_tokens")
    if not isinstance(samples, int | float) or "dataset.samples" in c.axes:
        return ""
    of = f" of about {tokens:,.0f} tokens" if isinstance(tokens, int | float) else ""
    return f"{_TUNED}{samples:,.0f} samples{of}"
