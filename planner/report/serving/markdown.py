"""summary.md of a serving plan: the headline, the decisions, levers, break-even, what was cut and what was assumed."""

from collections.abc import Sequence
from typing import Final

from planner.report.data.rows import Figure
from planner.report.data.serving import ServingData
from planner.report.sections.markdown import assumptions, bullets, code, escape, table

BESIDE: Final = 8
REASONS: Final = 8
LEVERS: Final = 12


def serving_markdown(data: ServingData) -> str:
    """The summary as markdown; every name is escaped, so that none becomes a tag, an image or a cell of its own."""
    s = data.sentences
    blocks = [f"# {escape(data.title.name)}: serving plan", escape(data.headline.sentence)]
    details = (s.sampled, " ".join(data.headline.details), data.money, data.calibrated)
    blocks += [escape(told) for told in details if told]
    if data.relaxations:
        blocks += ["## What would make something feasible", bullets([escape(text) for text in data.relaxations])]
    if data.decisions:
        trust = f"; {escape(s.quality)}" if s.quality else ""
        blocks += ["## Decisions", _decisions(data), f"Small print is the central 90 % band. Quality is q, 0 (chance) "
                   f"to 1{trust}.", _latencies(data)]  # fmt: skip
        blocks += [escape(s.simulation)] if s.simulation else []
        told = [escape(text) for text in (*(why for d in data.decisions for why in d.why), *data.undefined)]
        blocks += [bullets(told)] if told else []
    if data.beside:
        blocks += ["## Beside the front", escape(s.beside), _beside(data)]
    blocks += ["## Traffic", _traffic(data), *[escape(told) for told in (s.load, s.replicas) if told]]
    if s.capacity:
        blocks += ["## What a replica can do", escape(s.capacity)]
    if data.levers:
        blocks += ["## Levers", escape(s.levers), _levers(data)]
    if data.break_even.rows:
        blocks += ["## Rent or call an API", escape(s.break_even), _break_even(data)]
    if data.reservations:
        blocks += ["## What to reserve", bullets([escape(one.text) for one in data.reservations])]
    if data.floors:
        rows = [(escape(f.target), escape(f.what), f.asked, f.floor) for f in data.floors]
        blocks += ["## Targets below the floor", escape(s.floors),
                   table(("target", "nearest", "asked", "least there is"), rows, numbers=2)]  # fmt: skip
    if data.warnings:
        blocks += ["## Warnings", bullets([escape(text) for text in data.warnings])]
    blocks += ["## What was cut", escape(s.constraints), *_cuts(data), *assumptions(data.assumptions)]
    blocks.append("<sub>" + escape("; ".join(f"{key} {value}" for key, value in data.title.origin)) + "</sub>")
    return "\n\n".join(blocks) + "\n"


def _cell(figure: Figure) -> str:
    return f"{escape(figure.text)}<br><sub>{escape(figure.band)}</sub>" if figure.band else escape(figure.text)


def _decisions(data: ServingData) -> str:
    rows = []
    for d in data.decisions:
        r = d.row
        where = ", ".join(filter(None, [r.machine, r.offer, r.tier]))
        texts = [escape(text) for text in (r.model, r.settings, f"{where} ({r.price})")]
        rows.append((f"**{escape(d.name)}**", *texts, _cell(r.cost), escape(r.per_1k.text), _cell(r.latency),
                     _cell(r.quality), escape(r.replicas or "none"), escape(r.utilisation or "")))  # fmt: skip
    head = ("decision", "model", "settings", "where", "cost a month", "per 1k requests", "p95 to the last token",
            "quality q", "replicas", "used")  # fmt: skip
    return table(head, rows, numbers=6)


def _latencies(data: ServingData) -> str:
    simulated = bool(data.sentences.simulation)
    rows = [
        (escape(d.name), one.name, one.p50, one.p95, one.p99, *([one.simulated] if simulated else []), escape(one.met))
        for d in data.decisions for one in d.latencies
    ]  # fmt: skip
    extra = ("p95 simulated",) if simulated else ()
    return table(("decision", "latency", "p50", "p95", "p99", *extra, "target"), rows, numbers=4 + len(extra))


def _beside(data: ServingData) -> str:
    rows = [
        (escape(r.model), escape(r.offer), _cell(r.cost), escape(r.latency.text), escape(r.quality.text))
        for r in data.beside[:BESIDE]
    ]
    shown = table(("model", "from", "cost a month", "p95", "quality q"), rows, numbers=3)
    left = len(data.beside) - len(rows)
    return f"{shown}\n\n{left:,} more are in the report and in plan.json." if left else shown


def _traffic(data: ServingData) -> str:
    told = [f"{escape(what)}: {escape(value)}" for what, value in data.traffic.facts if value != "unknown"]
    return bullets([escape(data.traffic.source), *told, *[escape(note) for note in data.traffic.notes]])


def _levers(data: ServingData) -> str:
    rows = [
        (escape(r.decision), escape(r.lever), "yes" if r.pulled else "no", r.saving, r.latency, r.quality, r.upfront,
         r.payback)
        for r in data.levers[:LEVERS]
    ]  # fmt: skip
    head = ("decision", "lever", "pulled", "saves a month", "latency", "quality", "once", "pays back")
    return table(head, rows, numbers=5)


def _break_even(data: ServingData) -> str:
    rows = [(escape(r.rented), escape(r.api), r.volume) for r in data.break_even.rows]
    return table(("rented", "API", "cheaper from requests a month"), rows, numbers=1)


def _cuts(data: ServingData) -> Sequence[str]:
    blocks = []
    if data.constraints:
        rows = [(code(c.name), escape(c.text), c.cuts, c.alone) for c in data.constraints]
        blocks.append(table(("constraint", "limit", "cuts", "alone"), rows, numbers=2))
    if data.infeasible:
        reasons = [(escape(count.reason), count.count, count.share) for count in data.infeasible[:REASONS]]
        blocks.append(table(("first reason met", "combinations", "share"), reasons, numbers=2))
    return blocks
