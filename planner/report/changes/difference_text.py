"""A difference and a check for a terminal: aligned, wrapped to a width, without colour."""

import textwrap
from collections.abc import Iterator
from typing import Final

from planner.outcome import Check, Difference, Judgement, Place, ScenarioDifference
from planner.report.changes.comment_parts import budget_bar, figure_text
from planner.report.changes.difference_facts import (
    COMES_ALONG,
    MARGIN,
    budget_text,
    changed,
    effect_text,
    has_margin,
    headline,
    is_heeded,
    marks,
    next_steps,
    nothing_changed,
    now_text,
    of_result,
    passed_text,
    repeat_command,
    revision_text,
    sentence_of,
    timed_of,
    titles,
)
from planner.report.changes.difference_figures import (
    NAMES,
    NO_LOCK,
    effect_words,
    figure_names,
    moved,
    noise_text,
    part_text,
    way_text,
)
from planner.report.changes.difference_parts import PARTS
from planner.report.changes.difference_sides import Cell, side_rows
from planner.report.changes.difference_totals import everything_text, sum_tables
from planner.report.changes.lock_advice import Step, lock_steps
from planner.report.changes.telling import told_check, told_difference
from planner.report.names import clean, plural, shorten
from planner.report.sections.text import LEAST_WIDTH, aligned, wrap
from planner.units import usd

EDITS: Final = 20
"""Most edits of a scenario that are listed."""
NARROW: Final = 60
WIDE: Final = 96
"""Widths from which on scenarios stand in a table, and the split of a change beside it."""
_WAYS: Final = ("machine", "start", "prices")
"""Rows of which only a change is told."""


def difference_text(difference: Difference, width: int = 100) -> str:
    """What a change does to every scenario it touches, in lines of at most `width` columns."""
    width, difference = max(width, LEAST_WIDTH), told_difference(difference)
    calm = nothing_changed(difference, None)
    if calm:
        return f"{wrap(calm, width)}\n"
    blocks = [wrap(headline(difference, None), width), _trust(difference, width), *_scenarios(difference, width)]
    blocks += [*_totals(difference, width), _warnings(difference.warnings, width)]
    return _joined([*blocks, _steps(lock_steps(difference), width), _end(difference, width)])


def check_text(check: Check, width: int = 100) -> str:
    """What policies say of a change and what it does, verdicts first, in lines of at most `width` columns."""
    width, check = max(width, LEAST_WIDTH), told_check(check)
    difference, judgement = check.difference, check.judgement
    calm = nothing_changed(difference, judgement)
    if calm:
        return f"{wrap(calm, width)}\n"
    blocks = [wrap(headline(difference, judgement), width), _trust(difference, width), *_verdicts(judgement, width)]
    blocks += [_budgets(judgement, width), _approvals(judgement, width), *_scenarios(difference, width)]
    blocks += [*_totals(difference, width), _warnings([*difference.warnings, *judgement.warnings], width)]
    return _joined([*blocks, _steps(next_steps(check), width), _end(check, width)])


def _trust(difference: Difference, width: int) -> str:
    lines = []
    for note in sorted(difference.trust, key=lambda note: note.allowed):
        verdict = "allowed" if note.allowed else "denied"
        lines += _item(verdict, f"{note.what} {_at(note.place, note.file)} {note.change}: {note.text}", width)
    lead = COMES_ALONG if all(note.allowed for note in difference.trust) else "Touches what judges it"
    return "\n".join([f"{lead}:", *lines]) if lines else ""


def _verdicts(judgement: Judgement, width: int) -> Iterator[str]:
    for result, word in (("deny", "denied"), ("warn", "warned"), ("excepted", "excepted"), ("info", "info")):
        lines: list[str] = []
        for v in of_result(judgement, result):
            lines += _item(word, f"{shorten(v.policy)} / {shorten(v.rule)} on {shorten(v.subject)}: {v.message}", width)
            where = f"rule at {_at(v.place)}" + (f", figure set at {_at(v.cause)}" if v.cause else "")
            figure = figure_text(v)
            lines.append(_inset(f"{figure}{'; ' if figure else ''}{where}", width))
            lines += [_inset(f"exception: {clean(v.exception)}", width)] if v.exception else []
            lines += [_inset(f"fix: {clean(v.fix)}", width)] if v.fix and result in ("deny", "warn") else []
        yield "\n".join(lines)
    passes = any(v.result == "pass" for v in judgement.verdicts)
    if passes:
        yield f"{passed_text(judgement)}."
    elif not judgement.verdicts and not judgement.policies:
        where = f" at {shorten(judgement.policies_from)}" if judgement.policies_from else ""
        yield wrap(f"No policy was found{where}, so nothing was judged.", width)


