"""The summary for a terminal: aligned, wrapped to a width, without colour."""

import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Final

from planner.report.data.advice_rows import AdviceRow
from planner.report.data.managed_rows import ManagedTable
from planner.report.data.report_data import ReportData
from planner.report.sections.speed_standing import speed_standing

LEAST_WIDTH: Final = 40
MOST_ADVICE: Final = 3
"""Changes that a terminal shows."""
MOST_MANAGED: Final = 8
"""Managed jobs that a terminal shows."""
GAP: Final = "  "


def text(data: ReportData, width: int = 100) -> str:
    """The headline, the decisions and what was cut, in lines of at most `width` columns."""
    width = max(width, LEAST_WIDTH)
    blocks = [wrap(f"{data.title.name}: {data.headline.sentence}", width)]
    if data.sentences.sampled:
        blocks.append(wrap(data.sentences.sampled, width))
    if data.decisions:
        blocks.append(_decisions(data, width))
        blocks.append(wrap(" ".join(filter(None, [data.headline.caveat, _remark(data)])), width))
        timed = [(d.name, d.row.timed) for d in data.decisions if d.row.timed]
        blocks += [wrap(f"The cost of the {name} depends on the time: {told}.", width) for name, told in timed]
    else:
        blocks.append(wrap(" ".join(data.headline.details), width))
    blocks += [wrap(told, width) for told in (data.money, data.in_time, data.price_ages) if told]
    if data.undefined:
        blocks.append("\n".join(wrap(f"{told}.", width) for told in data.undefined))
    if near := _near(data, width):
        blocks.append(
            "\n".join([wrap(f"Nearly as good as the {data.decisions[0].name}, of another kind:", width), *near])
        )
    blocks += _policies(data, width)
    if told := _advice(data, width):
        blocks.append(
            "\n".join(["What would make it fit:" if data.changes.memory else "What would change this:", *told])
        )
    if data.managed.rows:
        blocks.append(_managed(data.managed, width, told=bool(data.decisions)))
    if data.calibrated:
        blocks.append(wrap(data.calibrated, width))
    if data.relaxations:
        blocks.append(
            "\n".join(["To make something feasible, one of:", *(wrap(f"- {r}", width, "  ") for r in data.relaxations)])
        )
    if data.infeasible:
        rows = [(count.count, count.share, count.reason) for count in data.infeasible]
        blocks.append("\n".join(["Cut, by the first reason met:", aligned(rows, width, right=(0, 1), indent="  ")]))
    if data.sentences.unknown:
        blocks.append(wrap(f"{data.sentences.unknown}.", width))
    if data.warnings:
        blocks.append("\n".join(wrap(f"warning: {warning}", width, "  ") for warning in data.warnings))
    return "\n\n".join(blocks) + "\n"


def _decisions(data: ReportData, width: int) -> str:
    """One line per decision where they fit, else one block per decision."""
    head = ("", "cost", "time", "q", "GiB", "configuration")
    rows = [
        (
            d.name,
            d.row.cost.text,
            d.row.hours.text,
            d.row.quality.text,
            d.row.memory.text.removesuffix(" GiB"),
            d.row.what,
        )
        for d in data.decisions
    ]
    lead = sum(max(columns(row[i]) for row in (head, *rows)) for i in range(5)) + len(GAP) * 5
    if width - lead >= 30:
        return aligned([head, *rows], width, right=(1, 2, 3, 4))
    blocks = []
    for d in data.decisions:
        r = d.row
        lines = [f"{d.name}: {r.cost.text}, {r.hours.text}, q {r.quality.text}, {r.memory.text}", f"  {r.what}"]
        blocks.append("\n".join(wrap(line, width, "  ") for line in lines))
    return "\n".join(blocks)


def _managed(table: ManagedTable, width: int, *, told: bool) -> str:
    """Managed services, one line each; where they stand, unless the headline `told` it for want of decisions."""
    head = ("provider", "cost", "q", "hosting", "model and method")
    shown = table.rows[:MOST_MANAGED]
    rows = [(r.provider, r.cost, r.quality, r.hosting, f"{r.model} · {r.method}") for r in shown]
    left = len(table.rows) - len(shown)
    lines = ["Managed fine-tuning; how long it takes is not told:", aligned([head, *rows], width, right=(1, 2))]
    lines += [wrap(sentence, width) for sentence in table.sentences] if told else []
    return "\n".join([*lines, *([f"{left} more in the report."] if left else [])])


