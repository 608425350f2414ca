"""The comment on a pull request, and the same for a difference without policies, cut with grace where too long."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from planner.outcome import Check, Difference, Judgement, ScenarioDifference
from planner.report.changes.comment_details import section
from planner.report.changes.comment_parts import (
    WHERE_ALL_IS,
    approval_block,
    budget_block,
    denied_briefly,
    everything_line,
    footer,
    heed_block,
    passes,
    step_block,
    timed_block,
    totals_blocks,
    trust_block,
    verdict_blocks,
    warning_block,
)
from planner.report.changes.difference_facts import (
    changed,
    effect_text,
    has_margin,
    headline,
    marks,
    next_steps,
    nothing_changed,
    now_text,
    titles,
)
from planner.report.changes.difference_figures import cost_name
from planner.report.changes.lock_advice import lock_steps
from planner.report.changes.telling import told_check, told_difference
from planner.report.names import plural
from planner.report.printing.github_markdown import inert, table

LEAST: Final = 2_000
"""Shortest limit that any comment can be cut to."""
WHOLE: Final = 1_000_000
"""Limit of a job summary on GitHub, in bytes."""
_CUTS: Final = ("charts", "sections", "rows", "lines", "denied")


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of everything is shown; cut from the first field to the last."""

    charts: int
    """Sections with a picture, of the largest changes."""
    sections: int
    rows: int
    lines: int
    """Lines of each list that is not of denied rules."""
    denied: int
    brief: bool = False
    """Denied rules by name only, and nothing that is not a verdict."""


def comment_body(check: Check, limit: int = 65_000) -> str:
    """The comment in GitHub's markdown, at most `limit` bytes of UTF-8 (so no more characters), without a marker.

    A job summary, which has more room, takes the same with `limit=WHOLE`.
    """
    told = told_check(check)
    return _fitted(told.difference, told.judgement, limit)


def difference_markdown(difference: Difference, limit: int = WHOLE) -> str:
    """What a change does, as markdown, without a word on policies."""
    return _fitted(told_difference(difference), None, limit)


def _fitted(difference: Difference, judgement: Judgement | None, limit: int) -> str:
    if limit < LEAST:
        message = f"a comment needs room for {LEAST:,} bytes, not {limit:,}"
        raise ValueError(message)
    calm = nothing_changed(difference, judgement)
    if calm:
        return f"{inert(calm)}\n"
    body = _writer(difference, judgement)

    def fits(room: _Room) -> bool:
        return len(body(room).encode()) <= limit

    listed = len(difference.scenarios)
    most = max(len(judgement.verdicts) if judgement else 0, len(difference.trust), listed, 100)
    room = _Room(charts=listed, sections=listed, rows=listed, lines=most, denied=most)
    if fits(room):
        return body(room)
    for field in _CUTS:
        if fits(_with(room, field, 0)):
            return body(_largest(room, field, fits))
        room = _with(room, field, 0)
    return body(_largest(replace(room, denied=most, brief=True), "denied", fits))


def _with(room: _Room, field: str, value: int) -> _Room:
    return replace(room, **dict[str, Any]({field: value}))


def _largest(room: _Room, field: str, fits: Callable[[_Room], bool]) -> _Room:
    """The room with the largest value of `field` that fits; 0 is known to."""
    low, high = 0, getattr(room, field)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(_with(room, field, middle)):
            low = middle
        else:
            high = middle - 1
    return _with(room, field, low)


def _writer(difference: Difference, judgement: Judgement | None) -> Callable[[_Room], str]:
    """Room → the body; everything that does not depend on it is made once."""
    scenarios = changed(difference)
    names = titles(difference.scenarios)
    whole: Check | Difference = Check(difference=difference, judgement=judgement) if judgement else difference
    head = f"### {inert(headline(difference, judgement))}"
    trust = trust_block(difference.trust)
    steps = step_block(next_steps(whole) if isinstance(whole, Check) else lock_steps(difference))
    totals, end = totals_blocks(difference), footer(whole)
    warnings = warning_block([*difference.warnings, *(judgement.warnings if judgement else [])])
    verdicts = verdict_blocks(judgement) if judgement else {}
    around = [budget_block(judgement.budgets), approval_block(judgement.approvals)] if judgement else []
    brief = denied_briefly(judgement) if judgement else None
    heed, timed = heed_block(difference, names), timed_block(difference, names)
    together = everything_line(difference)
    first = next((i for i, scenario in enumerate(scenarios) if has_margin(scenario)), -1)
    rows = [_row(s, names[s.path]) for s in [*scenarios, *(s for s in difference.scenarios if s.change == "unchanged")]]

    @cache
    def folded(index: int, chart: bool) -> str:
        return section(scenarios[index], names[scenarios[index].path], chart=chart, explain=index == first)

    def body(room: _Room) -> str:
        if room.brief:
            left = f"The rest did not fit: {WHERE_ALL_IS}."
            return _joined([head, trust.shown(0), brief.shown(room.denied) if brief else "", left])
        blocks = [head, trust.shown(room.lines)]
        blocks += [block.shown(room.denied if result == "deny" else room.lines) for result, block in verdicts.items()]
        blocks.append(passes(judgement) if judgement else "")
        blocks += [block.shown(room.lines) for block in around]
        blocks += [heed.shown(room.lines), _table(rows, room.rows), timed.shown(room.lines), together]
        blocks += [folded(i, i < room.charts) for i in range(min(room.sections, len(scenarios)))]
        blocks.append(_left_out(scenarios, room))
        if room.lines:
            blocks += [*totals, warnings]
        blocks += [steps.shown(room.lines), end]
        return _joined(blocks)

    return body


def _row(scenario: ScenarioDifference, title: str) -> tuple[str, str, str]:
    cost = scenario.delta.get(cost_name(scenario))
    small = [*marks(scenario), *(["in noise"] if cost and cost.within_noise else [])]
    small = ["new", *small] if scenario.change == "added" else small
    change = "same" if scenario.change == "unchanged" else effect_text(scenario)
    aside = f"<br><sub>{inert(', '.join(small), 160)}</sub>" if small else ""
    return inert(title, 80) + aside, now_text(scenario), "<br>".join(inert(part) for part in change.split(", "))


def _table(rows: list[tuple[str, str, str]], count: int) -> str:
    """The table of scenarios: three narrow columns, so that a phone shows it whole."""
    if not rows:
        return ""
    left = len(rows) - count
    if count <= 0:
        return f"The table of {plural(len(rows), 'scenario')} was left out: {WHERE_ALL_IS}."
    shown = table(("scenario", "cost now", "change"), rows[:count])
    return f"{shown}\n\n{plural(left, 'more scenario')}: {WHERE_ALL_IS}." if left > 0 else shown


def _left_out(scenarios: list[ScenarioDifference], room: _Room) -> str:
    """What was cut of the sections, in words."""
    sections = len(scenarios) - room.sections
    charts = min(len(scenarios), room.sections) - room.charts
    told = []
    if sections > 0:
        which = "The sections" if room.sections == 0 else "The sections of the smallest changes"
        told.append(f"{which} ({plural(sections, 'scenario')}) were left out")
    if charts > 0:
        told.append(f"the pictures of {plural(charts, 'front')} were left out" if told else _pictures(charts))
    return f"{', and '.join(told)}, to keep to the size of a comment: {WHERE_ALL_IS}." if told else ""


def _pictures(count: int) -> str:
    return f"The pictures of {plural(count, 'front')} were left out"


def _joined(blocks: list[str]) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"
