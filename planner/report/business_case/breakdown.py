"""The section `breakdown`: what the money is for, by category and line, and what is easily overlooked."""

from typing import Final

from planner.outcome.business_case import Case, CashLine, OptionResult
from planner.outcome.configuration import Figure
from planner.report.business_case.names import DRIVERS, category_text, category_word
from planner.report.business_case.words import (
    amount,
    band,
    left_out,
    line,
    main_options,
    money_cell,
    per_year,
    said,
    share,
    titles,
    unit_price,
)
from planner.report.data.business_case_charts import OTHERS, CostBar, CostPart
from planner.report.data.business_case_parts import CaseSection, CaseTable, Line
from planner.report.data.review_parts import Cell, Column
from planner.report.data.review_parts import Figure as Drawn
from planner.report.names import capital, plural, shorten

MOST: Final = 6
"""Options with a table of lines."""
LINES: Final = 20
"""Lines of a table; the others are one."""
PARTS: Final = 7
"""Categories that a bar tells apart; the others are one."""
BAND: Final = "Below a bar its 90 % band."


def breakdown_section(case: Case) -> CaseSection:
    """Costs by category beside each other, then each option's own lines."""
    shown = main_options(case, MOST)
    return CaseSection(
        "breakdown", "What the money is for", overlooked_sentence(case),
        figures=(Drawn("case-breakdown", breakdown_sentence(case), BAND if case.draws else ""),),
        tables=(*(_categories(one, case, at) for at, one in enumerate(shown)), _overlooked(case),
                *(_lines(one, case, at) for at, one in enumerate(shown) if one.lines)),
        points=tuple(filter(None, [left_out(case, len(shown))])),
    )  # fmt: skip


def breakdown_sentence(case: Case) -> str:
    """The dearest category of the options that matter."""
    names, told = titles(case), []
    for one in main_options(case, 2):
        first = next((part for part in one.breakdown if part.share is not None), None)
        if first is not None:
            told.append(f"{share(first.share)} of {names[one.name]} is {category_word(first.category)}")
    return f"{'; '.join(told)}." if told else "What the money is for is unknown."


def overlooked_sentence(case: Case) -> str:
    """What would be missed by who looks at invoices alone."""
    names, told = titles(case), []
    for one in main_options(case, 2):
        usd, whole = one.overlooked_usd.value, one.cost_usd.value
        if usd is not None and whole and usd > 0:
            told.append(f"{amount(usd)} or {share(usd / whole)} of {names[one.name]}")
    return f"Easily overlooked (work, labels, failed experiments, debt, compliance, egress): {', '.join(told)}." \
        if told else ""  # fmt: skip


def _categories(one: OptionResult, case: Case, at: int) -> CaseTable:
    numbers = ["Over the horizon", "Share"]
    shown = [
        ("Per prediction", [part.usd_per_prediction for part in one.breakdown], unit_price),
        ("Per user and month", [part.usd_per_user_month for part in one.breakdown], unit_price),
        ("Per revenue dollar", [part.usd_per_revenue_usd for part in one.breakdown], unit_price),
    ]  # fmt: skip
    told = [column for column in shown if any(value is not None for value in column[1])]
    rows = [
        line(category_text(part.category), money_cell(part.usd), share(part.share),
             *(say(values[place]) for _, values, say in told))
        for place, part in enumerate(one.breakdown)
    ]  # fmt: skip
    sums = [_sum(values) for _, values, _ in told]
    rows.append(line("All", money_cell(one.cost_usd), "100 %" if one.cost_usd.value else "unknown",
                     *(say(value) for value, (_, _, say) in zip(sums, told, strict=True)), kind="sum"))  # fmt: skip
    return CaseTable(
        f"categories-{at + 1}", f"{capital(titles(case)[one.name])}: by category",
        (Column("Category"), *(Column(name, number=True) for name in [*numbers, *(name for name, _, _ in told)])),
        tuple(rows), option=one.name,
    )  # fmt: skip


def _sum(values: list[Figure]) -> Figure:
    return None if None in values else sum(value for value in values if value is not None)


