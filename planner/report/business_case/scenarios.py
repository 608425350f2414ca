"""The section `scenarios`: the case in other courses of the world."""

from planner.outcome.business_case import Case
from planner.outcome.configuration import Figure
from planner.report.business_case.words import amount, line, main_options, share, times, titles
from planner.report.data.business_case_parts import CaseSection, CaseTable
from planner.report.data.review_parts import Cell, Column
from planner.report.names import shorten
from planner.units import chance_text


def scenario_section(case: Case) -> CaseSection | None:
    """The case in other courses of the world."""
    if not case.scenarios:
        return None
    names = titles(case)
    shown = main_options(case, 4)
    turned = [
        course_text(one.name)
        for one in case.scenarios
        if case.decision and one.choice and one.choice != case.decision.choice
    ]
    told = f"In {len(turned)} of {len(case.scenarios)} the answer turns: {', '.join(turned[:4])}." if turned \
        else "In none of them the answer turns." if case.decision else ""  # fmt: skip
    columns = [Column("Course"), Column("Demand"), Column("Prices fall", number=True),
               *(Column(f"{names[one.name]}, present cost", number=True) for one in shown)]  # fmt: skip
    decided = case.decision is not None
    if decided:
        columns += [Column("Take"), Column("Build wins", number=True)]
    rows = []
    for one in case.scenarios:
        texts: list[str | Cell] = [
            course_text(one.name), Cell(f"{times(one.demand)} today's",
                                                   f"grows by {_rate(one.demand_growth_per_year)}"),
            _rate(one.price_decline_per_year),
            *(Cell(amount(one.present_cost_usd.get(option.name)), _npv(one.npv_usd.get(option.name)))
              for option in shown),
        ]  # fmt: skip
        if decided:
            chance = one.chance_build_wins
            texts += [names.get(one.choice, "neither"), "certain" if chance is None else chance_text(chance)]
        rows.append(line(*texts))
    note = "Small print is the net present value." if any(v is not None for s in case.scenarios
                                                          for v in s.npv_usd.values()) else ""  # fmt: skip
    table = CaseTable("scenarios", "Other courses of the world", tuple(columns), tuple(rows), note=note)
    return CaseSection("scenarios", "Other courses of the world", told, tables=(table,))


def course_text(name: str) -> str:
    """`demand_halves` as `demand halves`."""
    return shorten(name.replace("_", " "), 40)


def _rate(value: Figure) -> str:
    return "unknown" if value is None else f"{share(value)} a year"


def _npv(value: Figure) -> str:
    return "" if value is None else f"NPV {amount(value)}"
