"""A difference held against a governance: every rule, one verdict for each thing it judges, and the one that counts."""

import datetime
from collections.abc import Iterator

from planner.outcome import (
    ApprovalState,
    BudgetState,
    Difference,
    Judgement,
    Place,
    ScenarioDifference,
    TrustNote,
    Verdict,
)
from planner.policy.approvals import judge_approvals
from planner.policy.budgets import judge_budgets
from planner.policy.exceptions import excuse
from planner.policy.finding import Finding, plain, sentence
from planner.policy.governance import Governance, decision_warnings
from planner.policy.identity import Names
from planner.policy.rules import judge_rules
from planner.policy.standing import judge_edited, judge_locks, judge_sides, lock_fix

_ORDER = {"deny": 0, "warn": 1, "excepted": 2, "info": 3, "pass": 4}


def judge(
    difference: Difference,
    governance: Governance,
    today: datetime.date,
    *,
    head_governance: Governance | None = None,
    approval_required: bool | None = None,
    policies_from: str = "",
) -> Judgement:
    """What the governance of the base says of a change; the same arguments always give the same judgement.

    Of the head's governance only those kinds count that all policies of the base let a change bring along. A
    difference whose base has no name compares with nothing: rules on changes then say nothing.
    """
    counting = governance.with_trusted(head_governance)
    findings: list[Finding] = list(judge_edited(difference, counting))
    budgets: list[BudgetState] = []
    approvals: list[ApprovalState] = []
    warnings: list[str] = []
    names = Names(difference)
    for policy in counting.policies:
        findings += judge_sides(policy, difference)
        findings += judge_rules(policy, difference, compared=bool(difference.base.name))
        for finding, state, warning in judge_budgets(policy, difference, counting.spends, today):
            findings.append(finding)
            budgets.append(state)
            warnings += [warning] if warning else []
        for finding, open_state in judge_approvals(
            policy, difference, counting.approvals, names, today, approval_required
        ):
            findings.append(finding)
            approvals += [open_state] if open_state else []
        findings += judge_locks(policy, difference, today)
    excused, ending = excuse(findings, counting.exceptions, names, today)
    verdicts = [*_trust(difference, governance), *sorted(excused, key=_order)]
    results = {verdict.result for verdict in verdicts}
    return Judgement(
        result="deny" if "deny" in results else "warn" if "warn" in results else "pass",
        verdicts=verdicts,
        budgets=budgets,
        approvals=approvals,
        policies=sorted(policy.file for policy in counting.policies),
        policies_from=policies_from,
        warnings=[
            *([] if counting.policies else [no_policies(policies_from)]),
            *decision_warnings(counting),
            *_other_decisions(difference, counting),
            *dict.fromkeys(warnings),
            *ending,
        ],
    )


def no_policies(policies_from: str) -> str:
    """What to say where there are no policies, and how to begin."""
    where = f" at {plain(policies_from)}" if policies_from else ""
    return f"no policies{where}: nothing was held against limits (to begin: planner policy init)"


def _trust(difference: Difference, governance: Governance) -> Iterator[Verdict]:
    """What the change brings that would judge it; denied first, unless the base's policies allow it."""
    scenarios = {scenario.lock.file: scenario for scenario in difference.scenarios if scenario.lock is not None}
    refusing = next((policy for policy in governance.policies), None)
    for note in sorted(difference.trust, key=lambda note: (note.allowed, note.file, note.what)):
        kind = {"policy-test": "policy"}.get(note.what, note.what)
        policy = next((each for each in governance.policies if kind not in each.value.trust.same_change), refusing)
        where = note.place or Place(file=note.file, line=1)
        yield Verdict(
            policy=policy.value.metadata.name if policy else "",
            rule="trust",
            severity="deny",
            result="info" if note.allowed else "deny",
            subject=note.file,
            message=f"{plain(note.file)}: {sentence(note.text)}",
            fix="" if note.allowed else _remedy(note, scenarios.get(note.file)),
            place=policy.place("trust", "same_change") if policy else where,
            cause=where,
        )


def _remedy(note: TrustNote, scenario: ScenarioDifference | None) -> str:
    """What to do about something that a change may not bring: a lock can be made anew, all else comes alone."""
    if note.what == "lock":
        return "renew it: planner lock --refresh" if scenario is None else lock_fix(scenario)
    return "bring it in a change of its own, which its owners review"


def _order(verdict: Verdict) -> tuple[int, str, str, str, str]:
    return _ORDER[verdict.result], verdict.policy, verdict.rule, verdict.subject, verdict.figure


def _other_decisions(difference: Difference, governance: Governance) -> list[str]:
    """Where another decision is judged than a policy asks for."""
    judged = sorted({scenario.after.decision for scenario in difference.scenarios if scenario.after})
    return [
        f"{plain(policy.file)} asks for the decision {asked}, and {', '.join(map(plain, judged))} is judged"
        for policy in governance.policies
        if (asked := policy.value.decision) is not None and judged and judged != [asked]
    ]
