"""The single changes that advice tries on a recipe; whether one is any good is found by estimating it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Catalog
from planner.space.axes import Axis, choices
from planner.space.recipes import MethodChoice, Recipes, RecipeSpace, decode, encode, method_options

KEPT_GAIN: Final = 0.95
"""Share of what tuning gains that fewer epochs or less data must keep (issue: a stated share of the gain)."""
MOST_EPOCH_STEPS: Final = 16
"""Numbers of epochs tried below the one in force."""
LEAST_SHARE: Final = 0.05
"""Step, and least, of the shares of the data that are tried."""
LOWER_RANKS: Final = (2, 4)
"""What the rank is divided by; it is multiplied by the first."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a recipe."""

    kind: str
    path: str
    """Dotted path of a setting, or `method` or `stack`."""
    value: Any
    """What it is set to; the index of a method choice or a stack."""


def recipe_moves(
    recipes: Recipes, r: int, methods: Sequence[MethodChoice], catalog: Catalog, *, memory: bool = False
) -> Iterator[Move]:
    """Everything worth trying on one recipe; `memory` adds what frees memory and costs time."""

    def now(path: str) -> Any:  # noqa: ANN401 - any scenario value
        return decode(path, float(recipes.columns[path][r]))

    choice = methods[int(recipes.method[r])]
    yield from (Move("epochs", "train.epochs", value) for value in fewer_epochs(float(now("train.epochs"))))
    yield from (Move("dataset", "dataset.share", value) for value in smaller_shares(float(now("dataset.share"))))
    batch = int(now("train.global_batch_size"))
    yield from (Move("batch", "train.global_batch_size", batch * k) for k in (2, 4) if batch * k <= 65_536)
    yield Move("packing", "train.packing", not now("train.packing"))
    yield from _words("optimizer", "train.optimizer", now("train.optimizer"))
    yield from _freed(now, memory=memory)
    yield from _method_options(choice, now)
    yield from (Move("stack", "stack", s) for s in range(len(catalog.stacks)) if s != recipes.stack[r])
    yield from (Move("method", "method", m) for m in range(len(methods)) if methods[m].name != choice.name)


def _freed(now: Any, *, memory: bool) -> Iterator[Move]:  # noqa: ANN401 - a reader of settings
    """Choices that the scenario fixed, left to the planner again; under `memory` those that need least of it."""
    for kind, path in (
        ("micro_batch", "train.micro_batch_size"),
        ("interval", "train.checkpoint_interval_hours"),
    ):
        if now(path) is not None:
            yield Move(kind, path, None)
    for kind, path in (
        ("checkpointing", "train.checkpointing"),
        ("parallelism", "train.parallelism"),
        ("attention", "train.attention"),
    ):
        if now(path) != "auto":
            yield Move(kind, path, "auto")
    if now("train.loss_kernel") != "fused":
        yield Move("loss_kernel", "train.loss_kernel", "fused")
    if now("train.evaluations_per_epoch") > 1:
        yield Move("evaluations", "train.evaluations_per_epoch", 1.0)
    if memory:
        yield Move("checkpointing", "train.checkpointing", "full")
        yield Move("offload", "train.parallelism", "fsdp_offload")
        yield Move("sharding", "train.parallelism", "fsdp")
        yield Move("micro_batch", "train.micro_batch_size", 1)
        length = int(now("train.max_seq_len"))
        yield from (Move("length", "train.max_seq_len", length // k) for k in (2, 4) if length // k >= 128)


def _method_options(choice: MethodChoice, now: Any) -> Iterator[Move]:  # noqa: ANN401 - a reader of settings
    if "rank" in choice.options:
        rank = int(now("method.rank"))
        lower = (rank // k for k in LOWER_RANKS if rank % k == 0)
        yield from (Move("rank", "method.rank", value) for value in lower if value)
        if rank * LOWER_RANKS[0] <= 4096:
            yield Move("higher_rank", "method.rank", rank * LOWER_RANKS[0])
    for name in ("targets", "precision"):
        if name in choice.options:
            yield from _words(name, f"method.{name}", now(f"method.{name}"))
    if "layers" in choice.options and now("method.layers") > 1:
        yield Move("layers", "method.layers", int(now("method.layers")) // 2)


def _words(kind: str, path: str, own: str) -> Iterator[Move]:
    yield from (Move(kind, path, word) for word in choices(path) or () if word != own)


def fewer_epochs(epochs: float) -> list[float]:
    """Numbers of epochs below the one in force: halves, thinned where they are many; the least is a half."""
    below = np.arange(0.5, epochs - 1e-9, 0.5)
    if len(below) > MOST_EPOCH_STEPS:
        below = np.unique(np.round(np.linspace(0.5, epochs - 0.5, MOST_EPOCH_STEPS) * 2) / 2)
    return [float(value) for value in below]


def smaller_shares(share: float) -> list[float]:
    """Shares of the data below the one in force, in steps of 5 %."""
    return [round(float(value), 4) for value in np.arange(LEAST_SHARE, share - 1e-9, LEAST_SHARE)]


def all_methods(scenario_methods: Sequence[MethodChoice], catalog: Catalog) -> tuple[MethodChoice, ...]:
    """The scenario's method choices, then the catalog's other methods with their default options."""
    named = {choice.name for choice in scenario_methods}
    others = (
        MethodChoice(i, method.id, method_options(method.options, None))
        for i, method in enumerate(catalog.methods)
        if method.id not in named
    )
    return (*scenario_methods, *others)


def moved(
    recipes: Recipes, base: Sequence[int], moves: Sequence[Move], methods: Sequence[MethodChoice], axes: Sequence[Axis]
) -> Recipes:
    """The recipes `base` of `recipes`, each with its move made.

    Another method has its own options; one that an axis sweeps keeps its value, or takes the first where it is new.
    """
    swept = {axis.path: axis for axis in axes}
    rows = np.array(base, np.int64)
    new = recipes.take(rows)
    columns = {path: column.copy() for path, column in new.columns.items()}
    method, stack = new.method.copy(), new.stack.copy()
    for k, move in enumerate(moves):
        if move.path == "stack":
            stack[k] = move.value
        elif move.path == "method":
            had = methods[int(method[k])].options
            method[k] = move.value
            for name, value in methods[move.value].options.items():
                path = f"method.{name}"
                if path not in swept:
                    columns[path][k] = encode(path, value)
                elif name not in had:
                    columns[path][k] = encode(path, swept[path].values[0])
        elif move.path:
            columns[move.path][k] = encode(move.path, move.value)
    return Recipes(new.model, method, stack, new.axis_codes, columns)


def unlisted(move: Move, space: RecipeSpace) -> str:
    """The list of the scenario that a moved value has to be added to; empty where it is in, or no list is asked."""
    if move.path == "stack":
        return "" if np.isin(move.value, space.stacks) else "stacks"
    if move.path == "method":
        return "" if move.value < len(space.methods) else "methods"
    axis = next((axis for axis in space.axes if axis.path == move.path), None)
    return "" if axis is None or axis.interval is not None or move.value in axis.values else f"axes.{move.path}"
