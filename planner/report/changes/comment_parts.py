"""The blocks of a comment around its scenarios: what is judged, budgets, approvals, totals, next steps, footer."""

from dataclasses import dataclass
from typing import Final

from planner.outcome import (
    ApprovalState,
    BudgetState,
    Check,
    Difference,
    Judgement,
    Revision,
    TrustNote,
    Verdict,
)
from planner.report.changes.difference_facts import (
    COMES_ALONG,
    LONGEST_COMMAND,
    budget_text,
    heeded,
    of_result,
    passed_text,
    repeat_command,
    sentence_of,
    timed_of,
)
from planner.report.changes.difference_totals import SumRow, everything_text, sum_tables
from planner.report.changes.lock_advice import Step
from planner.report.changes.telling import short_hashes
from planner.report.names import plural, shorten
from planner.report.printing.github_markdown import bullets, code, inert, place, table
from planner.units import significant, usd

BAR: Final = 20
NOTES: Final = 8
"""Most notes of one scenario that are listed."""
WHERE_ALL_IS: Final = "see the job summary or the artifact"


@dataclass(frozen=True, slots=True)
class Listed:
    """A block with lines of which only the first few may be shown, those left out counted."""

    lead: str
    lines: tuple[str, ...]
    noun: str

    def shown(self, count: int) -> str:
        """The block with at most `count` lines; empty without any."""
        if not self.lines:
            return ""
        left = len(self.lines) - count
        kept = [f"- {line}" for line in self.lines[: max(count, 0)]]
        if left > 0:
            noun = f"more {self.noun}" if kept else self.noun
            kept.append(f"- {plural(left, noun)}: {WHERE_ALL_IS}")
        return "\n".join([f"{self.lead}\n", *kept])


def trust_block(notes: list[TrustNote]) -> Listed:
    """What the change brings that would judge it, refused before allowed."""
    ordered = sorted(notes, key=lambda note: note.allowed)
    refused = sum(not note.allowed for note in notes)
    lead = "❌ **This change touches what judges it**" if refused else f"**{COMES_ALONG}**"
    return Listed(lead, tuple(map(_trust, ordered)), "such change")


def verdict_blocks(judgement: Judgement) -> dict[str, Listed]:
    """Result → its verdicts, those that deny first."""
    leads = {
        "deny": ("❌ **Denied**", "denied rule"),
        "warn": ("⚠️ **Warned**", "warning"),
        "excepted": ("**Excepted**", "excepted rule"),
        "info": ("**For information**", "remark"),
    }
    return {
        result: Listed(lead, tuple(map(verdict_line, of_result(judgement, result))), noun)
        for result, (lead, noun) in leads.items()
    }


def denied_briefly(judgement: Judgement) -> Listed:
    """The verdicts that deny in one short line each, for where the whole ones do not fit."""
    lines = (f"{_rule(verdict)} on {inert(verdict.subject, 48)}" for verdict in of_result(judgement, "deny"))
    return Listed("❌ **Denied**", tuple(lines), "denied rule")


def passes(judgement: Judgement) -> str:
    """What passes, in one line."""
    if any(verdict.result == "pass" for verdict in judgement.verdicts):
        return f"✅ {passed_text(judgement)}."
    if not judgement.verdicts and not judgement.policies:
        where = f" at {inert(judgement.policies_from, 64)}" if judgement.policies_from else ""
        return f"No policy was found{where}, so nothing was judged."
    return ""


def budget_block(budgets: list[BudgetState]) -> Listed:
    """Budgets, each with a bar: spent, planned, free."""
    ordered = sorted(budgets, key=lambda budget: -(budget.share or 0))
    lines = tuple(f"`{budget_bar(b)}` {inert(budget_text(b))} ({place(b.place)})" for b in ordered)
    return Listed("**Budgets**", lines, "budget")


def approval_block(approvals: list[ApprovalState]) -> Listed:
    """Approvals that amounts ask for, open ones first."""
    ordered = sorted(approvals, key=lambda approval: bool(approval.approved_by))
    return Listed("**Approvals**", tuple(map(_approval, ordered)), "approval")


def budget_bar(budget: BudgetState) -> str:
    """`████████▒▒░░░░░░░░░░`: spent, planned, free; only a question mark where it is unknown."""
    if budget.share is None:
        return "?".ljust(BAR, "░")
    before = min(max(budget.share_before or 0.0, 0.0), 1.0)
    spent = int(before * BAR)
    planned = max(0, min(BAR, round(budget.share * BAR)) - spent)
    return f"{'█' * spent}{'▒' * planned}{'░' * (BAR - spent - planned)}"


def totals_blocks(difference: Difference) -> list[str]:
    """Sums per team and per cost centre, where there is more than one."""
    return [table((head, "cost now", "change"), [_sum(row) for row in rows]) for head, rows in sum_tables(difference)]


def everything_line(difference: Difference) -> str:
    """What all scenarios cost together, where that was asked for."""
    told = everything_text(difference)
    return f"{inert(told)}." if told else ""


