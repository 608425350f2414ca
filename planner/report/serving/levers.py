"""What each lever does, the largest saving first; and what is worth reserving."""

from collections.abc import Callable, Sequence
from typing import Final

from planner.outcome.serving_findings import LeverEffect
from planner.outcome.serving_plan import ServingPlan
from planner.report.data.serving_parts import LeverRow, ReservationRow
from planner.report.names import capital, listed, plural, shorten
from planner.report.serving.rows import chosen_of, lever_words, words
from planner.units import quality_q, seconds, significant, usd

_NOTHING_S: Final = 0.0005
_NOTHING_USD: Final = 0.005
LONGEST: Final = 300
NO_COST: Final = "none"
NO_SETUP: Final = "none told"
"""A set-up that costs nothing as far as the scenario says."""


def levers_of(plan: ServingPlan) -> tuple[LeverRow, ...]:
    """Levers that change something, by decision, in each the largest saving first, the unknown last."""
    return tuple(row for row in _rows(plan) if not _idle(row))


def idle_levers(plan: ServingPlan) -> tuple[LeverRow, ...]:
    """Levers that change nothing that is known about a decision."""
    return tuple(filter(_idle, _rows(plan)))


def _idle(row: LeverRow) -> bool:
    return (
        row.saving == "none"
        and {row.latency, row.quality} <= {"same", "unknown"}
        and row.upfront in (NO_SETUP, NO_COST)
    )


def _rows(plan: ServingPlan) -> list[LeverRow]:
    told = {id_: place for place, id_ in enumerate(chosen_of(plan))}
    same: dict[tuple[str, str], list[LeverEffect]] = {}
    for effect in plan.levers:
        same.setdefault((plan.decisions.get(effect.decision, effect.decision), effect.lever), []).append(effect)

    def key(item: tuple[tuple[str, str], list[LeverEffect]]) -> tuple[int, bool, float]:
        (id_, _), (effect, *_) = item
        saving = effect.saving_usd_per_month
        return told.get(id_, len(told)), saving is None, -(saving or 0.0)

    return [_row(effects) for _, effects in sorted(same.items(), key=key)]


def _row(effects: Sequence[LeverEffect]) -> LeverRow:
    """Of one lever on decisions that are one configuration."""
    e, names = effects[0], tuple(dict.fromkeys(words(one.decision) for one in effects))
    return LeverRow(
        decisions=names,
        decision=listed(list(names)),
        lever=lever_words(e.lever),
        pulled=e.pulled,
        saving=saving_text(e.saving_usd_per_month),
        saving_usd=e.saving_usd_per_month,
        latency=_change(e.latency_change_s, _NOTHING_S, seconds, "slower", "faster"),
        quality=_change(e.quality_change, 1e-9, quality_q, "higher", "lower"),
        upfront=NO_SETUP if e.upfront_usd is None else NO_COST if e.upfront_usd == 0.0 else usd(e.upfront_usd),
        payback=_payback(e),
        text=_remark(e.text),
    )


def saving_text(value_usd: float | None) -> str:
    """`$420`, `none`, or `costs $12 more`."""
    if value_usd is None:
        return "unknown"
    if abs(value_usd) < _NOTHING_USD:
        return "none"
    return usd(value_usd) if value_usd > 0 else f"costs {usd(-value_usd)} more"


def _change(value: float | None, least: float, say: Callable[[float | None], str], more: str, less: str) -> str:
    """`40 ms slower`, `same`."""
    if value is None:
        return "unknown"
    if abs(value) < least:
        return "same"
    return f"{say(abs(value))} {more if value > 0 else less}"


def _remark(text: str) -> str:
    """What a lever's text says beside the figures of its row: that a limit or a target is missed."""
    return shorten(text.partition("; ")[2], LONGEST)


def _payback(e: LeverEffect) -> str:
    """How long until what was spent once is back."""
    if e.payback_months is not None:
        return f"{significant(e.payback_months, 2)} months"
    if not e.upfront_usd:
        return "at once" if e.upfront_usd == 0.0 and (e.saving_usd_per_month or 0.0) > 0 else ""
    return "unknown" if e.saving_usd_per_month is None else "never"


def levers_sentence(rows: Sequence[LeverRow], idle: Sequence[LeverRow] = ()) -> str:
    """Which lever saves most on the first decision, what is counted, and which levers change nothing."""
    still = dict[str, list[str]]()
    for row in idle:
        still.setdefault(row.lever, []).append(row.decision)
    nothing = [f"{lever} on the {listed(names)}" for lever, names in still.items()]
    left_out = f" Left out, because nothing changes: {'; '.join(nothing)}." if nothing else ""
    if not rows:
        return left_out.strip()
    mine = [row for row in rows if row.decision == rows[0].decision and (row.saving_usd or 0.0) > 0]
    how = "Each line holds the same configuration with the lever and without it against each other, both evaluated"
    if not mine:
        return f"No lever saves anything on the {rows[0].decision}. {how}.{left_out}"
    best = max(mine, key=lambda row: row.saving_usd or 0.0)
    told = "it is part of it" if best.pulled else "it is not part of it"
    return f"Most is saved on the {best.decision} by {best.lever}, {best.saving} a month ({told}). {how}.{left_out}"


def reservations_of(plan: ServingPlan) -> tuple[ReservationRow, ...]:
    """What is worth a commitment."""
    return tuple(
        ReservationRow(
            words(r.decision), shorten(r.tier.replace("_", " "), 40), plural(r.machines, "machine"),
            saving_text(r.saving_usd_per_month), capital(shorten(r.text, LONGEST)),
        )
        for r in plan.reservations
    )  # fmt: skip
