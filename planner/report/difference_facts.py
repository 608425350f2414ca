"""What is said of a difference and a check wherever they are printed: the headline, the order, what to do next."""

import shlex
from collections import Counter
from dataclasses import dataclass
from typing import Final

from planner.outcome import (
    ApprovalState,
    BudgetState,
    Check,
    Delta,
    Difference,
    Edit,
    Judgement,
    Revision,
    ScenarioDifference,
    Verdict,
)
from planner.outcome.difference_words import decision_sentence, percent
from planner.report.difference_figures import change_text, signed_usd, way_text
from planner.report.names import clean, listed, plural, shorten
from planner.units import usd

TRUST: Final = "trust"
"""Rule that every policy has: what a change brings along does not judge it."""
COMES_ALONG: Final = "Comes along, and counts"
"""What stands over notes on trust that refuse nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next, and the command that does it, where there is one."""

    text: str
    command: str = ""


def headline(difference: Difference, judgement: Judgement | None) -> str:
    """`3 scenarios changed: $164 → $212 (+$48, +29 %), 1 policy denies`."""
    told = _counted(difference)
    cost = difference.totals.all.delta.get("cost_usd")
    if cost is not None and changed(difference):
        told += f": {usd(cost.after) if cost.before is None and not difference.base.name else total_text(cost)}"
        unknown = difference.totals.all.unknown
        told += f" and {plural(unknown, 'scenario')} of unknown cost" if unknown else ""
        told += ", inside the noise" if cost.within_noise else ""
    verdict = _verdict(judgement, difference) if judgement else ""
    return f"{told}, {verdict}" if verdict else told


def total_text(cost: Delta) -> str:
    """A sum's way; where one side has nothing it starts or ends at $0, which a sum may, unlike a figure."""
    if cost.before is None and cost.after is not None and cost.total == cost.after:
        return f"{usd(cost.after)} more"
    if cost.after is None and cost.before is not None and cost.total == -cost.before:
        return f"{usd(cost.before)} less"
    return way_text("cost_usd", cost)


def nothing_changed(difference: Difference, judgement: Judgement | None) -> str:
    """One calm line where there is nothing to see to; empty where there is."""
    if changed(difference) or difference.trust or difference.warnings:
        return ""
    passes = ""
    if judgement:
        quiet = judgement.result == "pass" and not judgement.warnings and not open_approvals(judgement)
        if not quiet or any(v.result not in ("pass", "info") for v in judgement.verdicts):
            return ""
        passes = f"; {passed_text(judgement)}" if judgement.verdicts else ""
    same = difference.unchanged + len(difference.scenarios)
    what = f"{plural(same, 'scenario')} {'is' if same == 1 else 'are'} the same" if same else "there is no scenario"
    sides = f"{revision_text(difference.base)} and {revision_text(difference.head)}"
    return f"Nothing changed: {what} on both sides, {sides}{passes}."


def passed_text(judgement: Judgement) -> str:
    """`5 rules pass`, without what only informs."""
    count = sum(v.result == "pass" for v in judgement.verdicts)
    return f"{plural(count, 'rule')} {'passes' if count == 1 else 'pass'}"


def changed(difference: Difference) -> list[ScenarioDifference]:
    """Scenarios that are not the same on both sides: what cannot be planned first, then by what they do to cost."""
    return sorted((s for s in difference.scenarios if s.change != "unchanged"), key=_weight)


def effect_usd(scenario: ScenarioDifference) -> float | None:
    """What a scenario adds to the cost of all: of an added one its whole cost, of a removed one that with a minus."""
    cost = scenario.delta.get("cost_usd")
    if cost is None:
        return None
    if cost.total is not None:
        return cost.total
    if scenario.change == "added":
        return cost.after
    return None if scenario.change != "removed" or cost.before is None else -cost.before


def effect_text(scenario: ScenarioDifference) -> str:
    """The change of cost in a table's cell: `+$48, +29 %`."""
    cost, effect = scenario.delta.get("cost_usd"), effect_usd(scenario)
    if cost is not None and cost.before is not None and cost.after is not None:
        return change_text("cost_usd", cost)
    return signed_usd(effect, effect)


def sentence_of(scenario: ScenarioDifference) -> str:
    """The decision in one sentence."""
    return clean(scenario.sentence or decision_sentence(scenario.before, scenario.after))


def telling_edit(scenario: ScenarioDifference) -> Edit | None:
    """The edit that did most to the cost, else the first."""
    known = [edit for edit in scenario.edits if edit.effect_usd is not None]
    if known:
        return max(known, key=lambda edit: abs(edit.effect_usd or 0))
    return scenario.edits[0] if scenario.edits else None


def titles(scenarios: list[ScenarioDifference]) -> dict[str, str]:
    """Path → what a scenario is called in a list: its name, and its path as well where names collide."""
    names = Counter(shorten(s.name, 48) for s in scenarios)
    return {
        s.path: shorten(s.name, 48) if names[shorten(s.name, 48)] == 1 else shorten(f"{s.name} ({s.path})", 80)
        for s in scenarios
    }


def of_result(judgement: Judgement, result: str) -> list[Verdict]:
    """Verdicts of one result, in the order they came; what may come along is told with the notes on trust."""
    return [v for v in judgement.verdicts if v.result == result and not (v.rule == TRUST and result == "info")]


def open_approvals(judgement: Judgement) -> list[ApprovalState]:
    """Approvals that nobody has given."""
    return [approval for approval in judgement.approvals if not approval.approved_by]


