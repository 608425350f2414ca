"""What plans differ in beside their figures: the same facts of each, and those that are not the same."""

from collections.abc import Sequence
from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan
from planner.outcome.method_words import method_words
from planner.outcome.service_words import UNDISCLOSED, service_cost, service_text
from planner.report.data.collection import Block, Member
from planner.report.names import clean, shorten
from planner.report.sections.rows import machine_text, method_text, offer_text, price_text, settings_text
from planner.units import compact, gib, significant

BESIDE: Final = 4
"""Plans that stand side by side in one block: what fits a sheet of paper."""


def facts_of(plan: Plan, chosen: Configuration | ManagedJob | None) -> tuple[tuple[str, str], ...]:
    """What a plan may differ in from another, the same facts in the same order for each."""
    if chosen is None:
        return ()
    limits = ", ".join(shorten(limit.text, 60) for limit in plan.constraints) or "none"
    about = (
        ("Limits", limits),
        ("Objectives", ", ".join(map(clean, plan.objectives))),
        ("Catalog", clean(plan.catalog.as_of)),
        ("Planner", clean(plan.planner.version)),
    )
    unknown = "not told"
    if isinstance(chosen, ManagedJob):
        name = method_words(chosen.method, UNDISCLOSED)
        own = ("Model", shorten(chosen.model, 40)), ("Method", shorten(name, 40)), ("Settings", unknown)
        where = ("Machine", "none"), ("Offer", shorten(service_text(chosen), 80)), ("Price", service_cost(chosen))
        return (*own, *where, ("Stack", unknown), ("Memory per GPU", unknown), ("Tokens", unknown),
                ("Per million tokens", unknown), *about)  # fmt: skip
    tokens = chosen.work.useful_tokens
    each = None if chosen.cost_usd is None or not tokens else chosen.cost_usd / tokens * 1e6
    return (
        ("Model", shorten(chosen.model, 40)),
        ("Method", method_text(chosen.method)),
        ("Settings", settings_text(chosen) or "none swept"),
        ("Machine", machine_text(chosen)),
        ("Offer", f"{offer_text(chosen)}, {chosen.offer.tier.replace('_', ' ')}"),
        ("Price", price_text(chosen)),
        ("Stack", shorten(chosen.stack, 40)),
        ("Memory per GPU", f"{gib(chosen.memory_gib.total)} of {gib(chosen.memory_gib.usable)}"),
        ("Tokens", f"{compact(tokens)} trained"),
        ("Per million tokens", "unknown" if each is None else f"${significant(each, 2)}"),
        *about,
    )


def differing_facts(members: Sequence[Member]) -> tuple[tuple[Block, ...], str]:
    """The facts in which some differ, a few plans side by side; and in words what is the same for all."""
    names = [what for what, _ in members[0].facts] if members else []
    values = {what: [one.facts[place][1] for one in members] for place, what in enumerate(names)}
    apart = [what for what in names if len(set(values[what])) > 1]
    blocks = tuple(
        Block(
            heads=tuple(one.name for one in members[start : start + BESIDE]),
            rows=tuple((what, tuple(values[what][start : start + BESIDE])) for what in apart),
        )
        for start in range(0, len(members) if apart else 0, BESIDE)
    )
    same = [f"{what[0].lower()}{what[1:]} {values[what][0]}" for what in names if what not in apart]
    return blocks, f"The same for all: {'; '.join(same)}." if same else ""
