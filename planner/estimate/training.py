"""Inside one combination: the sharing, checkpointing and micro-batch that finish first and fit (DESIGN rule 6)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.lengths import Lengths
from planner.estimate.memory import MemoryTerms
from planner.estimate.pairs import CHECKPOINTING, Facts, Pairs, Workload
from planner.estimate.parallel import (
    DDP,
    OFFLOAD,
    PARALLELISM,
    PP,
    SINGLE,
    TIERS,
    TP,
    ZERO1,
    ZERO2,
    replicas,
    splits_evenly,
)  # fmt: skip
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
    "no way to share the model over these GPUs",
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
    replicas: Floats
    """Micro-batches worked on at a time: one per GPU, or one for all GPUs together."""
    tokens: Floats
    """Tokens per micro-batch, padding included."""
    memory_gib: Floats
    """Peak of the choice; of the smallest attempt where nothing fits."""
    step_s: Floats


def choose_inner(
    recipes: Recipes, pairs: Pairs, work: Workload, lengths: Lengths, facts: Facts, margin: float
) -> Choice:
    """Try every allowed sharing, checkpointing and micro-batch; keep the fastest whose memory fits with the margin.

    Unless the scenario fixes one, tensor and pipeline parallelism are tried only where no simpler sharing fits with
    the margin, and offload only where nothing fits at all: they are slower wherever the others run, and trying them
    costs time. A scenario's margin thus decides between cards, not between a card and its host.
    Where no attempt fits with the margin, the one that needs least memory is kept, and the verdict says so.
    """
    n = len(pairs.recipe)
    global_batch = recipes.number("train.global_batch_size")[pairs.recipe]
    fixed = recipes.number("train.micro_batch_size")[pairs.recipe]
    usable = facts.gpu["usable_gib"][pairs.gpu]
    too_long = work.sequence[pairs.recipe] > facts.arch.max_context[pairs.model]
    able = pairs.supported & ~too_long
    recomputes = [_recomputes(recipes, pairs, facts, how) for how in range(len(CHECKPOINTING))]

    best = np.full((8, n), np.nan)  # key, parallelism, checkpointing, micro-batch, tokens, memory, with margin, time
    best[0] = np.inf
    least = np.full(n, np.inf)
    tried, indivisible = np.zeros(n, bool), np.zeros(n, bool)
    for tier in TIERS:
        waiting = able & (~np.isfinite(best[0]) if tier == (OFFLOAD,) else best[6] != 1)
        if not waiting.any():
            break
        for mode in tier:
            wanted = waiting & _shares(recipes, pairs, facts, mode)
            if not wanted.any():
                continue
            share = global_batch / replicas(np.full(n, mode), pairs.gpus)
            batches = _divisors(np.where(wanted & (share == np.floor(share)), share, 0.0), fixed)
            divides = (batches > 0).any(axis=1)
            indivisible |= wanted & ~divides
            for checkpointing in range(len(CHECKPOINTING)):
                allowed = wanted & divides & recomputes[checkpointing]
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
                    fits = memory <= usable[live]
                    if not fits.any():
                        continue
                    live, memory = live[fits], memory[fits]
                    trial = trial_of(recipes, pairs, work, lengths, facts, live, mode, checkpointing, column[live])
                    with_margin = memory * (1.0 + margin) <= usable[live]
                    seconds = trial.step().total
                    key = np.where(with_margin, seconds, memory)
                    better = _improves(with_margin, key, best[6, live], best[0, live])
                    won = live[better]
                    best[:, won] = np.stack([
                        key[better], np.full(len(won), mode), np.full(len(won), checkpointing), column[won],
                        trial.tokens[better], memory[better], with_margin[better], seconds[better],
                    ])  # fmt: skip
                    if mode != PP:  # where a smaller micro-batch means a smaller bubble
                        settled[live] |= with_margin & work.packed[pairs.recipe[live]]
    found = np.isfinite(best[0])
    verdict = np.select(
        [~pairs.supported, too_long, ~tried & indivisible, ~tried, ~found, best[6] == 0],
        [UNSUPPORTED, CONTEXT, INDIVISIBLE, NO_MODE, OUT_OF_MEMORY, MARGIN],
        OK,
    )
    parallelism = np.where(found, best[1], -1).astype(np.int64)
    at_a_time = replicas(parallelism, pairs.gpus)
    return Choice(
        verdict=verdict,
        parallelism=parallelism,
        checkpointing=np.where(found, best[2], -1).astype(np.int64),
        micro_batch=best[3],
        grad_accum=global_batch / at_a_time / best[3],
        replicas=at_a_time,
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
    counts = per_gpu.astype(np.int64)
    unique = np.flatnonzero(np.bincount(counts))  # a hundred times faster than np.unique, which sorts
    lists = [[d for d in range(value, 0, -1) if value % d == 0] for value in unique.tolist()]
    width = max((len(item) for item in lists), default=1) or 1
    table = np.zeros((int(unique.max(initial=0)) + 1, width))
    table[unique] = [item + [0] * (width - len(item)) for item in lists]
    rows = table[counts]
    if np.isfinite(fixed).any():
        rows = np.where(np.isfinite(fixed)[:, None], np.where(rows == fixed[:, None], rows, 0.0), rows)
    return rows


def _shares(recipes: Recipes, pairs: Pairs, facts: Facts, mode: int) -> Bools:
    """Pairs for which a sharing makes sense: the stack has it, the GPU count fits, the user wants no other.

    One GPU runs alone, whatever sharing is asked for, unless its states shall live on the host.
    """
    alone = pairs.gpus == 1

    def asked(word: str) -> Bools:
        return recipes.says("train.parallelism", word)[pairs.recipe]

    named = asked(PARALLELISM[mode])
    fits_count = alone if mode == SINGLE else np.ones_like(alone) if mode == OFFLOAD else ~alone
    wanted = named | asked("auto")
    if mode == SINGLE:
        wanted |= ~asked(PARALLELISM[OFFLOAD])
    if mode in (ZERO1, ZERO2):
        wanted = named | (wanted & ~pairs.adapted)
    if mode not in (SINGLE, DDP, ZERO1, ZERO2):
        wanted = wanted & (facts.method["shards_base"][pairs.method] > 0)
    if mode in (TP, PP):
        heads, layers = facts.arch.n_heads[pairs.model], facts.arch.n_layers[pairs.model]
        wanted = wanted & splits_evenly(mode, pairs.gpus, heads, layers)
    shares: Bools = fits_count & wanted & facts.stack_parallel[pairs.stack, mode]
    return shares


def _recomputes(recipes: Recipes, pairs: Pairs, facts: Facts, checkpointing: int) -> Bools:
    """Pairs whose stack has this checkpointing and whose user has fixed no other."""
    path = "train.checkpointing"
    wanted = (recipes.says(path, "auto") | recipes.says(path, CHECKPOINTING[checkpointing]))[pairs.recipe]
    recomputes: Bools = wanted & facts.stack_checkpointing[pairs.stack, checkpointing]
    return recomputes


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
    per_gpu = trial.tokens * choice.replicas[rows] / x.layout.gpus
    achieved = per_gpu / (micro_s * x.peak_flops_s)
    return Detail(trial.memory(), step, x.flops.executed, x.flops.executed * achieved, x.flops.model * achieved)


def evaluation_seconds_per_token(pairs: Pairs, facts: Facts, choice: Choice) -> Floats:
    """Seconds per held-out token of a forward pass: 2P_mm / (n * peak * eta) (DOMAIN 2.9)."""
    m, g = pairs.model, pairs.gpu
    gpu, arch = facts.gpu, facts.arch
    tokens = choice.tokens * arch.token_share[m]
    eta = matmul_utilisation(gpu["e0"][g], gpu["h0"][g], gpu["t0_tokens"][g], arch.product_width[m], tokens)
    rate = pairs.gpus * pairs.peak_flops_s * eta * facts.stack.speed[pairs.stack, pairs.method]
    return 2.0 * facts.arch.p_mm_active[m] / rate
