"""Budgets: what is planned of each, how likely it holds, and what each team spends in each month."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.portfolio import BudgetLine, PortfolioPlan, TeamMonth
from planner.report.data.portfolio_parts import BudgetBullet
from planner.report.data.review_parts import Cell, Table, Tone
from planner.report.names import plural, shorten
from planner.report.portfolio.words import NAME, RELAXED, columns, left_text, row, share, team_of
from planner.units import chance_text, usd

ROWS: Final = 300
"""Budgets and teams that a page lists."""
MONTHS: Final = 12
"""Months that are told one by one; what is later is told together."""
LIKELY, UNLIKELY = 0.9, 0.5
MOST: Final = 9.99
"""Times its limit, at which a bar ends."""


def by_tightness(plan: PortfolioPlan) -> list[BudgetLine]:
    """The budgets, those first of which most is used."""
    places = {id(one): place for place, one in enumerate(plan.budgets)}
    return sorted(plan.budgets, key=lambda one: (-used_of(one, one.held_usd), places[id(one)]))


def used_of(one: BudgetLine, usd_: float) -> float:
    """A sum as a share of the limit, at most ten of them; of no limit all of it."""
    return min(usd_ / one.limit_usd, MOST) if one.limit_usd > 0 else 0.0 if usd_ <= 0 else MOST


def budgets_of(plan: PortfolioPlan) -> Table | None:
    """A line for each budget, the tightest first."""
    found = by_tightness(plan)
    if not found:
        return None
    held = any(usd(one.held_usd) != usd(one.spent_usd) for one in found)
    extra = ("Counts as",) if held else ()
    numbers = ("Limit", "Planned", *extra, "Used", "Holds with", "$1 more is worth")
    rows = tuple(_row(one, held=held) for one in found[:ROWS])
    told = [
        "Counts as is what is held against the limit, with the margin that its probability asks for." if held else "",
        RELAXED if any(one.worth_per_usd is not None for one in found) else "",
        left_text(len(found), len(rows), "budgets are listed"),
    ]
    return Table("budgets", "Budgets", columns("Budget", *numbers, numbers=numbers), rows,
                 note=" ".join(filter(None, told)))  # fmt: skip


def _row(one: BudgetLine, *, held: bool) -> tuple[Cell, ...]:
    before = f"{usd(one.spent_before_usd)} of it already" if one.spent_before_usd else ""
    over: Tone = "bad" if over_limit(one) else ""
    return (
        Cell(budget_name(one)),
        Cell(usd(one.limit_usd)),
        Cell(usd(one.spent_usd), before),
        *([Cell(usd(one.held_usd))] if held else []),
        Cell(share(used_of(one, one.held_usd)) if one.limit_usd > 0 else "no limit to use", tone=over),
        Cell(holds_text(one.holds), tone=holds_tone(one.holds)),
        Cell(worth_text(one.worth_per_usd)),
    )


def budget_name(one: BudgetLine) -> str:
    """Its name in words."""
    named = " in ".join(filter(None, [one.team or "all teams", one.month]))
    return shorten(one.name, NAME) or shorten(named, NAME)


def over_limit(one: BudgetLine) -> bool:
    """Whether more is held against it than it allows, beyond what rounding leaves."""
    return one.held_usd > one.limit_usd * (1 + 1e-6) + 0.005


def holds_text(chance: float | None) -> str:
    """A probability; `unknown` where the bands of the costs are."""
    return "unknown" if chance is None else chance_text(chance)


def holds_tone(chance: float | None) -> Tone:
    """What a colour may say of it."""
    return "" if chance is None or chance >= LIKELY else "bad" if chance < UNLIKELY else "warn"


def worth_text(value: float | None) -> str:
    """What $1 more would be worth: `$1.42`, `nothing`; `not computed` where no relaxation was solved."""
    return "not computed" if value is None else "nothing" if value < 0.005 else usd(value)


def budgets_sentence(plan: PortfolioPlan) -> str:
    """How many hold, and which is tightest."""
    found = by_tightness(plan)
    if not found:
        return ""
    over = sum(map(over_limit, found))
    weak = [one for one in found if one.holds is not None and one.holds < LIKELY]
    tight = found[0]
    used = f"{share(used_of(tight, tight.held_usd))} of {usd(tight.limit_usd)}"
    told = [
        f"{over:,} of {plural(len(found), 'budget')} {'is' if over == 1 else 'are'} passed" if over
        else "The budget is kept by the estimates" if len(found) == 1
        else f"All {len(found):,} budgets are kept by the estimates",
        f"the tightest is {budget_name(tight)}, {used}" if tight.limit_usd > 0 else "",
        f"{len(weak):,} hold with less than 90 %" if len(weak) > 1 else
        f"{budget_name(weak[0])} holds with {holds_text(weak[0].holds)} only" if weak else "",
    ]  # fmt: skip
    unknown = sum(one.holds is None for one in found)
    told.append(
        f"of {unknown:,} it is not known how likely {'it holds' if unknown == 1 else 'they hold'}" if unknown else ""
    )
    return f"{'; '.join(filter(None, told))}."


def budgets_legend(bullets: Sequence[BudgetBullet]) -> str:
    """How to read the marks that there are."""
    told = [
        "The thick line is the limit",
        "grey is what was spent already" if any(one.before > 0 for one in bullets) else "",
        "a thin line is what counts with its margin" if any(one.held != one.used for one in bullets) else "",
    ]
    return f"{'; '.join(filter(None, told))}."


def bullets_of(plan: PortfolioPlan) -> tuple[BudgetBullet, ...]:
    """The same as bars, in the order of the table."""
    return tuple(
        BudgetBullet(
            name=budget_name(one),
            text=f"{usd(one.spent_usd)} of {usd(one.limit_usd)}",
            holds=holds_text(one.holds),
            used=used_of(one, one.spent_usd), before=used_of(one, one.spent_before_usd),
            held=used_of(one, one.held_usd), over=over_limit(one),
        )
        for one in by_tightness(plan)[:ROWS]
    )  # fmt: skip


def months_of(plan: PortfolioPlan) -> Table | None:
    """What each team spends in each month, held against the month's budget of the team."""
    if not plan.team_months:
        return None
    months = sorted({one.month for one in plan.team_months})
    teams = list(dict.fromkeys(one.team for one in plan.team_months))
    shown, later = months[:MONTHS], months[MONTHS:]
    found: dict[str, dict[str, TeamMonth]] = {}
    for one in plan.team_months:
        found.setdefault(one.team, {})[one.month] = one
    extra = ("Later",) if later else ()
    heads = tuple(shorten(month, 20) for month in shown)
    rows = [
        (
            Cell(team_of(team)),
            *(_month(found[team].get(month)) for month in shown),
            *([Cell(usd(_sum(found[team], later)))] if later else []),
            Cell(usd(_sum(found[team], months))),
        )
        for team in teams[:ROWS]
    ]  # fmt: skip
    sums = [sum(_sum(found[team], [month]) for team in teams) for month in shown]
    rest = [sum(_sum(found[team], later) for team in teams)] if later else []
    whole = sum(_sum(found[team], months) for team in teams)
    return Table(
        "months", "By team and month", columns("Team", *heads, *extra, "All", numbers=(*heads, *extra, "All")),
        tuple(rows), total=row("All teams", *map(usd, [*sums, *rest, whole])),
        note=left_text(len(teams), len(rows), "teams are listed"),
    )  # fmt: skip


def _month(one: TeamMonth | None) -> Cell:
    if one is None:
        return Cell("none")
    limit = one.limit_usd
    if limit is None:
        return Cell(usd(one.spent_usd))
    over: Tone = "bad" if one.spent_usd > limit * (1 + 1e-6) + 0.005 else ""
    return Cell(usd(one.spent_usd), f"of {usd(limit)}", over)


def _sum(found: dict[str, TeamMonth], months: Sequence[str]) -> float:
    return sum(found[month].spent_usd for month in months if month in found)


def months_sentence(plan: PortfolioPlan) -> str:
    """How to read the table."""
    return (
        "A run counts in the months that it runs in. Small print is the month's budget of the team; without it there "
        "is none."
        if plan.team_months
        else ""
    )
