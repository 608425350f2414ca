"""Decisions of a plan: the front as columns, and what is said about each choice."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.decide import Decision, Points, beats
from planner.choose.margins import margin
from planner.estimate import bands
from planner.kinds.evaluate import Picked, pick
from planner.kinds.problem import Problem
from planner.outcome import Configuration, DecisionNote, Pairing
from planner.outcome.difference_words import choice_key
from planner.units import duration, significant, usd

BATCH = 5_000
"""Front points estimated at a time."""


def front_points(problem: Problem, rows: Ints) -> Points:
    """The front as columns for decisions."""
    batches = [_points(problem, pick(problem, rows[i : i + BATCH])) for i in range(0, len(rows), BATCH)]
    return Points(**{name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]})


def _points(problem: Problem, picked: Picked) -> dict[str, Any]:
    offers, r = picked.joined.offers, picked.recipe
    recipes, q = picked.block.recipes, picked.block.quality
    choice, stack = recipes.method[r], recipes.stack[r]
    method = np.array([m.index for m in problem.space.recipes.methods])[choice]
    targets = recipes.code("method.targets")[r]
    figures = picked.figures()
    hours_luck, billed_luck = (luck[0] for luck in picked.joined.luck())
    price_sd = np.array([bands.PRICE_SD[word] for word in offers.confidence.tolist()])
    return {
        "cost_usd": figures["cost"],
        "hours": figures["time"],
        "quality": figures["quality"],
        "carbon_kg": figures["carbon"],
        "quality_logit": q.logit[r],
        "gain": q.gain[r],
        "capacity": q.capacity[r],
        "overfit": q.overfit[r],
        "base_sd": q.base_sd[r],
        "method_sd": q.method_sd[r],
        "speed_sd": picked.joined.speed_sd[0],
        "price_sd": price_sd,
        "luck_sd": billed_luck,
        "hours_luck_sd": hours_luck,
        "model": recipes.model[r],
        "method": choice * 100 + targets,
        "machine": (offers.gpu * 1000 + stack) * 1000 + method,
        "offer": picked.offer,
    }


def choices(front: list[Configuration]) -> Ints:
    """A code per point: points with the same model, method, card and number of cards are one choice."""
    codes: dict[tuple[Any, ...], int] = {}
    return np.array([codes.setdefault(choice_key(c), len(codes)) for c in front], np.int64)


def decision_note(
    decision: Decision, points: Points, front: list[Configuration], objectives: Sequence[str], choice: Ints
) -> DecisionNote:
    """The rule in words, what is too close to call, and how far the next choice is behind."""
    c = front[decision.point]
    rule = decision.rule
    if len(decision.within_noise):
        n = len(decision.within_noise)
        rule += f"; {n} other point{'s' if n > 1 else ''} of the front cannot be told from it on that"
    text = (
        f"{decision.name}: {c.model} by {c.method['name']} on {c.hardware.count}x {c.hardware.gpu} "
        f"({c.offer.seller} {c.offer.region}, {c.offer.tier.replace('_', '-')}), {usd(c.cost_usd)}, "
        f"{duration(c.hours)}, q {significant(c.quality, 2)}; {rule}"
    )
    ahead = margin(points, decision, objectives, choice)
    note = DecisionNote(text=text, rule=rule, within_noise=[front[i].id for i in decision.within_noise])
    if ahead is None:
        return note
    return note.model_copy(
        update={"margin": round(ahead.share, 6), "margin_of": ahead.of, "rival": front[ahead.rival].id}
    )


def pairings(
    chosen: list[Decision], points: Points, front: list[Configuration], objectives: Sequence[str]
) -> list[Pairing]:
    """How likely each decision beats each other one, per objective."""
    distinct = list(dict.fromkeys(d.point for d in chosen))
    found = []
    for i, a in enumerate(distinct):
        for b in distinct[i + 1 :]:
            chances = {name: float(beats(points, a, np.array([b]), name)[0]) for name in objectives}
            found.append(
                Pairing(
                    a=front[a].id, b=front[b].id,
                    probability={name: None if np.isnan(p) else round(p, 4) for name, p in chances.items()},
                )
            )  # fmt: skip
    return found
