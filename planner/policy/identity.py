"""Which scenario is which: what it was at the base, and whether the name it bears may speak for it.

A change can give any file any name. What was granted to a name is therefore held by the file that bore it before the
change; a path cannot be taken like this, since it is where a reviewer looks.
"""

from collections import Counter

from planner.outcome import Difference, Metadata, ScenarioDifference
from planner.policy.finding import plain


def to_judge(difference: Difference) -> list[ScenarioDifference]:
    """Scenarios that rules judge: those that the change adds or alters; without a base all there are."""
    left_alone = {"removed", "unchanged"} if difference.base.name else {"removed"}
    return [scenario for scenario in difference.scenarios if scenario.change not in left_alone]


def has_base(scenario: ScenarioDifference) -> bool:
    """Whether the scenario is on both sides."""
    return scenario.change in ("changed", "unchanged")


def metadata_at_base(scenario: ScenarioDifference) -> Metadata | None:
    """Whose it was before the change; None for a new scenario, and where the base cannot be read."""
    if scenario.change in ("removed", "unchanged"):
        return scenario.metadata_before or scenario.metadata
    return scenario.metadata_before if has_base(scenario) else None


def path_at_base(scenario: ScenarioDifference) -> str:
    """Where it lay before the change."""
    return scenario.moved_from or scenario.path


def kind_at_base(scenario: ScenarioDifference) -> str:
    """Its kind before the change."""
    return scenario.kind_before or scenario.kind


class Names:
    """The names of a difference's scenarios: for which of them an exception or an approval by name may count."""

    def __init__(self, difference: Difference) -> None:
        self._compared = bool(difference.base.name)
        self._bearers = Counter(name for scenario in difference.scenarios for name in _names(scenario))

    def refusal(self, scenario: ScenarioDifference) -> str:
        """Why the scenario's name does not count, in words; empty where it does."""
        if scenario.metadata is None:
            return "the name cannot be read"
        name, path = scenario.metadata.name, plain(scenario.path)
        why = self._why(scenario, name)
        return f"{why}; what is granted by path counts: {path}" if why else ""

    def _why(self, scenario: ScenarioDifference, name: str) -> str:
        called, path, was = plain(name), plain(scenario.path), metadata_at_base(scenario)
        why = ""
        if (bearers := self._bearers[name]) > 1:
            why = f"{bearers} scenarios are called {called}, so the name counts for none of them"
        elif not self._compared or scenario.change == "removed":
            pass
        elif scenario.change == "added":
            why = f"{path} is new and calls itself {called}, and a name counts only for the file that bore it before"
        elif was is None:
            why = f"what {path} was called before this change is unknown, so the name {called} does not count"
        elif was.name != name or scenario.renamed_from:
            old = plain(scenario.renamed_from or was.name)
            why = f"{path} was called {old} before this change, so the name {called} does not count"
        elif scenario.moved_from:
            why = f"{called} was in {plain(scenario.moved_from)} before this change, so the name does not count"
        return why


def names_of(scenario: ScenarioDifference) -> set[str]:
    """Names and paths that the scenario has or had."""
    return {*_names(scenario), scenario.path, path_at_base(scenario)}


def _names(scenario: ScenarioDifference) -> set[str]:
    return {metadata.name for metadata in (scenario.metadata, metadata_at_base(scenario)) if metadata is not None}
