"""What every policy judges without a rule of its own: unreadable and infeasible scenarios, and locks."""

import datetime
import shlex
from collections.abc import Iterator

from planner.outcome import Difference, Place, ScenarioDifference, Verdict
from planner.outcome.verdict import Result
from planner.policy.causes import cause_of
from planner.policy.documents import LockRules, Policy
from planner.policy.finding import Finding, judged, plain, sentence
from planner.policy.governance import Governance, Written, day
from planner.policy.identity import to_judge

_FITS = frozenset({"current", "other-catalog"})
"""States of a lock that belongs to its scenario."""


def judge_sides(policy: Written[Policy], difference: Difference) -> Iterator[Finding]:
    """Scenarios at the head that cannot be read, or for which nothing is feasible: no machine and no service."""
    for scenario in to_judge(difference):
        side = scenario.after
        if side is None or side.problems:
            first = sentence(side.problems[0]) if side and side.problems else "nobody says why"
            more = f" (and {len(side.problems) - 1} more)" if side and len(side.problems) > 1 else ""
            yield judged(
                policy, "unreadable", policy.value.unreadable, policy.value.unreadable, scenario,
                f"The scenario cannot be planned: {first}{more}", policy.place("unreadable"),
                fix=f"see what is wrong with it: planner validate {_typed(scenario.path)}",
            )  # fmt: skip
        elif side.chosen is None:
            yield judged(
                policy, "infeasible", policy.value.infeasible, policy.value.infeasible, scenario,
                f"Nothing is feasible, or there is no decision called {plain(side.decision)!r}",
                policy.place("infeasible"), cause=cause_of(scenario, "choice"),
                fix=f"relax a constraint; which one, and by how much, says planner plan {_typed(scenario.path)}",
            )  # fmt: skip


def judge_edited(difference: Difference, governance: Governance) -> Iterator[Finding]:
    """Locks that were edited by hand; they are denied whatever policies say, and no exception covers them."""
    asking = next((policy for policy in governance.policies if policy.value.lock is not None), None)
    for scenario in to_judge(difference):
        lock = scenario.lock
        if lock is None or lock.state != "edited":
            continue
        verdict = Verdict(
            policy="" if asking is None else asking.value.metadata.name,
            rule="lock",
            severity="deny",
            result="deny",
            subject=scenario.path,
            scenario=scenario.path,
            message=f"{plain(lock.file)} was edited: {sentence(lock.text)}",
            fix=lock_fix(scenario),
            place=Place(file=lock.file, line=1) if asking is None else asking.place("lock"),
            cause=Place(file=lock.file, line=1),
        )
        yield Finding(verdict, (scenario,), excusable=False)


def judge_locks(policy: Written[Policy], difference: Difference, today: datetime.date) -> Iterator[Finding]:
    """Locks that are missing, belong to another text of the scenario, or are too old."""
    rules = policy.value.lock
    if rules is None:
        return
    for scenario in to_judge(difference):
        lock = scenario.lock
        if lock is not None and lock.state == "edited":
            continue
        result, message, ages = _lock(rules, scenario, today)
        yield judged(
            policy, "lock", rules.severity, result, scenario, message,
            policy.place("lock", "max_age" if ages else "required"), figure="age of the lock" if ages else "",
            texts=ages or ("", ""), fix=lock_fix(scenario),
            # Of a lock that is not there no line can be shown.
            cause=Place(file=scenario.path if lock is None or lock.state == "missing" else lock.file, line=1),
        )  # fmt: skip


_Judged = tuple[Result, str, tuple[str, str] | None]


def _lock(rules: LockRules, scenario: ScenarioDifference, today: datetime.date) -> _Judged:
    """The result of the lock rule about one scenario, its message, and of an age what it is and what it may be."""
    lock = scenario.lock
    if lock is None or lock.state not in _FITS:
        told = "There is no lock"
        if lock is not None and lock.state != "missing":
            told = f"{plain(lock.file)} was made for another text of the scenario"
        if rules.required:
            return rules.severity, f"{told}, and one that fits is required", None
        return "pass", f"{told}, and none is required", None
    if rules.max_age_hours is None:
        return "pass", f"{plain(lock.file)} fits the scenario", None
    days, of = rules.max_age_hours / 24, day(lock.as_of)
    most = _days(days)
    if of is None:
        message = f"{plain(lock.file)}: the age of its prices is unknown, and at most {most} are allowed"
        return rules.severity, message, ("unknown", most)
    age = (today - of).days
    words = f"{plain(lock.file)} has prices of {lock.as_of}, {_days(age)} old"
    if age > days:
        return rules.severity, f"{words}, and at most {days:g} are allowed", (_days(age), most)
    return "pass", f"{words}, at most {days:g} are allowed", (_days(age), most)


def _days(number: float) -> str:
    return f"{number:g} day{'' if number == 1 else 's'}"


def lock_fix(scenario: ScenarioDifference) -> str:
    """How a lock that fits is made."""
    if scenario.lock is None or scenario.lock.state == "missing":
        return f"write it: planner lock {_typed(scenario.path)}"
    return f"renew it: planner lock --refresh {_typed(scenario.path)}"


def _typed(path: str) -> str:
    """A path as it can be pasted into a shell, whatever a stranger called it."""
    return shlex.quote(plain(path))
