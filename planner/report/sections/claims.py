"""What another tool claims, as a table beside our own estimate of the same job."""

from collections.abc import Callable, Mapping
from typing import Final

from planner.outcome import Claim, Plan
from planner.report.data.tables import ClaimCell, ClaimRow, ClaimTable
from planner.report.names import clean, listed, shorten
from planner.units import duration, significant, usd

_HEADS: Final = {
    "hours": "Time", "cost_usd": "Cost", "samples_per_s": "Samples/s", "memory_gb": "Memory of all cards",
}  # fmt: skip
_SAY: Final[Mapping[str, Callable[[float], str]]] = {
    "hours": duration,
    "cost_usd": usd,
    "samples_per_s": significant,
    "memory_gb": lambda value: f"{value:,.0f} GB",
}


def claim_tables(plan: Plan) -> tuple[ClaimTable, ...]:
    """One table per set of figures, its rows in the order of the claims."""
    runs: dict[tuple[str, str], dict[str, Claim]] = {}
    for claim in plan.reference:
        runs.setdefault((claim.job, claim.provider), {})[claim.figure] = claim
    groups: dict[tuple[str, ...], list[ClaimRow]] = {}
    for (job, provider), told in runs.items():
        row = ClaimRow(
            job=shorten(job),
            provider=shorten(provider, 24),
            cells=tuple(_cell(claim) for claim in told.values()),
            note=shorten(next(iter(told.values())).note, 120),
        )
        groups.setdefault(tuple(told), []).append(row)
    return tuple(ClaimTable(tuple(_HEADS.get(f, clean(f)) for f in fs), tuple(rows)) for fs, rows in groups.items())


def _cell(claim: Claim) -> ClaimCell:
    say = _SAY.get(claim.figure, significant)
    return ClaimCell(
        claim=say(claim.claim),
        ours=say(claim.ours) if claim.ours is not None else "not estimated",
        ratio=f"{significant(claim.ratio, 2)} ×" if claim.ratio is not None else "",
    )


_WORDS: Final = {"hours": "time", "cost_usd": "cost", "samples_per_s": "samples/s", "memory_gb": "memory"}


def claims_sentence(plan: Plan) -> str:
    """Whose claims these are, what was assumed, how far ours are from them, and why as far as the figures say."""
    if not plan.reference:
        return ""
    sources = listed(sorted({f"{clean(c.source)} ({clean(c.as_of)})" for c in plan.reference}))
    ratios: dict[str, list[float]] = {}
    for claim in plan.reference:
        if claim.ratio is not None:
            ratios.setdefault(_WORDS.get(claim.figure, clean(claim.figure)), []).append(claim.ratio)
    told = [f"{_span(found, lambda v: significant(v, 2))} times the claimed {word}" for word, found in ratios.items()]
    apart = f" Ours are {listed(told)}.{_why(plan)}" if told else ""
    return (
        f"Printed by {sources}: claims without measurements, quoted as they are and never used to calibrate. Where "
        f"they are silent, our estimate takes {clean(plan.reference_assumed)}, so that a part of any gap may be "
        f"another job.{apart}"
    )


def _why(plan: Plan) -> str:
    """What of a gap in cost is the price of an hour: cost over time, of claims that tell both and that we estimate."""
    runs: dict[tuple[str, str], dict[str, Claim]] = {}
    for claim in plan.reference:
        runs.setdefault((claim.job, claim.provider), {})[claim.figure] = claim
    claimed, ours = [], []
    for run in runs.values():
        hours, cost = run.get("hours"), run.get("cost_usd")
        if hours is not None and cost is not None and hours.claim and hours.ours and cost.ours is not None:
            claimed.append(cost.claim / hours.claim)
            ours.append(cost.ours / hours.ours)
    if not claimed:
        return ""
    return (
        f" A claimed hour of the machine costs {_span(claimed, usd)}, one of ours {_span(ours, usd)}; the rest of a "
        "gap in cost is time. What a claimed price includes is not told."
    )


def _span(values: list[float], say: Callable[[float], str]) -> str:
    low, high = say(min(values)), say(max(values))
    return low if low == high else f"{low} to {high}"
