"""The sheet Summary: the options side by side, every figure a formula on the other sheets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.export.xlsx.case.flows import Flows
from planner.export.xlsx.case.gains import Gains
from planner.export.xlsx.case.months import Months
from planner.export.xlsx.cells import Cell, Lines, Sheet, Style, formula, letter, or_unknown, text
from planner.outcome.business_case import BuildOrBuy, Case, OptionResult
from planner.outcome.case_words import category_words

TITLE: Final = "Summary"
FIRST: Final = 2
"""Column of the first option."""
_SAME: Final = "1E-9"
"""As in `planner/estimate/finance/build_or_buy.py`."""
ROWS: Final[Mapping[str, str]] = {
    "parity": "Part of the features that it has", "cost": "Total cost of ownership", "as_is": "The same before parity",
    "present_cost": "Present value of the cost", "first_year": "Cost of the first year, now included",
    "present_income": "Present value of its own income", "net_present": "Net present value by itself",
    "per_prediction": "Cost of a prediction", "score": "Score by weighted factors, 0 to 10",
    "npv": "Net present value", "roi": "Return on investment, %",
    "payback": "Payback, months", "discounted_payback": "Discounted payback, months",
    "break_even": "Break-even month", "irr": "Internal rate of return a year", "index": "Profitability index",
}  # fmt: skip
"""Figure → its words, in the order of the rows."""
_RETURNS: Final = ("npv", "roi", "payback", "discounted_payback", "break_even", "irr", "index")
_SHARES: Final = frozenset({"parity", "irr"})
_TENTHS: Final = frozenset({"score", "roi", "payback", "discounted_payback"})


@dataclass(frozen=True, slots=True)
class Whole:
    """All other sheets."""

    case: Case
    months: Months
    flows: Mapping[str, Flows]
    gains: Gains
    parity: Mapping[str, str]
    scores: Mapping[str, str]
    """Option → cell of its weighted score; empty where nothing is weighed."""


def summary_of(whole: Whole) -> Sheet:
    """The sheet, with a chart of what each option costs over time."""
    case = whole.case
    sheet = Sheet(TITLE, (44, *[22] * max(len(case.options), 3)), (4, 2))
    sheet.head(
        f"Business case {case.metadata.name}",
        f"{case.months} months, in USD, costs at full features. Every figure is a formula; a spreadsheet program "
        "reckons it on opening. Change blue cells of the sheet Inputs.",
    )
    sheet.header("", *(option.name for option in case.options))
    rows: dict[str, int] = {}
    for key, words in ROWS.items():
        if key == "npv":
            sheet.add()
            sheet.add(text("Returns", "header"), *(text(_against(case, option), "note") for option in case.options))
        figures = [_figure(whole, option, key) for option in case.options]
        if any(cell is not None for cell in figures):
            rows[key] = sheet.add(text(words), *figures)
    _categories(sheet, whole)
    _decision(sheet, whole, rows)
    lines = [(option.name, whole.flows[option.name].rows["cumulative cost"]) for option in case.options]
    sheet.charts.append(Lines("Cost, added up", whole.months.month, lines, sheet.next + 1))
    return sheet


def _against(case: Case, option: OptionResult) -> str:
    if option.returns is None:
        return "the baseline" if option.name == case.baseline else "no baseline, and no income"
    return f"against {option.returns.against}" if option.returns.against else "by its own income"


def _figure(whole: Whole, option: OptionResult, key: str) -> Cell | None:
    if key in _RETURNS:
        place = whole.gains.figures.get(option.name, {}).get(key)
        return None if place is None else formula(or_unknown(place), _style(key))
    flows, has_income = whole.flows[option.name], _has_income(whole, option)
    predictions = whole.months.rows.get("predictions")
    found: Mapping[str, Callable[[], str | None]] = {
        "parity": lambda: whole.parity[option.name],
        "cost": lambda: flows.total("cost"),
        "as_is": flows.as_is,
        "present_cost": lambda: flows.present("cost"),
        "first_year": lambda: f"SUM({flows.first_year()})",
        "present_income": lambda: flows.present("income"),
        "net_present": lambda: f"{flows.present('gain')}-{flows.present('cost')}" if has_income else None,
        "per_prediction": lambda: f"{flows.total('cost')}/SUM({predictions})" if predictions else None,
        "score": lambda: whole.scores.get(option.name),
    }
    words = found[key]()
    return None if words is None else formula(or_unknown(words), _style(key))


def _has_income(whole: Whole, option: OptionResult) -> bool:
    return "revenue" in whole.months.rows or any(line.category == "income" for line in option.lines)


def _style(key: str) -> Style:
    if key == "break_even":
        return "whole"
    if key in _TENTHS:
        return "tenth"
    return "share" if key in _SHARES else "count" if key == "per_prediction" else "money"


def _categories(sheet: Sheet, whole: Whole) -> None:
    """The cost of each category over the horizon."""
    options = whole.case.options
    names = dict.fromkeys(name for option in options for name in whole.flows[option.name].categories)
    sheet.add()
    sheet.header("Cost by category")
    for name in names:
        sheet.add(text(category_words(name)), *(_category(whole.flows[option.name], name) for option in options))


def _category(flows: Flows, name: str) -> Cell | None:
    return formula(or_unknown(flows.total_of(name))) if name in flows.categories else None


def _decision(sheet: Sheet, whole: Whole, rows: Mapping[str, int]) -> None:
    options = [option.name for option in whole.case.options]
    sheet.add()
    sheet.header("Decision")
    first, last = letter(FIRST), letter(FIRST + len(options) - 1)
    costs, names = (f"{first}{row}:{last}{row}" for row in (rows["present_cost"], 3))
    sheet.add(text("Option of the least present cost"), formula(
        f'IF(COUNT({costs})=0,"unknown",INDEX({names},1,MATCH(MIN({costs}),{costs},0)))', "text",
    ))  # fmt: skip
    decided = whole.case.decision
    if decided is not None and {decided.build, decided.buy} <= set(options):
        _build_or_buy(sheet, whole, decided, options)


def _build_or_buy(sheet: Sheet, whole: Whole, decided: BuildOrBuy, options: Sequence[str]) -> None:
    build, buy = (_worth(whole.flows[name]) for name in (decided.build, decided.buy))
    names = [f"{letter(FIRST + options.index(name))}3" for name in (decided.build, decided.buy)]
    rows = [sheet.next, sheet.next + 1, sheet.next + 2]
    sheet.add(text("Worth now of building"), formula(or_unknown(build)), formula(names[0], "text"))
    sheet.add(text("Worth now of buying"), formula(or_unknown(buy)), formula(names[1], "text"))
    cells = [f"{letter(FIRST)}{row}" for row in rows]
    sheet.add(text("Saved by building"), formula(or_unknown(f"{cells[0]}-{cells[1]}"), "total"))
    known = f"COUNT({cells[0]}:{cells[1]})<2"
    level = f"ABS({cells[2]})<={_SAME}*MAX(ABS({cells[0]}),ABS({cells[1]}))"
    sheet.add(text("Choice"), formula(
        f'IF({known},"unknown",IF({level},"neither: both are worth the same",IF({cells[2]}>0,{names[0]},{names[1]})))',
        "text",
    ))  # fmt: skip


def _worth(flows: Flows) -> str:
    """Own income less cost, discounted: revenue is the same of both."""
    return f"{flows.present('income')}-{flows.present('cost')}"
