"""Sums over scenarios as people read them; where a figure is unknown on a side, so is the sum of that side."""

from dataclasses import dataclass

from planner.outcome import Delta, Difference, ScenarioDifference, Total
from planner.report.changes.difference_figures import change_text, way_text
from planner.report.names import plural, shorten
from planner.units import usd


@dataclass(frozen=True, slots=True)
class SumRow:
    """One sum in a table."""

    name: str
    now: str
    aside: str
    """What of it is unknown; empty where nothing is."""
    change: str


@dataclass(frozen=True, slots=True)
class _Sides:
    """Where a scenario is part of a sum, and what it costs there."""

    before: bool
    after: bool
    cost: Delta | None


def sum_text(difference: Difference) -> str:
    """The way of all that changed: `$164 → $212 (+$48, +29 %)`, `$30.64 → unknown (1 scenario of unknown cost)`."""
    total = difference.totals.all
    cost = total.delta.get("cost_usd")
    if total.unknown or cost is None:
        before, after = _ends(total, _whole([s for s in difference.scenarios if s.change != "unchanged"]))
        way = f"{before} → {after}" if difference.base.name and before != after else after
        return f"{way} ({plural(total.unknown or total.scenarios, 'scenario')} of unknown cost)"
    if not difference.base.name:
        return usd(cost.after)
    return way_text("cost_usd", cost) + (", inside the noise" if cost.within_noise else "")


def everything_text(difference: Difference) -> str:
    """`All 9 scenarios together: $164 → $212`; empty where that is what changed, or nobody asked for the rest."""
    total = difference.totals.everything
    if total is None or not difference.base.name or total.scenarios <= difference.totals.all.scenarios:
        return ""
    before, after = _ends(total, _whole(difference.scenarios))
    way = f"{before} → {after}" if before != after else f"{after}, as before" if not total.unknown else after
    unknown = f" ({plural(total.unknown, 'scenario')} of unknown cost)" if total.unknown else ""
    return f"All {plural(total.scenarios, 'scenario')} together: {way}{unknown}"


def sum_tables(difference: Difference) -> list[tuple[str, list[SumRow]]]:
    """Sums of what changed by team and by cost centre, where there is more than one: head of the table, rows."""
    fields = (("team", "team", difference.totals.teams), ("cost_centre", "cost centre", difference.totals.cost_centres))
    return [
        (f"changed, by {word}", [_row(name, total, _of(difference, field, name)) for name, total in sums.items()])
        for field, word, sums in fields
        if len(sums) > 1
    ]


def _row(name: str, total: Total, sides: list[_Sides]) -> SumRow:
    cost = total.delta.get("cost_usd")
    if not total.unknown and cost is not None:
        return SumRow(shorten(name, 48), usd(cost.after), "", change_text("cost_usd", cost))
    _, now = _ends(total, sides)
    aside = f"{total.unknown} unknown" + (" before" if now != "unknown" else "")
    if now == "unknown" and cost is not None and cost.after:
        aside = f"{usd(cost.after)} known, {aside}"
    return SumRow(shorten(name, 48), now, aside, "unknown")


def _of(difference: Difference, field: str, name: str) -> list[_Sides]:
    """The sides of what changed that somebody has, before and after: a scenario may have changed hands."""
    found = []
    for s in difference.scenarios:
        if s.change == "unchanged":
            continue
        was, now = ((who and getattr(who, field)) == name for who in (s.metadata_before or s.metadata, s.metadata))
        found.append(_Sides(was and s.change != "added", now and s.change != "removed", s.delta.get("cost_usd")))
    return found


def _whole(scenarios: list[ScenarioDifference]) -> list[_Sides]:
    return [_Sides(s.change != "added", s.change != "removed", s.delta.get("cost_usd")) for s in scenarios]


def _ends(total: Total, sides: list[_Sides]) -> tuple[str, str]:
    """Both sides of a sum, `unknown` where a scenario of it is; where nobody says which side, it is the head."""
    was = any(each.before and (each.cost is None or each.cost.before is None) for each in sides)
    now = any(each.after and (each.cost is None or each.cost.after is None) for each in sides)
    if not total.unknown:
        was = now = False
    elif not was:
        now = True
    cost = total.delta.get("cost_usd")
    before, after = (cost.before, cost.after) if cost else (None, None)
    return usd(None if was else before), usd(None if now else after)
