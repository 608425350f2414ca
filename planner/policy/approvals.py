"""Approvals: which amounts need one, whose, and whether it was given."""

import datetime
from collections.abc import Iterator, Sequence

from planner.outcome import ApprovalState, Difference, ScenarioDifference
from planner.outcome.verdict import Severity
from planner.policy.causes import cause_of
from planner.policy.documents import Approval, ApprovalLevel, Approvals, Policy
from planner.policy.figures import UNCOUNTED, amount_of, at_least
from planner.policy.finding import Finding, judged, listed, plain
from planner.policy.governance import Written
from planner.policy.identity import Names, to_judge
from planner.policy.scope import applies, because_of_base
from planner.policy.units import beyond, show_apart
from planner.units import usd

RULE = "approvals"


def judge_approvals(
    policy: Written[Policy],
    difference: Difference,
    approvals: Sequence[Written[Approval]],
    names: Names,
    today: datetime.date,
    required: bool | None,
) -> Iterator[tuple[Finding, ApprovalState | None]]:
    """What needs an approval among new and changed scenarios, and who gave one.

    `required` counts instead of what the policy says of itself, where it is given.
    """
    asked = policy.value.approvals
    if asked is None:
        return
    severity: Severity = "deny" if (asked.required if required is None else required) else "warn"
    for scenario in to_judge(difference):
        if not applies(asked.where, scenario) or scenario.after is None or scenario.after.chosen is None:
            continue
        remark = because_of_base(asked.where, scenario)
        amount = _amount(asked, scenario)
        if amount is None:
            yield _unknown(policy, severity, scenario).with_remark(remark), None
            continue
        remark = f"{UNCOUNTED}{remark}" if at_least(scenario.after) else remark
        finding, state = judge_amount(policy, severity, scenario, amount, approvals, names, today)
        yield finding.with_remark(remark), state


def judge_amount(
    policy: Written[Policy],
    severity: Severity,
    scenario: ScenarioDifference,
    amount: float,
    approvals: Sequence[Written[Approval]],
    names: Names,
    today: datetime.date,
) -> tuple[Finding, ApprovalState | None]:
    """Whose approval an amount of a scenario needs by a policy that has levels, and whether it was given.

    No state where it needs none.
    """
    asked = policy.value.approvals
    assert asked is not None
    index = max((i for i, level in enumerate(asked.levels) if beyond(amount, level.above_usd)), default=None)
    if index is None:
        return _free(policy, severity, scenario, amount, asked.levels[0]), None
    named = [(each, why) for each in approvals if (why := _not_about(each.value, scenario, names)) is not None]
    return _needed(policy, severity, scenario, amount, index, named, today)


def _not_about(approval: Approval, scenario: ScenarioDifference, names: Names) -> str | None:
    """Why an approval that names the scenario is not about it; empty where it is, None where it names another."""
    if approval.scenario == scenario.path:
        return ""
    if scenario.metadata is None or approval.scenario != scenario.metadata.name:
        return None
    return names.refusal(scenario)


def _amount(asked: Approvals, scenario: ScenarioDifference) -> float | None:
    """What is to be approved: the cost, or what the change adds; without a figure to compare with, the whole cost."""
    cost, before = amount_of(scenario.after), amount_of(scenario.before)
    delta = scenario.delta.get(_figure(scenario))
    if delta is not None and delta.before is not None:
        before = delta.before
    if scenario.kind_before:
        # What a job costs is no part of what a month costs.
        before = None
    if asked.counts == "cost" or cost is None or before is None:
        return cost
    return cost - before


