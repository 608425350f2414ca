"""Exceptions: breaches that are accepted until a day, and what is said of those that do not count."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Final

from planner.outcome import ScenarioDifference, Verdict
from planner.policy.documents import PolicyException
from planner.policy.finding import Finding, plain, sentence
from planner.policy.governance import Written
from planner.policy.identity import Names, has_base, metadata_at_base
from planner.policy.scope import matches
from planner.policy.units import beyond, parse_limit, show

SOON_DAYS: Final = 14
"""Days before its end from which an exception that counts is warned of."""


def excuse(
    findings: Iterable[Finding], exceptions: Sequence[Written[PolicyException]], names: Names, today: datetime.date
) -> tuple[list[Verdict], list[str]]:
    """The verdicts, breaches that an exception covers marked as excepted; and warnings of those that end soon."""
    verdicts: list[Verdict] = []
    soon: dict[str, str] = {}
    for finding in findings:
        verdict = finding.verdict
        if finding.excusable and verdict.result in ("deny", "warn"):
            mine = [each for each in exceptions if _is_for(each.value, finding)]
            reasons = [(each, *_refusal(each.value, finding, names, today)) for each in mine]
            if counting := next((each for each, _, why in reasons if not why), None):
                verdict = _covered(verdict, counting)
                left = (datetime.date.fromisoformat(counting.value.until) - today).days
                if left <= SOON_DAYS:
                    soon[counting.file] = _ending(counting, left)
            elif reasons:
                verdict = _refused(verdict, reasons)
        verdicts.append(verdict)
    return verdicts, [soon[file] for file in sorted(soon)]


def _is_for(exception: PolicyException, finding: Finding) -> bool:
    """Whether an exception is about a finding, as the head has it: its policy, its rule, all scenarios judged."""
    if exception.policy != finding.verdict.policy or not matches(finding.verdict.rule, exception.rules):
        return False
    return bool(finding.scenarios) and all(_names_it(exception, scenario) for scenario in finding.scenarios)


def _names_it(exception: PolicyException, scenario: ScenarioDifference) -> bool:
    name, team = (scenario.metadata.name, scenario.metadata.team) if scenario.metadata else (None, None)
    wanted = exception.scenarios
    named = wanted is None or matches(scenario.path, wanted) or matches(name, wanted)
    return named and (exception.teams is None or matches(team, exception.teams))


def _refusal(exception: PolicyException, finding: Finding, names: Names, today: datetime.date) -> tuple[str, str]:
    """Why an exception that is about a finding does not cover it, after the key that says so; empty where it does."""
    for scenario in finding.scenarios:
        wanted = exception.scenarios
        if wanted is not None and not matches(scenario.path, wanted) and (why := names.refusal(scenario)):
            return "scenarios", f"does not count: {why}"
        if exception.teams is not None and (why := _other_team(exception.teams, scenario)):
            return "teams", f"does not count: {why}"
    if exception.until < today.isoformat():
        return "until", f"expired on {exception.until}"
    return "limit", "" if exception.limit is None else _too_low(exception.limit, finding)


def _too_low(written: float | str, finding: Finding) -> str:
    """Why a raised limit does not cover a finding; empty where it does."""
    value, unit = finding.verdict.value, finding.unit
    if value is None or unit is None:
        return "raises a limit, and there is no known value to hold against it"
    limit = parse_limit(written, unit)
    low, high = (value, limit) if finding.least else (limit, value)
    return f"covers {'down' if finding.least else 'up'} to {show(limit, unit)} only" if beyond(high, low) else ""


def _other_team(teams: Sequence[str], scenario: ScenarioDifference) -> str:
    """Why a scenario of one of the teams is not covered by an exception for them; empty where it is."""
    if not has_base(scenario):
        return ""
    was, path = metadata_at_base(scenario), plain(scenario.path)
    if was is None:
        return f"whose {path} was before this change is unknown"
    if matches(was.team, teams):
        return ""
    return f"{path} was of {f'team {plain(was.team)}' if was.team else 'no team'} before this change"


def _covered(verdict: Verdict, exception: Written[PolicyException]) -> Verdict:
    value = exception.value
    text = (
        f"until {value.until} by {plain(value.owner)}: {sentence(value.justification)} "
        f"({plain(exception.file)}:{exception.place('until').line})"
    )
    return verdict.model_copy(update={"result": "excepted", "exception": text})


def _refused(verdict: Verdict, reasons: Sequence[tuple[Written[PolicyException], str, str]]) -> Verdict:
    text = "; ".join(f"{plain(each.file)}:{each.place(key).line} {why}" for each, key, why in reasons[:3])
    return verdict.model_copy(update={"exception": text})


def _ending(exception: Written[PolicyException], left: int) -> str:
    days = "today" if left == 0 else f"in {left} day{'' if left == 1 else 's'}"
    place = exception.place("until")
    return f"{plain(place.file)}:{place.line}: the exception ends {days}, on {exception.value.until}"