def _overlooked(case: Case) -> CaseTable:
    names = titles(case)
    rows = tuple(
        line(names[one.name], money_cell(one.overlooked_usd),
             share(one.overlooked_usd.value / one.cost_usd.value)
             if one.overlooked_usd.value is not None and one.cost_usd.value else "unknown",
             money_cell(one.cost_usd))
        for one in case.options
    )  # fmt: skip
    return CaseTable(
        "overlooked", "What is easily overlooked",
        (Column("Option"), *(Column(name, number=True) for name in ("Easily overlooked", "Share", "Whole cost"))), rows,
        note="Engineering to build and to operate, labelling, failed experiments, technical debt, compliance, egress.",
    )  # fmt: skip


def _lines(one: OptionResult, case: Case, at: int) -> CaseTable:
    order = sorted(one.lines, key=lambda each: (each.side != "cost", -(each.total_usd.value or 0.0)))
    rows = [_line(each) for each in order[:LINES]]
    rest = order[LINES:]
    for side, word in (("cost", "other cost line"), ("income", "other income line")):
        mine = [each.total_usd.value for each in rest if each.side == side]
        if mine:
            rows.append(line(plural(len(mine), word), "", "", amount(_sum(mine)), ""))
    return CaseTable(
        f"lines-{at + 1}", f"{capital(titles(case)[one.name])}: line by line",
        (Column("Line"), Column("Amount"), Column("When"), Column("Over the horizon", number=True), Column("Source")),
        tuple(rows), folded=True, brief=plural(len(one.lines), "line"), option=one.name,
        note="Sums are as paid; the tables above have costs at full features, which are these over parity."
        if one.parity.value not in (None, 1.0) else "",
    )  # fmt: skip


def _line(each: CashLine) -> Line:
    once = each.every == 0 or (each.every > 1 and each.first + each.every > each.last)
    start = "now" if each.first == 0 else f"month {each.first}"
    if once:
        often, when = "", start
    elif each.every == 1:
        often, when = "a month", f"months {each.first} to {each.last}"
    else:
        often, when = "each time", f"{start} and every {each.every} months"
    changes = [f"grows {per_year(each.growth_per_year)}" if each.growth_per_year else "",
               f"falls {per_year(each.decline_per_year)}" if each.decline_per_year else "",
               f"over parity {share(each.parity)}" if each.parity != 1.0 else ""]  # fmt: skip
    kind = "income" if each.side == "income" else category_word(each.category)
    price = amount(each.amount_usd) if each.driver in ("", "demand") else unit_price(each.amount_usd)
    driver = DRIVERS.get(each.driver, said(each.driver)) if each.driver else often
    return line(
        Cell(shorten(each.name, 60), kind), Cell(f"{price} {driver}".strip(), "; ".join(filter(None, changes))), when,
        Cell(amount(each.total_usd.value), band(each.total_usd)), said(each.source) or "nobody is named",
    )  # fmt: skip


def breakdown_bars(case: Case) -> tuple[CostBar, ...]:
    """A bar for each option whose parts are known; the smallest categories are one."""
    names, shown = titles(case), main_options(case, 8)
    sums: dict[str, float] = {}
    for one in shown:
        for part in one.breakdown:
            sums[part.category] = sums.get(part.category, 0.0) + (part.usd.value or 0.0)
    kept = sorted((c for c in sums if sums[c] > 0), key=lambda c: (-sums[c], c))
    kept = kept if len(kept) <= PARTS + 1 else kept[:PARTS]
    return tuple(_bar(one, names[one.name], kept) for one in shown if one.cost_usd.value)


def _bar(one: OptionResult, name: str, kept: list[str]) -> CostBar:
    whole = one.cost_usd.value or 0.0
    values = dict.fromkeys(kept, 0.0)
    rest = 0.0
    for part in one.breakdown:
        if part.category in values:
            values[part.category] += part.usd.value or 0.0
        else:
            rest += part.usd.value or 0.0
    parts = [(category_text(category), value) for category, value in values.items()] + [(OTHERS, rest)]
    return CostBar(
        name, amount(whole), tuple(CostPart(word, value, amount(value), share(value / whole)) for word, value in parts
                                   if value > 0),
        one.cost_usd.lo, one.cost_usd.hi, band(one.cost_usd),
    )  # fmt: skip
