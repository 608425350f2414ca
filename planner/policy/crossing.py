"""What no schema of one document can say: limits in the unit of their figure, names that must exist or be unique."""

from collections.abc import Callable, Iterator, Sequence

from planner.policy.documents import Policy, PolicyException
from planner.policy.figures import figure_kind
from planner.policy.governance import RESERVED, Governance, Written
from planner.policy.rule_blocks import Rule
from planner.policy.scope import matches
from planner.policy.units import Unit, beyond, parse_limit
from planner.scenario.blocks import Block
from planner.source import Path, Problem
from planner.source.words import choices, closest

KEYS = ("max", "min")
DERIVED = frozenset({"gpu_hours", "gpu_count", "price_usd_per_gpu_hour", "nodes"})
"""Figures that examples cannot give, because they follow from others."""


def cross_problems(governance: Governance, beside: Governance, *, whole: bool) -> Iterator[Problem]:
    """Problems within and between documents that are right by themselves.

    Unknown names are complained about only where all documents could be read: else the name may stand in a broken one.
    """
    for policy in governance.policies:
        yield from _names(policy)
        for index, rule in enumerate(policy.value.rules):
            yield from _limits(policy, index, rule)
    yield from _twice(governance.policies, "policy", ("metadata", "name"), lambda policy: policy.metadata.name)
    yield from _twice(governance.spends, "spend of", ("month",), lambda spend: spend.month)
    by_name = {policy.value.metadata.name: policy.value for policy in (*beside.policies, *governance.policies)}
    for exception in governance.exceptions:
        yield from _exception(exception, by_name, whole=whole)
    for test in governance.tests:
        for index, case in enumerate(test.value.cases):
            for key, job in (("job", case.job), ("base_job", case.base_job)):
                for name, written in job.figures.items() if job else ():
                    path: Path = ("cases", index, key, "figures", name)
                    yield from _value(test, path, name, written)
                    if name in DERIVED or name.startswith("delta_percent"):
                        hint = "give the figures it is made of; changes are made of job and base_job"
                        yield test.document.problem("value", f"{name} follows from others", path, key=True, hint=hint)


def rule_names(policy: Policy) -> list[str]:
    """The names by which exceptions and tests know the rules of a policy."""
    return [*(rule.name for rule in policy.rules), *(budget.name for budget in policy.budgets), *sorted(RESERVED)]


def units_of(policy: Policy, patterns: Sequence[str]) -> set[Unit]:
    """Units of the limits that rules with these names have."""
    found: set[Unit] = {
        figure_kind(rule.figure).unit for rule in policy.rules if rule.figure and matches(rule.name, patterns)
    }
    if any(matches(budget.name, patterns) for budget in policy.budgets) or matches("approvals", patterns):
        found.add("money")
    return found


def _names(policy: Written[Policy]) -> Iterator[Problem]:
    rules = [(("rules", index, "name"), rule.name) for index, rule in enumerate(policy.value.rules)]
    budgets = [(("budgets", index, "name"), budget.name) for index, budget in enumerate(policy.value.budgets)]
    seen: dict[str, Path] = {}
    for path, name in [*rules, *budgets]:
        if name in RESERVED:
            hint = f"names that every policy has: {choices(sorted(RESERVED)).replace(' or ', ' and ')}"
            yield policy.document.problem("name", f"{name!r} is the name of a built-in rule", path, hint=hint)
        elif name in seen:
            hint = f"the other stands in line {policy.place(*seen[name]).line}"
            yield policy.document.problem("name", f"two rules or budgets are called {name!r}", path, hint=hint)
        seen.setdefault(name, path)


def _limits(policy: Written[Policy], index: int, rule: Rule) -> Iterator[Problem]:
    if rule.figure is None:
        return
    kind, values = figure_kind(rule.figure), {}
    if rule.ignore_noise and not rule.figure.startswith("delta"):
        path: Path = ("rules", index, "ignore_noise")
        hint = "the noise of a change counts for delta.… and delta_percent.…"
        yield policy.document.problem("value", f"{rule.figure} is no change of a figure", path, hint=hint)
    if rule.unless_worse and kind.change:
        hint = "it is for figures of the plan, such as cost_usd"
        message = f"{rule.figure} is a change itself, and was nothing before it"
        yield policy.document.problem("value", message, ("rules", index, "unless_worse"), hint=hint)
    for key, written in rule.limits().items():
        try:
            values[key] = parse_limit(written, kind.unit)
        except ValueError as error:
            yield policy.document.problem("bad-quantity", str(error), ("rules", index, key), hint=f"for {rule.figure}")
    if len(values) == len(KEYS) and beyond(values["min"], values["max"]):
        yield policy.document.problem("value", "min is above max: nothing would pass", ("rules", index, "min"))


def _value(written_in: Written[Block], path: Path, figure: str, written: float | str) -> Iterator[Problem]:
    try:
        parse_limit(written, figure_kind(figure).unit)
    except ValueError as error:
        yield written_in.document.problem("bad-quantity", str(error), path, hint=f"for {figure}")


def _twice(
    documents: Sequence[Written[Block]],
    what: str,
    path: Path,
    name_of: Callable[..., str],
) -> Iterator[Problem]:
    first: dict[str, Written[Block]] = {}
    for each in documents:
        name = name_of(each.value)
        if name in first:
            message = f"there is a {what} {name!r} already" if what == "policy" else f"the {what} {name} is there twice"
            hint = f"the other stands in {first[name].file}"
            yield each.document.problem("name", message, path, hint=hint)
        first.setdefault(name, each)


def _exception(exception: Written[PolicyException], policies: dict[str, Policy], *, whole: bool) -> Iterator[Problem]:
    value, document = exception.value, exception.document
    policy = policies.get(value.policy)
    if policy is None:
        if whole:
            guess = closest(value.policy, policies)
            hint = f"did you mean {guess!r}?" if guess else f"policies: {', '.join(policies) or 'none'}"
            yield document.problem("name", f"no policy is called {value.policy!r}", ("policy",), hint=hint)
        return
    names = rule_names(policy)
    for index, pattern in enumerate(value.rules):
        if not any(matches(name, pattern) for name in names):
            guess = closest(pattern, names)
            hint = f"did you mean {guess!r}?" if guess else f"it has {choices(names)}"
            message = f"no rule of {value.policy} is called like {pattern!r}"
            yield document.problem("name", message, ("rules", index), hint=hint)
    if value.limit is None:
        return
    units = sorted(units_of(policy, value.rules))
    if not units:
        yield document.problem("value", "the rules it covers have no limit that could be raised", ("limit",))
    for unit in units:
        try:
            parse_limit(value.limit, unit)
        except ValueError as error:
            yield document.problem("bad-quantity", str(error), ("limit",), hint="the rules it covers have this unit")
