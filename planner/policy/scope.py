"""Who a rule is for: wildcards over names, teams, cost centres and labels."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from planner.outcome import Metadata, ScenarioDifference
from planner.policy.finding import plain
from planner.policy.identity import has_base, kind_at_base, metadata_at_base, path_at_base
from planner.policy.rule_blocks import Scope

_WORDS: Final[Mapping[str, str]] = {"name": "name", "team": "team", "cost_centre": "cost centre"}


def matches(text: str | None, patterns: str | Sequence[str]) -> bool:
    """Whether a name fits one of the patterns; `*` stands for any characters, `?` for one. No name fits none."""
    wanted = [patterns] if isinstance(patterns, str) else patterns
    return text is not None and any(fnmatchcase(text, re.sub(r"\[", "[[]", pattern)) for pattern in wanted)


def wild(pattern: str) -> bool:
    """Whether a pattern has wildcards."""
    return "*" in pattern or "?" in pattern


def covers(scope: Scope | None, metadata: Metadata | None, path: str = "", kind: str = "") -> bool:
    """Whether a rule with this scope is for a scenario; one whose metadata cannot be read fits no scope but none.

    A kind that nobody knows may be any.
    """
    if scope is None:
        return True
    if scope.kind is not None and kind and kind not in scope.kind:
        return False
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


def applies(scope: Scope | None, scenario: ScenarioDifference) -> bool:
    """Whether a rule with this scope is for a scenario as it is or as it was: a change cannot take itself out of it."""
    return _covers_head(scope, scenario) or _covers_base(scope, scenario)


def because_of_base(scope: Scope | None, scenario: ScenarioDifference) -> str:
    """What to add to a sentence where a rule applies because of the base alone; empty where the head fits by itself."""
    if scope is None or _covers_head(scope, scenario) or not _covers_base(scope, scenario):
        return ""
    was, now = metadata_at_base(scenario), scenario.metadata
    told = []
    if scope.path is not None and not matches(scenario.path, scope.path):
        told.append(f"path {plain(path_at_base(scenario))}")
    for field, word in _WORDS.items():
        patterns, old = getattr(scope, field), getattr(was, field, None)
        if patterns is not None and not matches(getattr(now, field, None), patterns):
            told.append(f"{word} {plain(old or '')}")
    if scope.kind is not None and scenario.kind not in scope.kind:
        told.append(f"kind {plain(kind_at_base(scenario))}")
    for key, patterns in scope.labels.items():
        if not matches(now.labels.get(key) if now else None, patterns):
            told.append(f"label {plain(key)} {plain(was.labels.get(key, '') if was else '')}")
    return f"; the rule applies because of the base: {', '.join(told)}"


def _covers_head(scope: Scope | None, scenario: ScenarioDifference) -> bool:
    return covers(scope, scenario.metadata, scenario.path, scenario.kind)


def _covers_base(scope: Scope | None, scenario: ScenarioDifference) -> bool:
    return has_base(scenario) and covers(
        scope, metadata_at_base(scenario), path_at_base(scenario), kind_at_base(scenario)
    )
