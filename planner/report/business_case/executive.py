"""A case on one page, for who decides about the money."""

from collections.abc import Iterator
from typing import Final

from planner.outcome.business_case import Case, CaseInput
from planner.report.business_case.against import cumulative_sentence
from planner.report.business_case.answer import answer_of, chance_of, factors_sentence, figures_of, payback_sentence
from planner.report.business_case.cash import difference_table, option_flows
from planner.report.business_case.flows import years
from planner.report.business_case.inputs import band_of, source_text, unsourced_of
from planner.report.business_case.names import input_text, input_text_of, input_value, short_value
from planner.report.business_case.scenarios import course_text
from planner.report.business_case.sensitivity import swing_text
from planner.report.business_case.words import (
    amount,
    irr_text,
    line,
    main_options,
    months,
    option_of,
    payback_text,
    per_year,
    sentences,
    share,
    times,
    titles,
)
from planner.report.certainty import ROBUST, TOO_CLOSE
from planner.report.data.business_case import CaseExecutive
from planner.report.data.business_case_parts import CaseTable, Line
from planner.report.data.executive import KeyFigure, NextStep, Told
from planner.report.data.review_parts import Column
from planner.report.names import at_words, shorten
from planner.report.sections.caveats import warnings_of
from planner.units import chance_text

OPTIONS: Final = 4
YEARS: Final = 5
ROWS: Final = 9
"""Of the cash flow."""
INPUTS: Final = 5
SWINGS: Final = 4
RISKS: Final = 4
STEPS: Final = 3
LETTERS: Final = 150
NAME: Final = 24
"""Characters of an option's name on this page."""
_LEVELS: Final = ("Cumulative, 5 %", "Cumulative, 95 %", "Discounted")
"""Rows of the cash flow that the page leaves to its chart and to the report."""


def executive_of(case: Case) -> CaseExecutive:
    """The page."""
    return CaseExecutive(
        question=_question(case),
        answer=at_words(answer_of(case, NAME), 260),
        figures=tuple(KeyFigure(shorten(what, 40), figure, at_words(remark, 60))
                      for what, figure, remark in figures_of(case)[:5]),
        cumulative=at_words(" ".join(filter(None, [cumulative_sentence(case)])) or payback_sentence(case), 230),
        options=_options(case),
        flows=_flows(case),
        inputs=_inputs(case),
        swings=_swings(case),
        swings_note="" if case.tornado else "Nothing in the case is uncertain.",
        risks=tuple(Told(one.what, at_words(one.text, LETTERS)) for one in list(_risks(case))[:RISKS]),
        steps=tuple(NextStep(at_words(text, LETTERS)) for text in list(_steps(case))[:STEPS]),
    )  # fmt: skip


def _question(case: Case) -> str:
    names = titles(case)
    if case.decision is not None:
        build, buy = (shorten(names.get(name, name), NAME) for name in (case.decision.build, case.decision.buy))
        asked = f"{build} (build) or {buy} (buy)"
    elif len(case.options) > 1:
        asked = f"which of {len(case.options)} options costs least"
    else:
        asked = f"what {shorten(names[case.options[0].name], NAME)} costs and returns"
    return f"Asked: {asked}, over {months(case.months)} at {per_year(case.discount_rate_per_year)}."


def _options(case: Case) -> CaseTable:
    names = titles(case, NAME)
    rows = tuple(
        line(shorten(names[one.name], NAME), amount(one.cost_usd.value), amount(one.present_cost_usd.value),
             amount(one.first_year_usd.value),
             *((payback_text(one.returns, case.months), irr_text(one.returns)) if one.returns is not None
               else ("baseline" if one.name == case.baseline else "no return", "")))
        for one in main_options(case, OPTIONS)
    )  # fmt: skip
    left = len(case.options) - len(rows)
    against = f"Payback and IRR against {names[case.baseline]}." if case.baseline in names else ""
    numbers = ("Cost", "At present value", "First year", "Payback", "IRR")
    return CaseTable("options", "The options", (Column("Option"), *(Column(n, number=True) for n in numbers)), rows,
                     note=sentences([f"{left} more in the report." if left > 0 else "", against]))  # fmt: skip


def _flows(case: Case) -> CaseTable | None:
    """By year: of build against buy, else of the option that the case is about."""
    periods = years(case.months, YEARS)
    table = difference_table(case, periods, NAME)
    if table is None:
        one = option_of(case, case.cheapest) or case.options[0]
        table = option_flows(case, one, 0, periods)
    rows = parts = [row for row in table.rows if row.kind != "head" and row.cells[0].text not in _LEVELS]
    if len(rows) > ROWS:
        # What stands last are the sums: net, cumulative, discounted; of the parts the first are the largest.
        rows = [*rows[: ROWS - 4], *rows[-4:]]
    left = len(parts) - len(rows)
    return CaseTable(table.id, table.title, table.columns, tuple(rows),
                     note=f"{left} smaller rows stand in the report." if left > 0 else "")  # fmt: skip


