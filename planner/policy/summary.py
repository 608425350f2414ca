"""All rules of a governance as rows for people."""

from collections.abc import Iterator

from planner.policy.documents import Budget, Policy
from planner.policy.figures import figure_kind
from planner.policy.finding import listed, plain
from planner.policy.governance import Governance, Written
from planner.policy.rule_blocks import Rule, Scope
from planner.policy.units import parse_limit, show
from planner.units import usd

Row = dict[str, str]


def rule_rows(governance: Governance) -> Iterator[Row]:
    """One row for every rule, budget, approval level and lock rule, with where it is written."""
    for policy in governance.policies:
        value = policy.value
        for index, rule in enumerate(value.rules):
            yield _row(policy, rule.name, rule.severity, *_asks(rule), rule.where, ("rules", index, "name"))
        for index, budget in enumerate(value.budgets):
            limit = f"up to {show(budget.deny_at, 'share')} of {usd(budget.amount_usd)} {_period(budget)}"
            path = ("budgets", index, "name")
            yield _row(policy, budget.name, budget.severity, "budget", limit, budget.where, path)
        for index, level in enumerate(value.approvals.levels if value.approvals else ()):
            asked = value.approvals
            severity = "deny" if asked and asked.required else "warn"
            limit = f"above {usd(level.above_usd)} by {listed(level.from_)}"
            where = asked.where if asked else None
            yield _row(policy, "approvals", severity, "approval", limit, where, ("approvals", "levels", index))
        if value.lock is not None:
            asked_of = ["required"] if value.lock.required else []
            if value.lock.max_age_hours is not None:
                asked_of.append(f"at most {value.lock.max_age_hours / 24:g} days old")
            yield _row(policy, "lock", value.lock.severity, "lock", ", ".join(asked_of), None, ("lock",))


def _row(
    policy: Written[Policy],
    rule: str,
    severity: str,
    what: str,
    limit: str,
    where: Scope | None,
    path: tuple[str | int, ...],
) -> Row:
    place = policy.place(*path)
    return {
        "policy": policy.value.metadata.name,
        "rule": rule,
        "severity": severity,
        "what": what,
        "limit": limit,
        "where": _scope(where),
        "written": f"{plain(place.file)}:{place.line}",
    }


def _asks(rule: Rule) -> tuple[str, str]:
    """What a rule looks at, and what it asks for, in words."""
    if rule.figure is not None:
        unit = figure_kind(rule.figure).unit
        words = {"max": "at most", "min": "at least"}
        limits = (f"{words[key]} {show(parse_limit(value, unit), unit)}" for key, value in rule.limits().items())
        more = ["or no worse than before"] if rule.unless_worse else []
        return rule.figure, ", ".join([*limits, *more])
    if rule.allow is not None:
        given = {key: value for key in type(rule.allow).model_fields if (value := getattr(rule.allow, key))}
        return "allow", "; ".join(f"{key} {listed(value)}" for key, value in given.items())
    if rule.confidence is not None:
        asked = rule.confidence.model_dump(exclude_none=True)
        return "confidence", ", ".join(f"{key} at least {value}" for key, value in asked.items())
    return ("forbid", ", ".join(rule.forbid)) if rule.forbid else ("requires", ", ".join(rule.requires or ()))


def _period(budget: Budget) -> str:
    who = {"job": "a job", "team": "a team", "cost_centre": "a cost centre", "everyone": "all together"}[budget.per]
    return f"for {who}{' and month' if budget.period == 'month' else ''}"


def _scope(where: Scope | None) -> str:
    if where is None:
        return "all"
    given = {key: getattr(where, key) for key in ("name", "path", "team", "cost_centre")} | where.labels
    parts = (
        f"{plain(key)} {listed([value] if isinstance(value, str) else value)}" for key, value in given.items() if value
    )
    return ", ".join(parts) or "all"
