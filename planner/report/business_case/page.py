"""Case → CaseData: all formatting is decided here, nothing is computed in a template."""

from typing import Final

from planner.outcome.business_case import Case
from planner.report.business_case.against import decision_section
from planner.report.business_case.answer import headline_of
from planner.report.business_case.breakdown import breakdown_section
from planner.report.business_case.cash import cash_section
from planner.report.business_case.curves import charts_of
from planner.report.business_case.executive import executive_of
from planner.report.business_case.factors import factor_section
from planner.report.business_case.hours import hour_section, scale_section
from planner.report.business_case.inputs import input_section, method_section
from planner.report.business_case.one_page import fitted
from planner.report.business_case.options import option_section
from planner.report.business_case.scenarios import scenario_section
from planner.report.business_case.sensitivity import sensitivity_section
from planner.report.business_case.units import unit_section
from planner.report.business_case.words import horizon_text, main_options, per_year, titles
from planner.report.data.business_case import CaseData
from planner.report.names import clean, shorten
from planner.report.sections.caveats import assumed, warnings_of
from planner.report.sections.details import command_of
from planner.report.sections.title import labels_of, sources_of, title_head
from planner.units import money, significant

OWN: Final = 3
"""Options whose cost is told in the scenario's currency."""


def case_data(case: Case) -> CaseData:
    """All that a report of this case prints."""
    sections = (
        option_section(case), decision_section(case), cash_section(case), breakdown_section(case), unit_section(case),
        sensitivity_section(case), scenario_section(case), hour_section(case), scale_section(case),
        factor_section(case), input_section(case), method_section(case),
    )  # fmt: skip
    title, labels = title_head(case, [("Seed", str(case.seed))] if case.draws else []), labels_of(case)
    own = _money(case)
    facts = sum(len(key) + len(value) + 3 for key, value in (*title.facts, *labels))
    return CaseData(
        title=title,
        feasible=any(one.cost_usd.value is not None for one in case.options),
        headline=headline_of(case),
        horizon=horizon_text(case),
        sections=tuple(one for one in sections if one is not None),
        charts=charts_of(case),
        executive=fitted(
            executive_of(case), name=len(title.name), facts=facts, question=len(title.question), money=len(own)
        ),
        assumptions=tuple(map(assumed, case.assumptions)),
        sources=sources_of(case),
        warnings=tuple(dict.fromkeys(warnings_of(case.warnings))),
        labels=labels,
        money=own,
        basis=_basis(case),
        command=command_of(case),
    )


def _basis(case: Case) -> str:
    bands = "Bands are 90 %." if case.draws else "Nothing is uncertain, so no figure has a band."
    return (
        f"Money is in USD, before income tax and financing; {horizon_text(case)} from now, discounted at "
        f"{per_year(case.discount_rate_per_year)}. {bands}"
    )


def _money(case: Case) -> str:
    """`In EUR: In-house 412,000, … (1 EUR = 1.09 USD on …).`; empty where the scenario names no currency."""
    c = case.currency
    if c is None:
        return ""
    code, names = clean(c.code), titles(case)
    told = [f"{names[one.name]} {_own(one.cost_usd.value, c.usd_per_unit, code)}" for one in main_options(case, OWN)]
    saved = case.decision.saved_usd.value if case.decision is not None else None
    worth = "" if saved is None else (
        f"; {'building' if saved >= 0 else 'buying'} is worth {_own(abs(saved), c.usd_per_unit, code)} more at present "
        "value"
    )  # fmt: skip
    rate = f"1 {code} = {significant(c.usd_per_unit, 5)} USD on {clean(c.as_of)}, {shorten(c.source, 60)}"
    return f"In {code} the options cost: {', '.join(told)}{worth} ({rate})."


def _own(value_usd: float | None, usd_per_unit: float, code: str) -> str:
    return money(None if value_usd is None else value_usd / usd_per_unit, code)
