"""What to do about locks: one command for a lock that is missing, another for one that is to be renewed."""

import shlex
from dataclasses import dataclass
from typing import Final

from planner.outcome import Difference, Judgement, ScenarioDifference, Verdict
from planner.report.names import clean, plural

LOCK: Final = "lock"
"""Rule of a verdict on a lock."""
_MOST: Final = 3
"""Scenarios that one command names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next, and the command that does it, where there is one."""

    text: str
    command: str = ""


def lock_steps(difference: Difference, judgement: Judgement | None = None) -> list[Step]:
    """The locks to write, without which nobody can say what a newer planner or other prices contributed."""
    asked = (
        {v.scenario for v in judgement.verdicts if v.rule == LOCK and v.result in ("deny", "warn")}
        if judgement
        else set()
    )
    wanted = [(s.path, s.lock.state if s.lock else "missing") for s in difference.scenarios if _wants(s, asked)]
    plain = [(path, state) for path, state in wanted if clean(path) == path]
    missing = [path for path, state in plain if state == "missing"]
    stale = [path for path, state in plain if state != "missing"]
    return [
        *_step("Lock the prices, so that the next change can be split by cause", "planner lock", missing),
        *_step("Renew what was locked, so that it fits the scenario and the prices", "planner lock --refresh", stale),
    ]


def is_mended(verdict: Verdict, difference: Difference) -> bool:
    """Whether a verdict is on a lock that `lock_steps` tell how to write or renew."""
    if verdict.rule != LOCK or clean(verdict.scenario) != verdict.scenario:
        return False
    return any(s.path == verdict.scenario and s.lock and s.lock.state != "current" for s in difference.scenarios)


def _wants(scenario: ScenarioDifference, asked: set[str]) -> bool:
    """Whether the head has no lock of its own text, or a policy minds the one it has.

    Where nobody looked at locks it is whether the planner's part is unknown.
    """
    planned = scenario.after is not None and scenario.after.chosen is not None
    if scenario.lock is not None and scenario.path in asked:
        return scenario.lock.state != "current"
    if scenario.change == "unchanged" or not planned:
        return False
    if scenario.lock is not None:
        return scenario.lock.state in ("missing", "stale-scenario", "edited")
    cost = scenario.delta.get("cost_usd_per_month" if scenario.kind == "Serving" else "cost_usd")
    return scenario.change == "changed" and cost is not None and cost.total is not None and cost.planner is None


def _step(text: str, command: str, paths: list[str]) -> list[Step]:
    if not paths:
        return []
    few = " ".join(shlex.quote(path) for path in paths[:_MOST])
    left = len(paths) - _MOST
    more = f" (here of {_MOST}, and {plural(left, 'scenario')} more)" if left > 0 else ""
    return [Step(f"{text}{more}:", f"{command} {few}")]
