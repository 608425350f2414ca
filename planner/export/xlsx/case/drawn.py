"""Sheets of values: what the planner drew or reckoned itself, and what no formula of the workbook recomputes."""

from collections.abc import Iterator
from typing import Final

from planner.export.xlsx.cells import Cell, Sheet, Style, number, text
from planner.outcome.business_case import Banded, Case, HourTable, OptionResult

DRAWN: Final = "Drawn by the planner when the plan was made; not recomputed here when an input is changed."
_TENTHS: Final = ("Return on investment, %", "Payback, months", "Discounted payback, months")
"""Figures of one decimal."""
TITLES: Final = ("Bands", "Scenarios", "Tornado", "Hours", "Scale", "Assumptions")


def drawn_sheets(case: Case) -> list[Sheet]:
    """Those that the case has something for."""
    sheets = [_bands(case)]
    if case.scenarios:
        sheets.append(_scenarios(case))
    if case.tornado is not None:
        sheets.append(_tornado(case))
    if case.hours is not None:
        sheets.append(_hours(case.hours))
    if case.scale:
        sheets.append(_scale(case))
    return [*sheets, _assumptions(case)]


def _begun(title: str, words: str, widths: tuple[int, ...]) -> Sheet:
    sheet = Sheet(title, widths, (4, 2))
    sheet.head(words, DRAWN)
    return sheet


def _numbers(*values: float | None, style: Style = "drawn") -> Iterator[Cell]:
    return (number(value, style) for value in values)


def _band(banded: Banded, style: Style = "drawn") -> Iterator[Cell | None]:
    """Middle, bounds and mean; nothing where nothing uncertain moves it."""
    yield number(banded.value, style)
    yield from (None if value is None else number(value, style) for value in (banded.lo, banded.hi, banded.mean))


def _bands(case: Case) -> Sheet:
    how = f"{case.draws:,} draws, seed {case.seed}" if case.draws else "nothing is uncertain"
    sheet = _begun("Bands", f"Where figures lie in nine of ten draws: {how}", (24, 40, 18, 18, 18, 18))
    sheet.header("Option", "Figure", "Middle", "5 %", "95 %", "Mean")
    for option in case.options:
        for words, banded in _banded(option):
            sheet.add(text(option.name), text(words), *_band(banded, "drawn_tenth" if words in _TENTHS else "drawn"))
        if option.returns is not None and option.returns.chance_positive is not None:
            chance = number(option.returns.chance_positive, "drawn_share")
            sheet.add(text(option.name), text("Probability that the net present value is above 0"), chance)
    decided = case.decision
    if decided is not None:
        words = f"Saved by {decided.build} against {decided.buy}"
        sheet.add(text(""), text(words), *_band(decided.saved_usd))
        chance = number(decided.chance_build_wins, "drawn_share")
        sheet.add(text(""), text(f"Probability that {decided.build} beats {decided.buy}"), chance)
        for one in decided.crossovers:
            words = f"Predictions a month above which {one.cheaper_above} is cheaper"
            sheet.add(text(""), text(words), *_numbers(one.predictions_per_month))
    return sheet


def _banded(option: OptionResult) -> Iterator[tuple[str, Banded]]:
    yield "Total cost of ownership", option.cost_usd
    yield "The same before parity", option.cost_as_is_usd
    yield "Present value of the cost", option.present_cost_usd
    yield "Cost of the first year", option.first_year_usd
    yield "Present value of income", option.present_income_usd
    yield "Net present value by itself", option.net_present_usd
    yield "Easily overlooked cost", option.overlooked_usd
    if option.returns is not None:
        yield "Net present value against the baseline", option.returns.npv_usd
        yield _TENTHS[0], option.returns.roi_percent
        yield _TENTHS[1], option.returns.payback_months
        yield _TENTHS[2], option.returns.discounted_payback_months


