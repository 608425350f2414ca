"""Inputs of an estimate moved by a factor, through the formulas themselves: price, speed, preemption, tokens, gain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import expit

from planner.catalog.rows import Bools, Floats, Ints, Offers
from planner.choose.decide import Points
from planner.estimate.carbon import node_kw
from planner.estimate.joined import join
from planner.estimate.lengths import Lengths
from planner.estimate.pairs import Workload, build_workload
from planner.estimate.prior import quality_terms
from planner.estimate.shaped import ShapeColumns
from planner.estimate.speed import step_time
from planner.estimate.trial import trial_of
from planner.kinds.advise.rivals import sold_alike
from planner.kinds.advise.tried import Tried, estimate, held, taken
from planner.kinds.evaluate import Block, Picked
from planner.kinds.problem import Problem
from planner.units import SECONDS_PER_HOUR

Input = Literal["price", "speed", "preemption", "tokens", "gain"]
INPUTS: tuple[Input, ...] = ("price", "speed", "preemption", "tokens", "gain")


@dataclass(frozen=True, slots=True)
class Case:
    """All points under one factor."""

    points: Points
    passes: Bools
    """What runs and keeps to the limits then."""


def shifted(base: Tried, own: int, moved: Input, factors: Sequence[float]) -> list[Case]:
    """The points under each factor on one input.

    `price` is that of the own point's machine at its seller and tier, in any region; `speed` that of its card, stack
    and method; the other inputs are those of all points.
    """
    makers: Mapping[Input, Callable[[Tried, int, Sequence[float]], list[Case]]] = {
        "price": _price,
        "speed": _speed,
        "preemption": _preemption,
        "tokens": _tokens,
        "gain": _gain,
    }
    return makers[moved](base, own, factors)


def _price(base: Tried, own: int, factors: Sequence[float]) -> list[Case]:
    mine = sold_alike(base.picked.joined.offers, own)

    def priced(offers: Offers, factor: Floats) -> Offers:
        tiled = np.tile(mine, len(factors))
        return replace(offers, price_usd_per_hour=offers.price_usd_per_hour * np.where(tiled, factor, 1.0))

    return _joined(base, factors, priced)


def _preemption(base: Tried, own: int, factors: Sequence[float]) -> list[Case]:
    def lost(offers: Offers, factor: Floats) -> Offers:
        return replace(offers, preemption_per_hour=offers.preemption_per_hour * factor)

    return _joined(base, factors, lost)


def _joined(base: Tried, factors: Sequence[float], change: Callable[[Offers, Floats], Offers]) -> list[Case]:
    """The points on changed offers, all factors at once."""
    n, k = len(base.points), len(factors)
    columns = _columns(base, np.tile(base.picked.pair, k))
    offers = change(base.picked.joined.offers.take(np.tile(np.arange(n), k)), np.repeat(factors, n))
    return _cases(base, columns, offers, k)


def _columns(base: Tried, pair: Ints) -> ShapeColumns:
    """(1, n) columns of these pairs."""
    columns = base.picked.block.shaped.columns
    recipe, shape = np.divmod(pair, columns.memory_gib.shape[1])
    return columns.at(recipe, shape)


def _cases(base: Tried, columns: ShapeColumns, offers: Offers, k: int) -> list[Case]:
    n, picked = len(base.points), base.picked
    everyone = np.arange(n * k)
    tiled = Picked(
        picked.block, np.tile(picked.recipe, k), np.tile(picked.offer, k), np.tile(picked.pair, k),
        join(columns, offers, everyone),
    )  # fmt: skip
    tried = held(base.problem, tiled)
    passes = tried.passes
    return [Case(taken(tried.points, everyone[i * n : (i + 1) * n]), passes[i * n : (i + 1) * n]) for i in range(k)]


def _speed(base: Tried, own: int, factors: Sequence[float]) -> list[Case]:
    """Products and attention run `factor` times as fast; launches, communication and the optimizer as before."""
    n, k = len(base.points), len(factors)
    mine = np.tile(base.points.machine == base.points.machine[own], k)
    factor = np.where(mine, np.repeat(factors, n), 1.0)
    columns = _rerun(base, base.picked.block.shaped.work, base.problem.lengths, k, factor)
    columns = replace(columns, evaluate_hours=columns.evaluate_hours / factor)
    return _cases(base, columns, base.picked.joined.offers.take(np.tile(np.arange(n), k)), k)


def _rerun(base: Tried, work: Workload, lengths: Lengths, k: int, speed: Floats) -> ShapeColumns:
    """Columns of all points, `k` times over, with steps timed anew for this work; inner choices are kept."""
    picked, facts, shaped = base.picked, base.problem.facts, base.picked.block.shaped
    recipes, pairs, choice = shaped.recipes, shaped.pairs, shaped.choice
    pair = np.tile(picked.pair, k)
    trial = trial_of(
        recipes, pairs, work, lengths, facts, pair, choice.parallelism[pair], choice.checkpointing[pair],
        choice.micro_batch[pair],
    )  # fmt: skip
    inputs = replace(trial.speed_inputs, k_stack=trial.speed_inputs.k_stack * speed)
    seconds = step_time(inputs, trial.tokens, trial.grad_accum).total
    per_gpu = trial.tokens * choice.replicas[pair] * trial.grad_accum / inputs.layout.gpus
    mfu = inputs.flops.model * per_gpu / (seconds * inputs.peak_flops_s)
    kw = node_kw(pairs.gpus[pair], facts.gpu["tdp_w"][pairs.gpu[pair]], mfu)
    train = work.steps[pairs.recipe[pair]] * seconds / SECONDS_PER_HOUR
    return replace(_columns(base, pair), train_hours=train[None], kw=kw[None])


def _tokens(base: Tried, own: int, factors: Sequence[float]) -> list[Case]:
    """Every sample is `factor` times as long; what is cut at the longest length allowed is cut.

    Packed sequences are as long as before, only more of them: inner choices are kept. Padded ones are chosen anew.
    """
    lengths, picked, found = base.problem.lengths, base.picked, []
    for factor in factors:
        longer = replace(lengths, sorted_tokens=np.maximum(1.0, lengths.sorted_tokens * factor))
        problem = replace(base.problem, lengths=longer)
        if picked.block.shaped.work.packed.all():
            found += _repacked(base, problem)
        else:
            tried = estimate(problem, picked.block.recipes, picked.recipe, picked.offer)
            found.append(Case(tried.points, tried.passes))
    return found


def _repacked(base: Tried, problem: Problem) -> list[Case]:
    """The points with other lengths, their inner choices kept."""
    picked, facts, methods = base.picked, problem.facts, problem.space.recipes.methods
    recipes, old = picked.block.recipes, picked.block.shaped.work
    work = build_workload(recipes, problem.lengths)
    columns = _rerun(base, work, problem.lengths, 1, np.ones(len(base.points)))
    with np.errstate(invalid="ignore", divide="ignore"):
        evaluated = np.where(old.evaluation_tokens > 0, work.evaluation_tokens / old.evaluation_tokens, 1.0)
    columns = replace(
        columns,
        evaluate_hours=columns.evaluate_hours * evaluated[picked.recipe],
        tokens_to_prepare=work.prepared_tokens[picked.recipe][None],
    )
    quality = quality_terms(recipes, work, problem.baseline, methods, facts)
    block = Block(replace(picked.block.shaped, work=work), quality)
    moved = replace(base, picked=replace(picked, block=block), problem=problem)
    return _cases(moved, columns, picked.joined.offers, 1)


def _gain(base: Tried, own: int, factors: Sequence[float]) -> list[Case]:
    """Tuning gains `factor` times as much, of every recipe."""
    p, floor, found = base.points, next((x for x in base.problem.limits if x.name == "quality.floor.q"), None), []
    for factor in factors:
        logit = p.quality_logit + (factor - 1.0) * p.gain
        points = replace(p, quality=expit(logit), quality_logit=logit, gain=p.gain * factor)
        passes = base.passes
        if floor is not None:
            passes = _without(base, floor.name) & ~floor.broken(points.quality)
        found.append(Case(points, passes))
    return found


def _without(base: Tried, limit: str) -> Bools:
    """What passes when one limit is not asked."""
    return replace(base, broken={name: hit for name, hit in base.broken.items() if name != limit}).passes