def _inputs(case: Case) -> CaseTable:
    """Those that the result hangs on, else the first of the case."""
    order = {one.key: at for at, one in enumerate(case.tornado.swings)} if case.tornado else {}
    known = [one for one in case.inputs if one.key in order]
    chosen = sorted(known, key=lambda one: order[one.key]) or case.inputs
    rows = tuple(_input(one) for one in chosen[:INPUTS])
    left = len(case.inputs) - len(rows)
    return CaseTable(
        "key-inputs", "Assumptions that it hangs on" if known else "Assumptions",
        (Column("Assumption"), Column("Value", number=True), Column("90 % band", number=True), Column("Source")), rows,
        note=f"All {len(case.inputs)} stand in the report." if left > 0 else "",
    )  # fmt: skip


def _input(one: CaseInput) -> Line:
    return line(shorten(input_text(one), 40), input_value(one.value, one.unit), band_of(one),
                source_text(one, 36))  # fmt: skip


def _swings(case: Case) -> tuple[Told, ...]:
    swings = case.tornado.swings if case.tornado is not None else []
    return tuple(
        Told(
            shorten(input_text_of(one), 36),
            f"{amount(one.result_lo_usd)} at {short_value(one.input_lo, one.unit)}, {amount(one.result_hi_usd)} at "
            f"{short_value(one.input_hi, one.unit)}: a swing of {swing_text(one)}"
            f"{f', {share(one.share)} of the variance' if one.share is not None else ''}.",
        )
        for one in swings[:SWINGS]
    )


def _risks(case: Case) -> Iterator[Told]:
    """Courses of the world that turn the answer first, then what is close, unknown or unsaid."""
    names, decision = titles(case, NAME), case.decision
    turned = [one for one in case.scenarios if decision and one.choice and one.choice != decision.choice]
    for one in turned[:2]:
        yield Told("It may turn", f"In {course_text(one.name)} (demand {times(one.demand)} today's, "
                   f"prices falling {per_year(one.price_decline_per_year)}) {names.get(one.choice, one.choice)} is the "
                   "better one.")  # fmt: skip
    if decision is not None:
        chance = chance_of(decision)
        if chance is not None and chance < ROBUST:
            close = "too close to call" if chance < TOO_CLOSE else "not robust"
            yield Told(
                "How sure", f"The choice is the better one with a probability of {chance_text(chance)}: {close}."
            )
        if decision.agrees is False:
            yield Told("Beside money", factors_sentence(case))
        if decision.crossovers:
            first = decision.crossovers[0]
            of_today = "" if first.times_today is None else f", {times(first.times_today)} today's"
            yield Told("Volume", f"Above {first.predictions_per_month:,.0f} predictions a month{of_today}, "
                       f"{names.get(first.cheaper_above, first.cheaper_above)} is the cheaper one.")  # fmt: skip
    if case.scenarios and decision is not None and not turned:
        yield Told(
            "Other courses", f"In all {len(case.scenarios)} other courses of prices and demand the answer stays."
        )
    unsourced = len(unsourced_of(case))
    if unsourced:
        yield Told("Sources", f"{unsourced} of {len(case.inputs)} numbers name no source and should.")
    for text in warnings_of(case.warnings)[:2]:
        yield Told("Note", text)


def _steps(case: Case) -> Iterator[str]:
    names, decision = titles(case, NAME), case.decision
    swings = case.tornado.swings if case.tornado is not None else []
    if swings:
        yield f"Narrow down {shorten(input_text_of(swings[0]), 60)}: nothing moves the result more."
    if decision is not None and decision.choice:
        chance = chance_of(decision)
        taken = names.get(decision.choice, decision.choice)
        if chance is not None and chance < TOO_CLOSE:
            yield f"Do not commit to {taken} yet; reckon the case again once that is known."
        else:
            one = option_of(case, decision.choice)
            first = "" if one is None else f" and budget {amount(one.first_year_usd.value)} for its first year"
            yield f"Take {taken}{first}."
    order = [one.key for one in swings]
    missing = sorted(unsourced_of(case), key=lambda one: order.index(one.key) if one.key in order else len(order))
    if missing:
        yield f"Name a source for {shorten(input_text(missing[0]), 60)}" \
              f"{f' and {len(missing) - 1} other numbers' if len(missing) > 1 else ''}."  # fmt: skip
    if any(one.follows for one in case.options):
        yield "Reckon the case again when the plans that it follows are made again: it follows them."
