"""How a space is searched, exactly or by samples, and whether what the scenario asks of the search can be done."""

from collections.abc import Callable, Iterator
from typing import Literal

from planner.scenario.fine_tune import FineTune
from planner.space.axes import is_number
from planner.space.recipes import RecipeSpace
from planner.space.rules import Rules
from planner.space.samplers import Asked, evaluations_of, unfit

Way = Literal["exact", "around", "sampled"]
"""Every combination; the same with samples between the values of continuous axes; or samples from the start."""

MAX_COMBINATIONS = 200_000_000
"""Combinations that an exact plan walks through at most."""
MOST_NUMBERED = 2**62
"""Combinations that a row number can tell apart."""
_LIMITS = ("max_cost_usd", "deadline_hours", "max_carbon_kg")

Report = Callable[[tuple[str | int, ...], str, str | None], None]


def choose_way(
    scenario: FineTune, recipes: RecipeSpace, offers: int, rules: Rules | None, report: Report
) -> Way | None:
    """How the space is searched; None when what is asked for cannot be done, which is then reported."""
    strategy = scenario.search.strategy
    walked = len(recipes) * offers
    combinations = walked if rules is None else rules.kept
    continuous = [axis for axis in recipes.axes if axis.interval is not None]
    place = ("axes",) if scenario.axes else ("models",)
    if walked > MOST_NUMBERED:
        message = f"the scenario spans {combinations:,} combinations; they cannot even be numbered beyond 4.6e18"
        report(place, message, "shorten axes, or name fewer models, providers or regions")
        return None
    if strategy == "exact" and continuous:
        message = f"{continuous[0].path} is a continuous axis, and those cannot be searched exactly"
        report(("search", "strategy"), message, "list its values, or leave out strategy")
        return None
    large = combinations > MAX_COMBINATIONS or walked > 5 * MAX_COMBINATIONS
    if strategy == "exact" and large:
        message = f"the scenario spans {combinations:,} combinations; at most {MAX_COMBINATIONS:,} are planned exactly"
        hint = "shorten axes, name fewer models, providers or regions, or let it be sampled (search: strategy)"
        report(place, message, hint)
        return None
    if strategy == "exact" or not (strategy == "sampled" or large or continuous):
        return "exact"
    if not _fit(scenario, recipes, report):
        return None
    return "sampled" if strategy == "sampled" or large else "around"


def _fit(scenario: FineTune, recipes: RecipeSpace, report: Report) -> bool:
    """Whether the sampler can do what the scenario asks; what it cannot is reported."""
    name = scenario.search.sampler
    asked = Asked(
        objectives=tuple(scenario.objectives),
        limits=tuple(_limits(scenario)),
        choices=tuple(_choices(recipes)),
        evaluations=evaluations_of(name, scenario.search.evaluations),
    )
    found = unfit(name, asked)
    for reason in found:
        report(("search", reason.about), reason.message, reason.hint)
    return not found


def _limits(scenario: FineTune) -> Iterator[str]:
    for name in _LIMITS:
        if getattr(scenario.constraints, name) is not None:
            yield f"constraints.{name.rsplit('_', 1)[0]}"
    if scenario.quality.floor is not None:
        yield "quality.floor"


def _choices(recipes: RecipeSpace) -> Iterator[str]:
    """What is no number and has more than one value; machines and offers stand in the order of their price."""
    for name, values in (("models", recipes.models), ("methods", recipes.methods), ("stacks", recipes.stacks)):
        if len(values) > 1:
            yield name
    yield from (f"axes.{axis.path}" for axis in recipes.axes if len(axis.values) > 1 and not is_number(axis.path))
