"""The sections `hours` and `scale`: own, reserved and on-demand hours by use; and what a larger scale costs."""

from planner.outcome.business_case import Case, HourPrice, HourTable, ScaleResult
from planner.report.business_case.words import (
    UNKNOWN,
    amount,
    band,
    count,
    line,
    months,
    said,
    share,
    times,
    titles,
    unit_price,
)
from planner.report.data.business_case_parts import CaseSection, CaseTable, Line
from planner.report.data.review_parts import Cell, Column
from planner.report.data.review_parts import Figure as Drawn
from planner.report.names import capital, shorten
from planner.units import significant


def hour_section(case: Case) -> CaseSection | None:
    """None where the case does not ask."""
    hours = case.hours
    if hours is None:
        return None
    tables = [_ways(hours)]
    if hours.decline:
        rows = tuple(
            line(f"{share(one.price_decline_per_year)} a year", unit_price(one.levelised_rent_usd_per_hour),
                 "owning never pays" if one.break_even_utilisation is None else share(one.break_even_utilisation),
                 "never" if one.months_until_rent_is_cheaper is None
                 else months(one.months_until_rent_is_cheaper))
            for one in hours.decline
        )  # fmt: skip
        words = ("Levelised rent an hour", "Own is cheaper above", "Rent is cheaper after")
        tables.append(CaseTable(
            "declines", "Own hours against rent that falls",
            (Column("Rent falls by"), *(Column(word, number=True) for word in words)), rows,
            note="Levelised: an even payment over the machine's life of the same present value. Rent is cheaper after: "
            "until a falling rent meets the cost of an own hour.",
        ))  # fmt: skip
    return CaseSection(
        "hours", "Own, reserved or on demand", hours_sentence(hours),
        figures=(Drawn("case-hours", _switches(hours), "An hour that is used bears those that are not."),),
        tables=tuple(tables),
    )  # fmt: skip


def hours_sentence(hours: HourTable) -> str:
    """The cheapest way at the use that the case has."""
    best = next((one for one in hours.ways if one.cheapest), None)
    if best is None:
        return f"At a use of {share(hours.utilisation)} the cheapest way is unknown."
    return (
        f"At a use of {share(hours.utilisation)} {shorten(best.name, 40)} is cheapest, "
        f"{unit_price(best.usd_per_useful_hour)} for each hour used."
    )


def _switches(hours: HourTable) -> str:
    told = [said(text).rstrip(".") for text in hours.switches[:4]]
    return f"{capital('; '.join(told))}." if told else "The same way is cheapest at any use."


def even_text(one: HourPrice) -> str:
    """Where a way becomes cheaper than on demand; a dash of on demand itself."""
    utilisation = one.break_even_utilisation
    if utilisation is None:
        return "–" if _flexible(one) else "never"
    return "at any use" if utilisation <= 0 else f"above {share(utilisation)}"


def _flexible(one: HourPrice) -> bool:
    """Whether it is paid by the hour of use alone, so that use does not change its price: on demand itself."""
    known = [value for value in one.by_utilisation if value is not None]
    return one.break_even_utilisation is None and len(known) > 1 and max(known) - min(known) <= 1e-9 * max(known)


def _ways(hours: HourTable) -> CaseTable:
    picked = sorted({*range(0, len(hours.grid), max(1, -(-len(hours.grid) // 5))), len(hours.grid) - 1} - {-1})
    rows: list[Line] = []
    for one in hours.ways:
        cells = [unit_price(one.by_utilisation[at]) if at < len(one.by_utilisation) else UNKNOWN for at in picked]
        rows.append(line(Cell(shorten(one.name, 40), "cheapest here" if one.cheapest else ""),
                         unit_price(one.usd_per_useful_hour), even_text(one), *cells))  # fmt: skip
    columns = (
        f"At {share(hours.utilisation)}",
        "Cheaper than on demand",
        *(f"{share(hours.grid[at])}" for at in picked),
    )
    return CaseTable(
        "hours", "USD for each hour used", (Column("Way"), *(Column(name, number=True) for name in columns)),
        tuple(rows),
    )  # fmt: skip


def scale_section(case: Case) -> CaseSection | None:
    """None where the case does not ask."""
    if not case.scale:
        return None
    names = titles(case)
    return CaseSection(
        "scale", "At a larger scale", "",
        figures=(Drawn("case-scale", scale_sentence(case)),),
        tables=tuple(_scale(one, names.get(one.option, ""), at) for at, one in enumerate(case.scale[:8])),
        points=tuple(said(one.text) for one in case.scale[1:8] if one.text),
    )  # fmt: skip


def scale_sentence(case: Case) -> str:
    """What the first part of scale comes to."""
    return said(case.scale[0].text) if case.scale else ""


def _scale(one: ScaleResult, option: str, at: int) -> CaseTable:
    rows = tuple(
        line(times(point.times), count(point.volume),
             Cell(amount(point.usd_per_month.value), band(point.usd_per_month)), unit_price(point.usd_per_unit),
             share(point.fixed_share))
        for point in one.points
    )  # fmt: skip
    name = shorten(one.name.replace("_", " "), 40)
    return CaseTable(
        f"scale-{at + 1}", f"{name}{f' of {option}' if option else ''}",
        (Column("Of today's"), *(Column(word, number=True) for word in ("Volume", "Cost a month", "Per unit",
                                                                        "Fixed part"))), rows,
        note=exponent_text(one),
    )  # fmt: skip


def exponent_text(one: ScaleResult) -> str:
    """The curve, and where its exponent is from."""
    if one.exponent is None:
        linear = f"{amount(one.fixed_usd_per_month)} and {unit_price(one.linear_usd_per_unit)} a unit"
        return f"Cost is {linear}; no part of it is sub-linear."
    told = (
        f"Cost is {amount(one.fixed_usd_per_month)}, {unit_price(one.linear_usd_per_unit)} a unit and "
        f"{unit_price(one.coefficient_usd)} × volume^{significant(one.exponent)}"
    )
    if one.fitted_points:
        ends = (f"{significant(one.exponent_lo)} to {significant(one.exponent_hi)}"
                if one.exponent_lo is not None and one.exponent_hi is not None else "unknown")  # fmt: skip
        return f"{told}; the exponent is fitted to {one.fitted_points} past figures, 90 % band {ends}."
    return f"{told}; the exponent is given."
