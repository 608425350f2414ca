"""Build against buy: the decision, how sure it is, and the volumes at which it turns."""

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.build_or_buy import decide, weighted_score
from planner.estimate.finance.cost_curves import CostLine, crossover
from planner.estimate.finance.uncertainty import chance_of_less
from planner.kinds.business_case.book import Book, Owned
from planner.kinds.business_case.course import Course, whole
from planner.kinds.business_case.figures import banded, figure
from planner.kinds.business_case.lines import Line
from planner.kinds.business_case.returned import Pair, returns_of
from planner.outcome.business_case import BuildOrBuy, CrossoverVolume
from planner.outcome.configuration import Figure
from planner.scenario.business_case import BusinessCase
from planner.units import usd

_BEST_SCORE = 10.0


def baseline_of(scenario: BusinessCase) -> str:
    """The option that others are held against; empty where there is none."""
    if scenario.baseline is not None:
        return scenario.baseline
    keeps = [option.name for option in scenario.options if option.role == "keep"]
    if keeps:
        return keeps[0]
    return compared(scenario)[1]


def compared(scenario: BusinessCase) -> tuple[str, str]:
    """The options to decide between, build and buy; empty where one is lacking."""
    if scenario.compare is not None:
        return scenario.compare.build, scenario.compare.buy
    build, buy = (
        next((option.name for option in scenario.options if option.role == role), "") for role in ("build", "buy")
    )
    return (build, buy) if build and buy else ("", "")


def pair_of(book: Book, owned: Owned) -> Pair | None:
    """What an option's returns are measured by; None of the baseline, and where there is neither it nor income."""
    base = baseline_of(book.scenario)
    if base:
        return None if owned.name == base else Pair(owned, book.named(base))
    return Pair(owned, None) if owned.earns or book.world.revenue else None


def scored(scenario: BusinessCase, owned: Owned) -> Figure:
    """0 to 10 by the weights of factors; None where none is weighed or a score is missing."""
    weights = {name: weight for name, weight in scenario.factors.items() if weight > 0.0}
    if not weights:
        return None
    scores = {name: owned.option.factors.get(name, np.nan) / _BEST_SCORE for name in weights}
    return figure(_BEST_SCORE * weighted_score(scores, weights))


def choice_in(course: Course, build: Owned, buy: Owned) -> str:
    """The option to take in the middle of a course; empty where neither is better, or one is unknown."""
    found = decide(course.flows(build.net(course))[0], course.flows(buy.net(course))[0], course.rate_per_month)
    return {"build": build.name, "buy": buy.name}.get(found.choice, "")


def chance_in(book: Book, course: Course | None, build: Owned, buy: Owned) -> Figure:
    """Probability that building is worth more, in the draws of a course; ties count half."""
    if course is None:
        return None
    saved = whole(Pair(build, buy).npv_usd(book, course), course.draws)
    return figure(chance_of_less(np.zeros(len(saved)), saved))


def decision(book: Book) -> BuildOrBuy | None:
    """The decision between the two options that are compared; None where there are none."""
    names = compared(book.scenario)
    if not all(names):
        return None
    build, buy = (book.named(name) for name in names)
    pair, middle = Pair(build, buy), book.middle
    found = decide(middle.flows(build.net(middle))[0], middle.flows(buy.net(middle))[0], book.rate_per_month)
    choice = {"build": build.name, "buy": buy.name}.get(found.choice, "")
    drawn = None if book.drawn is None else pair.npv_usd(book, book.drawn)
    turns, note = _crossovers(book, build, buy)
    scores = {owned.name: scored(book.scenario, owned) for owned in (build, buy)}
    weighted = _higher(scores)
    return BuildOrBuy(
        build=build.name,
        buy=buy.name,
        choice=choice,
        reason=_reason(book, found.reason, choice, build.name, buy.name, found.saved_usd),
        saved_usd=banded(found.saved_usd, drawn),
        chance_build_wins=chance_in(book, book.drawn, build, buy),
        returns=returns_of(book, pair),
        crossovers=turns,
        crossover_note=note,
        weighted_choice=weighted,
        agrees=(weighted == choice) if weighted and choice else None,
    )


def _reason(book: Book, reason: str, choice: str, build: str, buy: str, saved: float) -> str:
    if not choice:
        return reason
    other = buy if choice == build else build
    return (
        f"at the middle of all inputs {choice} is worth {usd(abs(saved))} more than {other} today, over "
        f"{book.months} months"
    )


def _higher(scores: dict[str, Figure]) -> str:
    """The option of the higher score; empty where they are the same or one is unknown."""
    (first, ours), (second, theirs) = scores.items()
    if ours is None or theirs is None or abs(ours - theirs) <= 1e-9:
        return ""
    return first if ours > theirs else second


def _crossovers(book: Book, build: Owned, buy: Owned) -> tuple[list[CrossoverVolume], str]:
    """Volumes of predictions a month at which the cheaper option changes, over the whole horizon."""
    world, middle = book.world, book.middle
    today = figure(middle.values[world.predictions]) if world.predictions else None
    if today is None or today <= 0.0:
        return [], "demand.predictions_per_month is not told, or 0, so that there is no volume to compare by"
    costs = []
    for owned in (build, buy):
        parts = [_by_volume(book, owned, line) for line in owned.lines]
        fixed, moving = (float(sum(part[k][0] for part in parts)) for k in (0, 1))
        with np.errstate(over="ignore"):
            each = float(np.float64(moving) / today)
        if not np.isfinite(fixed + each):
            return [], f"the cost of {owned.name} for each prediction is unknown, or beyond all numbers"
        costs.append(CostLine(fixed, each))
    users = any(line.driver == "users" for owned in (build, buy) for line in owned.lines)
    basis = (
        f"present costs less own income over {book.months} months, at full features, of volumes that grow as demand "
        f"does; what does not scale with predictions stays{', users too' if users else ''}"
    )
    turn = crossover(costs[0], costs[1])
    if turn is not None and np.isfinite(turn.volume):
        above = build.name if turn.first_is_cheaper_after else buy.name
        times = figure(turn.volume / today)
        return [CrossoverVolume(predictions_per_month=turn.volume, cheaper_above=above, times_today=times)], basis
    return [], f"none: {_always(costs, build.name, buy.name)}; by {basis}"


def _always(costs: list[CostLine], build: str, buy: str) -> str:
    """Which option is the cheaper one at all volumes."""
    ours, theirs = (line.usd_at(1.0) for line in costs)
    if ours == theirs:
        return "both cost the same at any volume"
    return f"{build if ours < theirs else buy} is the cheaper one at any volume"


def _by_volume(book: Book, owned: Owned, line: Line) -> tuple[Floats, Floats]:
    """Present cost of a line that stays, and that which scales with predictions; income counts off."""
    usd_now = owned.costed(book.middle, line) * book.middle.sums(line.form).present
    usd_now = usd_now * (1.0 if line.side == "cost" else -1.0)
    scales = line.driver in ("demand", "predictions") or (
        line.driver == "revenue" and book.world.revenue_by in ("demand", "predictions")
    )
    nothing = np.zeros(1)
    return (nothing, usd_now) if scales else (usd_now, nothing)
