"""Inside one combination: the sharing, checkpointing and micro-batch that finish first and fit (DESIGN rule 6)."""

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.lengths import Lengths
from planner.estimate.memory import (
    SINGLE,
    ZERO2,
    MemoryTerms,
)  # fmt: skip
from planner.estimate.pairs import CHECKPOINTING, PARALLELISM, Facts, Pairs, Workload
from planner.estimate.speed import StepTime
from planner.estimate.trial import trial_of
from planner.estimate.utilisation import matmul_utilisation
from planner.space.recipes import Recipes

OK, UNSUPPORTED, CONTEXT, INDIVISIBLE, NO_MODE, OUT_OF_MEMORY, MARGIN = range(7)
REASONS: Final = (
    "",
    "not supported on this card",
    "longer than the model's context",
    "batch not divisible by GPUs and micro-batch",
    "stack cannot share a model that way",
    "out of memory",
    "memory margin",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The inner choice of every pair and what follows from it; NaN where nothing can run."""

    verdict: Ints
    parallelism: Ints
    checkpointing: Ints
    micro_batch: Floats
    grad_accum: Floats
    tokens: Floats
    """Tokens per micro-batch and GPU, padding included."""
    memory_gib: Floats
    """Peak of the choice; of the smallest attempt where nothing fits."""
    step_s: Floats


def choose_inner(
    recipes: Recipes, pairs: Pairs, work: Workload, lengths: Lengths, facts: Facts, margin: float
) -> Choice:
    """Try every allowed sharing, checkpointing and micro-batch; keep the fastest whose memory fits with the margin.

    Where no attempt fits with the margin, the one that needs least memory is kept, and the verdict says so.
    """
    n = len(pairs.recipe)
    per_gpu = recipes.number("train.global_batch_size")[pairs.recipe] / pairs.gpus
    divisible = per_gpu == np.floor(per_gpu)
    fixed = recipes.number("train.micro_batch_size")[pairs.recipe]
    batches = _divisors(np.where(divisible, per_gpu, 0.0), fixed)
    usable = facts.gpu["usable_gib"][pairs.gpu]
    too_long = work.sequence[pairs.recipe] > facts.arch.max_context[pairs.model]
    divisible &= (batches > 0).any(axis=1)
    able = pairs.supported & divisible & ~too_long

    best = np.full((8, n), np.nan)  # key, parallelism, checkpointing, micro-batch, tokens, memory, with margin, time
    best[0] = np.inf
    least = np.full(n, np.inf)
    tried = np.zeros(n, bool)
    for mode, checkpointing in product(range(len(PARALLELISM)), range(len(CHECKPOINTING))):
        allowed = able & _allowed(recipes, pairs, facts, mode, checkpointing)
        tried |= allowed
        rows = np.flatnonzero(allowed)
        settled = np.zeros(n, bool)
        for column in batches.T:
            live = rows[(column[rows] > 0) & ~settled[rows]]
            if not len(live):
                continue
            trial = trial_of(recipes, pairs, work, lengths, facts, live, mode, checkpointing, column[live])
            memory = trial.memory().total
            least[live] = np.minimum(least[live], memory)
            with_margin = memory * (1.0 + margin) <= usable[live]
            fits = memory <= usable[live]
            seconds = trial.step().total
            key = np.where(with_margin, seconds, memory)
            better = fits & _improves(with_margin, key, best[6, live], best[0, live])
            won = live[better]
            best[:, won] = np.stack([
                key[better], np.full(len(won), mode), np.full(len(won), checkpointing), column[won],
                trial.tokens[better], memory[better], with_margin[better], seconds[better],
            ])  # fmt: skip
            settled[live] |= with_margin & work.packed[pairs.recipe[live]]
    found = np.isfinite(best[0])
    verdict = np.select(
        [~pairs.supported, too_long, ~divisible, ~tried, ~found, best[6] == 0],
        [UNSUPPORTED, CONTEXT, INDIVISIBLE, NO_MODE, OUT_OF_MEMORY, MARGIN],
        OK,
    )
    return Choice(
        verdict=verdict,
        parallelism=np.where(found, best[1], -1).astype(np.int64),
        checkpointing=np.where(found, best[2], -1).astype(np.int64),
        micro_batch=best[3],
        grad_accum=per_gpu / best[3],
        tokens=best[4],
        memory_gib=np.where(found, best[5], np.where(np.isfinite(least), least, np.nan)),
        step_s=best[7],
    )


def _improves(margin_new: Bools, key_new: Floats, margin_old: Floats, key_old: Floats) -> Bools:
    """Fitting with the margin beats fitting without; among equals the smaller key wins, ties to the earlier attempt.

    The key is the step time where the margin is kept, else the memory.
    """
    same = margin_new == (margin_old == 1)
    return ~np.isfinite(key_old) | np.where(same, key_new < key_old * (1 - 1e-12), margin_new)


def _divisors(per_gpu: Floats, fixed: Floats) -> Floats:
    """(n, k) micro-batches to try, largest first, padded with 0; a fixed one only where it divides."""
    unique, inverse = np.unique(per_gpu, return_inverse=True)
    lists = [[d for d in range(int(value), 0, -1) if value % d == 0] for value in unique]
    width = max((len(item) for item in lists), default=1) or 1
    table = np.array([item + [0] * (width - len(item)) for item in lists], np.float64).reshape(len(unique), width)
    rows = table[inverse]
    if np.isfinite(fixed).any():
        rows = np.where(np.isfinite(fixed)[:, None], np.where(rows == fixed[:, None], rows, 0.0), rows)
    return rows


def _allowed(recipes: Recipes, pairs: Pairs, facts: Facts, mode: int, checkpointing: int) -> Bools:
    """Pairs for which a mode makes sense: the stack has it, the user has not fixed another, the GPU count fits."""
    asked_mode = recipes.words("train.parallelism")[pairs.recipe]
    asked_check = recipes.words("train.checkpointing")[pairs.recipe]
    fits_count = (pairs.gpus == 1) == (mode == SINGLE)
    worth = pairs.trains_all if mode == ZERO2 else np.ones_like(fits_count)
    allowed: Bools = (
        fits_count
        & (worth | (asked_mode == PARALLELISM[mode]))
        & ((asked_mode == "auto") | (asked_mode == PARALLELISM[mode]) | (pairs.gpus == 1))
        & ((asked_check == "auto") | (asked_check == CHECKPOINTING[checkpointing]))
        & facts.stack_parallel[pairs.stack, mode]
        & facts.stack_checkpointing[pairs.stack, checkpointing]
    )
    return allowed


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything about chosen pairs that is too much to keep for all of them."""

    memory: MemoryTerms
    step: StepTime
    flops_per_token: Floats
    hfu: Floats
    mfu: Floats


def detail(
    recipes: Recipes, pairs: Pairs, work: Workload, lengths: Lengths, facts: Facts, rows: Ints, choice: Choice
) -> Detail:
    """Memory by term, step time by cause and utilisation of the choice made for these pairs."""
    trial = trial_of(
        recipes, pairs, work, lengths, facts, rows,
        choice.parallelism[rows], choice.checkpointing[rows], choice.micro_batch[rows],
    )  # fmt: skip
    step = trial.step()
    x = trial.speed_inputs
    micro_s = step.total / trial.grad_accum
    achieved = trial.tokens / (micro_s * x.peak_flops_s)
    return Detail(trial.memory(), step, x.flops.executed, x.flops.executed * achieved, x.flops.model * achieved)


def evaluation_hours(pairs: Pairs, work: Workload, facts: Facts, choice: Choice) -> Floats:
    """Hours of forward passes over the held-out samples: tokens * 2P_mm / (n * peak * eta) (DOMAIN 2.9)."""
    m, g = pairs.model, pairs.gpu
    eta = matmul_utilisation(
        facts.gpu["e0"][g], facts.gpu["h0"][g], facts.gpu["t0_tokens"][g], facts.arch.hidden[m], choice.tokens
    )
    rate = pairs.gpus * pairs.peak_flops_s * eta * facts.stack_k[pairs.stack, pairs.method]
    return work.evaluation_tokens[pairs.recipe] * 2.0 * facts.arch.p_mm_active[m] / rate / 3600.0
