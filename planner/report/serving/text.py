"""The summary of a serving plan for a terminal: aligned, wrapped to a width, without colour."""

from typing import Final

from planner.report.data.serving import ServingData
from planner.report.data.serving_parts import LeverRow
from planner.report.names import capital
from planner.report.sections.text import LEAST_WIDTH, aligned, columns, wrap
from planner.report.serving.cheaper import cheaper_api_sentence, cheaper_sentence

MOST_LEVERS: Final = 4
"""Levers that a terminal shows."""
MOST_BESIDE: Final = 5
"""Configurations beside the front that a terminal shows where nothing else is."""
_GAPS: Final = 2


def serving_text(data: ServingData, width: int = 100) -> str:
    """The headline, the decisions, break-even, levers and what was cut, in lines of at most `width` columns."""
    width = max(width, LEAST_WIDTH)
    blocks = [wrap(f"{data.title.name}: {data.headline.sentence}", width)]
    if data.sentences.sampled:
        blocks.append(wrap(data.sentences.sampled, width))
    if data.decisions:
        blocks.append(_decisions(data, width))
        found = (cheaper_sentence(data.decisions), cheaper_api_sentence(data.decisions))
        blocks += [wrap(text, width) for text in found if text]
        blocks.append(wrap(_remark(data), width))
    else:
        blocks.append(wrap(" ".join(data.headline.details), width))
        blocks += _beside(data, width)
    s = data.sentences
    told = (data.money, data.calibrated, s.break_even, s.capacity, s.simulation, s.floors)
    blocks += [wrap(text, width) for text in told if text]
    blocks += _levers(data, width)
    if data.reservations:
        lines = [wrap(f"- {one.text}", width, "  ") for one in data.reservations]
        blocks.append("\n".join(["Worth reserving:", *lines]))
    if data.undefined:
        blocks.append("\n".join(wrap(f"{told}.", width) for told in data.undefined))
    if data.relaxations:
        lines = [wrap(f"- {text}", width, "  ") for text in data.relaxations]
        blocks.append("\n".join(["To make something feasible, one of:", *lines]))
    if data.infeasible:
        rows = [(count.count, count.share, count.reason) for count in data.infeasible]
        blocks.append("\n".join(["Cut, by the first reason met:", aligned(rows, width, right=(0, 1), indent="  ")]))
    if data.sentences.unknown:
        blocks.append(wrap(f"{data.sentences.unknown}.", width))
    if data.warnings:
        blocks.append("\n".join(wrap(f"warning: {warning}", width, "  ") for warning in data.warnings))
    return "\n\n".join(blocks) + "\n"


def _decisions(data: ServingData, width: int) -> str:
    """One line per decision where they fit, else one block per decision."""
    head = ("", "a month", "per 1k", "p95", "q", "replicas", "configuration")
    rows = [
        (d.name, d.row.cost.text, d.row.per_1k.text, d.row.latency.text, d.row.quality.text, d.row.replicas, d.row.what)
        for d in data.decisions
    ]
    lead = sum(max(columns(row[i]) for row in (head, *rows)) + _GAPS for i in range(len(head) - 1))
    if width - lead >= 30:
        return aligned([head, *rows], width, right=(1, 2, 3, 4, 5))
    blocks = []
    for name, cost, per_1k, latency, quality, replicas, what in rows:
        run = f", {replicas} replicas" if replicas else ""
        first = f"{name}: {cost} a month, {per_1k} per 1,000 requests, p95 {latency}, q {quality}{run}"
        blocks.append("\n".join(wrap(line, width, "  ") for line in (first, f"  {what}")))
    return "\n".join(blocks)


def _remark(data: ServingData) -> str:
    """Bands of the first decision, its targets, and how far to trust its quality."""
    pick = data.decisions[0]
    bands = [f"{name} {f.band}" for name, f in (("cost", pick.row.cost), ("p95", pick.row.latency)) if f.band]
    told = f"90 % band of the {pick.name}: {', '.join(bands)}. " if bands else ""
    met = "".join(f"{capital(one.name)}: {one.met}. " for one in pick.latencies if one.met)
    trust = data.sentences.quality or pick.row.quality.label
    return f"{told}{met}p95 is the time to the last token. Quality q runs from 0 (chance) to 1" \
           f"{f'; {trust}' if trust else ''}."  # fmt: skip


def _beside(data: ServingData, width: int) -> list[str]:
    shown = data.beside[:MOST_BESIDE]
    if not shown:
        return []
    rows = [(row.cost.text, row.latency.text, row.quality.text, row.what) for row in shown]
    left = len(data.beside) - len(shown)
    lines = [aligned([("a month", "p95", "q", "configuration"), *rows], width, right=(0, 1, 2))]
    return ["\n".join([*lines, *([f"{left:,} more in the report."] if left else [])])]


def _levers(data: ServingData, width: int) -> list[str]:
    """What levers do to the first decision; the report has those of the others too."""
    first = data.decisions[0].row.roles[0] if data.decisions else ""
    mine = [row for row in data.levers if first in row.decisions]
    lines = [wrap(f"- {_lever(row)}", width, "  ") for row in mine[:MOST_LEVERS]]
    return ["\n".join([f"Levers of the {data.decisions[0].name}:", *lines])] if lines else []


def _lever(row: LeverRow) -> str:
    """`exact cache, pulled: saves $412 a month`."""
    saving = row.saving_usd
    does = f"saves {row.saving} a month" if saving is not None and saving > 0 else f"{row.saving} a month"
    told = "saving unknown" if saving is None else "saves nothing" if row.saving == "none" else does
    return f"{row.lever}, {'pulled' if row.pulled else 'not pulled'}: {told}"
