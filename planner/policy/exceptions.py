"""Exceptions: breaches that are accepted until a day, and what is said of those that do not count."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Final

from planner.outcome import Verdict
from planner.policy.documents import PolicyException
from planner.policy.finding import Finding, plain, sentence
from planner.policy.governance import Written
from planner.policy.scope import matches, names_scenario
from planner.policy.units import beyond, parse_limit, show

SOON_DAYS: Final = 14
"""Days before its end from which an exception that counts is warned of."""


def excuse(
    findings: Iterable[Finding], exceptions: Sequence[Written[PolicyException]], today: datetime.date
) -> tuple[list[Verdict], list[str]]:
    """The verdicts, breaches that an exception covers marked as excepted; and warnings of those that end soon."""
    verdicts: list[Verdict] = []
    soon: dict[str, str] = {}
    for finding in findings:
        verdict = finding.verdict
        if finding.excusable and verdict.result in ("deny", "warn"):
            mine = [each for each in exceptions if _is_for(each.value, finding)]
            reasons = [(each, _refusal(each.value, finding, today)) for each in mine]
            if counting := next((each for each, why in reasons if not why), None):
                verdict = _covered(verdict, counting)
                left = (datetime.date.fromisoformat(counting.value.until) - today).days
                if left <= SOON_DAYS:
                    soon[counting.file] = _ending(counting, left)
            elif reasons:
                verdict = _refused(verdict, reasons)
        verdicts.append(verdict)
    return verdicts, [soon[file] for file in sorted(soon)]


def _is_for(exception: PolicyException, finding: Finding) -> bool:
    """Whether an exception is about a finding: its policy, its rule, and all the scenarios that were judged."""
    if exception.policy != finding.verdict.policy or not matches(finding.verdict.rule, exception.rules):
        return False
    for scenario in finding.scenarios:
        if exception.scenarios is not None and not names_scenario(scenario, exception.scenarios):
            return False
        team = scenario.metadata.team if scenario.metadata else None
        if exception.teams is not None and not matches(team, exception.teams):
            return False
    return bool(finding.scenarios)


def _refusal(exception: PolicyException, finding: Finding, today: datetime.date) -> str:
    """Why an exception that is about a finding does not cover it; empty where it does."""
    if exception.until < today.isoformat():
        return f"expired on {exception.until}"
    if exception.limit is None:
        return ""
    value, unit = finding.verdict.value, finding.unit
    if value is None or unit is None:
        return "raises a limit, and there is no known value to hold against it"
    limit = parse_limit(exception.limit, unit)
    low, high = (value, limit) if finding.least else (limit, value)
    if not beyond(high, low):
        return ""
    return f"covers {'down' if finding.least else 'up'} to {show(limit, unit)} only"


def _covered(verdict: Verdict, exception: Written[PolicyException]) -> Verdict:
    value = exception.value
    text = (
        f"until {value.until} by {plain(value.owner)}: {sentence(value.justification)} "
        f"({plain(exception.file)}:{exception.place('until').line})"
    )
    return verdict.model_copy(update={"result": "excepted", "exception": text})


def _refused(verdict: Verdict, reasons: Sequence[tuple[Written[PolicyException], str]]) -> Verdict:
    text = "; ".join(
        f"{plain(each.file)}:{each.place('until' if why.startswith('expired') else 'limit').line} {why}"
        for each, why in reasons[:3]
    )
    return verdict.model_copy(update={"exception": text})


def _ending(exception: Written[PolicyException], left: int) -> str:
    days = "today" if left == 0 else f"in {left} day{'' if left == 1 else 's'}"
    place = exception.place("until")
    return f"{plain(place.file)}:{place.line}: the exception ends {days}, on {exception.value.until}"
