"""The section `sensitivity`: what the result hangs on, the widest swing first."""

from typing import Final

from planner.outcome.business_case import Case, Swing
from planner.report.business_case.answer import hangs_sentence
from planner.report.business_case.names import input_text_of, input_value, short_value
from planner.report.business_case.words import amount, line, said, share
from planner.report.data.business_case_charts import SwingBar, SwingChart
from planner.report.data.business_case_parts import CaseSection, CaseTable
from planner.report.data.review_parts import Column
from planner.report.data.review_parts import Figure as Drawn
from planner.report.names import capital, plural

BARS: Final = 12
ROWS: Final = 30


def sensitivity_section(case: Case) -> CaseSection | None:
    """None where nothing is uncertain."""
    if case.tornado is None or not case.tornado.swings:
        return None
    swings = case.tornado.swings
    rows = tuple(
        line(input_text_of(one), input_value(one.input_lo, one.unit), input_value(one.input_hi, one.unit),
             amount(one.result_lo_usd), amount(one.result_hi_usd), swing_text(one), share(one.share))
        for one in swings[:ROWS]
    )  # fmt: skip
    left = len(swings) - len(rows)
    numbers = ("Low, 10 %", "High, 90 %", "Result at low", "Result at high", "Swing", "Share of variance")
    table = CaseTable(
        "swings", "What each input does", (Column("Input"), *(Column(name, number=True) for name in numbers)), rows,
        note="Each input at the value that one of ten draws is below, and one of ten above, all others at their "
             "middle. The share of the variance is the squared rank correlation with the result, over all of them."
             + (f" {plural(left, 'more input')} in plan.json." if left > 0 else ""),
    )  # fmt: skip
    sentence = hangs_sentence(case)
    return CaseSection(
        "sensitivity", "What it hangs on", "",
        figures=(Drawn("case-tornado", sentence, f"{capital(said(case.tornado.of))}; its middle is "
                       f"{amount(case.tornado.middle_usd)}. Words at a bar are the input."),),
        tables=(table,),
    )  # fmt: skip


def swing_text(one: Swing) -> str:
    """By how much it moves the result, from its low to its high."""
    if one.result_lo_usd is None or one.result_hi_usd is None:
        return "unknown"
    return amount(abs(one.result_hi_usd - one.result_lo_usd))


def swing_chart(case: Case) -> SwingChart:
    """The widest bars."""
    if case.tornado is None:
        return SwingChart()
    bars = tuple(
        SwingBar(input_text_of(one), one.result_lo_usd, one.result_hi_usd, short_value(one.input_lo, one.unit),
                 short_value(one.input_hi, one.unit), amount(one.result_lo_usd), amount(one.result_hi_usd),
                 share(one.share))
        for one in case.tornado.swings[:BARS]
    )  # fmt: skip
    return SwingChart(f"{capital(said(case.tornado.of))}, USD", case.tornado.middle_usd, bars)
