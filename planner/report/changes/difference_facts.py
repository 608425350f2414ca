"""What is said of a difference and a check wherever they are printed: the headline, the order, what to do next."""

import shlex
from collections import Counter
from collections.abc import Iterator
from typing import Final

from planner.outcome import (
    ApprovalState,
    BudgetState,
    Check,
    Difference,
    Edit,
    Judgement,
    Revision,
    ScenarioDifference,
    Verdict,
)
from planner.outcome.difference_words import decision_sentence, moves, percent
from planner.outcome.managed import ManagedJob
from planner.outcome.service_words import cost_text
from planner.outcome.time_words import timed_text
from planner.report.changes.difference_figures import by_month, change_text, cost_name, signed_usd
from planner.report.changes.difference_totals import sum_text
from planner.report.changes.lock_advice import Step, is_mended, lock_steps
from planner.report.changes.telling import short_hashes, words
from planner.report.names import clean, listed, plural, shorten
from planner.units import usd

TRUST: Final = "trust"
"""Rule that every policy has: what a change brings along does not judge it."""
COMES_ALONG: Final = "Touches what judges changes; nothing is refused"
"""What stands over notes on trust that refuse nothing."""
LONGEST_COMMAND: Final = 400
"""Characters of a command that is told to be copied."""
MARGIN: Final = (
    "Margin: how far the best other choice of model, method or machine is behind, as a share of what the decision goes "
    "by; a trade-off weighs what is gained on one goal against what is lost on another."
)


def headline(difference: Difference, judgement: Judgement | None) -> str:
    """`3 scenarios changed: $164 → $212 (+$48, +29 %), 1 policy denies`."""
    told = _counted(difference)
    if changed(difference):
        told += f": {sum_text(difference)}"
    verdict = _verdict(judgement, difference) if judgement else ""
    return f"{told}, {verdict}" if verdict else told


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
    same = difference.unchanged
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
    cost = scenario.delta.get(cost_name(scenario))
    if cost is None:
        return None
    if cost.total is not None:
        return cost.total
    if scenario.change == "added":
        return cost.after
    return None if scenario.change != "removed" or cost.before is None else -cost.before


def now_text(scenario: ScenarioDifference) -> str:
    """The cost at the head in a table's cell, or why there is none."""
    if scenario.change == "removed":
        return "removed"
    if scenario.after is not None and scenario.after.chosen is None:
        return "not planned" if scenario.after.problems else "infeasible"
    name = cost_name(scenario)
    cost, chosen = scenario.delta.get(name), scenario.after.chosen if scenario.after else None
    least = isinstance(chosen, ManagedJob) and chosen.cost_usd_at_least
    return by_month(name, cost_text(cost.after if cost else None, least=least))


def effect_text(scenario: ScenarioDifference) -> str:
    """The change of cost in a table's cell: `+$48, +29 %`."""
    name = cost_name(scenario)
    cost, effect = scenario.delta.get(name), effect_usd(scenario)
    if cost is not None and cost.before is not None and cost.after is not None:
        return by_month(name, change_text(name, cost))
    return by_month(name, signed_usd(effect, effect))


def sentence_of(scenario: ScenarioDifference) -> str:
    """The decision in one sentence."""
    return words(scenario.sentence or decision_sentence(scenario.before, scenario.after))


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
    known = budget.spent_usd is not None
    spent = f"{usd(budget.spent_usd)} spent{as_of} and" if known else f"spent so far unknown{as_of};"
    planned = cost_text(budget.planned_usd, least=budget.planned_at_least)
    told = f"{budget.who}, {budget.budget}{month}: {spent} {planned} planned of {usd(budget.limit_usd)}"
    if (shares := (percent(budget.share_before), percent(budget.share))) != ("unknown", "unknown"):
        told += f" ({shares[0]} → {shares[1]})"
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
    steps += _fixes(check, "deny")
    for approval in open_approvals(judgement):
        who = " or ".join(shorten(name) for name in approval.needed_from) or "somebody the policy names"
        steps.append(Step(f"Ask {who} to approve {usd(approval.amount_usd)} for {shorten(approval.scenario)}."))
    steps += _fixes(check, "warn")
    return list(dict.fromkeys([*steps, *lock_steps(difference, judgement)]))


def _fixes(check: Check, result: str) -> Iterator[Step]:
    """What mends verdicts, without those that another step mends: locks, and what judges the change."""
    refused = {note.file for note in check.difference.trust if not note.allowed}
    for v in of_result(check.judgement, result):
        told = (v.rule == TRUST and v.subject in refused) or is_mended(v, check.difference)
        if v.fix and not told:
            yield Step(f"{shorten(v.subject)}: {v.fix}")


def revision_text(revision: Revision) -> str:
    """`origin/main (1a2b3c4d5e6f)`; `1a2b3c4d5e6f` alone where the name is the hash."""
    name = short_hashes(shorten(revision.name, 64)) or "nothing"
    commit = shorten(revision.commit, 64)[:12]
    return name if not commit or revision.name.startswith(commit) else f"{shorten(name, 48)} ({commit})"


def timed_of(scenario: ScenarioDifference) -> str:
    """What the start makes of the cost at the head; empty where that depends on no time."""
    c = None if scenario.after is None else scenario.after.configuration
    return "" if c is None or c.offer.timed is None else shorten(timed_text(c.offer.timed), 400)


def heeded(difference: Difference) -> list[ScenarioDifference]:
    """Scenarios whose notes nobody may miss: nothing is chosen for them any more, or they are judged no more."""
    return [s for s in changed(difference) if s.notes and is_heeded(s)]


def is_heeded(scenario: ScenarioDifference) -> bool:
    """Whether nothing is chosen at the head, or the scenario is not there."""
    return scenario.change == "removed" or (scenario.after is not None and scenario.after.chosen is None)


def has_margin(scenario: ScenarioDifference) -> bool:
    """Whether the sentence on its decision tells a margin."""
    return any(side is not None and side.margin is not None for side in (scenario.before, scenario.after)) and (
        "margin" in sentence_of(scenario)
    )


def marks(scenario: ScenarioDifference) -> list[str]:
    """What a table says of a scenario in small print: `flips`, `other provider`, `moved from a.yaml`."""
    told = ["flips"] if scenario.flipped else moves(scenario.before, scenario.after)
    return [*told, f"moved from {shorten(scenario.moved_from, 80)}"] if scenario.moved_from else told


def repeat_command(check: Check | Difference) -> str:
    """The command that compares the same sides again; empty where it would be too long to copy, or not be theirs.

    Nothing in it is ever shortened or cleaned: it is there to be copied.
    """
    told = _repeated(check)
    return told if clean(told) == told and len(told) <= LONGEST_COMMAND else ""


def _repeated(check: Check | Difference) -> str:
    difference = check.difference if isinstance(check, Check) else check
    verb = "check" if isinstance(check, Check) else "diff"
    base, head = difference.base, difference.head
    if not base.name:
        return " ".join(["planner", verb, *(shlex.quote(s.path) for s in difference.scenarios)])
    if not base.commit and verb == "diff":
        return f"planner diff {shlex.quote(base.name)} {shlex.quote(head.name)}"
    tail = f" --head {shlex.quote(head.commit[:12])}" if head.commit else ""
    return f"planner {verb} --base {shlex.quote(base.commit[:12] or base.name)}{tail}"


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
    broken = bool(scenario.after and (scenario.after.problems or scenario.after.chosen is None))
    effect = effect_usd(scenario)
    return not broken, effect is not None, -abs(effect or 0), scenario.path
