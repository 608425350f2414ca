"""What every policy judges without a rule of its own: unreadable and infeasible scenarios, and locks."""

import datetime
from collections.abc import Iterator

from planner.outcome import Difference, Place, ScenarioDifference, Verdict
from planner.outcome.verdict import Result
from planner.policy.causes import cause_of
from planner.policy.documents import LockRules, Policy
from planner.policy.finding import Finding, judged, plain, sentence
from planner.policy.governance import Governance, Written, day

_FITS = frozenset({"current", "other-catalog"})
"""States of a lock that belongs to its scenario."""
_RENEW = "renew it: planner lock {path}"


def judge_sides(policy: Written[Policy], difference: Difference) -> Iterator[Finding]:
    """Scenarios at the head that cannot be read, or for which nothing is feasible."""
    for scenario in difference.scenarios:
        side = scenario.after
        if scenario.change == "removed":
            continue
        if side is None or side.problems:
            first = sentence(side.problems[0]) if side and side.problems else "nobody says why"
            more = f" (and {len(side.problems) - 1} more)" if side and len(side.problems) > 1 else ""
            yield judged(
                policy, "unreadable", policy.value.unreadable, policy.value.unreadable, scenario,
                f"The scenario cannot be planned: {first}{more}", policy.place("unreadable"),
                fix=f"see `planner validate {plain(scenario.path)}`", texts=("unreadable", "readable"),
            )  # fmt: skip
        elif side.configuration is None:
            yield judged(
                policy, "infeasible", policy.value.infeasible, policy.value.infeasible, scenario,
                f"Nothing is feasible, or there is no decision called {plain(side.decision)!r}",
                policy.place("infeasible"), fix="relax a constraint; `planner plan` says which one and by how much",
                texts=("infeasible", "feasible"), cause=cause_of(scenario, "choice"),
            )  # fmt: skip


def judge_edited(difference: Difference, governance: Governance) -> Iterator[Finding]:
    """Locks that were edited by hand; they are denied whatever policies say, and no exception covers them."""
    asking = next((policy for policy in governance.policies if policy.value.lock is not None), None)
    for scenario in difference.scenarios:
        lock = scenario.lock
        if lock is None or lock.state != "edited" or scenario.change == "removed":
            continue
        verdict = Verdict(
            policy="" if asking is None else asking.value.metadata.name,
            rule="lock",
            severity="deny",
            result="deny",
            subject=scenario.path,
            scenario=scenario.path,
            figure="lock",
            value_text="edited",
            limit_text="as it was written",
            message=f"{plain(lock.file)} was edited: {sentence(lock.text)}",
            fix=_RENEW.format(path=plain(scenario.path)),
            place=Place(file=lock.file, line=1) if asking is None else asking.place("lock"),
            cause=Place(file=lock.file, line=1),
        )
        yield Finding(verdict, (scenario,), excusable=False)


def judge_locks(policy: Written[Policy], difference: Difference, today: datetime.date) -> Iterator[Finding]:
    """Locks that are missing, belong to another text of the scenario, or are too old."""
    rules = policy.value.lock
    if rules is None:
        return
    for scenario in difference.scenarios:
        if scenario.change == "removed" or (scenario.lock is not None and scenario.lock.state == "edited"):
            continue
        result, message, texts = _lock(rules, scenario, today)
        key = "max_age" if texts[1].endswith("days") else "required"
        yield judged(
            policy, "lock", rules.severity, result, scenario, message, policy.place("lock", key), figure="lock",
            texts=texts, fix=_RENEW.format(path=plain(scenario.path)),
            cause=None if scenario.lock is None else Place(file=scenario.lock.file, line=1),
        )  # fmt: skip


def _lock(rules: LockRules, scenario: ScenarioDifference, today: datetime.date) -> tuple[Result, str, tuple[str, str]]:
    """The result of the lock rule about one scenario, its message, and value and limit in words."""
    lock = scenario.lock
    if lock is None or lock.state not in _FITS:
        told = "There is no lock" if lock is None else f"{plain(lock.file)}: {sentence(lock.text)}"
        state = "missing" if lock is None else lock.state
        if rules.required:
            return rules.severity, f"{told}, and one that fits is required", (state, "required")
        return "pass", f"{told}, and none is required", (state, "not required")
    if rules.max_age_hours is None:
        return "pass", f"{plain(lock.file)} fits the scenario", (lock.state, "required")
    most, of = rules.max_age_hours / 24, day(lock.as_of)
    if of is None:
        message = f"{plain(lock.file)}: the age of its prices is unknown, and at most {most:g} days are allowed"
        return rules.severity, message, ("unknown", f"{most:g} days")
    age = (today - of).days
    words = f"{plain(lock.file)} has prices of {lock.as_of}, {age} days old"
    if age > most:
        return rules.severity, f"{words}, and at most {most:g} are allowed", (f"{age} days", f"{most:g} days")
    return "pass", f"{words}, at most {most:g} are allowed", (f"{age} days", f"{most:g} days")
