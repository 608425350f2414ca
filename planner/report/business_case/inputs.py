"""The sections `inputs` and `method`: every number that the case rests on, and how figures are made of them."""

from typing import Final

from planner.outcome.business_case import Case, CaseInput
from planner.report.business_case.names import FORMS, TAGS, input_text, input_value
from planner.report.business_case.words import line, said, titles
from planner.report.data.business_case_parts import CaseSection, CaseTable, Line
from planner.report.data.review_parts import Cell, Column
from planner.report.names import clean, plural, shorten

MOST: Final = 400
"""Inputs that a page lists; twenty options of two hundred lines have more."""
PAPER: Final = 80
"""Inputs that paper has."""
FORMULAS: Final = (
    "Net present value: sum of CF_t / (1 + i)^t over the months, now is t = 0 (Brealey, Myers and Allen, Principles of "
    "Corporate Finance); i = (1 + yearly rate)^(1/12) - 1.",
    "Internal rate of return: the rate at which the net present value is 0, told by the year; none where flows do not "
    "change sign, and not one where they change it more often (Descartes' rule of signs).",
    "Payback: months until cumulative flows are 0 or more for good, with the part of the last month; discounted: the "
    "same of flows at their worth now.",
    "ROI: (benefit - cost) / cost, cost being the deepest that cumulative flows go and benefit what comes back from "
    "there on, so that it is the last cumulative flow over what is put in; not discounted.",
    "Cost at full features: cost, less what machines are sold for, over parity, the part of the features needed that "
    "an option has.",
    "Build against buy: net flows are the other's cost less its own, and its income less the other's (incremental "
    "flows); build wins where their net present value is above 0.",
)
BANDS: Final = (
    "Bands: 5 % and 95 % of the draws; figures without a band are at the middle of every input. Shares of the "
    "variance: squared rank correlation, over their sum (Saltelli et al., Global Sensitivity Analysis, 2008)."
)
HOURS: Final = (
    "An own hour: (capital + power drawn while idle + colocation + staff) / utilisation + power that use adds, each by "
    "PUE and electricity; capital is the even payment over the life that is worth the price less what is got back, at "
    "the discount rate. A commitment pays above a utilisation of 1 - discount."
)
SCALE: Final = (
    "Cost at scale: fixed + linear x volume + coefficient x volume^exponent; the exponent is given, fitted by least "
    "squares on logarithms, or 1 + log2 of what a doubling leaves of the cost of a unit (Wright, 1936)."
)
_SPREADS: Final = {
    "triangular": "lowest, likeliest, highest", "uniform": "lowest, highest", "normal": "5 %, 95 %",
    "lognormal": "5 %, 95 %",
}  # fmt: skip


def input_section(case: Case) -> CaseSection:
    """Every number that the case rests on, with where it is from."""
    mine = sum(one.tag == "U" for one in case.inputs)
    unsourced = len(unsourced_of(case))
    spread = sum(one.lo is not None for one in case.inputs)
    lead = (
        f"{plural(len(case.inputs), 'number')}: {mine} of the case's author, {spread} of them uncertain, {unsourced} "
        "without a source that should have one."
    )
    left = len(case.inputs) - MOST
    table = CaseTable(
        "inputs", "Assumptions", (Column("What"), Column("Value", number=True), Column("90 % band", number=True),
                                  Column("Form"), Column("Source"), Column("Evidence")),
        tuple(input_line(one) for one in case.inputs[:MOST]),
        note=f"{plural(left, 'more number')} in plan.json." if left > 0 else "", paper_rows=PAPER,
    )  # fmt: skip
    return CaseSection("inputs", "Assumptions", lead, tables=(table,))


def input_line(one: CaseInput, *, keyed: bool = True) -> Line:
    """A number with its band, its form and who says so."""
    told = FORMS.get(one.form, said(one.form))
    written = ", ".join(input_value(value, _plain(one.unit)) for value in one.written[:3])
    words = _SPREADS.get(one.form, "")
    return line(
        Cell(input_text(one), clean(shorten(one.key, 70)) if keyed else ""), input_value(one.value, one.unit),
        band_of(one), Cell(told or "known", f"{words} {written}".strip() if written else ""),
        source_text(one, 160), Cell(one.tag, TAGS.get(one.tag, clean(one.tag))),
    )  # fmt: skip


def source_text(one: CaseInput, letters: int) -> str:
    """Who says so; that it is a default, whoever is named for its block, or that nobody is named."""
    return "a default of the planner" if one.tag == "E" else shorten(one.source, letters) or "nobody is named"


def unsourced_of(case: Case) -> list[CaseInput]:
    """Numbers of the author that name no source and should: horizon, discount rate and other courses are chosen."""
    chosen = ("horizon", "discount_rate")
    mine = [one for one in case.inputs if one.tag == "U" and not one.source]
    return [one for one in mine if one.key not in chosen and not one.key.startswith("scenarios.")]


def band_of(one: CaseInput) -> str:
    """`$8,000 to $12,000`; `none` of a known number."""
    if one.lo is None or one.hi is None:
        return "none"
    unit = _plain(one.unit)
    return f"{input_value(one.lo, unit)} to {input_value(one.hi, unit)}"


def _plain(unit: str) -> str:
    return {"usd/month": "usd", "usd/year": "usd", "share/year": "share"}.get(unit, unit)


def method_section(case: Case) -> CaseSection:
    """Formulas in words with their sources, and the plans that the case follows."""
    names = titles(case)
    follows = [line(names[one.name], shorten(text, 240)) for one in case.options for text in one.follows[:20]]
    tables = (CaseTable("follows", "Plans that it follows", (Column("Option"), Column("Plan")), tuple(follows[:60])),) \
        if follows else ()  # fmt: skip
    more = [BANDS if case.draws else "", HOURS if case.hours is not None else "", SCALE if case.scale else ""]
    lead = (
        f"{case.draws:,} draws of all uncertain inputs, seed {case.seed}." if case.draws
        else "Nothing in the case is uncertain, so no figure has a band."
    )  # fmt: skip
    return CaseSection("method", "How it is reckoned", lead, tables=tables, points=(*FORMULAS, *filter(None, more)))
