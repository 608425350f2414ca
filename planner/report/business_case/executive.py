"""A case on one page, for who decides about the money."""

from collections.abc import Iterator
from typing import Final

from planner.outcome.business_case import Case, CaseInput, Swing
from planner.report.business_case.against import cumulative_sentence
from planner.report.business_case.answer import (
    answer_of,
    beyond,
    beyond_sentence,
    chance_of,
    factors_sentence,
    figures_of,
    payback_sentence,
)
from planner.report.business_case.cash import PAID, difference_table, option_flows
from planner.report.business_case.flows import years
from planner.report.business_case.inputs import band_of, source_text, unsourced_of
from planner.report.business_case.names import input_short, input_value
from planner.report.business_case.scenarios import course_text
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
RISKS: Final = 4
STEPS: Final = 3
LETTERS: Final = 150
NAME: Final = 24
"""Characters of an option's name on this page."""
_SWUNG: Final = (
    "If low or high: the result with this one at its 10 % or 90 % quantile, all others at their middle. Share: of the "
    "variance."
)
_LEVELS: Final = ("Cumulative, 5 %", "Cumulative, 95 %", "Discounted")
"""Rows of the cash flow that the page leaves to its chart and to the report."""


def executive_of(case: Case) -> CaseExecutive:
    """The page."""
    return CaseExecutive(
        question=_question(case),
        answer=sentences([at_words(answer_of(case, NAME), 260), at_words(beyond_sentence(case), LETTERS)]),
        figures=tuple(KeyFigure(shorten(what, 40), figure, at_words(remark, 60))
                      for what, figure, remark in figures_of(case)[:5]),
        cumulative=at_words(" ".join(filter(None, [cumulative_sentence(case)])) or payback_sentence(case), 230),
        options=_options(case),
        flows=_flows(case),
        inputs=_inputs(case),
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
             *((payback_text(one.returns, case.months), irr_text(one.returns)) if one.returns is not None
               else ("baseline" if one.name == case.baseline else "no return", "")))
        for one in main_options(case, OPTIONS)
    )  # fmt: skip
    left = len(case.options) - len(rows)
    against = f"Payback and IRR against {names[case.baseline]}." if case.baseline in names else ""
    numbers = ("Cost", "Present value", "Payback", "IRR")
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
        # What stands last are the sums: costs, net, cumulative, discounted; of the parts the first are the largest.
        sums = 5 if any(row.cells[0].text == PAID for row in rows) else 4
        rows = [*rows[: ROWS - sums], *rows[-sums:]]
    left = len(parts) - len(rows)
    more = f"{left} smaller rows stand in the report." if left > 0 else ""
    return CaseTable(table.id, table.title, table.columns, tuple(rows), note=sentences([table.note, more]))


def _inputs(case: Case) -> CaseTable:
    """Those that the result hangs on, with what they do to it; else the first of the case."""
    swings = {one.key: one for one in case.tornado.swings} if case.tornado else {}
    inputs = {one.key: one for one in case.inputs}
    chosen = [inputs[key] for key in swings if key in inputs][:INPUTS]
    rows = tuple(_input(one, swings.get(one.key)) for one in chosen or case.inputs[:INPUTS])
    known = ("Value", "90 % band", *(("If low", "If high", "Share") if chosen else ()))
    left = f"All {len(case.inputs)} assumptions stand in the report." if len(case.inputs) > len(rows) else ""
    known_all = "" if case.draws else "Nothing in the case is uncertain."
    return CaseTable(
        "key-inputs", "Assumptions that it hangs on" if chosen else "Assumptions",
        (Column("Assumption"), *(Column(name, number=True) for name in known), Column("Source")), rows,
        note=sentences([_SWUNG if chosen else "", known_all, left]),
    )  # fmt: skip


def _input(one: CaseInput, swing: Swing | None) -> Line:
    results = () if swing is None else (amount(swing.result_lo_usd), amount(swing.result_hi_usd), share(swing.share))
    return line(input_short(one.text or one.key, 46), input_value(one.value, one.unit), band_of(one), *results,
                at_words(source_text(one, 120), 36))  # fmt: skip


def _risks(case: Case) -> Iterator[Told]:
    """Courses of the world that turn the answer first, then what is close, unknown or unsaid."""
    names, decision = titles(case, NAME), case.decision
    turned = [one for one in case.scenarios if decision and one.choice and one.choice != decision.choice]
    for one in turned[:2]:
        yield Told("It may turn", f"In {course_text(one.name)} (demand {times(one.demand)} today's, "
                   f"prices falling {per_year(one.price_decline_per_year)}) {names.get(one.choice, one.choice)} is the "
                   "better one.")  # fmt: skip
    if decision is not None:
        if decision.agrees is False:
            yield Told("Beside money", factors_sentence(case))
        if decision.crossovers:
            first = decision.crossovers[0]
            of_today = "" if first.times_today is None else f", {times(first.times_today)} today's"
            yield Told("Volume", f"Above {first.predictions_per_month:,.0f} predictions a month{of_today}, "
                       f"{names.get(first.cheaper_above, first.cheaper_above)} is the cheaper one.")  # fmt: skip
        chance = chance_of(decision)
        if chance is not None and chance < ROBUST:
            close = "too close to call" if chance < TOO_CLOSE else "not robust"
            yield Told(
                "How sure", f"The choice is the better one with a probability of {chance_text(chance)}: {close}."
            )
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
        yield f"Narrow down what moves the result most ({input_short(swings[0].text or swings[0].key, 60)})."
    if decision is not None and decision.choice:
        chance, better = chance_of(decision), beyond(case)
        taken = names.get(decision.choice, decision.choice)
        if better is not None:
            best, ours = (titles(case)[name] for name in (better[0], decision.choice))
            yield f"Hold {best} against {ours} before you commit: it is worth {amount(better[1])} more."
        elif chance is not None and chance < TOO_CLOSE:
            yield f"Do not commit to {taken} yet; reckon the case again once that is known."
        else:
            one = option_of(case, decision.choice)
            first = "" if one is None else f" and budget {amount(one.first_year_usd.value)} for its first year"
            yield f"Take {taken}{first}."
    order = [one.key for one in swings]
    missing = sorted(unsourced_of(case), key=lambda one: order.index(one.key) if one.key in order else len(order))
    if missing:
        yield f"Name a source for {input_short(missing[0].text or missing[0].key, 60)}" \
              f"{f' and {len(missing) - 1} other numbers' if len(missing) > 1 else ''}."  # fmt: skip
    if any(one.follows for one in case.options):
        yield "Reckon the case again when the plans that it follows are made again: it follows them."
