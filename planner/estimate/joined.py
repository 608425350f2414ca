"""Recipes joined with offers: cost, time, carbon and what stops a combination; (recipes, offers) arrays.

Shape-dependent figures are estimated once per recipe and shape (`training`) and only spread over the offers here.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Floats, Ints
from planner.estimate import bands
from planner.estimate.carbon import embodied_kg, node_kw, operational_kg
from planner.estimate.cost import Cost, billed_hours, price_job, stored_gb
from planner.estimate.duration import Job, Timing, time_job
from planner.estimate.flops import NONE, attention_forward_flops, training_flops
from planner.estimate.lengths import Lengths
from planner.estimate.pairs import Facts, Pairs, Workload, build_pairs, build_workload
from planner.estimate.training import REASONS, Choice, choose_inner, evaluation_hours
from planner.space.offers import Market
from planner.space.recipes import MethodChoice, Recipes
from planner.units import GIB

Number = TypeVar("Number", bound=np.generic)
HOST_MEMORY, LONGEST_RUN = len(REASONS), len(REASONS) + 1
STOPS: Final = (*REASONS, "host memory", "longest run the provider allows")
"""What can stop a combination, by code; 0 is nothing."""
SHARD_GB: Final = 5.0
"""Largest weights file loaded at once: the hub's usual shard size."""
HOST_SPARE_GB: Final = 8.0
ADAPTER_CHECKPOINT_BYTES: Final = 12.0
FULL_CHECKPOINT_BYTES: Final = 14.0
"""bf16 weights, fp32 master weights and moments (DOMAIN 6)."""
SAVED_ADAPTER_BYTES: Final = 2.0


@dataclass(frozen=True, slots=True)
class Joined:
    """Estimates of a chunk of recipes on every offer."""

    work: Workload
    pairs: Pairs
    choice: Choice
    """Flat, per recipe and shape."""
    stop: Ints
    memory_gib: Floats
    cost: Cost
    timing: Timing
    billed_hours: Floats
    carbon_kg: Floats
    hours_sd: Floats
    cost_sd: Floats


def join(
    recipes: Recipes,
    market: Market,
    methods: tuple[MethodChoice, ...],
    lengths: Lengths,
    facts: Facts,
    margin: float,
) -> Joined:
    """Estimate a chunk of recipes on every offer of the market."""
    work = build_workload(recipes, lengths)
    pairs = build_pairs(recipes, market.shapes, methods, facts)
    choice = choose_inner(recipes, pairs, work, lengths, facts, margin)
    offers, shape = market.offers, market.shape_of_offer
    grid = (len(recipes), len(market.shapes))

    def spread(column: NDArray[Number]) -> NDArray[Number]:
        """(pairs,) → (recipes, offers)."""
        return column.reshape(grid)[:, shape]

    train_hours = work.steps[pairs.recipe] * choice.step_s / 3600.0
    weights_gb = 2.0 * facts.arch.params_total[pairs.model] / 1e9
    artifact_gb = np.where(pairs.trains_all, weights_gb, SAVED_ADAPTER_BYTES * pairs.p_lora / 1e9)
    checkpoint_gb = (
        np.where(pairs.trains_all, FULL_CHECKPOINT_BYTES * facts.arch.params_total[pairs.model],
                 ADAPTER_CHECKPOINT_BYTES * pairs.p_lora) / 1e9
    )  # fmt: skip
    epochs = recipes.number("train.epochs")[pairs.recipe]
    job = Job(
        train_hours=spread(train_hours),
        evaluate_hours=spread(evaluation_hours(pairs, work, facts, choice)),
        tokens_to_prepare=spread(work.prepared_tokens[pairs.recipe]),
        weights_gb=spread(weights_gb),
        checkpoint_gb=spread(checkpoint_gb),
        artifact_gb=spread(artifact_gb),
        saves=spread(np.ceil(epochs)),
        pcie_gb_s=spread(facts.gpu["pcie_gb_s"][pairs.gpu]),
    )
    timing = time_job(job, offers)
    wall = timing.hours.total
    billed = billed_hours(timing.billed_hours, offers.granularity_s, offers.minimum_s, 1.0 + timing.preemptions)
    disk = stored_gb(spread(work.prepared_tokens[pairs.recipe]), job.weights_gb, job.checkpoint_gb)
    reruns = recipes.number("train.expected_reruns")[:, None]
    cost = price_job(billed, wall, disk, job.artifact_gb, reruns, offers)

    kw = spread(node_kw(pairs.gpus, facts.gpu["tdp_w"][pairs.gpu], _model_utilisation(pairs, work, facts, choice)))
    carbon = operational_kg(kw * billed, offers.pue, offers.grid_kg_per_kwh) + embodied_kg(offers.gpu_count * billed)

    stop = spread(choice.verdict)
    host_gb = np.minimum(job.weights_gb, SHARD_GB) + HOST_SPARE_GB
    stop = np.where((stop == 0) & (offers.memory_gib * GIB / 1e9 < host_gb), HOST_MEMORY, stop)
    stop = np.where((stop == 0) & (wall > offers.max_run_hours), LONGEST_RUN, stop)

    speed_sd = bands.combined(facts.gpu["sigma_ln"][pairs.gpu], facts.stack_sigma[pairs.stack, pairs.method])
    running = (timing.hours.train + timing.hours.evaluate + timing.hours.preemption) / wall
    spot_sd = np.where(offers.spot, bands.SPOT_SD, 0.0)
    hours_sd = bands.combined(
        running * bands.combined(spread(speed_sd), bands.TOKENS_SD),
        (1.0 - running) * bands.OVERHEAD_SD,
        spot_sd,
    )
    price_sd = np.array([bands.PRICE_SD[word] for word in offers.confidence.tolist()])
    return Joined(
        work=work, pairs=pairs, choice=choice, stop=stop, memory_gib=spread(choice.memory_gib), cost=cost,
        timing=timing, billed_hours=billed, carbon_kg=carbon, hours_sd=hours_sd,
        cost_sd=bands.combined(hours_sd, price_sd),
    )  # fmt: skip


def _model_utilisation(pairs: Pairs, work: Workload, facts: Facts, choice: Choice) -> Floats:
    """MFU of every pair, for the power draw."""
    m = pairs.model
    length = choice.tokens / choice.micro_batch
    attention = attention_forward_flops(length, facts.arch.hq[m], facts.arch.n_layers[m], causal=False)
    none = np.full(len(m), NONE)
    model = training_flops(facts.arch.p_mm_active[m], attention, pairs.p_lora, pairs.trains_all, none).model
    return model * choice.tokens * choice.grad_accum / (choice.step_s * pairs.peak_flops_s)
