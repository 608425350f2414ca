"""A check as one page that can reach nothing, for the artifact of a run: no script, the style named by its hash."""

from dataclasses import dataclass
from typing import Any, Final

from planner.outcome import BudgetState, Check, Place, ScenarioDifference, Side, Total, Verdict
from planner.report.check_picture import budget_svg, front_svg
from planner.report.comment_parts import figure_text
from planner.report.difference_facts import (
    COMES_ALONG,
    budget_text,
    changed,
    effect_text,
    headline,
    next_steps,
    of_result,
    passed_text,
    repeat_command,
    revision_text,
    sentence_of,
    titles,
    total_text,
)
from planner.report.difference_figures import (
    NAMES,
    NO_LOCK,
    PARTS,
    SAY,
    band,
    change_text,
    noise_text,
    part_text,
    signed_usd,
)
from planner.report.html import policy
from planner.report.names import clean, shorten
from planner.report.page import STYLE, fill, markup, read
from planner.report.rows import machine_text, method_text, offer_text
from planner.resources import TEMPLATES
from planner.units import usd

PAGE: Final = "check.html.j2"
_RESULTS: Final = (("deny", "Denied"), ("warn", "Warned"), ("excepted", "Excepted"), ("info", "For information"))


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    small: str = ""


def check_page(check: Check) -> str:
    """The page; everything foreign in it is text."""
    folder = TEMPLATES / "check"
    style = read(folder, STYLE)
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy([], [style])}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<style>{style}</style>\n"
    )
    return fill(folder, None, page=PAGE, check=_facts(check), **markup({"head": head}))


def _facts(check: Check) -> dict[str, Any]:
    """All that the template prints, as text."""
    difference, judgement = check.difference, check.judgement
    names = titles(difference.scenarios)
    return {
        "headline": clean(headline(difference, judgement)),
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
        "rows": [_row(s, names[s.path]) for s in difference.scenarios],
        "scenarios": [_scenario(s, names[s.path]) for s in changed(difference)],
        "totals": [
            (word, [_total(name, total) for name, total in sums.items()])
            for word, sums in (("Team", difference.totals.teams), ("Cost centre", difference.totals.cost_centres))
            if len(sums) > 1
        ],
        "steps": [(clean(step.text), clean(step.command)) for step in next_steps(check)],
        "warnings": [clean(text) for text in (*difference.warnings, *judgement.warnings)],
        "origin": [
            ("Base", clean(revision_text(difference.base))),
            ("Head", clean(revision_text(difference.head))),
            ("Policies", shorten(judgement.policies_from, 100) or "none"),
            ("Planner", shorten(difference.planner)),
            ("Unchanged", str(difference.unchanged)),
            ("Again", clean(repeat_command(check))),
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
    cost = scenario.delta.get("cost_usd")
    now = "removed" if scenario.change == "removed" else usd(cost.after if cost else None)
    change = "same" if scenario.change == "unchanged" else effect_text(scenario)
    return title, scenario.change + (", flips" if scenario.flipped else ""), now, change


def _scenario(scenario: ScenarioDifference, title: str) -> dict[str, Any]:
    sides = [(word, side) for word, side in (("Before", scenario.before), ("After", scenario.after)) if side]
    known = {figure: d for figure in NAMES if (d := scenario.delta.get(figure)) and d.total is not None}
    both = scenario.before is not None and scenario.after is not None and bool(known)
    parts = (*PARTS, "total") if both else ()
    where = [clean(scenario.path)]
    where += [f"moved from {clean(scenario.moved_from)}"] if scenario.moved_from else []
    where += [f"called {shorten(scenario.renamed_from)} before"] if scenario.renamed_from else []
    return {
        "title": title,
        "where": ", ".join(where),
        "sentence": sentence_of(scenario),
        "problems": [clean(problem) for _, side in sides for problem in side.problems],
        "sides": [word for word, _ in sides],
        "figures": _figures(scenario, sides),
        "split_of": [NAMES[figure] for figure in known] if both else [],
        "split": [(part, [part_text(f, d, part) for f, d in known.items()]) for part in parts],
        "no_lock": NO_LOCK if both and all(d.planner is None for d in known.values()) else "",
        "noise": "; ".join(text for figure, d in known.items() if (text := noise_text(figure, d))),
        "edits": [
            (shorten(e.key), shorten(e.before) or "not written", shorten(e.after) or "taken away",
             "" if e.effect_usd is None else signed_usd(e.effect_usd), _at(e.place))
            for e in scenario.edits
        ],
        "front": scenario.front,
        "notes": [clean(note) for note in scenario.notes]
        + ([clean(f"lock: {scenario.lock.text}")] if scenario.lock and scenario.lock.state != "current" else []),
        **markup({"picture": front_svg(scenario.front) if scenario.front else ""}),
    }  # fmt: skip


def _figures(scenario: ScenarioDifference, sides: list[tuple[str, Side]]) -> list[tuple[str, list[_Cell]]]:
    """Rows of the table that sets the sides beside each other."""
    rows: list[tuple[str, list[_Cell]]] = [("choice", []), ("machine", []), *((name, []) for name in NAMES.values())]
    for word, side in sides:
        c = side.configuration
        nothing = "not planned" if side.problems else "nothing is feasible"
        cells = [
            _Cell(clean(f"{method_text(c.method)} {c.model}"), shorten(side.decision)) if c else _Cell(nothing),
            _Cell(machine_text(c), f"{offer_text(c)}, {c.offer.tier.replace('_', ' ')}") if c else _Cell(""),
        ]
        for figure in NAMES:
            own = getattr(c, figure) if c else None
            delta = scenario.delta.get(figure)
            locked = delta.before if delta and word == "Before" else None
            if locked is not None and SAY[figure](locked) != SAY[figure](own):
                cells.append(_Cell(SAY[figure](locked), f"by its lock; {SAY[figure](own)} now"))
            else:
                cells.append(_Cell(SAY[figure](own), band(figure, c)))
        for (_, row), cell in zip(rows, cells, strict=True):
            row.append(cell)
    return [*rows, ("prices", [_Cell(shorten(side.prices)) for _, side in sides])]


def _total(name: str, total: Total) -> tuple[str, str, str]:
    cost = total.delta.get("cost_usd")
    title = shorten(name) + (f" ({total.unknown} unknown)" if total.unknown else "")
    if cost is None:
        return title, "unknown", "unknown"
    return title, usd(cost.after), change_text("cost_usd", cost) if cost.total is not None else total_text(cost)


def _at(place: Place) -> str:
    return f"{shorten(place.file, 100)}:{place.line}"
