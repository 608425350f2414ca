"""summary.md: the headline, the decisions, what was cut and the assumptions that matter."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from planner.report.data.report_data import Headline, ReportData, Title
from planner.report.data.rows import Figure
from planner.report.data.spot_rows import SENTENCE
from planner.report.data.tables import Assumed
from planner.report.sections.speed_standing import speed_standing

ADVICE: Final = 8
ASSUMPTIONS: Final = 8
REASONS: Final = 8
MANAGED: Final = (
    "Services that tune by the token. None tells how long a job takes, so they stand beside the front, and join one "
    "over what is known; hosting and inference are no part of the cost."
)
_SPECIAL: Final = re.compile(r"([\\`*_\[\]|~#])")


class Summed(Protocol):
    """What the data of a report has whose summary is a headline and then its parts."""

    @property
    def title(self) -> Title:
        """Name and origin."""

    @property
    def headline(self) -> Headline:
        """The answer, its figures and details."""

    @property
    def money(self) -> str:
        """On currencies; may be empty."""

    @property
    def basis(self) -> str:
        """On what figures mean; may be empty."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be said first."""

    @property
    def assumptions(self) -> tuple[Assumed, ...]:
        """What the planner filled in."""


def in_parts(data: Summed, what: str, parts: Iterable[str]) -> str:
    """Such a summary as markdown: `what` it is of, and its parts as they are; every name of the rest is escaped."""
    blocks = [f"# {escape(data.title.name)}: {escape(what)}", escape(data.headline.sentence)]
    if data.headline.figures:
        told = [f"{escape(name)}: **{escape(figure)}** ({escape(remark)})"
                for name, figure, remark in data.headline.figures]  # fmt: skip
        blocks.append(bullets(told))
    blocks += [escape(text) for text in (" ".join(data.headline.details), data.money, data.basis) if text]
    if data.warnings:
        blocks += ["## Warnings", bullets([escape(text) for text in data.warnings])]
    blocks += [*parts, *assumptions(data.assumptions)]
    blocks.append("<sub>" + escape("; ".join(f"{key} {value}" for key, value in data.title.origin)) + "</sub>")
    return "\n\n".join(blocks) + "\n"


def markdown(data: ReportData, notes: tuple[str, ...] = ()) -> str:
    """The summary as markdown; every name is escaped, so that none becomes a tag, an image or a cell of its own."""
    blocks = [f"# {escape(data.title.name)}: fine-tuning plan", escape(data.headline.sentence)]
    if data.sentences.sampled:
        blocks.append(escape(data.sentences.sampled))
    if data.headline.details:
        blocks.append(escape(" ".join(data.headline.details)))
    blocks += [escape(told) for told in (data.money, data.calibrated) if told]
    if data.relaxations:
        blocks += ["## What would make something feasible", bullets([escape(text) for text in data.relaxations])]
    if data.decisions:
        blocks += ["## Decisions", _decisions(data), *_label(data)]
        blocks.append(bullets([escape(told) for told in (*(d.why for d in data.decisions if d.why), *data.undefined)]))
    if data.sentences.near and data.decisions:
        blocks += ["## Nearly as good, of another kind", escape(data.sentences.near), *_near(data)]
    blocks += _policies(data)
    blocks += _managed(data)
    blocks += _changes(data)
    if data.warnings or notes:
        blocks += ["## Warnings", bullets([escape(text) for text in (*data.warnings, *notes)])]
    blocks += ["## What was cut", escape(data.sentences.constraints)]
    if data.constraints:
        rows = [(code(c.name), escape(c.text), c.cuts, c.alone) for c in data.constraints]
        blocks.append(table(("constraint", "limit", "cuts", "alone"), rows, numbers=2))
    if data.infeasible:
        reasons = [(escape(count.reason), count.count, count.share) for count in data.infeasible[:REASONS]]
        blocks.append(table(("first reason met", "combinations", "share"), reasons, numbers=2))
    if data.removed:
        held = [f"{escape(r.reason)}: {r.count}" + (f" ({code(r.line)})" if r.line else "") for r in data.removed]
        blocks += ["Left out before the search by default filters, with the line that turns each off:", bullets(held)]
    if data.sentences.unpriced:
        blocks.append(escape(data.sentences.unpriced))
    blocks += assumptions(data.assumptions)
    if data.sentences.inactive:
        blocks.append(escape(data.sentences.inactive))
    blocks.append("<sub>" + escape("; ".join(f"{key} {value}" for key, value in data.title.origin)) + "</sub>")
    return "\n\n".join(blocks) + "\n"


def _decisions(data: ReportData) -> str:
    rows = []
    for d in data.decisions:
        r = d.row
        method = f"{r.method}, {r.settings}" if r.settings else r.method
        cells = (r.model, method, r.machine, f"{r.offer}, {r.tier} ({r.price})")
        rows.append(
            (
                f"**{escape(d.name)}**",
                *(escape(cell) for cell in cells),
                *map(_cell, (r.cost, r.hours, r.quality, r.memory)),
            )
        )
    head = ("decision", "model", "method", "GPUs", "offer", "cost", "time", "quality q", "memory per GPU")
    return table(head, rows, numbers=4)


