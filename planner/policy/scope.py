"""Who a rule is for: wildcards over names, teams, cost centres and labels."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from planner.outcome import Metadata, ScenarioDifference
from planner.policy.rule_blocks import Scope


def matches(text: str | None, patterns: str | Sequence[str]) -> bool:
    """Whether a name fits one of the patterns; `*` stands for any characters, `?` for one. No name fits none."""
    wanted = [patterns] if isinstance(patterns, str) else patterns
    return text is not None and any(fnmatchcase(text, re.sub(r"\[", "[[]", pattern)) for pattern in wanted)


def wild(pattern: str) -> bool:
    """Whether a pattern has wildcards."""
    return "*" in pattern or "?" in pattern


def covers(scope: Scope | None, metadata: Metadata | None, path: str = "") -> bool:
    """Whether a rule with this scope is for a scenario; one whose metadata cannot be read fits no scope but none."""
    if scope is None:
        return True
    if scope.path is not None and not matches(path, scope.path):
        return False
    asked = {
        field: patterns for field in ("name", "team", "cost_centre") if (patterns := getattr(scope, field)) is not None
    }
    if metadata is None:
        return not asked and not scope.labels
    if any(not matches(getattr(metadata, field), patterns) for field, patterns in asked.items()):
        return False
    return all(matches(metadata.labels.get(key), patterns) for key, patterns in scope.labels.items())


def names_scenario(scenario: ScenarioDifference, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns fits the path or the name of a scenario."""
    name = None if scenario.metadata is None else scenario.metadata.name
    wanted = list(patterns)
    return matches(scenario.path, wanted) or matches(name, wanted)
