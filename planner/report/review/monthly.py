"""The agenda of the monthly review: the result, whose it is, unit costs, what to change, how good plans were."""

from collections.abc import Iterator

from planner.outcome.review import Review
from planner.report.data.review_parts import Topic
from planner.report.review.advice import advice_sentence, apart
from planner.report.review.budgets import budgets_sentence
from planner.report.review.decisions import decisions_of
from planner.report.review.drivers import moved_sentence
from planner.report.review.facts import change_sentence, dimension_of, named_few, owner_of, period_text, spent_usd
from planner.report.review.kpis import kpi_sentence
from planner.report.review.models import model_sentence
from planner.report.review.plans import plan_sentence
from planner.report.review.shares import attribution_sentence
from planner.report.review.words import name_of
from planner.units import usd


def monthly_topics(review: Review) -> Iterator[Topic]:
    """In the order in which they are talked about."""
    owner, found, spent = owner_of(review), decisions_of(review), spent_usd(review)
    if spent is not None:
        change = f", {change_sentence(review)}" if review.change is not None else ""
        drove = f" {moved_sentence(review.change)}" if review.change is not None else ""
        yield Topic("Result of the month", f"{period_text(review)} cost {usd(spent)}{change}.{drove}",
                    "Is the change what was wanted?", owner)  # fmt: skip
    team = dimension_of(review, "team")
    if team is not None and review.statements:
        teams = [name_of(one.value) for one in review.statements if one.value]
        yield Topic("Statements of the teams", attribution_sentence(team),
                    "Does every team accept its statement? Who owns what nothing attributes?",
                    named_few(teams, 6, "team") or owner)  # fmt: skip
    if review.budgets:
        yield Topic("Budgets", budgets_sentence(review), "Which budget changes, and who agrees to it?", owner)
    if review.unit_costs:
        missed = [one.who for one in found if one.kind == "unit_cost"]
        yield Topic("Unit costs and efficiency", kpi_sentence(review),
                    "Which target is missed for good, and what is done?",
                    named_few(list(dict.fromkeys(missed)), 4, "team") or owner)  # fmt: skip
    if review.models:
        yield Topic("Models", model_sentence(review), "Which model is retired, tuned again or served otherwise?",
                    owner)  # fmt: skip
    if review.advice:
        people = list(dict.fromkeys(one.who for one in found if one.kind == "advice"))
        first = apart(review.advice)[0]
        yield Topic("What to change", f"{advice_sentence(review)} The largest: {usd(first.per_month_usd)} a month.",
                    "Which changes are adopted, who makes them, by when?", named_few(people, 4, "team"))  # fmt: skip
    if review.against_plans is not None and review.against_plans.matched:
        yield Topic("Plans against what came", plan_sentence(review.against_plans),
                    "Which plans were wrong, and are these runs taken into the next calibration?", owner)  # fmt: skip
