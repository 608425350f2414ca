"""The case in the other courses of the world that it names."""

from planner.kinds.business_case.book import Book, refuse_boundless
from planner.kinds.business_case.compared import chance_in, choice_in, compared, pair_of
from planner.kinds.business_case.courses import changed_by
from planner.kinds.business_case.figures import figure
from planner.kinds.business_case.option_results import tally
from planner.kinds.business_case.world import DECLINE, GROWTH
from planner.outcome.business_case import ScenarioResult


def scenario_results(book: Book) -> list[ScenarioResult]:
    """Each scenario at the middle of all other inputs, and how likely building wins in the same draws."""
    build, buy = compared(book.scenario)
    found = []
    for named in book.scenario.scenarios:
        middle = book.middle.with_values(changed_by(named, book.middle.values))
        drawn = None if book.drawn is None else book.drawn.with_values(changed_by(named, book.drawn.values))
        for course in (middle, drawn):
            refuse_boundless(course, book.options, f"scenario {named.name}, ")
        npv = {owned.name: None if (pair := pair_of(book, owned)) is None else figure(pair.npv_usd(book, middle))
               for owned in book.options}  # fmt: skip
        found.append(
            ScenarioResult(
                name=named.name,
                demand_growth_per_year=figure(middle.values[GROWTH]),
                price_decline_per_year=figure(middle.values[DECLINE]),
                demand=named.demand,
                present_cost_usd={owned.name: figure(tally(middle, owned).present_cost) for owned in book.options},
                npv_usd=npv,
                choice=choice_in(middle, book.named(build), book.named(buy)) if build else "",
                chance_build_wins=chance_in(book, drawn, book.named(build), book.named(buy)) if build else None,
            )
        )
    return found
