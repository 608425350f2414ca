"""What paper shows of long lists of a serving plan; the page has them all."""

from dataclasses import replace
from typing import Final

from planner.report.data.serving import ServingData
from planner.report.names import plural
from planner.report.sections.thinning import TABLE_ROWS, thin_front

BESIDE_ROWS: Final = 20
LEVER_ROWS: Final = 24


def on_paper(data: ServingData) -> ServingData:
    """The same with tables that paper has room for; what is left out is told beside the front."""
    front = thin_front(data.front, TABLE_ROWS, data.objectives)
    beside = thin_front(data.beside, BESIDE_ROWS, data.objectives)
    levers = data.levers[:LEVER_ROWS]
    sentences = data.sentences
    if len(beside) < len(data.beside):
        told = f"On paper {len(beside):,} of {plural(len(data.beside), 'row')} beside the front are shown."
        sentences = replace(sentences, beside=f"{sentences.beside} {told}")
    if len(levers) < len(data.levers):
        told = f"On paper {len(levers):,} of {plural(len(data.levers), 'line')} are shown."
        sentences = replace(sentences, levers=f"{sentences.levers} {told}")
    return replace(data, front=front, beside=beside, levers=levers, sentences=sentences)
