"""Who shares a budget, what they have spent, and what the scenarios judged here would add."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.outcome import Metadata, ScenarioDifference, Side
from planner.policy.documents import Budget, Policy, Spend, SpendEntry
from planner.policy.figures import amount_of, at_least
from planner.policy.finding import plain
from planner.policy.governance import Written
from planner.policy.identity import has_base, kind_at_base, metadata_at_base, names_of, path_at_base
from planner.policy.rule_blocks import Severity
from planner.policy.scope import applies, covers, matches

PER: Final[Mapping[str, str]] = {"team": "team", "cost_centre": "cost centre"}
_ORDER: Final[tuple[Severity, ...]] = ("deny", "warn", "info")


@dataclass(frozen=True, slots=True)
class Group:
    """Those who share one amount."""

    who: str
    key: str | None
    scenarios: tuple[ScenarioDifference, ...]
    left: tuple[ScenarioDifference, ...] = ()
    """Scenarios that shared it at the base and do not any more."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A scenario whose planned cost is unknown."""

    path: str
    severity: Severity
    """What that is."""
    old: bool
    """Whether the change leaves it alone."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a group has spent and would add, in USD."""

    spent: float | None
    as_of: str
    why: str
    """Why what was spent is unknown."""
    planned: float
    """Of the scenarios whose cost is known."""
    least: bool
    """Whether the cost of one of these is a lower bound (`at_least`)."""
    unknown: tuple[Unknown, ...]
    base: float
    """What the same jobs would cost without the change, where all of them count."""
    joined: tuple[str, ...]
    """Scenarios that were of others before the change, and whose, in words."""


def groups(budget: Budget, scenarios: Sequence[ScenarioDifference]) -> list[Group]:
    """Those who have the budget, with the scenarios that count for it; a cost is that of the head's team."""
    found: dict[tuple[str, str | None], list[ScenarioDifference]] = {}
    for scenario in scenarios:
        if budget.counts == "changed" and scenario.change not in ("added", "changed"):
            continue
        key = _key(budget, scenario.path, scenario.metadata)
        if _counts(budget, scenario):
            found.setdefault((_who(budget, key), key), []).append(scenario)
    return [
        Group(who, key, tuple(here), _left(budget, key, here, scenarios))
        for (who, key), here in sorted(found.items(), key=lambda item: item[0][0])
    ]


def spenders(
    budget: Budget, found: Sequence[Group], spends: Sequence[Written[Spend]], today: datetime.date
) -> list[Group]:
    """Those who have the budget and spent of it without a scenario here, beside the groups that were found."""
    if budget.per == "job":
        return []
    if budget.per == "everyone":
        return [] if found else [Group(_who(budget, None), None, ())]
    entries = [entry for spend in _counting(budget, spends, today) for entry in spend.value.entries]
    keys = {key for entry in entries if (key := getattr(entry, budget.per)) is not None}
    groups = [Group(_who(budget, key), key, ()) for key in sorted(keys - {group.key for group in found})]
    return [group for group in groups if any(_is_of(budget, group, entry) for entry in entries)]


def sum_of(policy: Policy, budget: Budget, group: Group, spends: Sequence[Written[Spend]], today: datetime.date) -> Sum:
    """What a group has spent and would add."""
    planned, unknown = 0.0, []
    for scenario in group.scenarios:
        if scenario.change == "removed":
            continue
        if (cost := _planned(budget, scenario.after)) is None:
            unknown.append(Unknown(scenario.path, _severity(policy, budget, scenario), scenario.change == "unchanged"))
        else:
            planned += cost
    base = sum(_before(budget, one) for one in (*group.scenarios, *group.left) if _was_in(budget, group.key, one))
    spent, as_of, why = _spent(budget, group, spends, today)
    return Sum(
        spent=spent,
        as_of=as_of,
        why=why,
        planned=planned,
        least=any(one.change != "removed" and at_least(one.after) for one in group.scenarios),
        unknown=tuple(unknown),
        base=base if budget.counts == "all" else 0.0,
        joined=_joined(budget, group),
    )


def _left(
    budget: Budget, key: str | None, here: Sequence[ScenarioDifference], scenarios: Sequence[ScenarioDifference]
) -> tuple[ScenarioDifference, ...]:
    stay = {id(one) for one in here}
    return tuple(one for one in scenarios if id(one) not in stay and _was_in(budget, key, one))


