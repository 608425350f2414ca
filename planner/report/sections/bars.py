"""Configuration → stacked bars: where memory, money and time go, and how fast the training runs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from planner.outcome import Configuration
from planner.report.data.bars import Bar, Part, Work
from planner.report.data.rows import Figure, Point
from planner.report.names import clean
from planner.report.sections.rows import row_of
from planner.units import duration, gib, significant, usd

MEMORY_TERMS: Final = {
    "weights": "weights", "adapters": "adapters", "gradients": "gradients", "optimizer": "optimizer",
    "activations": "activations", "logits": "logits", "temporary": "temporary", "context": "CUDA context",
}  # fmt: skip
COST_TERMS: Final = {"compute": "compute", "storage": "storage", "egress": "egress", "reruns": "re-runs"}
TIME_TERMS: Final[Mapping[str, tuple[str, ...]]] = {
    "start-up": ("queue", "boot", "image"),
    "loading": ("weights", "data"),
    "warm-up": ("warmup",),
    "training": ("train",),
    "evaluation": ("evaluate",),
    "saving": ("checkpoints", "upload"),
    "preemption": ("preemption",),
}
"""The eleven parts of the wall-clock, in seven groups."""

_HALF_CENT: Final = 0.005
_HALF_TENTH: Final = 0.05

Chosen = Sequence[tuple[Configuration, tuple[str, ...]]]
"""Configurations with the decisions they are."""


def price(value_usd: float | None) -> str:
    """Money as `usd` tells it, and what is less than half a cent as that."""
    return "under $0.01" if value_usd is not None and 0.0 < value_usd < _HALF_CENT else usd(value_usd)


def memory(value_gib: float | None) -> str:
    """Memory as `gib` tells it, and what rounds to nothing as that."""
    return "under 0.1 GiB" if value_gib is not None and 0.0 < value_gib < _HALF_TENTH else gib(value_gib)


def memory_bars(chosen: Chosen) -> tuple[Bar, ...]:
    """Peak memory of the fullest card, term by term, against what the card can really use."""
    bars = []
    for c, roles in chosen:
        m = c.memory_gib
        values = {label: float(getattr(m, name)) for name, label in MEMORY_TERMS.items()}
        row = row_of(c, roles)
        note = f"peak in the {clean(m.phase)} phase; {clean(m.metric)}"
        limit = f"{gib(m.usable)} usable"
        bars.append(bar_of(row, values, memory, m.total, row.memory, note, m.usable, limit))
    return tuple(bars)


def cost_bars(chosen: Chosen) -> tuple[Bar, ...]:
    """Where the money goes; a part that is not known is left out of the bar and named."""
    bars = []
    for c, roles in chosen:
        known = {label: getattr(c.cost_parts, name) for name, label in COST_TERMS.items()}
        values = {label: value for label, value in known.items() if value is not None}
        notes = [f"{label} unknown" for label, value in known.items() if value is None]
        if c.cost_parts.labour is not None:
            notes.append(f"engineering time {usd(c.cost_parts.labour)} comes on top")
        if c.cost_parts.tax is not None:
            notes.append(f"tax {usd(c.cost_parts.tax)} comes on top")
        row = row_of(c, roles)
        notes.insert(0, row.cost.label)
        bars.append(bar_of(row, values, price, c.cost_usd, row.cost, "; ".join(notes)))
    return tuple(bars)


def time_bars(chosen: Chosen) -> tuple[Bar, ...]:
    """Where the wall-clock time goes, from request to finished artifact."""
    bars = []
    for c, roles in chosen:
        values = {
            label: sum(float(getattr(c.hour_parts, name)) for name in names) for label, names in TIME_TERMS.items()
        }
        row = row_of(c, roles)
        bars.append(bar_of(row, values, duration, c.hours, row.hours, row.hours.label))
    return tuple(bars)


def bar_of(
    row: Point, values: Mapping[str, float], say: Callable[[float | None], str], total: float | None, figure: Figure,
    note: str, limit: float | None = None, limit_text: str = "",
) -> Bar:  # fmt: skip
    """A stacked bar of these values; a part that is unknown is left out of them."""
    whole = sum(values.values())
    values = {name: v if abs(v) > 1e-9 * whole else 0.0 for name, v in values.items()}
    return Bar(
        id=row.id,
        name=", ".join(row.roles),
        what=row.what,
        parts=tuple(Part(name, say(v), v, _share(v, whole)) for name, v in values.items()),
        total=say(total),
        total_value=whole if total is None else total,
        band=figure.band,
        note=note,
        limit=limit,
        limit_text=limit_text,
        low=figure.low,
        high=figure.high,
    )


def _share(value: float, whole: float) -> str:
    if whole <= 0 or value <= 0:
        return ""
    return f"{100 * value / whole:.0f} %" if value / whole >= 0.01 else "< 1 %"


def work_of(chosen: Chosen) -> tuple[Work, ...]:
    """How the training of each decision runs."""
    return tuple(_work(c, roles) for c, roles in chosen)


def _work(c: Configuration, roles: tuple[str, ...]) -> Work:
    w = c.work
    how = [c.hardware.parallelism]
    for key, word in (
        ("micro_batch_size", "micro-batch"),
        ("grad_accum", "accumulation"),
        ("checkpointing", "checkpointing"),
        ("attention", "attention"),
    ):
        if c.train.get(key) is not None:
            how.append(f"{word} {c.train[key]}")
    step = sum(w.step_parts_s.values())
    parts = [f"{name} {_share(s, step)}" for name, s in w.step_parts_s.items() if s > 0]
    return Work(
        name=", ".join(roles),
        how=clean(", ".join([c.stack, *how])),
        steps=f"{w.steps:,.0f}",
        tokens=f"{w.tokens / 1e6:,.1f} M" if w.tokens < 1e9 else f"{w.tokens / 1e9:,.2f} B",
        step=f"{significant(w.step_s)} s",
        speed=f"{w.tokens_per_s_per_gpu:,.0f}",
        utilisation=f"{100 * w.hfu:.0f} % / {100 * w.mfu:.0f} %",
        step_parts=clean(", ".join(parts)),
    )
