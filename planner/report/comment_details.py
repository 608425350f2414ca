"""The folded section of one scenario in a comment: decision, figures, where the change comes from, edits, front."""

from planner.outcome import Delta, Edit, ScenarioDifference, Side
from planner.report.comment_chart import cost_sparks, front_picture
from planner.report.difference_facts import effect_text, sentence_of
from planner.report.difference_figures import (
    NAMES,
    NO_LOCK,
    PARTS,
    SAY,
    band,
    noise_text,
    part_text,
    signed_usd,
)
from planner.report.github_markdown import bullets, code, folded, inert, place, table
from planner.report.names import plural
from planner.report.rows import machine_text, method_text, offer_text

EDITS, NOTES, PROBLEMS = 12, 8, 5
"""Most of each that a section lists; what is left out is counted."""


def section(scenario: ScenarioDifference, title: str, *, chart: bool) -> str:
    """The whole section; without `chart` no picture of the front."""
    blocks = [f"**{inert(sentence_of(scenario))}**", _whereabouts(scenario)]
    blocks += _problems(scenario)
    blocks += [_sides(scenario), *_split(scenario), *_edits(scenario.edits)]
    blocks += _front(scenario, chart=chart)
    if scenario.lock and scenario.lock.state != "current":
        blocks.append(f"Lock {code(scenario.lock.file)}: {inert(scenario.lock.text)}")
    if scenario.notes:
        blocks.append(bullets([inert(note) for note in scenario.notes[:NOTES]] + _more(scenario.notes, NOTES, "note")))
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
    sides = [(name, side) for name, side in (("before", scenario.before), ("after", scenario.after)) if side]
    if not any(side.configuration for _, side in sides):
        return ""
    rows = [
        ("choice", *(_cell(_recipe(side), _decision(side)) for _, side in sides)),
        ("machine", *(_cell(_machine(side), _offer(side)) for _, side in sides)),
    ]
    for figure, name in NAMES.items():
        rows.append((name, *(_figure(figure, side, word, scenario.delta.get(figure)) for word, side in sides)))
    rows.append(("prices", *(inert(side.prices, 60) for _, side in sides)))
    return table(("", *(word for word, _ in sides)), rows)


def _figure(figure: str, side: Side, word: str, delta: Delta | None) -> str:
    """A figure with its band; at the base what the lock says, where that is another than what this planner finds."""
    own = getattr(side.configuration, figure) if side.configuration else None
    locked = delta.before if delta and word == "before" else None
    if locked is not None and SAY[figure](locked) != SAY[figure](own):
        return _cell(SAY[figure](locked), f"by its lock; {SAY[figure](own)} now")
    return _cell(SAY[figure](own), band(figure, side.configuration))


def _cell(text: str, small: str) -> str:
    return f"{inert(text, 80)}<br><sub>{inert(small, 80)}</sub>" if small else inert(text, 80)


def _recipe(side: Side) -> str:
    c = side.configuration
    return f"{method_text(c.method)} {c.model}" if c else "not planned" if side.problems else "nothing is feasible"


def _decision(side: Side) -> str:
    return side.decision if side.configuration else ""


def _machine(side: Side) -> str:
    return machine_text(side.configuration) if side.configuration else ""


def _offer(side: Side) -> str:
    c = side.configuration
    return f"{offer_text(c)}, {c.offer.tier.replace('_', ' ')}" if c else ""


def _split(scenario: ScenarioDifference) -> list[str]:
    """Where the change comes from, figure by figure, and what of it is noise."""
    known = {figure: delta for figure in NAMES if (delta := scenario.delta.get(figure)) and delta.total is not None}
    if scenario.before is None or scenario.after is None or not known:
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
        alone = "" if edit.effect_usd is None else f", alone {signed_usd(edit.effect_usd)}"
        lines.append(f"{code(edit.key, 60)}: {way}{inert(alone)} ({place(edit.place)})")
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
