"""Title, headline and warnings of a report of several plans, computed from them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from planner.report.data.collection import Member, Sum
from planner.report.data.report_data import Headline, Title
from planner.report.names import listed, plural, shorten

NAMED = 3
"""Plans that a title names; of more it tells how many there are."""


def title(members: Sequence[Member]) -> Title:
    """The title block: few plans by name, many by their number."""
    names = list(dict.fromkeys(one.name for one in members))
    name = shorten(listed(names), 120) if 0 < len(members) <= NAMED else _plans(members)
    teams, centres = ({getattr(one, key) for one in members} for key in ("team", "cost_centre"))
    facts = [
        (word, next(iter(found)))
        for word, found in (("Team", teams), ("Cost centre", centres))
        if len(found) == 1 and next(iter(found))
    ]
    as_of = sorted({one.as_of for one in members if one.as_of})
    versions = sorted({one.planner for one in members if one.planner})
    dates = _span("catalog", "catalogs of", as_of)
    made = _span("planner", "planners", versions)
    return Title(
        name=name,
        running=shorten(name, 50),
        facts=tuple(facts),
        origin=(
            ("Plans", _plans(members)), ("Catalog", _span("", "", as_of) or "unknown"),
            ("Planner", ", ".join(versions) or "unknown"),
        ),
        author=next(iter(teams)) if len(teams) == 1 else "",
        footer=", ".join(filter(None, [_plans(members), dates, made])),
        as_of=as_of[-1] if as_of else "",
    )  # fmt: skip


def headline(members: Sequence[Member], total: Sum) -> Headline:
    """How many plans there are, what they cost together, and how many have nothing to show."""
    plans = [one for one in members if one.state != "failed"]
    details = _without(members)
    if not plans:
        return Headline("There is no plan.", details, ())
    found = sum(one.state == "planned" for one in plans)
    untold = sum(one.state == "planned" and one.cost.value is None for one in plans)
    about = "" if any(one.cost_at_least for one in plans) else "about "
    cost = "" if total.cost == "unknown" else f"; together they cost {about}{total.cost}"
    cost += f", {untold:,} of unknown cost left out" if cost and untold else ""
    if not found:
        sentence = "The plan has no feasible answer." if len(plans) == 1 else f"None of {_plans(plans)} has an answer."
    elif len(plans) == 1:
        sentence = f"The plan has a feasible answer{cost.replace('together they cost', 'it costs')}."
    elif found == len(plans):
        who = "Both plans" if found == 2 else f"All {_plans(plans)}"
        sentence = f"{who} have a feasible answer{cost}."
    else:
        has = "has" if found == 1 else "have"
        sentence = f"{found:,} of {_plans(plans)} {has} a feasible answer{cost}."
    missing = len(plans) - found
    figures = (
        ("Plans", f"{len(plans):,}", f"{missing:,} without an answer" if missing else "all with an answer"),
        ("Cost together", total.cost, total.unknown or "one run of each"),
        ("One after another", total.hours, "wall-clock time"),
    )
    return Headline(sentence, details, figures)


def warnings(members: Sequence[Member]) -> tuple[str, ...]:
    """What a reader must know of the plans together."""
    told = []
    same = [group for group in _same(members) if len(group) > 1]
    if same:
        more = f", and {len(same) - 5:,} more" if len(same) > 5 else ""
        each = "; ".join(f"{group[0].name} {len(group):,} times" for group in same[:5])
        told.append(f"The same plan is given more than once, and counts each time: {each}{more}.")
    unlike = [group[0] for group in _same(members)]
    twice = [f"{name} ({count})" for name, count in Counter(one.name for one in unlike).items() if count > 1]
    if twice:
        more = f" and {len(twice) - 5:,} more" if len(twice) > 5 else ""
        told.append(f"Different plans have one name, and each counts: {', '.join(twice[:5])}{more}.")
    dates = sorted({one.as_of for one in members if one.as_of})
    if len(dates) > 1:
        told.append(f"The plans rest on catalogs of different dates, {dates[0]} to {dates[-1]}: prices may have moved.")
    return tuple(told)


def _same(members: Sequence[Member]) -> list[list[Member]]:
    """Plans that say the same in everything a report of several prints, together; in their order."""
    found: dict[Member, list[Member]] = {}
    for one in members:
        found.setdefault(replace(one, id="", number="", link=""), []).append(one)
    return list(found.values())


def _without(members: Sequence[Member]) -> tuple[str, ...]:
    failed = sum(one.state == "failed" for one in members)
    return (f"{plural(failed, 'scenario')} could not be planned.",) if failed else ()


def _span(one: str, several: str, values: Sequence[str]) -> str:
    """`catalog 2026-11-22`, `catalogs of 2026-08-01 to 2026-11-22`."""
    if not values:
        return ""
    return f"{one} {values[0]}".strip() if len(values) == 1 else f"{several} {values[0]} to {values[-1]}".strip()


def _plans(members: Sequence[Member]) -> str:
    """`3 plans`, `3 plans and 1 failed scenario`."""
    failed = sum(one.state == "failed" for one in members)
    more = f" and {plural(failed, 'failed scenario')}" if failed else ""
    return f"{plural(len(members) - failed, 'plan')}{more}"
