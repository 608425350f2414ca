"""A check as one page that can reach nothing, for the artifact of a run: no script, the style named by its hash."""

from typing import Any, Final

from planner.outcome import BudgetState, Check, Place, ScenarioDifference, Verdict
from planner.report.changes.check_picture import budget_svg, front_svg
from planner.report.changes.comment_parts import figure_text
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
    now_text,
    of_result,
    passed_text,
    repeat_command,
    revision_text,
    sentence_of,
    titles,
)
from planner.report.changes.difference_figures import NAMES, NO_LOCK, effect_words, moved, noise_text, part_text
from planner.report.changes.difference_parts import PARTS
from planner.report.changes.difference_sides import side_rows, sides
from planner.report.changes.difference_totals import everything_text, sum_tables
from planner.report.changes.telling import told_check
from planner.report.names import clean, shorten
from planner.report.printing.head import guarded, head_of
from planner.report.printing.page import STYLE, fill, markup, read
from planner.report.printing.template import Template
from planner.resources import TEMPLATES
from planner.units import usd

PAGE: Final = "check.html.j2"
_RESULTS: Final = (("deny", "Denied"), ("warn", "Warned"), ("excepted", "Excepted"), ("info", "For information"))


def check_page(check: Check) -> str:
    """The page; everything foreign in it is text."""
    template = Template(name="check", folders=(TEMPLATES / "check",))
    head = head_of([], read(TEMPLATES / "check", STYLE))
    return guarded(fill(template, page=PAGE, check=_facts(check), **markup({"head": head})), head, "", template)


def _facts(check: Check) -> dict[str, Any]:
    """All that the template prints, as text."""
    check = told_check(check)
    difference, judgement = check.difference, check.judgement
    names, scenarios = titles(difference.scenarios), changed(difference)
    same = [s for s in difference.scenarios if s.change == "unchanged"]
    first = next((s.path for s in scenarios if has_margin(s)), "")
    return {
        "headline": clean(headline(difference, judgement)).replace(" %", "\u00a0%"),
        "result": judgement.result,
        "refused": any(not note.allowed for note in difference.trust),
        "along": COMES_ALONG,
        "trust": [
            {"text": clean(note.text), "what": f"{note.what} {note.change}", "allowed": note.allowed,
             "place": _at(note.place) if note.place else shorten(note.file, 100)}
            for note in sorted(difference.trust, key=lambda note: note.allowed)
        ],
        "verdicts": [(word, result, [_verdict(v) for v in of_result(judgement, result)]) for result, word in _RESULTS],
        "passed": passed_text(judgement) if of_result(judgement, "pass") else "",
        "budgets": [_budget(budget) for budget in judgement.budgets],
        "approvals": [
            {"scenario": shorten(a.scenario, 80), "amount": usd(a.amount_usd), "by": shorten(a.approved_by),
             "who": " or ".join(shorten(name) for name in a.needed_from) or "whom the policy names",
             "text": clean(a.text), "place": _at(a.place)}
            for a in judgement.approvals
        ],
        "rows": [_row(s, names[s.path]) for s in [*scenarios, *same]],
        "together": everything_text(difference),
        "scenarios": [_scenario(s, names[s.path]) | {"margin": MARGIN if s.path == first else ""} for s in scenarios],
        "totals": [(head.capitalize(), rows) for head, rows in sum_tables(difference)],
        "steps": [(clean(step.text), clean(step.command)) for step in next_steps(check)],
        "warnings": [clean(text) for text in (*difference.warnings, *judgement.warnings)],
        "origin": [
            ("Base", clean(revision_text(difference.base))),
            ("Head", clean(revision_text(difference.head))),
            ("Policies", shorten(judgement.policies_from, 100) or "none"),
            ("Planner", shorten(difference.planner)),
            ("Unchanged", str(difference.unchanged)),
            *([("Again", again)] if (again := repeat_command(check)) else []),
        ],
    }  # fmt: skip


def _verdict(verdict: Verdict) -> dict[str, str]:
    return {
        "rule": f"{shorten(verdict.policy)} / {shorten(verdict.rule)}",
        "subject": shorten(verdict.subject, 80),
        "message": clean(verdict.message),
        "figure": figure_text(verdict),
        "place": _at(verdict.place),
        "cause": _at(verdict.cause) if verdict.cause else "",
        "exception": clean(verdict.exception),
        "fix": clean(verdict.fix) if verdict.result in ("deny", "warn") else "",
    }


def _budget(budget: BudgetState) -> dict[str, Any]:
    return {"text": budget_text(budget), "place": _at(budget.place), **markup({"bar": budget_svg(budget)})}


def _row(scenario: ScenarioDifference, title: str) -> tuple[str, str, str, str]:
    change = "same" if scenario.change == "unchanged" else effect_text(scenario)
    return title, ", ".join([scenario.change, *marks(scenario)]), now_text(scenario), change


def _scenario(scenario: ScenarioDifference, title: str) -> dict[str, Any]:
    there = sides(scenario)
    known = moved(scenario)
    parts = (*PARTS, "total") if known else ()
    where = [clean(scenario.path)]
    where += [f"moved from {clean(scenario.moved_from)}"] if scenario.moved_from else []
    where += [f"called {shorten(scenario.renamed_from)} before"] if scenario.renamed_from else []
    return {
        "title": title,
        "where": ", ".join(where),
        "sentence": sentence_of(scenario),
        "problems": [clean(problem) for _, side in there for problem in side.problems],
        "sides": [word.capitalize() for word, _ in there],
        "figures": side_rows(scenario),
        "split_of": [NAMES[figure] for figure in known],
        "split": [(part, [part_text(f, d, part) for f, d in known.items()]) for part in parts],
        "no_lock": NO_LOCK if known and all(d.planner is None for d in known.values()) else "",
        "noise": "; ".join(text for figure, d in known.items() if (text := noise_text(figure, d))),
        "edits": [
            (shorten(e.key), shorten(e.before) or "not written", shorten(e.after) or "taken away",
             "" if e.effect_usd is None else effect_words(e.effect_usd), _at(e.place))
            for e in scenario.edits
        ],
        "front": scenario.front,
        "heed": is_heeded(scenario),
        "notes": [clean(note) for note in scenario.notes]
        + ([clean(f"lock: {scenario.lock.text}")] if scenario.lock and scenario.lock.state != "current" else []),
        **markup({"picture": front_svg(scenario.front) if scenario.front else ""}),
    }  # fmt: skip


def _at(place: Place) -> str:
    return f"{shorten(place.file, 100)}:{place.line}"