def _budgets(judgement: Judgement, width: int) -> str:
    lines = []
    for b in sorted(judgement.budgets, key=lambda budget: -(budget.share or 0)):
        lines += [_inset(f"{budget_text(b)} ({_at(b.place)})", width), f"    {budget_bar(b)}"]
    return "\n".join(["Budgets:", *lines]) if lines else ""


def _approvals(judgement: Judgement, width: int) -> str:
    lines = []
    for a in sorted(judgement.approvals, key=lambda approval: bool(approval.approved_by)):
        subject = f"{shorten(a.scenario)} ({usd(a.amount_usd)})"
        if a.approved_by:
            file = f" in {shorten(a.file)}" if a.file else ""
            lines += _item("given", f"{subject}: by {shorten(a.approved_by)}{file}", width)
        else:
            who = " or ".join(shorten(name) for name in a.needed_from) or "whom the policy names"
            lines += _item("open", f"{subject}: needed from {who}; {a.text} ({_at(a.place)})", width)
    return "\n".join(["Approvals:", *lines]) if lines else ""


def _scenarios(difference: Difference, width: int) -> Iterator[str]:
    """All in one table, then a block for each that says why."""
    scenarios, names = changed(difference), titles(difference.scenarios)
    same = [s for s in difference.scenarios if s.change == "unchanged"]
    if not difference.scenarios:
        return
    rows = [("", "cost now", "change", "scenario")]
    for s in [*scenarios, *same]:
        change = "same" if s.change == "unchanged" else effect_text(s)
        rows.append((s.change, now_text(s), change, ", ".join([names[s.path], *marks(s)])))
    if width >= NARROW:
        yield aligned(rows, width, right=(1, 2))
    else:
        yield "\n".join(wrap(f"{title}: {kind}, {now}, {change}", width, "  ") for kind, now, change, title in rows[1:])
    yield wrap(everything_text(difference), width, "  ")
    first = next((s.path for s in scenarios if has_margin(s)), "")
    for s in scenarios:
        yield "\n".join(_block(s, names[s.path], width, explain=s.path == first))


def _block(scenario: ScenarioDifference, title: str, width: int, *, explain: bool) -> Iterator[str]:
    yield wrap(f"{title}: {sentence_of(scenario)}", width, "  ")
    notes = [_inset(f"note: {clean(note)}", width) for note in scenario.notes]
    yield from notes if is_heeded(scenario) else []
    yield from [_inset(f"({MARGIN})", width)] if explain else []
    path = clean(scenario.path)
    path += f", moved from {clean(scenario.moved_from)}" if scenario.moved_from else ""
    path += f", called {shorten(scenario.renamed_from)} before" if scenario.renamed_from else ""
    yield _inset(f"{path}", width)
    for side, word in ((scenario.before, "base"), (scenario.after, "head")):
        told = side.problems[:5] if side and (word == "base" or len(side.problems) > 1) else []
        for problem in told:
            yield _inset(f"at the {word}: {clean(problem)}", width)
    yield from _figures(scenario, width)
    if timed := timed_of(scenario):
        yield _inset(f"the cost depends on the time: {timed}", width)
    for edit in scenario.edits[:EDITS]:
        effect = "" if edit.effect_usd is None else f", {effect_words(edit.effect_usd)}"
        way = f"{shorten(edit.before) or 'not written'} → {shorten(edit.after) or 'taken away'}"
        where = "" if edit.key == edit.place.file else f"{_at(edit.place)}: "
        yield _inset(f"{where}{shorten(edit.key)} {way}{effect}", width)
    if len(scenario.edits) > EDITS:
        yield f"  and {plural(len(scenario.edits) - EDITS, 'edit')} more"
    if scenario.front:
        yield f"  front: {scenario.front.gone} gone, {scenario.front.new} new, {scenario.front.stayed} stayed"
    if scenario.lock and scenario.lock.state != "current":
        yield _inset(f"lock {shorten(scenario.lock.file, 100)}: {clean(scenario.lock.text)}", width)
    yield from [] if is_heeded(scenario) else notes