def _needed(
    policy: Written[Policy],
    severity: Severity,
    scenario: ScenarioDifference,
    amount: float,
    index: int,
    given: Sequence[tuple[Written[Approval], str]],
    today: datetime.date,
) -> tuple[Finding, ApprovalState]:
    """One amount that needs an approval, and the first that counts of those `given`, each with why it does not."""
    asked = policy.value.approvals
    assert asked is not None
    level = asked.levels[index]
    place = policy.place(RULE, "levels", index, "above")
    who = listed(level.from_)
    refused = [(each, why or _refusal(each.value, level, amount, today)) for each, why in given]
    counts = next((each for each, why in refused if not why), None)
    value_text, limit_text = show_apart(amount, level.above_usd, "money")
    if counts is not None:
        text = f"{plain(counts.value.approver)} approves up to {usd(counts.value.up_to_usd)} until {counts.value.until}"
        message = f"{_sum(asked, scenario)} {value_text} is above {limit_text}: {text} ({plain(counts.file)})"
    else:
        why = "".join(f"; {plain(each.file)} does not count: {reason}" for each, reason in refused[:3])
        text = f"needs approval from {who}{why}"
        message = f"{_sum(asked, scenario)} {value_text} is above {limit_text} and {text}"
    finding = judged(
        policy, RULE, severity, severity if counts is None else "pass", scenario, message, place,
        figure=_named(asked, scenario), value=amount, limit=level.above_usd,
        texts=(value_text, limit_text), fix=f"commit an Approval by {who} for at least {usd(amount)}",
        cause=cause_of(scenario, "cost"), unit="money",
    )  # fmt: skip
    state = ApprovalState(
        policy=policy.value.metadata.name,
        scenario=scenario.path,
        amount_usd=amount,
        needed_from=list(level.from_),
        approved_by="" if counts is None else counts.value.approver,
        file="" if counts is None else counts.file,
        text=text,
        place=place,
    )
    return finding, state


def _refusal(approval: Approval, level: ApprovalLevel, amount: float, today: datetime.date) -> str:
    """Why an approval does not count; empty where it does."""
    now = today.isoformat()
    if approval.approver not in level.from_:
        return f"{plain(approval.approver)} may not approve amounts above {usd(level.above_usd)}"
    if beyond(amount, approval.up_to_usd):
        return f"it covers up to {usd(approval.up_to_usd)} only"
    if approval.date > now:
        return f"it is dated {approval.date}, after today"
    return f"it expired on {approval.until}" if approval.until < now else ""


def _unknown(policy: Written[Policy], severity: Severity, scenario: ScenarioDifference) -> Finding:
    message = "The cost is unknown, and with it who must approve"
    asked = policy.value.approvals
    assert asked is not None
    place, limit = policy.place(RULE), asked.levels[0].above_usd
    return judged(
        policy, RULE, severity, severity, scenario, message, place, figure=_figure(scenario), limit=limit,
        texts=("unknown", usd(limit)), fix="make the cost known: name offers with a price", unit="money",
        cause=cause_of(scenario, "cost"),
    )  # fmt: skip


def _free(
    policy: Written[Policy], severity: Severity, scenario: ScenarioDifference, amount: float, level: ApprovalLevel
) -> Finding:
    asked = policy.value.approvals
    counts = "cost" if asked is None else asked.counts
    value_text, limit_text = show_apart(amount, level.above_usd, "money", signed=counts == "increase")
    message = f"{_sum(asked, scenario)} {value_text} needs no approval up to {limit_text}"
    return judged(
        policy, RULE, severity, "pass", scenario, message, policy.place(RULE, "levels", 0, "above"),
        figure=_named(asked, scenario), value=amount, limit=level.above_usd,
        texts=(value_text, limit_text), unit="money",
    )  # fmt: skip


def _figure(scenario: ScenarioDifference) -> str:
    """The figure whose amount is to be approved: of a job its cost, of what is served that of a month."""
    served = scenario.after is not None and scenario.after.serving is not None
    return "cost_usd_per_month" if served else "cost_usd"


def _named(asked: Approvals | None, scenario: ScenarioDifference) -> str:
    counts = "cost" if asked is None else asked.counts
    return _figure(scenario) if counts == "cost" else f"delta.{_figure(scenario)}"


def _sum(asked: Approvals | None, scenario: ScenarioDifference) -> str:
    word = "Cost" if asked is None or asked.counts == "cost" else "Increase"
    return f"{word} of a month" if _figure(scenario) != "cost_usd" else word