def _counts(budget: Budget, scenario: ScenarioDifference) -> bool:
    """Whether a scenario counts for a budget. What one job may cost holds for what the job was at the base too."""
    if budget.per == "job":
        return applies(budget.where, scenario)
    return covers(budget.where, scenario.metadata, scenario.path, scenario.kind)


def _key(budget: Budget, path: str, metadata: Metadata | None) -> str | None:
    if budget.per in ("job", "everyone"):
        return path if budget.per == "job" else None
    return None if metadata is None else getattr(metadata, budget.per)


def _was_in(budget: Budget, key: str | None, scenario: ScenarioDifference) -> bool:
    """Whether a scenario counted for the budget of a group before the change."""
    if scenario.change == "added":
        return False
    if budget.per == "job":
        return scenario.path == key
    was, path = metadata_at_base(scenario), path_at_base(scenario)
    return covers(budget.where, was, path, kind_at_base(scenario)) and _key(budget, path, was) == key


def _before(budget: Budget, scenario: ScenarioDifference) -> float:
    same = scenario.change == "unchanged" and scenario.before is None
    return _planned(budget, scenario.after if same else scenario.before) or 0.0


def _planned(budget: Budget, side: Side | None) -> float | None:
    """What a side would cost a budget: a job once, what is served by the month; of a budget without months unknown."""
    if side is not None and side.serving is not None and budget.period != "month":
        return None
    return amount_of(side)


def _severity(policy: Policy, budget: Budget, scenario: ScenarioDifference) -> Severity:
    """What an unknown cost is: a breach.

    Of what cannot be planned, and so cannot run, it is no more than the policy makes of that, and no more than a
    warning where the change leaves it alone.
    """
    side = scenario.after
    if side is not None and side.chosen is not None:
        return budget.severity
    own = policy.unreadable if side is None or side.problems else policy.infeasible
    return max(budget.severity, own, "warn" if scenario.change == "unchanged" else own, key=_ORDER.index)


def _joined(budget: Budget, group: Group) -> tuple[str, ...]:
    told = []
    for scenario in group.scenarios:
        was, now = scenario.metadata_before, scenario.metadata
        if budget.per == "job" or was is None or not has_base(scenario) or _was_in(budget, group.key, scenario):
            continue
        others = [
            f"{word} {plain(old)}" if (old := getattr(was, field)) else f"no {word}"
            for field, word in PER.items()
            if getattr(was, field) != getattr(now, field, None)
        ]
        told.append(f"{plain(scenario.path)} was of {' and '.join(others) or 'others'} before this change")
    return tuple(told)


def _who(budget: Budget, key: str | None) -> str:
    if budget.per == "everyone":
        return "everyone"
    if budget.per == "job":
        return plain(key or "")
    return f"{PER[budget.per]} {plain(key)}" if key else f"no {PER[budget.per]}"


def _spent(
    budget: Budget, group: Group, spends: Sequence[Written[Spend]], today: datetime.date
) -> tuple[float | None, str, str]:
    """What the group has spent, up to which day, and why that is unknown. A missing entry is not taken for zero."""
    month, files = today.strftime("%Y-%m"), _counting(budget, spends, today)
    if not files:
        return None, "", f"no committed file says what was spent{'' if budget.period == 'total' else f' in {month}'}"
    as_of = max(spend.value.as_of for spend in files)
    entries = [entry for spend in files for entry in spend.value.entries if _is_of(budget, group, entry)]
    if not entries and not (budget.per == "everyone" and budget.where is None):
        return None, "", f"{plain(files[-1].file)} has no entry for {group.who}"
    return sum(entry.usd for entry in entries), as_of, ""


def _counting(budget: Budget, spends: Sequence[Written[Spend]], today: datetime.date) -> list[Written[Spend]]:
    """The documents that say what was spent in the budget's period."""
    return [one for one in spends if budget.period == "total" or one.value.month == today.strftime("%Y-%m")]


def _is_of(budget: Budget, group: Group, entry: SpendEntry) -> bool:
    if budget.per == "job":
        # A new name or path does not leave behind what the job has spent.
        return entry.scenario is not None and any(entry.scenario in names_of(one) for one in group.scenarios)
    if budget.per != "everyone" and (group.key is None or getattr(entry, budget.per) != group.key):
        return False
    where = budget.where
    if where is None:
        return True
    return (where.team is None or matches(entry.team, where.team)) and (
        where.cost_centre is None or matches(entry.cost_centre, where.cost_centre)
    )