def _figures(scenario: ScenarioDifference, width: int) -> Iterator[str]:
    """Each figure with its way, and what planner, prices and scenario contributed; of one side alone what it holds."""
    if scenario.before is None or scenario.after is None:
        yield from _one_side(scenario, width)
        return
    known = [(figure, scenario.delta[figure]) for figure in figure_names(scenario) if figure in scenario.delta]
    rows, split_up = [], moved(scenario)
    for figure, delta in known:
        parts = [f"{part} {part_text(figure, delta, part)}" for part in PARTS] if figure in split_up else []
        rows.append((NAMES[figure], way_text(figure, delta), "; ".join(parts)))
    if rows and width >= WIDE:
        yield aligned(rows, width, right=(), indent="  ")
    else:
        yield from (_inset(f"{name} {way}{f'; {parts}' if parts else ''}", width) for name, way, parts in rows)
    for name, (was, now) in ((name, cells) for name, cells in side_rows(scenario) if name in _WAYS):
        if was != now and was.text and now.text:
            yield _inset(f"{name}: {_told(was)} → {_told(now)}", width)
    if split_up and all(delta.planner is None for delta in split_up.values()):
        yield _inset(f"planner's part: {NO_LOCK}", width)
    noise = [text for figure, delta in known if (text := noise_text(figure, delta))]
    if noise:
        yield _inset("; ".join(noise), width)


def _one_side(scenario: ScenarioDifference, width: int) -> Iterator[str]:
    """All there is of a scenario that was added or removed, figures with their bands."""
    side = scenario.after or scenario.before
    if side is not None and side.chosen is not None:
        rows = [(name, _told(cell)) for name, (cell,) in side_rows(scenario)]
        yield aligned(rows, width, right=(), indent="  ")


def _told(cell: Cell) -> str:
    return f"{cell.text} ({cell.small})" if cell.small else cell.text


def _totals(difference: Difference, width: int) -> Iterator[str]:
    for head, sums in sum_tables(difference):
        rows = [(r.now, r.change, f"{r.name} ({r.aside})" if r.aside else r.name) for r in sums]
        yield aligned([("cost now", "change", head), *rows], width, right=(0, 1))


def _warnings(warnings: list[str], width: int) -> str:
    return "\n".join(wrap(f"warning: {clean(warning)}", width, "  ") for warning in warnings)


def _steps(steps: list[Step], width: int) -> str:
    lines = [_whole(f"- {clean(f'{step.text} {step.command}')}", width) for step in steps]
    return "\n".join(["Next:", *lines]) if lines else ""


def _end(what: Check | Difference, width: int) -> str:
    difference = what.difference if isinstance(what, Check) else what
    against = f"{revision_text(difference.base)} against " if difference.base.name else ""
    same = f"; {plural(difference.unchanged, 'scenario')} unchanged" if difference.unchanged else ""
    source = shorten(what.judgement.policies_from) if isinstance(what, Check) else ""
    judged = f"; policies of {source}" if source else ""
    told = f"{against}{revision_text(difference.head)}{judged}{same}; planner {shorten(difference.planner)}"
    command = repeat_command(what)
    return _whole(f"{told}; again: {command}" if command else told, width)


def _whole(text: str, width: int) -> str:
    """Lines of at most `width`, but for a longer word: a path in a command stays in one piece."""
    return textwrap.fill(text, width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)


def _inset(text: str, width: int) -> str:
    """A line that belongs to the one above it."""
    return textwrap.fill(text, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _item(word: str, text: str, width: int) -> list[str]:
    return [wrap(f"{word}: {clean(text)}", width, "  ")]


def _at(place: Place | None, file: str = "") -> str:
    return f"{shorten(place.file, 100)}:{place.line}" if place else shorten(file, 100)


def _joined(blocks: list[str]) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"
