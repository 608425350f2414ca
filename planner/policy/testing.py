"""Policy tests run: every case held against all policies, and what came of it beside what was expected."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from planner.errors import InputError
from planner.outcome import Check, Difference, Judgement
from planner.outcome.any_plan import AnyPlan
from planner.policy.cases import Case, PolicyTest
from planner.policy.documents import Spend
from planner.policy.examples import difference_of
from planner.policy.governance import Governance, Written, decision_of
from planner.policy.judge import judge

Load = Callable[[str, str], AnyPlan | Check]
"""(file of the test, path written in it) → the plan or check there; raises InputError."""
RESULT = "result"
"""What the verdict that counts is called beside those of rules."""
_WORST = ("deny", "warn", "info", "excepted", "pass")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation of a case and what came of it."""

    file: str
    line: int
    case: str
    rule: str
    """Name of the rule, or `result`."""
    expected: str
    got: str
    messages: tuple[str, ...] = ()
    """What the verdicts say, worst first."""

    @property
    def ok(self) -> bool:
        """Whether it is as expected."""
        return self.expected == self.got


def run_tests(governance: Governance, load: Load) -> Iterator[Outcome]:
    """The outcomes of all cases of all tests; exceptions, approvals and spend count as they are committed."""
    for test in governance.tests:
        for index, case in enumerate(test.value.cases):
            yield from _outcomes(test, index, case, _judged(test, case, governance, load))


def _judged(test: Written[PolicyTest], case: Case, governance: Governance, load: Load) -> Judgement:
    if case.spend is not None:
        spends = tuple(
            Written(Spend(api_version="planner/v1", kind="Spend", **spend.model_dump(by_alias=True)), test.document)
            for spend in case.spend
        )
        governance = replace(governance, spends=spends)
    return judge(
        _difference(test, case, governance, load),
        governance,
        datetime.date.fromisoformat(case.today),
        approval_required=case.approval_required,
    )


def _difference(test: Written[PolicyTest], case: Case, governance: Governance, load: Load) -> Difference:
    decision = decision_of(governance)
    head = load(test.file, case.plan) if case.plan is not None else None
    base = load(test.file, case.base) if case.base is not None else None
    if isinstance(head, Check):
        if case.base is not None or case.base_job is not None:
            message = f"{test.file}: case {case.name}: a check.json has its own base; leave out base and base_job"
            raise InputError(message)
        return head.difference
    if isinstance(base, Check):
        message = f"{test.file}: case {case.name}: base is a check.json; name the plan.json of the base"
        raise InputError(message)
    return difference_of(case, head, base, decision)


def _outcomes(test: Written[PolicyTest], index: int, case: Case, judgement: Judgement) -> Iterator[Outcome]:
    path = ("cases", index, "expect")
    told = tuple(verdict.message for verdict in judgement.verdicts if verdict.result in ("deny", "warn"))
    line = test.place(*path, "result").line
    yield Outcome(test.file, line, case.name, RESULT, case.expect.result, judgement.result, told)
    for name, expected in case.expect.rules.items():
        policy, _, rule = name.rpartition("/")
        mine = [v for v in judgement.verdicts if v.rule == rule and policy in ("", v.policy)]
        mine.sort(key=lambda verdict: _WORST.index(verdict.result))
        got = mine[0].result if mine else "none"
        line = test.place(*path, "rules", name).line
        yield Outcome(test.file, line, case.name, name, expected, got, tuple(verdict.message for verdict in mine))