def _near(data: ReportData) -> list[str]:
    rows = [
        tuple(
            escape(cell)
            for cell in (
                n.decision,
                n.kinds,
                n.row.what,
                n.row.cost.text,
                n.row.hours.text,
                n.row.quality.text,
                n.regret,
            )
        )
        for n in data.near
    ]
    head = ("decision", "differs in", "configuration", "cost", "time", "quality q", "regret")
    return [table(head, rows, numbers=4)] if rows else []


def _policies(data: ReportData) -> list[str]:
    """Ways to run the decisions that are on spot machines."""
    rows = [
        (
            escape(p.decisions),
            f"**{escape(p.policy)}**" if p.recommended else escape(p.policy),
            escape("; ".join(filter(None, (p.where, p.note)))),
            _small(p.cost, p.cost_band),
            _small(p.hours, p.hours_band),
            p.meets,
            p.on_demand,
        )
        for p in data.spot_policies
    ]
    head = ("decision", "policy", "where", "cost", "time", "in time", "on demand")
    told = f"{SENTENCE} Recommended ones are bold."
    return ["## On spot machines, against the deadline", told, table(head, rows, numbers=4)] if rows else []


def _managed(data: ReportData) -> list[str]:
    """Managed services, and where they stand over what is known of them."""
    managed = data.managed
    if not managed.rows:
        return []
    rows = [
        (
            escape(r.provider),
            _small(r.model, "on the front" if r.on_front else ""),
            escape(r.method),
            escape(r.hosting),
            escape(r.inference),
            escape(r.trust),
            ", ".join(map(str, r.notes)),
            _small(r.cost, r.cost_band),
            escape(r.quality),
        )
        for r in managed.rows
    ]
    head = ("provider", "model", "method", "hosting", "inference per Mtok", "price of", "notes", "cost", "quality q")
    told = [escape(sentence) for sentence in (*managed.sentences, managed.more) if sentence]
    notes = "\n".join(f"{n}. {escape(note)}" for n, note in enumerate(managed.notes, 1))
    return ["## Managed fine-tuning", MANAGED, table(head, rows, numbers=2), notes, bullets(told)]


def _changes(data: ReportData) -> list[str]:
    """What would change this: the largest savings, and what the default decision rests on."""
    c = data.changes
    if not (c.advice or c.sways or c.notes):
        return []
    blocks = [
        "## What would make it fit" if c.memory else "## What would change this",
        *filter(None, [escape(c.intro)]),
    ]
    shown = c.advice[:ADVICE]
    if c.memory:
        blocks.append(bullets([escape(f"{a.change}: {a.verdict}. Risk: {a.risk}") for a in shown]))
    elif shown:
        rows = [
            (
                escape(a.decisions),
                _small(a.change, "; ".join(filter(None, (a.outside, a.trade_offs and f"but {a.trade_offs}", a.risk)))),
                _small(a.money, a.money_band),
                _small(a.time, a.time_band),
                _small(a.quality, a.quality_band),
                a.sure,
            )
            for a in shown
        ]
        blocks.append(table(("decision", "change", "cost", "time", "quality q", "sure"), rows, numbers=4))
    if c.notes:
        blocks.append(bullets([escape(note) for note in c.notes]))
    if c.sways:
        sways = [
            (
                escape(s.what),
                f"{s.low} to {s.high}",
                escape(s.cost),
                escape(s.hours),
                escape("; ".join(filter(None, (s.below, s.above)))),
            )
            for s in c.sways
        ]
        blocks += [
            escape(c.sentence),
            table(("input", "band", "cost", "time", "flips"), sways, numbers=0),
            escape(c.note),
        ]
    return blocks


def _small(text: str, under: str) -> str:
    return f"{escape(text)}<br><sub>{escape(under)}</sub>" if under else escape(text)


def _cell(figure: Figure) -> str:
    return f"{escape(figure.text)}<br><sub>{escape(figure.band)}</sub>" if figure.band else escape(figure.text)


def _label(data: ReportData) -> list[str]:
    trust = f"; {escape(data.sentences.quality)}" if data.sentences.quality else ""
    speed = speed_standing(data)
    told = f" {escape(speed)}" if speed else ""
    return [f"Small print is the central 90 % band. Quality is q, 0 (chance) to 1{trust}.{told}"]


def assumptions(given: Sequence[Assumed]) -> list[str]:
    """Those that matter most, and how many there are beside them."""
    matter = [a for a in given if a.tag in {"E", "M"}] or list(given)
    if not matter:
        return []
    shown = matter[:ASSUMPTIONS]
    rows = [(code(a.key), escape(a.value), escape(f"{a.tag}, {a.evidence}"), escape(a.note)) for a in shown]
    blocks = ["## Assumptions that matter", table(("what", "value", "evidence", "note"), rows, numbers=0)]
    if len(given) > len(shown):
        more = len(given) - len(shown)
        blocks.append(f"{more} more, better founded or of less weight, are in the report and in plan.json.")
    return blocks


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, numbers: int) -> str:
    """A table whose last `numbers` columns are set flush right."""
    rules = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, tuple(rules), *rows))


def bullets(lines: list[str]) -> str:
    """A list of markup."""
    return "\n".join(f"- {line}" for line in lines)


def escape(text: str) -> str:
    """`text` so that markdown shows it as it is."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", plain).replace("://", ":&#47;&#47;").replace("@", "&#64;")


def code(text: str) -> str:
    """`text` in code style; what would end the code or the cell is taken out."""
    return f"`{text.replace('`', chr(39)).replace('|', '/')}`"
