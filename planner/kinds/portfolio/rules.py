"""Rules of the portfolio that take configurations out, each counted: residency, spot machines, unknown emissions."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from planner.kinds.portfolio.options import Option
from planner.scenario.portfolio_limits import SpotRules
from planner.units import share_text

Rule = Callable[[Option], str]
"""Why an option is taken out; empty where it is not."""


def kept(options: Sequence[Option], rules: Sequence[Rule]) -> tuple[tuple[Option, ...], Counter[str]]:
    """The options that no rule takes out, and how many each takes out, by the first that does."""
    found, passed_over = [], Counter[str]()
    for option in options:
        why = next(filter(None, (rule(option) for rule in rules)), "")
        if why:
            passed_over[why] += 1
        else:
            found.append(option)
    return tuple(found), passed_over


def residency_rule(allowed: frozenset[str], words: str) -> Rule:
    """Data may lie in these countries only; an unknown country lies in none."""

    def rule(option: Option) -> str:
        country = option.chosen.country
        if country in allowed:
            return ""
        return f"outside {words}" if country else f"in no known country, where data must lie in {words}"

    return rule


def carbon_rule(option: Option) -> str:
    """With a limit on emissions, they must be known."""
    return "emissions are unknown, and max_carbon limits them" if math.isnan(option.carbon_kg) else ""


def band_rule(option: Option) -> str:
    """With a probability asked of budgets, the band of a cost must be known."""
    return "the cost has no band, and budget_confidence asks for one" if math.isnan(option.sigma) else ""


def saving_rule(spot: SpotRules, options: Sequence[Option]) -> Rule:
    """A spot machine saves enough against the cheapest on-demand configuration of the job that is no worse."""
    least = spot.least_saving or 0.0
    listed = [option for option in options if option.chosen.tier == "on_demand"]

    def rule(option: Option) -> str:
        if option.chosen.tier != "spot" or spot.least_saving is None:
            return ""
        # Unknown quality is no better than any.
        worse = math.isnan(option.quality)
        costs = [other.cost_usd for other in listed if worse or other.quality >= option.quality]
        if not costs:
            return "spot, with nothing on demand that is no worse to compare with"
        enough = option.cost_usd <= (1.0 - least) * min(costs) * (1 + 1e-9)
        return "" if enough else f"spot that saves less than {share_text(least)}"

    return rule


def slack_rule(spot: SpotRules, earliest_hours: float, deadline_hours: float | None) -> Rule:
    """A spot machine has time to spare before the deadline, even from the earliest start."""

    def rule(option: Option) -> str:
        end = spot_end(option, spot, deadline_hours)
        if end is None or earliest_hours + option.hours <= end + 1e-9:
            return ""
        return f"spot, and the deadline leaves less than {share_text(spot.least_slack or 0.0)} of its time over"

    return rule


def spot_end(option: Option, spot: SpotRules, deadline_hours: float | None) -> float | None:
    """Hour by which a run must end so that the deadline leaves enough of its time over; None where any will do."""
    if option.chosen.tier != "spot" or spot.least_slack is None or deadline_hours is None:
        return None
    return deadline_hours - spot.least_slack * option.hours


def emptied(passed_over: Counter[str]) -> str:
    """Why nothing is left of a job's choices."""
    counted = ", ".join(f"{why} ({count:,})" for why, count in sorted(passed_over.items()))
    return f"rules of the portfolio take out all of its configurations: {counted}"