def _policies(data: ReportData, width: int) -> list[str]:
    """Ways to run the first decision on spot machines; the report has those of the others too."""
    first = ", ".join(data.decisions[0].row.roles) if data.decisions else ""
    rows = [
        (
            p.policy,
            p.cost,
            p.hours,
            p.meets,
            p.on_demand,
            "; ".join(filter(None, ["recommended" * p.recommended, p.note])),
        )
        for p in data.spot_policies
        if p.decisions == first
    ]
    if not rows:
        return []
    head = ("", "cost", "time", "in time", "on demand", "")
    title = f"Ways to run the {data.decisions[0].name} on spot machines, means of simulated runs:"
    return ["\n".join([title, aligned([head, *rows], width, right=(1, 2, 3, 4))])]


def _near(data: ReportData, width: int) -> list[str]:
    """Plans of another kind than the recommended decision; the report has those of the others too."""
    first = data.decisions[0].row.roles[:1] if data.decisions else ()
    return [wrap(f"- {near.text}", width, "  ") for near in data.near if near.decision in first]


def _advice(data: ReportData, width: int) -> list[str]:
    """The most that a change of the first decision saves, and the nearest flip; the report has all of it."""
    roles = set(data.decisions[0].row.roles) if data.decisions else {""}
    mine = [a for a in data.changes.advice if data.changes.memory or roles & set(a.decisions.split(", "))]
    lines = [wrap(f"- {advice_line(a)}", width, "  ") for a in mine[:MOST_ADVICE]]
    return [*lines, *(wrap(f"- {told}", width, "  ") for told in (*data.changes.notes, data.changes.sentence) if told)]


def advice_line(a: AdviceRow) -> str:
    """One piece of advice on one line: the change, what it brings, how sure, and what it costs elsewhere."""
    figures = [a.money, a.time] if not a.verdict else [a.verdict]
    sure = f"{a.sure} sure" if a.sure else ""
    told = ", ".join(filter(None, [*(f for f in figures if f != "same"), sure, a.trade_offs and f"but {a.trade_offs}"]))
    return f"{a.change}: {told}{f' ({a.outside})' if a.outside else ''}"


def _remark(data: ReportData) -> str:
    row = data.decisions[0].row
    bands = [f"{name} {figure.band}" for name, figure in (("cost", row.cost), ("time", row.hours)) if figure.band]
    told = f"90 % band of the {data.decisions[0].name}: {', '.join(bands)}. " if bands else ""
    quality = f"Quality q runs from 0 (chance) to 1; {data.sentences.quality or row.quality.label}."
    return f"{told}{quality} {speed_standing(data)}".rstrip()


def columns(text_: str) -> int:
    """Columns that a terminal gives this text: wide characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text_)


def aligned(rows: Sequence[tuple[str, ...]], width: int, *, right: tuple[int, ...], indent: str = "") -> str:
    """Rows in columns; the last column wraps under itself."""
    last = len(rows[0]) - 1
    sizes = [max(columns(row[i]) for row in rows) for i in range(last)]
    lead = len(indent) + sum(sizes) + len(GAP) * last
    lines = []
    for row in rows:
        cells = [
            _pad(cell, size, right=i in right) for i, (cell, size) in enumerate(zip(row[:last], sizes, strict=True))
        ]
        folded = textwrap.wrap(row[last], max(width - lead, 12), break_on_hyphens=False) or [""]
        lines.append((indent + GAP.join([*cells, folded[0]])).rstrip())
        lines += [" " * lead + line for line in folded[1:]]
    return "\n".join(lines)


def _pad(cell: str, size: int, *, right: bool) -> str:
    fill = " " * (size - columns(cell))
    return fill + cell if right else cell + fill


def wrap(text_: str, width: int, indent: str = "") -> str:
    """`text_` in lines of at most `width`; it may begin with spaces, and `indent` goes before the lines that follow."""
    return textwrap.fill(text_, width, subsequent_indent=indent, break_on_hyphens=False, initial_indent=_indent(text_))


def _indent(text_: str) -> str:
    return text_[: len(text_) - len(text_.lstrip(" "))]