def _scenarios(case: Case) -> Sheet:
    names = [option.name for option in case.options]
    sheet = _begun("Scenarios", "The case in other courses of the world", (24, *[20] * (4 + 2 * len(names))))
    sheet.header(
        "Scenario", "Growth of demand a year", "Fall of prices a year", "Demand, times today's",
        *(f"Present cost of {name}" for name in names), *(f"Net present value of {name}" for name in names),
        "Choice", "Probability that building wins",
    )  # fmt: skip
    for one in case.scenarios:
        sheet.add(
            text(one.name), *_numbers(one.demand_growth_per_year, one.price_decline_per_year, style="drawn_share"),
            *_numbers(one.demand), *_numbers(*(one.present_cost_usd.get(name) for name in names)),
            *_numbers(*(one.npv_usd.get(name) for name in names)), text(one.choice),
            number(one.chance_build_wins, "drawn_share"),
        )  # fmt: skip
    return sheet


def _tornado(case: Case) -> Sheet:
    tornado = case.tornado
    assert tornado is not None
    sheet = _begun("Tornado", f"What it hangs on: {tornado.of}", (44, 14, 18, 18, 20, 20, 18, 44))
    sheet.header("Input", "Unit", "Low", "High", "Result at low", "Result at high", "Part of the spread", "Place")
    for one in tornado.swings:
        sheet.add(
            text(one.text), text(one.unit), *_numbers(one.input_lo, one.input_hi, one.result_lo_usd, one.result_hi_usd),
            number(one.share, "drawn_share"), text(one.key, "note"),
        )  # fmt: skip
    sheet.add(text("At the middle of all"), None, None, None, number(tornado.middle_usd))
    return sheet


def _hours(hours: HourTable) -> Sheet:
    sheet = _begun("Hours", "USD of a useful hour, by how much of the machine is used", (28, 20, 20, *[14] * 20))
    sheet.header("Way", "At the case's use", "Pays above a use of", *(f"{share:.0%}" for share in hours.grid))
    for one in hours.ways:
        sheet.add(
            text(one.name), number(one.usd_per_useful_hour), number(one.break_even_utilisation, "drawn_share"),
            *_numbers(*one.by_utilisation),
        )  # fmt: skip
    sheet.add(text("Use of the case"), number(hours.utilisation, "drawn_share"))
    for words in hours.switches:
        sheet.add(text(words))
    if hours.decline:
        sheet.add()
        sheet.header("Fall of the rent a year", "Levelised rent, USD an hour", "Owning pays above a use of")
        for fall in hours.decline:
            sheet.add(
                number(fall.price_decline_per_year, "drawn_share"), number(fall.levelised_rent_usd_per_hour),
                number(fall.break_even_utilisation, "drawn_share"),
            )  # fmt: skip
    return sheet


def _scale(case: Case) -> Sheet:
    sheet = _begun("Scale", "The cost of a month at a multiple of today's volume", (24, 20, *[16] * 8))
    sheet.header(
        "Part",
        "Option",
        "Times today's",
        "Volume",
        "USD a month",
        "5 %",
        "95 %",
        "USD of one",
        "Fixed share",
        "Exponent",
    )
    for part in case.scale:
        for at in part.points:
            usd = at.usd_per_month
            sheet.add(
                text(part.name), text(part.option),
                *_numbers(at.times, at.volume, usd.value, usd.lo, usd.hi, at.usd_per_unit),
                number(at.fixed_share, "drawn_share"), number(part.exponent),
            )  # fmt: skip
        sheet.add(text(part.text, "note"))
    return sheet


def _assumptions(case: Case) -> Sheet:
    sheet = _begun("Assumptions", "What was assumed, and where it comes from", (44, 30, 12, 80))
    sheet.header("What", "Value", "Evidence", "Note")
    for one in case.assumptions:
        sheet.add(text(one.key), text(one.value), text(one.tag), text(one.note))
    sheet.add()
    sheet.header("Source", "As of", "", "Where")
    for source in case.sources:
        sheet.add(text(source.what), text(source.as_of), None, text(source.source))
    told = [*case.warnings, *(note for option in case.options for note in _notes(option))]
    if case.decision is not None:
        told.insert(0, case.decision.reason)
    sheet.add()
    sheet.header("What the planner said of it")
    for words in told:
        sheet.add(text(words))
    return sheet


def _notes(option: OptionResult) -> Iterator[str]:
    if option.returns is not None:
        yield from (f"{option.name}: {note}" for note in (*option.returns.notes, option.returns.irr_note) if note)
    yield from (f"{option.name} follows {plan}" for plan in option.follows)
