"""Recipes on machine shapes: everything an offer does not change, estimated once per recipe and shape.

What the offer adds (price, start-up, preemption, billing) is joined later; see `joined`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.carbon import node_kw
from planner.estimate.failures import checkpoint_bytes
from planner.estimate.flops import NONE, attention_forward_flops, training_flops
from planner.estimate.lengths import Lengths
from planner.estimate.pairs import Facts, Pairs, Workload, build_pairs, build_workload
from planner.estimate.parallel import FSDP, OFFLOAD
from planner.estimate.spread import speed_sd
from planner.estimate.standing import WIDER_OUTSIDE, outside, outside_own
from planner.estimate.states import base_bytes, host_state_bytes
from planner.estimate.training import Choice, choose_inner, evaluation_hours
from planner.estimate.trial import attended_length, states_of
from planner.space.offers import Shapes
from planner.space.recipes import MethodChoice, Recipes

SHARD_GB: Final = 5.0
"""Largest weights file loaded at once: the hub's usual shard size."""
HOST_SPARE_GB: Final = 8.0
SAVED_ADAPTER_BYTES: Final = 2.0


@dataclass(frozen=True, slots=True)
class ShapeColumns:
    """(recipes, shapes) arrays that the join with offers reads."""

    verdict: Ints
    memory_gib: Floats
    train_hours: Floats
    evaluate_hours: Floats
    tokens_to_prepare: Floats
    weights_gb: Floats
    host_gb: Floats
    """Host memory the job needs: a weights file in loading, spare, and what is offloaded."""
    offloads: Bools
    """States live on the host, so that unknown host memory will not do."""
    checkpoint_gb: Floats
    artifact_gb: Floats
    saves: Floats
    interval_hours: Floats
    pcie_gb_s: Floats
    kw: Floats
    speed_sd: Floats
    tokens_sd: Floats
    expected_reruns: Floats
    spot_share: Floats
    """Part of the work an on-demand machine leaves to its spot twin."""

    def part(self, recipes: slice) -> "ShapeColumns":
        """The rows of some recipes."""
        return ShapeColumns(**{name: getattr(self, name)[recipes] for name in self.__dataclass_fields__})

    def at(self, recipe: Ints, shape: Ints) -> "ShapeColumns":
        """(1, n) columns of single recipe and shape pairs."""
        return ShapeColumns(**{name: getattr(self, name)[recipe, shape][None] for name in self.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Shaped:
    """Recipes on shapes: the columns for the join, and what details are made from."""

    recipes: Recipes
    work: Workload
    pairs: Pairs
    choice: Choice
    columns: ShapeColumns


def shape_recipes(
    recipes: Recipes,
    shapes: Shapes,
    methods: tuple[MethodChoice, ...],
    lengths: Lengths,
    facts: Facts,
    margin: float,
) -> Shaped:
    """Estimate every recipe on every shape."""
    work = build_workload(recipes, lengths)
    pairs = build_pairs(recipes, shapes, methods, facts)
    choice = choose_inner(recipes, pairs, work, lengths, facts, margin)
    weights_gb = 2.0 * facts.arch.params_total[pairs.model] / 1e9
    flat = {
        "verdict": choice.verdict,
        "memory_gib": choice.memory_gib,
        "train_hours": work.steps[pairs.recipe] * choice.step_s / 3600.0,
        "evaluate_hours": evaluation_hours(pairs, work, facts, choice),
        "tokens_to_prepare": work.prepared_tokens[pairs.recipe],
        "weights_gb": weights_gb,
        "host_gb": _loaded_gb(pairs, facts, choice, weights_gb)
        + HOST_SPARE_GB
        + _offloaded_gb(recipes, pairs, facts, choice),
        "offloads": choice.parallelism == OFFLOAD,
        "checkpoint_gb": checkpoint_bytes(pairs.p_lora, pairs.p_trained, facts.arch.params_total[pairs.model]) / 1e9,
        "artifact_gb": np.where(pairs.adapted, SAVED_ADAPTER_BYTES * pairs.p_lora / 1e9, weights_gb),
        "saves": np.ceil(recipes.number("train.epochs"))[pairs.recipe],
        "interval_hours": recipes.number("train.checkpoint_interval_hours")[pairs.recipe],
        "pcie_gb_s": facts.gpu["pcie_gb_s"][pairs.gpu],
        "kw": node_kw(pairs.gpus, facts.gpu["tdp_w"][pairs.gpu], _model_utilisation(pairs, work, facts, choice)),
        "speed_sd": speed_sd(facts)[pairs.stack, pairs.method, pairs.gpu] * _wider(pairs, work, facts, choice),
        "tokens_sd": np.full(len(pairs.recipe), lengths.sd),
        "spot_share": recipes.number("train.spot_share")[pairs.recipe],
        "expected_reruns": recipes.number("train.expected_reruns")[pairs.recipe],
    }
    grid = (len(recipes), len(shapes))
    return Shaped(recipes, work, pairs, choice, ShapeColumns(**{name: c.reshape(grid) for name, c in flat.items()}))


def _wider(pairs: Pairs, work: Workload, facts: Facts, choice: Choice) -> Floats:
    """Factor on the spread of the speed of jobs outside the range of the rows, or own runs, it was calibrated on."""
    figures = {
        "parameters": facts.arch.params_total[pairs.model],
        "length_tokens": work.sequence[pairs.recipe],
        "micro_batch_tokens": choice.tokens,
        "gpus": pairs.gpus,
    }
    unlike = outside(facts.calibration, "throughput", figures)
    stacks = {stack.id: i for i, stack in enumerate(facts.catalog.stacks)}
    cards = {gpu.id: i for i, gpu in enumerate(facts.catalog.gpus)}
    methods = [method.id for method in facts.catalog.methods]
    for name, band in facts.calibration.own_bands.items():
        quantity, _, group = name.partition("/")
        if quantity == "throughput":
            stack, _, card = group.partition("/")
            mine = (pairs.stack == stacks[stack]) & (pairs.gpu == cards[card])
            unlike = np.where(mine, outside_own(band, methods, pairs.method, figures["parameters"]), unlike)
    return np.where(unlike, WIDER_OUTSIDE, 1.0)


def _model_utilisation(pairs: Pairs, work: Workload, facts: Facts, choice: Choice) -> Floats:
    """MFU of every pair, for the power draw."""
    m, everyone = pairs.model, np.arange(len(pairs.model))
    s_eff = attended_length(pairs, work, everyone, choice.tokens / choice.micro_batch)
    attention = attention_forward_flops(s_eff, facts.arch.hq[m], facts.arch.n_layers[m], causal=False)
    none = np.full(len(m), NONE)
    p_mm, head = facts.arch.p_mm_active[m], facts.arch.p_embedding[m]
    model = training_flops(p_mm, attention, pairs.p_lora, ~pairs.adapted, none, pairs.reach, head).model
    per_gpu = choice.tokens * choice.grad_accum * choice.replicas / pairs.gpus
    return model * per_gpu / (choice.step_s * pairs.peak_flops_s)


def _loaded_gb(pairs: Pairs, facts: Facts, choice: Choice, weights_gb: Floats) -> Floats:
    """GB of weights in host memory while they are loaded: one file, or all before a stack shards them."""
    whole = (choice.parallelism == FSDP) & facts.stack.traits["loads_whole_checkpoint"][pairs.stack]
    return np.where(whole, weights_gb, np.minimum(weights_gb, SHARD_GB))


def _offloaded_gb(recipes: Recipes, pairs: Pairs, facts: Facts, choice: Choice) -> Floats:
    """GB of host memory that offloaded weights, gradients and states fill; 0 where they stay on the cards."""
    m = pairs.model
    base = base_bytes(
        facts.arch.p_linear[m],
        facts.arch.params_total[m] - facts.arch.p_linear[m],
        facts.method["base_bytes"][pairs.method],
    )
    states = states_of(recipes, pairs, np.arange(len(m)))
    kept = host_state_bytes(base, pairs.p_trained, states, pairs.p_lora) / 1e9
    return np.where(choice.parallelism == OFFLOAD, kept, 0.0)
