"""How likely the default decision is to be in time, in one sentence."""

from collections.abc import Sequence
from typing import Final

from planner.outcome import Configuration, Plan, SpotPolicy
from planner.report.data.rows import Decision
from planner.report.data.spot_rows import ALONE, WORDS
from planner.report.executive.risks import chance_above
from planner.units import chance_text, duration

_DEADLINE: Final = "constraints.deadline"


def in_time_sentence(plan: Plan, decisions: Sequence[Decision]) -> str:
    """`Deadline 40 h: the knee is in time with 96 % by several regions, as recommended; …`; empty without a deadline.

    Of a decision on a spot machine as its policies were simulated, else by the band of its time.
    """
    deadline = next((c.limit for c in plan.constraints if c.name == _DEADLINE), None)
    c = plan.configuration(decisions[0].row.id) if decisions else None
    if deadline is None or c is None:
        return ""
    head = f"Deadline {duration(deadline)}: the {decisions[0].name} is in time with"
    told = _simulated([p for p in plan.spot_policies if p.id == c.id]) or _by_band(c, deadline)
    return f"{head} {told}." if told else ""


def _simulated(policies: list[SpotPolicy]) -> str:
    known = [p for p in policies if p.meets_deadline is not None]
    if not known:
        return ""
    told, named = "", ""
    best = next((p for p in known if p.recommended), None)
    if best is not None:
        told, named = f"{chance_text(best.meets_deadline or 0.0)} by {WORDS[best.policy]}, as recommended", best.policy
    elif known[0].on_demand_recommended:
        told, named = f"{chance_text(known[0].on_demand_meets_deadline or 0.0)} by {ALONE}, as recommended", ""
    else:
        likeliest = max(known, key=lambda p: p.meets_deadline or 0.0)
        sure, way = likeliest.meets_deadline or 0.0, WORDS[likeliest.policy]
        named = likeliest.policy
        if (alone := likeliest.on_demand_meets_deadline or 0.0) > sure:
            sure, way, named = alone, ALONE, ""
        told = f"{chance_text(sure)} by {way} at the likeliest, which is not sure enough"
    plain = next((p for p in known if p.policy == "spot_only" and p.policy != named), None)
    return told if plain is None else f"{told}; with {chance_text(plain.meets_deadline or 0.0)} by spot only"


def _by_band(c: Configuration, deadline: float) -> str:
    if not c.hours_lo or not c.hours_hi or deadline <= 0:
        return ""
    return chance_text(1.0 - chance_above(c.hours_lo, c.hours_hi, deadline))