def heed_block(difference: Difference, names: dict[str, str]) -> Listed:
    """What is said of scenarios that nothing is chosen for any more, or that are judged no more."""
    lines = [
        f"**{inert(names[s.path], 80)}**: {inert(sentence_of(s), 300)}<br>{inert('; '.join(s.notes[:NOTES]), 800)}"
        for s in heeded(difference)
    ]
    return Listed("**Look at these**", tuple(lines), "such scenario")


def timed_block(difference: Difference, names: dict[str, str]) -> Listed:
    """Costs that are judged and depend on when the run is."""
    lines = [
        f"**{inert(names[s.path], 80)}**: {inert(told, 400)}" for s in difference.scenarios if (told := timed_of(s))
    ]
    return Listed("**Depends on when it runs**", tuple(lines), "such cost")


def step_block(steps: list[Step]) -> Listed:
    """What to do next."""
    lines = tuple(f"{inert(step.text)} {code(step.command, max(len(step.command), 1))}".rstrip() for step in steps)
    return Listed("**What to do next**", lines, "step")


def footer(check: Check | Difference) -> str:
    """What was compared, by what, and how to do it again."""
    difference = check.difference if isinstance(check, Check) else check
    compared = f"{_side(difference.base)} against {_side(difference.head)}"
    if not difference.base.name:
        compared = f"{_side(difference.head)}, without a base"
    judged = ""
    if isinstance(check, Check) and check.judgement.policies_from:
        judged = f"; policies of {inert(check.judgement.policies_from, 64)}"
    same = f"; {plural(difference.unchanged, 'scenario')} unchanged" if difference.unchanged else ""
    command = repeat_command(check)
    again = f"; again with {code(command, LONGEST_COMMAND)}" if command else ""
    return f"<sub>{compared}{judged}{same}; planner {inert(difference.planner, 32)}{again}</sub>"


def _side(revision: Revision) -> str:
    name, commit = short_hashes(shorten(revision.name, 64)), shorten(revision.commit, 40)[:12]
    if commit and name == commit:
        return code(commit)
    told = inert(name, 48) or "nothing"
    return f"{told} {code(commit)}" if commit and not name.startswith(commit) else told


def verdict_line(verdict: Verdict) -> str:
    """A verdict with the rule, the figure and the limit, where each is set, and what would make it pass."""
    told = [f"{_rule(verdict)} on {inert(verdict.subject, 64)}: {inert(verdict.message)}"]
    figure = figure_text(verdict)
    where = f"rule at {place(verdict.place)}"
    if verdict.cause:
        where += f", figure set at {place(verdict.cause)}"
    told.append(f"<sub>{inert(figure)}{'; ' if figure else ''}{where}</sub>")
    if verdict.exception:
        told.append(f"Exception: {inert(verdict.exception)}")
    if verdict.fix and verdict.result in ("deny", "warn"):
        told.append(f"Fix: {inert(verdict.fix)}")
    return "<br>".join(told)


def figure_text(verdict: Verdict) -> str:
    """`cost_usd is $212, the limit $200`; empty where the rule holds no figure."""
    if not verdict.figure:
        return ""
    value = verdict.value_text or significant(verdict.value)
    limit = verdict.limit_text or ("" if verdict.limit is None else significant(verdict.limit))
    return f"{shorten(verdict.figure)} is {shorten(value)}" + (f", the limit {shorten(limit)}" if limit else "")


def _rule(verdict: Verdict) -> str:
    return f"**{inert(verdict.policy, 48)} / {inert(verdict.rule, 48)}**"


def _trust(note: TrustNote) -> str:
    where = place(note.place) if note.place else code(note.file)
    verdict = "allowed" if note.allowed else "**denied**"
    return f"{note.what} {where} {note.change}, {verdict}: {inert(note.text)}"


def _approval(approval: ApprovalState) -> str:
    subject = f"{code(approval.scenario, 80)} ({usd(approval.amount_usd)})"
    if approval.approved_by:
        by = f"approved by {inert(approval.approved_by, 64)}"
        file = f" in {code(approval.file, 80)}" if approval.file else ""
        return f"✅ {subject}: {by}{file}"
    told = f"⏳ {subject}: needed from {inert(' or '.join(approval.needed_from), 160) or 'whom the policy names'}"
    return f"{told}; {inert(approval.text)} ({place(approval.place)})"


def _sum(row: SumRow) -> tuple[str, str, str]:
    aside = f"<br><sub>{inert(row.aside)}</sub>" if row.aside else ""
    return inert(row.name, 48), f"{row.now}{aside}", "<br>".join(inert(part) for part in row.change.split(", "))


def warning_block(warnings: list[str]) -> str:
    """Warnings about how the check was made, at most ten."""
    if not warnings:
        return ""
    left = [f"and {plural(len(warnings) - 10, 'warning')} more"] if len(warnings) > 10 else []
    return bullets([f"Note: {inert(warning)}" for warning in warnings[:10]] + left)
