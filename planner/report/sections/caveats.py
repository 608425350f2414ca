"""Warnings and assumptions as a reader meets them: what can break a run first, without a maintainer's references."""

import re
from collections.abc import Sequence
from typing import Final

from planner.outcome import Assumption
from planner.report.data.tables import Assumed
from planner.report.names import clean, shorten

EVIDENCE: Final = {
    "C": "read in a source", "R": "recomputed", "M": "from memory", "E": "engineering prior", "U": "your own",
}  # fmt: skip
"""What the evidence tags of assumptions mean."""
LONGEST: Final = 600
_FIRST: Final = ("chance of running out of memory", "of the samples are cut")
"""What stops a run or takes its data, in this order."""
_STANDS: Final = re.compile(r"\S+ stands for \S+(, \S+)*")
"""What a name of the scenario means: nothing to worry about, so it comes last and in one line."""
_REFERENCE: Final = re.compile(
    r" ?\((?:DOMAIN|MEMORY|DESIGN)(?:\.md)? \d[\d.]*\)| of (?:DOMAIN|MEMORY|DESIGN) \d[\d.]*"
)


def warnings_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The warnings of a plan by weight; those of equal weight in the plan's order."""
    names = [text for text in texts if _STANDS.fullmatch(text)]
    others = sorted((text for text in texts if text not in names), key=_weight)
    return tuple(shorten(text, LONGEST) for text in (*others, *(["; ".join(names)] if names else [])))


def _weight(text: str) -> int:
    return next((place for place, words in enumerate(_FIRST) if words in text), len(_FIRST))


def assumed(a: Assumption) -> Assumed:
    """One assumption without references into documents that its reader does not have."""
    note = _REFERENCE.sub("", a.note)
    return Assumed(shorten(a.key), shorten(a.value, 120), clean(a.tag), EVIDENCE.get(a.tag, clean(a.tag)), clean(note))
