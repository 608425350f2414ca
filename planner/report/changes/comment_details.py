"""The folded section of one scenario in a comment: decision, figures, where the change comes from, edits, front."""

from planner.outcome import Edit, ScenarioDifference
from planner.report.changes.comment_chart import cost_sparks, front_picture
from planner.report.changes.comment_parts import NOTES
from planner.report.changes.difference_facts import MARGIN, effect_text, is_heeded, sentence_of
from planner.report.changes.difference_figures import NAMES, NO_LOCK, effect_words, moved, noise_text, part_text
from planner.report.changes.difference_parts import PARTS
from planner.report.changes.difference_sides import Cell, side_rows, sides
from planner.report.names import plural
from planner.report.printing.github_markdown import bullets, code, folded, inert, place, table

EDITS, PROBLEMS = 12, 5
"""Most of each that a section lists; what is left out is counted."""


def section(scenario: ScenarioDifference, title: str, *, chart: bool, explain: bool = False) -> str:
    """The whole section; without `chart` no picture of the front, with `explain` what a margin is."""
    notes = bullets([inert(note) for note in scenario.notes[:NOTES]] + _more(scenario.notes, NOTES, "note"))
    blocks = [f"**{inert(sentence_of(scenario))}**", f"<sub>{MARGIN}</sub>" if explain else ""]
    blocks += [notes if is_heeded(scenario) else "", _whereabouts(scenario)]
    blocks += _problems(scenario)
    blocks += [_sides(scenario), *_split(scenario), *_edits(scenario.edits)]
    blocks += _front(scenario, chart=chart)
    if scenario.lock and scenario.lock.state != "current":
        blocks.append(f"Lock {code(scenario.lock.file)}: {inert(scenario.lock.text)}")
    blocks.append("" if is_heeded(scenario) else notes)
    return folded(f"{inert(title, 80)}: {inert(_summary(scenario))}", [block for block in blocks if block])


def _summary(scenario: ScenarioDifference) -> str:
    flip = {True: "decision flips", False: "decision stays", None: ""}[scenario.flipped]
    effect = effect_text(scenario)
    effect = "cost unknown" if effect == "unknown" else effect
    return ", ".join(text for text in (scenario.change, effect, flip) if text)


def _whereabouts(scenario: ScenarioDifference) -> str:
    told = [code(scenario.path)]
    if scenario.moved_from:
        told.append(f"moved from {code(scenario.moved_from)}")
    if scenario.renamed_from:
        told.append(f"called {inert(scenario.renamed_from, 64)} before")
    if scenario.metadata:
        who = (("team", scenario.metadata.team), ("cost centre", scenario.metadata.cost_centre))
        told += [f"{word} {inert(name, 64)}" for word, name in who if name]
    return ", ".join(told)


def _problems(scenario: ScenarioDifference) -> list[str]:
    blocks = []
    for word, side in (("At the base", scenario.before), ("At the head", scenario.after)):
        if side is not None and (len(side.problems) > 1 or (side.problems and side is scenario.before)):
            shown = [inert(problem) for problem in side.problems[:PROBLEMS]]
            blocks += [f"{word} it cannot be planned:", bullets(shown + _more(side.problems, PROBLEMS, "problem"))]
    return blocks


def _sides(scenario: ScenarioDifference) -> str:
    """The sides there are in a table of narrow columns, bands in small print."""
    there = sides(scenario)
    if not any(side.chosen for _, side in there):
        return ""
    rows = [(name, *(_cell(cell) for cell in cells)) for name, cells in side_rows(scenario)]
    return table(("", *(word for word, _ in there)), rows)


def _cell(cell: Cell) -> str:
    small = f"<br><sub>{inert(cell.small, 80)}</sub>" if cell.small else ""
    return f"{inert(cell.text, 80)}{small}"


def _split(scenario: ScenarioDifference) -> list[str]:
    """Where the change comes from, figure by figure, and what of it is noise."""
    known = moved(scenario)
    if not known:
        return []
    rows = [(part, *(_unbroken(part_text(f, d, part)) for f, d in known.items())) for part in PARTS]
    rows.append(("**all**", *(f"**{_unbroken(part_text(f, d, 'total'))}**" for f, d in known.items())))
    blocks = ["Where the change comes from:", table(("", *(NAMES[figure] for figure in known)), rows)]
    if all(delta.planner is None for delta in known.values()):
        blocks.append(f"The planner's part is {NO_LOCK}; the other parts are by this planner.")
    noise = [text for figure, delta in known.items() if (text := noise_text(figure, delta))]
    if noise:
        blocks.append(inert("; ".join(noise)))
    return blocks


def _unbroken(text: str) -> str:
    """A number kept with its unit on one line, however narrow the column."""
    return inert(text).replace(" ", "&nbsp;")


def _edits(edits: list[Edit]) -> list[str]:
    if not edits:
        return []
    lines = []
    for edit in edits[:EDITS]:
        way = f"{code(edit.before, 60) or 'not written'} → {code(edit.after, 60) or 'taken away'}"
        effect = "" if edit.effect_usd is None else f", {effect_words(edit.effect_usd)}"
        where = "" if edit.key == edit.place.file else f" ({place(edit.place)})"
        lines.append(f"{code(edit.key, 60)}: {way}{effect}{where}")
    return ["Edits:", bullets(lines + _more(edits, EDITS, "edit"))]


def _front(scenario: ScenarioDifference, *, chart: bool) -> list[str]:
    front = scenario.front
    if front is None:
        return []
    told = f"Front: {front.gone} gone, {front.new} new, {front.stayed} stayed."
    picture = "\n\n".join(text for text in (front_picture(front), cost_sparks(front)) if text) if chart else ""
    return [told, f"```text\n{picture}\n```"] if picture else [told]


def _more(things: list[str] | list[Edit], shown: int, noun: str) -> list[str]:
    return [f"and {plural(len(things) - shown, noun)} more"] if len(things) > shown else []
