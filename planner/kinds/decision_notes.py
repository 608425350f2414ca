"""What is said about each decision: its rule, what is too close to call, how safe it is, and the next choices."""

from collections.abc import Sequence

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.decide import Decision, Points, beats, decide
from planner.choose.dominance import ROBUST, no_worse
from planner.choose.margins import margin, rivals
from planner.choose.preferences import Preferences, preferred
from planner.kinds.evaluate import pick
from planner.kinds.limited import keeps_together
from planner.kinds.limits import kept_limits
from planner.kinds.problem import Problem
from planner.outcome import Configuration, DecisionNote, Pairing, Rival
from planner.outcome.difference_words import choice_text
from planner.outcome.method_words import method_name
from planner.scenario.decide import Decide
from planner.scenario.fine_tune import FineTune
from planner.units import chance_text, duration, quality_q, usd

RIVALS = 3
"""Next choices that are told for each decision."""
BETTER = {"cost": "cheaper", "time": "faster", "quality": "better", "carbon": "lower in emissions"}


def decisions(points: Points, scenario: FineTune) -> tuple[list[Decision], dict[str, str]]:
    """All decisions of a scenario on its front, and why one that it asks for is undefined, by name."""
    further, undefined = preferred(points, preferences(scenario.decide))
    return [*decide(points, scenario.objectives), *further], undefined


def preferences(block: Decide) -> Preferences:
    """The block `decide:` as numbers."""
    weights = {} if block.topsis is None else block.topsis.model_dump()
    if block.epsilon is None:
        return Preferences(weights, block.order())
    bounds = {name: value for name, value in block.epsilon.within.model_dump().items() if value is not None}
    return Preferences(weights, block.order(), block.epsilon.objective, bounds)


def decision_notes(
    points: Points, front: list[Configuration], chosen: Sequence[Decision], undefined: dict[str, str],
    objectives: Sequence[str], choice: Ints, keeps: Floats | None, limits: str,
) -> dict[str, DecisionNote]:  # fmt: skip
    """A note for every decision, and for those that are undefined; `keeps` as `chances_of_keeping` gives them.

    `limits` is what they keep to, in words.
    """
    notes = {}
    for i, decision in enumerate(chosen):
        known = None if keeps is None or np.isnan(keeps[i]) else round(float(keeps[i]), 4)
        notes[decision.name] = decision_note(decision, points, front, objectives, choice, known, limits)
    for name, why in undefined.items():
        notes[name] = DecisionNote(text=f"{name}: {why}", rule=why, undefined=True)
    return notes


def chances_of_keeping(problem: Problem, rows: Ints) -> Floats | None:
    """Probability, by row, of keeping to the limits on cost, time and emissions together; None without such limits."""
    if not len(rows) or not kept_limits(problem.limits).any():
        return None
    picked = pick(problem, rows)
    return np.asarray(keeps_together(problem, picked.joined, picked.figures())).reshape(-1)


def decision_note(
    decision: Decision, points: Points, front: list[Configuration], objectives: Sequence[str], choice: Ints,
    keeps: float | None, limits: str,
) -> DecisionNote:  # fmt: skip
    """The rule in words, what is too close to call, how far the next choice is behind, and how sure all that is."""
    c = front[decision.point]
    rule = decision.rule
    # The rule of `best` counts them itself: those that are also within reach of the highest quality.
    if len(decision.within_noise) and decision.name != "best":
        n = len(decision.within_noise)
        rule += f"; {n} other point{'s' if n > 1 else ''} of the front cannot be told from it on that"
    kept = "" if keeps is None else f"; {chance_text(keeps)} likely to keep to {limits}"
    text = (
        f"{decision.name}: {c.model} by {method_name(c.method['name'])} on {c.hardware.count}x {c.hardware.gpu} "
        f"({c.offer.seller} {c.offer.region}, {c.offer.tier.replace('_', '-')}), {usd(c.cost_usd)}, "
        f"{duration(c.hours)}, q {quality_q(c.quality)}; {rule}{kept}"
    )
    ahead = margin(points, decision, choice)
    return DecisionNote(
        text=text,
        rule=rule,
        within_noise=[front[i].id for i in decision.within_noise],
        margin=None if ahead is None else round(ahead.share, 6),
        margin_of="" if ahead is None else ahead.of,
        rival="" if ahead is None else front[ahead.rival].id,
        undefined=decision.undefined,
        keeps=keeps,
        rivals=_rivals(decision, points, front, objectives, rivals(decision, choice, RIVALS)),
    )


def _rivals(
    decision: Decision, points: Points, front: list[Configuration], objectives: Sequence[str], others: list[int]
) -> list[Rival]:
    """How sure a decision is against other points."""
    if not others:
        return []
    at = np.array(others)
    chances = {name: beats(points, decision.point, at, name) for name in objectives}
    all_of_it = no_worse(points, decision.point, at, objectives)
    found = []
    for i, point in enumerate(others):
        mine = {name: _known(column[i]) for name, column in chances.items()}
        # Whoever is best by a hair was chosen for its cost among equals.
        told = [name for name in mine if name == decision.of or (decision.name == "best" and name == "cost")] or [*mine]
        words = [f"{chance_text(p)} likely {BETTER[name]}" for name in told if (p := mine[name]) is not None]
        if all_of_it[i] >= ROBUST:
            words.append(f"{chance_text(all_of_it[i])} likely no worse on every objective")
        text = f"{', '.join(words) or 'not comparable'} than {choice_text(front[point])}"
        found.append(Rival(id=front[point].id, text=text, probability=mine, no_worse=_known(all_of_it[i])))
    return found


def pairings(
    chosen: list[Decision], points: Points, front: list[Configuration], objectives: Sequence[str]
) -> list[Pairing]:
    """How likely each decision beats each other one, per objective, and is no worse on all of them at once."""
    distinct = list(dict.fromkeys(d.point for d in chosen))
    found = []
    for i, a in enumerate(distinct):
        others = np.array(distinct[i + 1 :], np.int64)
        if not len(others):
            continue
        chances = {name: beats(points, a, others, name) for name in objectives}
        forth = no_worse(points, a, others, objectives)
        for j, b in enumerate(others.tolist()):
            back = no_worse(points, b, np.array([a]), objectives)[0]
            found.append(
                Pairing(
                    a=front[a].id, b=front[b].id,
                    probability={name: _known(column[j]) for name, column in chances.items()},
                    a_no_worse=_known(forth[j]), b_no_worse=_known(back),
                )
            )  # fmt: skip
    return found


def _known(p: float) -> float | None:
    return None if np.isnan(p) else round(float(p), 4)
