"""Columns of recipe x machine shape pairs: everything the formulas need, gathered once per chunk."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.architecture import Architectures
from planner.catalog.constants import Calibration
from planner.catalog.rows import Bools, Catalog, Floats, Ints
from planner.estimate.eligibility import NOWHERE, Eligibility
from planner.estimate.law import law_columns
from planner.estimate.lengths import PACKING_EFFICIENCY, Lengths, optimizer_steps
from planner.estimate.parallel import PARALLELISM
from planner.estimate.stack_columns import StackColumns, stack_columns
from planner.space.axes import choices
from planner.space.offers import Shapes
from planner.space.recipes import MethodChoice, Recipes

HOST_LINK_GB_S: Final = 32.0
"""Link to the host, both ways, of a card whose maker prints none (TPU, Trainium): PCIe 3.0 x16 [E]."""
CHECKPOINTING = ("none", "selective", "full")


@dataclass(frozen=True, slots=True)
class Workload:
    """What one recipe has to get through, whatever the machine; one row per recipe."""

    useful_tokens: Floats
    """Tokens of the training samples after truncation, over all epochs."""
    steps: Floats
    sequence: Floats
    """Packed length or the cap, in tokens."""
    packed: Bools
    attended_packed: Floats
    """E[l^2]/E[l]: what a token attends over when packed documents are masked from each other."""
    longest: Floats
    """Longest sequence a run meets, in tokens: it sets the memory peak of padded batches."""
    kept_share: Floats
    train_samples: Floats
    evaluation_tokens: Floats
    prepared_tokens: Floats
    trained_tokens_per_epoch: Floats
    """Completion tokens, for the capacity of an adapter."""


def build_workload(recipes: Recipes, lengths: Lengths) -> Workload:
    """Tokens and steps of every recipe (DOMAIN 1.3)."""
    cap = recipes.number("train.max_seq_len")
    unique, inverse = np.unique(cap, return_inverse=True)
    mean = np.array([lengths.mean(value) for value in unique])[inverse]
    attended = np.array([lengths.attended(value) for value in unique])[inverse]
    kept = np.array([lengths.kept_share(value) for value in unique])[inverse]

    used = recipes.number("dataset.samples") * recipes.number("dataset.share")
    validation = recipes.number("dataset.validation_share")
    samples = np.maximum(1.0, used * (1.0 - validation))
    epochs = recipes.number("train.epochs")
    packed = recipes.columns["train.packing"] > 0
    sequences = np.where(packed, samples * mean / (cap * PACKING_EFFICIENCY), samples)
    evaluations = recipes.number("train.evaluations_per_epoch") * epochs
    return Workload(
        useful_tokens=samples * mean * epochs,
        steps=optimizer_steps(sequences, epochs, recipes.number("train.global_batch_size")),
        sequence=cap,
        packed=packed,
        attended_packed=attended,
        longest=np.where(packed, cap, np.minimum(cap, np.ceil(lengths.longest))),
        kept_share=kept,
        train_samples=samples,
        evaluation_tokens=used * validation * mean * evaluations,
        prepared_tokens=used * mean,
        trained_tokens_per_epoch=samples * mean * recipes.number("dataset.completion_share") * np.minimum(epochs, 1.0),
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """The catalog as arrays, built once per plan."""

    catalog: Catalog
    arch: Architectures
    eligibility: Eligibility
    gpu: dict[str, Floats]
    """Numeric columns of the cards, by field name."""
    method: dict[str, Floats]
    """Numeric columns of the methods, by field name."""
    trains: NDArray[np.str_]
    """What each method trains: all, adapter, layers."""
    stack: StackColumns
    stack_parallel: Bools
    """(stacks, parallelism modes)."""
    stack_checkpointing: Bools
    calibration: Calibration


_GPU_COLUMNS = (
    "usable_gib", "mem_bw_gb_s", "pcie_gb_s", "tdp_w", "link_gb_s", "link_half_mb", "overlap",
)  # fmt: skip
_METHOD_COLUMNS = (
    "base_bytes", "dequantise_bytes", "kept_factor", "spare_matrices", "adapter_per_output", "shards_base",
)  # fmt: skip


def build_facts(catalog: Catalog, arch: Architectures, eligibility: Eligibility) -> Facts:
    """Turn the catalog's rows into the columns that the formulas read."""
    methods, calibration = catalog.methods, catalog.calibration
    gpu = {name: np.array([getattr(gpu, name) for gpu in catalog.gpus]) for name in _GPU_COLUMNS}
    gpu["pcie_gb_s"] = np.where(np.isnan(gpu["pcie_gb_s"]), HOST_LINK_GB_S, gpu["pcie_gb_s"])
    return Facts(
        catalog=catalog,
        arch=arch,
        eligibility=eligibility,
        gpu=gpu | law_columns(catalog.gpus, calibration),
        method={name: np.array([getattr(m, name) for m in methods], np.float64) for name in _METHOD_COLUMNS},
        trains=np.array([method.trains for method in methods]),
        stack=stack_columns(catalog.stacks, methods, calibration),
        stack_parallel=np.array([[mode in s.parallelism for mode in PARALLELISM] for s in catalog.stacks]),
        stack_checkpointing=np.array([[m in s.checkpointing for m in CHECKPOINTING] for s in catalog.stacks]),
        calibration=calibration,
    )