def budget_text(budget: BudgetState) -> str:
    """Where a budget stands, in words."""
    month = f" for {budget.month}" if budget.month else ""
    as_of = f" as of {budget.spent_as_of}" if budget.spent_as_of else ""
    told = f"{budget.who}, {budget.budget}{month}: {usd(budget.spent_usd)} spent{as_of}"
    told += f" and {usd(budget.planned_usd)} planned of {usd(budget.limit_usd)}"
    told += f" ({percent(budget.share_before)} → {percent(budget.share)})"
    if budget.crossed:
        told += f"; this crosses {listed([percent(level) for level in budget.crossed])}"
    elif budget.reached:
        told += f"; it was past {percent(max(budget.reached))} before"
    return clean(told)


def next_steps(check: Check) -> list[Step]:
    """What to do next, most pressing first; each step once."""
    difference, judgement = check.difference, check.judgement
    steps = [
        Step(f"Take the change to {note.file} out, or merge it on its own first: it cannot judge what it came with.")
        for note in difference.trust
        if not note.allowed
    ]
    steps += [Step(f"{shorten(v.subject)}: {v.fix}") for v in of_result(judgement, "deny") if v.fix]
    for approval in open_approvals(judgement):
        who = " or ".join(shorten(name) for name in approval.needed_from) or "somebody the policy names"
        steps.append(Step(f"Ask {who} to approve {usd(approval.amount_usd)} for {shorten(approval.scenario)}."))
    steps += [Step(f"{shorten(v.subject)}: {v.fix}") for v in of_result(judgement, "warn") if v.fix]
    return list(dict.fromkeys([*steps, *lock_steps(difference)]))


def lock_steps(difference: Difference) -> list[Step]:
    """The locks to write where without one nobody can say what a newer planner or other prices contributed."""
    paths = [s.path for s in changed(difference) if s.after and s.after.configuration and _wants_lock(s)]
    plain = [path for path in paths if clean(path) == path]
    if not plain:
        return []
    few = " ".join(shlex.quote(path) for path in plain[:3])
    more = f" (here of 3, and {plural(len(plain) - 3, 'scenario')} more)" if len(plain) > 3 else ""
    return [Step(f"Lock the prices, so that the next change can be split by cause{more}:", f"planner lock {few}")]


def _wants_lock(scenario: ScenarioDifference) -> bool:
    """Whether the head has no lock of its own text; where nobody looked, whether the planner's part is unknown."""
    if scenario.lock is not None:
        return scenario.lock.state in ("missing", "stale-scenario")
    cost = scenario.delta.get("cost_usd")
    return scenario.change == "changed" and cost is not None and cost.total is not None and cost.planner is None


def revision_text(revision: Revision) -> str:
    """`origin/main (1a2b3c4d5e6f)`."""
    name = shorten(revision.name, 48) or "nothing"
    commit = shorten(revision.commit, 40)[:12]
    return name if not commit or revision.name.startswith(commit) else f"{name} ({commit})"


def repeat_command(check: Check | Difference) -> str:
    """The command that compares the same sides again."""
    difference = check.difference if isinstance(check, Check) else check
    verb = "check" if isinstance(check, Check) else "diff"
    base, head = difference.base, difference.head
    if not base.name:
        paths = " ".join(_quoted(s.path) for s in difference.scenarios[:3])
        return f"planner {verb} {paths}{' …' if len(difference.scenarios) > 3 else ''}"
    if not base.commit and verb == "diff":
        return f"planner diff {_quoted(base.name)} {_quoted(head.name)}"
    tail = f" --head {_quoted(head.commit[:12])}" if head.commit else ""
    return f"planner {verb} --base {_quoted(base.commit[:12] or base.name)}{tail}"


def _quoted(text: str) -> str:
    return shlex.quote(shorten(text, 80))


def _counted(difference: Difference) -> str:
    """`2 scenarios changed, 1 added`."""
    count = Counter(s.change for s in difference.scenarios)
    if not difference.base.name:
        return plural(len(difference.scenarios), "scenario")
    parts = [(count[kind], kind) for kind in ("changed", "added", "removed") if count[kind]]
    if not parts:
        return "No scenario changed"
    (first, kind), *others = parts
    return ", ".join([f"{plural(first, 'scenario')} {kind}", *(f"{number} {word}" for number, word in others)])


def _verdict(judgement: Judgement, difference: Difference) -> str:
    refused = [note for note in difference.trust if not note.allowed]
    denying = len({(v.policy, v.place.file) for v in of_result(judgement, "deny")})
    warning = len({(v.policy, v.place.file) for v in of_result(judgement, "warn")})
    if denying:
        return f"{_policies(denying)} {'denies' if denying == 1 else 'deny'}"
    if refused:
        return "denied for what it brings to judge itself"
    if judgement.result == "deny":
        return "denied"
    if open_approvals(judgement):
        return f"{plural(len(open_approvals(judgement)), 'approval')} needed"
    if warning or judgement.result == "warn":
        return f"{_policies(warning)} {'warns' if warning == 1 else 'warn'}" if warning else "with warnings"
    passed = any(v.rule != TRUST for v in judgement.verdicts)
    return "no policies" if not judgement.policies else "policies pass" if passed else ""


def _policies(count: int) -> str:
    return "1 policy" if count == 1 else f"{count:,} policies"


def _weight(scenario: ScenarioDifference) -> tuple[bool, bool, float, str]:
    broken = bool(scenario.after and (scenario.after.problems or scenario.after.configuration is None))
    effect = effect_usd(scenario)
    return not broken, effect is not None, -abs(effect or 0), scenario.path
