"""Workflow commands that make GitHub mark lines of a pull request: what denies, what warns, what each change does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from planner.outcome import Check, Difference, Place, ScenarioDifference, Verdict
from planner.report.changes.comment_parts import figure_text
from planner.report.changes.difference_facts import (
    MARGIN,
    changed,
    effect_text,
    has_margin,
    is_heeded,
    sentence_of,
    telling_edit,
)
from planner.report.changes.telling import told_check, told_difference
from planner.report.names import clean, shorten
from planner.source.problems import github_property, github_text

MOST: Final = 10
"""Annotations of one level that GitHub shows for one step."""
_MESSAGE: Final = 600
_PLACE: Final = re.compile(r"(?P<file>[^\n:]+):(?P<line>[0-9]{1,7}):(?P<column>[0-9]{1,7}): ")

Level = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class _Mark:
    level: Level
    place: Place | None
    """None where the file is not there at the head, so that no line of it can be marked."""
    title: str
    message: str


def annotations(what: Check | Difference) -> list[str]:
    """Workflow commands, errors first; of each level at most ten, the last of which says how many it stands for."""
    what = told_check(what) if isinstance(what, Check) else told_difference(what)
    difference = what.difference if isinstance(what, Check) else what
    marks = list(_of_trust(difference))
    if isinstance(what, Check):
        marks += [_of_verdict(v, difference) for v in what.judgement.verdicts if v.result in ("deny", "warn")]
    marks += list(_of_problems(difference))
    planned = [s for s in changed(difference) if s.after is None or not s.after.problems]
    first = next((s.path for s in planned if has_margin(s)), "")
    marks += [_of_change(scenario, explain=scenario.path == first) for scenario in planned]
    marks = [replace(mark, place=_at_head(mark.place, difference)) for mark in marks]
    levels: tuple[Level, ...] = ("error", "warning", "notice")
    return [line for level in levels for line in _limited([mark for mark in marks if mark.level == level])]


def _of_trust(difference: Difference) -> Iterator[_Mark]:
    for note in difference.trust:
        level: Level = "notice" if note.allowed else "error"
        yield _Mark(level, note.place or Place(file=note.file, line=1), f"{note.what} {note.change}", note.text)


def _of_verdict(verdict: Verdict, difference: Difference) -> _Mark:
    told = [verdict.message, figure_text(verdict)]
    told.append(f"rule at {verdict.place.file}:{verdict.place.line}")
    if verdict.exception:
        told.append(f"exception: {verdict.exception}")
    if verdict.fix:
        told.append(f"fix: {verdict.fix}")
    message = "\n".join(clean(text) for text in told if text)
    level: Level = "error" if verdict.result == "deny" else "warning"
    return _Mark(level, _cause(verdict, difference), f"{verdict.policy} / {verdict.rule}", message)


def _cause(verdict: Verdict, difference: Difference) -> Place:
    """The line that set the figure, else the scenario's first edit, else its first line, else the rule."""
    if verdict.cause is not None:
        return verdict.cause
    if not verdict.scenario:
        return verdict.place
    edits = [edit for s in difference.scenarios if s.path == verdict.scenario for edit in s.edits]
    return edits[0].place if edits else Place(file=verdict.scenario, line=1)


def _of_problems(difference: Difference) -> Iterator[_Mark]:
    """One error for every problem of a scenario at the head, on its own line where the problem names it."""
    for scenario in difference.scenarios:
        for problem in scenario.after.problems if scenario.after is not None else []:
            found = _PLACE.match(problem)
            where = Place(file=scenario.path, line=1)
            if found:
                where = Place(file=found["file"], line=int(found["line"]), column=int(found["column"]))
            yield _Mark("error", where, f"{scenario.name} cannot be planned", problem)


def _of_change(scenario: ScenarioDifference, *, explain: bool) -> _Mark:
    edit = telling_edit(scenario)
    where = edit.place if edit else Place(file=scenario.path, line=1)
    effect = effect_text(scenario)
    told = [sentence_of(scenario), f"cost: {effect}", *(scenario.notes if is_heeded(scenario) else [])]
    told += [MARGIN] if explain else []
    return _Mark("notice", where, f"{scenario.name}: cost {effect}", "\n".join(clean(text) for text in told))


def _at_head(place: Place | None, difference: Difference) -> Place | None:
    """The place, if its file is there at the head: of a lock that is missing the scenario's first line, else none."""
    if place is None:
        return None
    for scenario in difference.scenarios:
        lock = scenario.lock
        if lock is not None and lock.state == "missing" and place.file == lock.file:
            return Place(file=scenario.path, line=1)
    gone = {s.path for s in difference.scenarios if s.change == "removed"}
    gone |= {s.moved_from for s in difference.scenarios}
    gone |= {note.file for note in difference.trust if note.change == "removed"}
    there = {s.path for s in difference.scenarios if s.change != "removed"}
    return None if place.file in gone - there else place


def _limited(marks: list[_Mark]) -> Iterator[str]:
    shown = marks if len(marks) <= MOST else marks[: MOST - 1]
    yield from map(_command, shown)
    if len(marks) > MOST:
        left = len(marks) - len(shown)
        nth = marks[len(shown)]
        yield _command(_Mark(nth.level, nth.place, f"and {left} more", f"{left} more of this level: see the summary"))


def _command(mark: _Mark) -> str:
    properties = {"title": shorten(mark.title, 120)}
    if mark.place is not None:
        where = {"file": clean(mark.place.file), "line": str(mark.place.line), "col": str(mark.place.column)}
        properties = where | properties
    written = ",".join(f"{name}={github_property(value)}" for name, value in properties.items())
    message = "\n".join(shorten(line, _MESSAGE) for line in mark.message.split("\n"))
    return f"::{mark.level} {written}::{github_text(message)}"
