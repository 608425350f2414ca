"""A business case from what was read: plans that supply costs made, then all of it reckoned."""

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from planner.errors import InputError
from planner.planning.making import plan_ready
from planner.planning.ready import AnyReady, CaseReady
from planner.planning.told import composition, warning_text
from planner.source import InvalidInput, Problem
from planner.space.currency import stale_rates
from planner.space.offers import STALE_MONTHS
from planner.version import __version__

if TYPE_CHECKING:
    from planner.kinds.business_case.inputs import PlanCosts
    from planner.kinds.fine_tune import Origin
    from planner.outcome import AnyPlan
    from planner.outcome.business_case import Case


def case_ready(ready: CaseReady) -> "Case":
    """The case, with each scenario that supplies costs planned once.

    Raises:
        InvalidInput: plans without the decision that is asked for, or of unknown cost, each told where it is named.
    """
    from planner.kinds.business_case.inputs import Tables
    from planner.kinds.business_case.reckon import reckon

    costs = _planned(ready)
    warnings = [warning_text(problem) for problem in ready.warnings]
    warnings += stale_rates(ready.scenario, ready.catalog, STALE_MONTHS)
    warnings += _of_plans(ready)
    tables = Tables(ready.values, ready.histories)
    return reckon(ready.scenario, costs, tables, ready.catalog, origin_of_case(ready), warnings)


def _planned(ready: CaseReady) -> dict[tuple[str, int], "PlanCosts"]:
    """(option, place in its `plans`) → what it takes of its plan; each scenario is planned once."""
    from planner.kinds.business_case.plan_costs import plan_costs

    made: dict[int, AnyPlan] = {}
    costs: dict[tuple[str, int], PlanCosts] = {}
    problems: list[Problem] = []
    texts = dict(ready.texts)
    for number, option in enumerate(ready.scenario.options):
        for at, asked in enumerate(option.plans):
            one = ready.plans[option.name, at]
            try:
                if id(one) not in made:
                    made[id(one)] = plan_ready(one, brief=True)
                costs[option.name, at] = plan_costs(made[id(one)], asked, one.path)
            except InvalidInput as error:
                problems += error.problems
                texts |= error.texts
            except InputError as error:
                key = "decision" if "decision" in asked.model_fields_set else "scenario"
                place = ("options", number, "plans", at, key)
                problems.append(ready.document.problem("name", str(error), place, hint=_plan_it(one)))
    if problems:
        raise InvalidInput(problems, texts)
    return costs


def _plan_it(one: AnyReady) -> str:
    changes = " ".join(composition(one.document)[1])
    return f"`planner plan {one.path}{f' {changes}' if changes else ''}` shows its plan"


def _name(one: AnyReady) -> str:
    return " ".join((one.path, *composition(one.document)[1]))


def _of_plans(ready: CaseReady) -> Iterator[str]:
    """What is to be said of the scenarios that supply costs, each once; risks of a choice stand in its own plan."""
    found = {f"{_name(one)}: {warning_text(problem)}" for one in ready.plans.values() for problem in one.warnings}
    yield from sorted(found)


def origin_of_case(ready: CaseReady) -> "Origin":
    """Where the case comes from; scenarios that supply its costs stand among the files it builds on."""
    from planner.kinds.fine_tune import Origin

    extends, changes = composition(ready.document)
    digests = {one.path: one.document.digest for one in ready.plans.values()}
    named = tuple(sorted(digests))
    digest = ready.document.digest
    if named:
        digest = sha256("".join((digest, *(digests[path] for path in named))).encode()).hexdigest()
    return Origin(ready.path, digest, __version__, (*extends, *named), changes)