@dataclass(frozen=True, slots=True)
class Pairs:
    """Flat columns, one row per recipe and shape (recipes outer, shapes inner)."""

    recipe: Ints
    shape: Ints
    model: Ints
    gpu: Ints
    gpus: Floats
    stack: Ints
    method: Ints
    """Index into `Catalog.methods`."""
    supported: Bools
    flash: Bools
    """Flash attention is in use."""
    eager: Bools
    peak_flops_s: Floats
    adapted: Bools
    """An adapter is trained, and every weight of the model is frozen."""
    p_trained: Floats
    """Weights of the model itself that are trained: all, or those of the top layers."""
    reach: Floats
    """Share of the layers, from the top, that the backward pass goes through."""
    fp32_weights: Bools
    """Trained weights are stored in fp32, for want of bf16."""
    p_lora: Floats
    fused_loss: Bools
    adapter_input_bytes: Floats
    """Bytes per token and layer of what adapters on the MLP keep of their inputs without recomputation."""


def adapter_params(recipes: Recipes, methods: tuple[MethodChoice, ...], facts: Facts) -> Floats:
    """Adapter parameters per recipe, r*(d_in + d_out) and magnitudes (DOMAIN 1.1); 0 where there is no adapter."""
    index = np.array([choice.index for choice in methods])[recipes.method]
    words = choices("method.targets") or ()
    at = recipes.code("method.targets"), recipes.model
    pair = np.stack([facts.arch.lora_coefficient(word) for word in words])[at]
    outputs = np.stack([facts.arch.adapted_outputs(word) for word in words])[at]
    size = recipes.number("method.rank") * pair + facts.method["adapter_per_output"][index] * outputs
    return np.where(facts.trains[index] == "adapter", size * trained_share(recipes, methods, facts), 0.0)


def trained_share(recipes: Recipes, methods: tuple[MethodChoice, ...], facts: Facts) -> Floats:
    """Share of the layers, from the top, that a recipe trains: k/L where the method has `layers`, else 1."""
    has = np.array(["layers" in choice.options for choice in methods])[recipes.method]
    layers = np.maximum(facts.arch.n_layers[recipes.model], 1.0)
    return np.where(has, np.minimum(recipes.number("method.layers") / layers, 1.0), 1.0)


def build_pairs(recipes: Recipes, shapes: Shapes, methods: tuple[MethodChoice, ...], facts: Facts) -> Pairs:
    """Pair every recipe with every shape and look up what the combination means."""
    recipe = np.repeat(np.arange(len(recipes)), len(shapes))
    shape = np.tile(np.arange(len(shapes)), len(recipes))
    model, stack = recipes.model[recipe], recipes.stack[recipe]
    method = np.array([choice.index for choice in methods])[recipes.method][recipe]
    gpu, gpus = shapes.gpu[shape], shapes.count[shape].astype(np.float64)
    at = method, stack, gpu

    def says(path: str, word: str) -> Bools:
        return recipes.says(path, word)[recipe]

    wants_flash = says("train.attention", "flash")
    has_flash = facts.eligibility.flash_attention[at]
    inputs = facts.calibration["memory.adapter_inputs"] * (facts.arch.hidden[model] + facts.arch.ffn[model])
    reach = trained_share(recipes, methods, facts)[recipe]
    trains = facts.trains[method]
    pure = says("method.precision", "bf16_pure")
    fuses = np.where(
        says("train.loss_kernel", "auto"), facts.stack.fused_loss[stack], says("train.loss_kernel", "fused")
    )
    return Pairs(
        recipe=recipe,
        shape=shape,
        model=model,
        gpu=gpu,
        gpus=gpus,
        stack=stack,
        method=method,
        supported=(facts.eligibility.row[at] != NOWHERE) & ~(wants_flash & ~has_flash)
        & np.isfinite(facts.stack.speed[stack, method]) & ~(pure & (trains != "adapter") & ~facts.eligibility.bf16[at]),
        flash=has_flash & (says("train.attention", "auto") | wants_flash),
        eager=says("train.attention", "eager"),
        peak_flops_s=facts.eligibility.peak_flops_s[at],
        adapted=trains == "adapter",
        p_trained=np.select(
            [trains == "all", trains == "layers"],
            [facts.arch.params_total[model], reach * facts.arch.p_linear[model]],
            0.0,
        ),
        reach=reach,
        fp32_weights=facts.eligibility.fp32_weights[at],
        p_lora=adapter_params(recipes, methods, facts)[recipe],
        fused_loss=fuses,
        adapter_input_bytes=np.where((trains == "adapter") & says("method.targets", "all-linear"), inputs, 0.0),
    )  # fmt: skip
