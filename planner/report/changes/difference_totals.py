"""Sums over scenarios as people read them; where a figure is unknown on a side, so is the sum of that side."""

from dataclasses import dataclass

from planner.outcome import Delta, Difference, ScenarioDifference, Total
from planner.report.changes.difference_figures import COST, MONTHLY, by_month, change_text, cost_name, way_text
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
    figure: str
    """The one that its cost is told by."""
    cost: Delta | None


@dataclass(frozen=True, slots=True)
class _Part:
    """The sum of what is told by one figure of cost."""

    name: str
    """`cost_usd`, or `cost_usd_per_month`."""
    unknown: int
    scenarios: int
    cost: Delta | None
    sides: list[_Sides]


def sum_text(difference: Difference) -> str:
    """The way of all that changed: `$164 → $212 (+$48, +29 %)`, `$30.64 → unknown (1 scenario of unknown cost)`.

    What is served is told by itself, by the month: a month of it is no part of what jobs cost.
    """
    changed = [s for s in difference.scenarios if s.change != "unchanged"]
    parts = _by_cost(difference.totals.all, changed)
    return _joined([_monthly(one, _way(one, compared=bool(difference.base.name))) for one in parts])


def everything_text(difference: Difference) -> str:
    """`All 9 scenarios together: $164 → $212`; empty where that is what changed, or nobody asked for the rest."""
    total = difference.totals.everything
    if total is None or not difference.base.name or total.scenarios <= difference.totals.all.scenarios:
        return ""
    told = []
    for one in _by_cost(total, difference.scenarios):
        before, after = _ends(one)
        way = f"{before} → {after}" if before != after else f"{after}, as before" if not one.unknown else after
        unknown = f" ({plural(one.unknown, 'scenario')} of unknown cost)" if one.unknown else ""
        told.append(f"{_monthly(one, way)}{unknown}")
    return f"All {plural(total.scenarios, 'scenario')} together: {_joined(told)}"


def sum_tables(difference: Difference) -> list[tuple[str, list[SumRow]]]:
    """Sums of what changed by team and by cost centre, where there is more than one: head of the table, rows."""
    fields = (("team", "team", difference.totals.teams), ("cost_centre", "cost centre", difference.totals.cost_centres))
    return [
        (
            f"changed, by {word}",
            [row for name, total in sums.items() for row in _rows(name, total, _of(difference, field, name))],
        )
        for field, word, sums in fields
        if len(sums) > 1
    ]


def _row(name: str, one: _Part) -> SumRow:
    cost = one.cost
    if not one.unknown and cost is not None:
        return SumRow(
            shorten(name, 48), by_month(one.name, usd(cost.after)), "", by_month(one.name, change_text(one.name, cost))
        )
    _, now = _ends(one)
    aside = f"{one.unknown} unknown" + (" before" if now != "unknown" else "")
    if now == "unknown" and cost is not None and cost.after:
        aside = f"{by_month(one.name, usd(cost.after))} known, {aside}"
    return SumRow(shorten(name, 48), by_month(one.name, now), aside, "unknown")


def _rows(name: str, total: Total, sides: list[_Sides]) -> list[SumRow]:
    """A row for jobs, and one for what is served."""
    return [_row(name, one) for one in _parts(total, sides)]


def _of(difference: Difference, field: str, name: str) -> list[_Sides]:
    """The sides of what changed that somebody has, before and after: a scenario may have changed hands."""
    found = []
    for s in difference.scenarios:
        if s.change == "unchanged":
            continue
        was, now = ((who and getattr(who, field)) == name for who in (s.metadata_before or s.metadata, s.metadata))
        if was or now:
            found.append(_sides(s, before=was, after=now))
    return found


def _by_cost(total: Total, scenarios: list[ScenarioDifference]) -> list[_Part]:
    return _parts(total, [_sides(s, before=True, after=True) for s in scenarios])


def _sides(s: ScenarioDifference, *, before: bool, after: bool) -> _Sides:
    figure = cost_name(s)
    return _Sides(before and s.change != "added", after and s.change != "removed", figure, s.delta.get(figure))


def _parts(total: Total, sides: list[_Sides]) -> list[_Part]:
    """The sum of jobs and that of what is served, as far as there is either; of nothing that of jobs."""
    served = [each for each in sides if each.figure == MONTHLY]
    if not served:
        return [_Part(COST, total.unknown, total.scenarios, total.delta.get(COST), sides)]
    jobs = [each for each in sides if each.figure == COST]
    return [
        _Part(figure, sum(each.cost is None or each.cost.total is None for each in those), len(those),
              total.delta.get(figure), those)
        for figure, those in ((COST, jobs), (MONTHLY, served)) if those
    ]  # fmt: skip


def _way(one: _Part, *, compared: bool) -> str:
    cost = one.cost
    if one.unknown or cost is None:
        before, after = _ends(one)
        way = f"{before} → {after}" if compared and before != after else after
        return f"{way} ({plural(one.unknown or one.scenarios, 'scenario')} of unknown cost)"
    if not compared:
        return usd(cost.after)
    return way_text(one.name, cost) + (", inside the noise" if cost.within_noise else "")


def _monthly(one: _Part, way: str) -> str:
    """`$164 → $212 a month (+$48, +29 %)`."""
    if one.name != MONTHLY:
        return way
    end = min((at for mark in (" (", ", ") if (at := way.find(mark)) >= 0), default=len(way))
    return f"{way[:end]} a month{way[end:]}"


def _joined(told: list[str]) -> str:
    """Both sums in one sentence."""
    return told[0] if len(told) == 1 else f"jobs {told[0]}; served {told[1]}"


def _ends(one: _Part) -> tuple[str, str]:
    """Both sides of a sum, `unknown` where a scenario of it is; where nobody says which side, it is the head."""
    was = any(each.before and (each.cost is None or each.cost.before is None) for each in one.sides)
    now = any(each.after and (each.cost is None or each.cost.after is None) for each in one.sides)
    if not one.unknown:
        was = now = False
    elif not was:
        now = True
    before, after = (one.cost.before, one.cost.after) if one.cost else (None, None)
    return usd(None if was else before), usd(None if now else after)
