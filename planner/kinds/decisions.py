"""Decisions of a plan: the front as columns, and what is said about each choice."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.decide import Decision, Points, beats
from planner.estimate import bands
from planner.kinds.evaluate import Problem, evaluate
from planner.outcome import Configuration, DecisionNote, Pairing
from planner.units import duration, significant, usd


def front_points(problem: Problem, rows: Ints) -> Points:
    """The front as columns for decisions."""
    recipe_rows, offer = np.divmod(rows, problem.offers)
    unique, r = np.unique(recipe_rows, return_inverse=True)
    parts: list[dict[str, Any]] = []
    for start in range(0, len(unique), 256):
        evaluated = evaluate(problem, unique[start : start + 256])
        mine = np.flatnonzero((r >= start) & (r < start + 256))
        at = r[mine] - start, offer[mine]
        offers, facts, recipes, q = (
            problem.space.market.offers,
            problem.facts,
            evaluated.recipes,
            evaluated.quality,
        )
        gpu, method = (
            offers.gpu[at[1]],
            np.array([m.index for m in problem.space.recipes.methods])[recipes.method[at[0]]],
        )
        stack = recipes.stack[at[0]]
        price_sd = np.array([bands.PRICE_SD[word] for word in offers.confidence[at[1]].tolist()])
        parts.append({
            "row": mine, "cost_usd": evaluated.joined.cost.total[at], "hours": evaluated.joined.timing.hours.total[at],
            "quality": q.q[at[0]], "quality_logit": q.logit[at[0]], "carbon_kg": evaluated.joined.carbon_kg[at],
            "gain": q.gain[at[0]], "base_sd": q.base_sd[at[0]], "method_sd": q.method_sd[at[0]],
            "speed_sd": bands.combined(facts.gpu["sigma_ln"][gpu], facts.stack_sigma[stack, method]),
            "own_sd": bands.combined(price_sd, np.where(offers.spot[at[1]], bands.SPOT_SD, 0.0)),
            "model": recipes.model[at[0]], "method": method, "machine": (gpu * 1000 + stack) * 1000 + method,
        })  # fmt: skip
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns.pop("row"), kind="stable")
    return Points(**{name: column[order] for name, column in columns.items()})


def decision_note(decision: Decision, points: Points, front: list[Configuration]) -> DecisionNote:
    """The rule in words, and what is too close to call."""
    c = front[decision.point]
    text = (
        f"{decision.name}: {c.model} by {c.method['name']} on {c.hardware.count}x {c.hardware.gpu} "
        f"({c.offer.provider} {c.offer.region}, {c.offer.tier.replace('_', '-')}), {usd(c.cost_usd)}, "
        f"{duration(c.hours)}, q {significant(c.quality, 2)}; {decision.rule}"
    )
    if len(decision.within_noise):
        n = len(decision.within_noise)
        text += f"; {n} other point{'s' if n > 1 else ''} of the front cannot be told from it on that"
    return DecisionNote(text=text, within_noise=[front[i].id for i in decision.within_noise])


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
