"""Recipes: every combination of model, method, stack and axis values, as columns, made chunk by chunk.

A recipe is what is trained; on which machine, and who rents it out, is joined later. An axis that does not apply
to a method (rank on full fine-tuning) collapses to one row for it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Floats, Ints
from planner.scenario.blocks import MethodOptions
from planner.scenario.fine_tune import FineTune
from planner.space.axes import Axis, choices, settings

DEFAULT_OPTIONS: Mapping[str, Any] = {
    "rank": 16,
    "alpha": None,
    "dropout": 0.0,
    "targets": "all-linear",
    "precision": "bf16_mixed",
    "layers": 8,
}


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """A method of the scenario with its options filled in."""

    index: int
    """Index into `Catalog.methods`."""
    name: str
    options: Mapping[str, Any]
    """Only the options that apply to the method."""


@dataclass(frozen=True, slots=True)
class Recipes:
    """Columns of equal length, one row per recipe; numbers by dotted path, words as codes into `axes.choices`."""

    model: Ints
    """Index into `Catalog.models`."""
    method: Ints
    """Index into the scenario's method choices."""
    stack: Ints
    """Index into `Catalog.stacks`."""
    axis_codes: Ints
    """(n, axes): index of the axis value in force, -1 where the axis does not apply."""
    columns: Mapping[str, Floats]
    """Every setting by dotted path; words and booleans as codes, NaN where a number is left to the planner."""

    def __len__(self) -> int:
        """Number of recipes."""
        return len(self.model)

    def number(self, path: str) -> Floats:
        """A numeric setting."""
        return self.columns[path]

    def code(self, path: str) -> Ints:
        """A word or boolean setting, as a code."""
        return self.columns[path].astype(np.int64)

    def words(self, path: str) -> NDArray[np.str_]:
        """A setting that is a choice among words, as the words."""
        return np.array(choices(path), np.str_)[self.code(path)]


@dataclass(frozen=True, slots=True)
class RecipeSpace:
    """All recipes of a scenario, addressed by one linear index; nothing is expanded until asked for."""

    models: Ints
    methods: tuple[MethodChoice, ...]
    stacks: Ints
    axes: tuple[Axis, ...]
    defaults: Mapping[str, float]

    def _dims(self, method: MethodChoice) -> tuple[int, ...]:
        return (
            len(self.models),
            len(self.stacks),
            *(len(axis.values) if self.applies(axis, method) else 1 for axis in self.axes),
        )

    @staticmethod
    def applies(axis: Axis, method: MethodChoice) -> bool:
        """Whether an axis means anything to a method."""
        block, name = axis.path.split(".")
        return block != "method" or name in method.options

    @property
    def sizes(self) -> list[int]:
        """Number of recipes per method choice."""
        return [math.prod(self._dims(method)) for method in self.methods]

    def __len__(self) -> int:
        """Number of recipes, known before any is made."""
        return sum(self.sizes)

    def take(self, rows: Ints, overrides: Mapping[str, Floats] | None = None) -> Recipes:
        """The recipes with these linear indices, in this order.

        `overrides` holds other values of axes by dotted path, one per row; where one is NaN, or its axis does not
        apply to the method, the recipe keeps its own. The code of such an axis is that of the nearest listed value.
        """
        edges = np.cumsum([0, *self.sizes])
        which = np.searchsorted(edges, rows, side="right") - 1
        model = np.empty(len(rows), np.int64)
        stack = np.empty(len(rows), np.int64)
        codes = np.full((len(rows), len(self.axes)), -1, np.int64)
        for m, method in enumerate(self.methods):
            mine = which == m
            if not mine.any():
                continue
            parts = np.unravel_index(rows[mine] - edges[m], self._dims(method))
            model[mine], stack[mine] = self.models[parts[0]], self.stacks[parts[1]]
            for a, axis in enumerate(self.axes):
                if self.applies(axis, method):
                    codes[mine, a] = parts[2 + a]
        columns = self._columns(which, codes)
        for a, axis in enumerate(self.axes):
            if overrides is not None and axis.path in overrides:
                moved = (codes[:, a] >= 0) & ~np.isnan(overrides[axis.path])
                columns[axis.path] = np.where(moved, overrides[axis.path], columns[axis.path])
                listed = np.array([encode(axis.path, value) for value in axis.values])
                nearest = np.argmin(np.abs(columns[axis.path][:, None] - listed), axis=1)
                codes[:, a] = np.where(moved, nearest, codes[:, a])
        return Recipes(model, which.astype(np.int64), stack, codes, columns)

    def with_axis(self, rows: Ints, axis: int, code: int) -> Ints:
        """The same recipes with another value on one axis; rows to whose method it does not apply stay."""
        edges = np.cumsum([0, *self.sizes])
        which = np.searchsorted(edges, rows, side="right") - 1
        moved = rows.copy()
        for m, method in enumerate(self.methods):
            mine = which == m
            if not self.applies(self.axes[axis], method) or not mine.any():
                continue
            parts = list(np.unravel_index(rows[mine] - edges[m], self._dims(method)))
            parts[2 + axis] = np.full(mine.sum(), code)
            moved[mine] = np.ravel_multi_index(tuple(parts), self._dims(method)) + edges[m]
        return moved

    def _columns(self, which: Ints, codes: Ints) -> dict[str, Floats]:
        columns = {}
        for path in settings():
            block, name = path.split(".")
            if block == "method":
                per_method = [encode(path, m.options.get(name, DEFAULT_OPTIONS[name])) for m in self.methods]
                columns[path] = np.array(per_method, np.float64)[which]
            else:
                columns[path] = np.full(len(which), self.defaults[path])
        for a, axis in enumerate(self.axes):
            values = np.array([encode(axis.path, value) for value in axis.values])
            columns[axis.path] = np.where(codes[:, a] >= 0, values[codes[:, a]], columns[axis.path])
        return columns


def encode(path: str, value: Any) -> float:  # noqa: ANN401 - any scenario value
    """A setting as a number: words by their place among the allowed ones, None as NaN."""
    words = choices(path)
    if value is None:
        return math.nan
    return float(words.index(value)) if words is not None and isinstance(value, str) else float(value)


def decode(path: str, value: float) -> Any:  # noqa: ANN401 - any scenario value
    """The word, boolean or number a column entry stands for; None for NaN."""
    words = choices(path)
    if math.isnan(value):
        return None
    if words is not None:
        return words[int(value)]
    if path == "train.packing":
        return bool(value)
    return int(value) if value == int(value) else float(value)


def scenario_defaults(scenario: FineTune) -> dict[str, float]:
    """Every dataset and train setting of the scenario as one number."""
    return {
        path: encode(path, getattr(getattr(scenario, block), name))
        for path in settings()
        for block, name in [path.split(".")]
        if block != "method"
    }


def method_options(applicable: tuple[str, ...], given: MethodOptions | None) -> dict[str, Any]:
    """The options that apply to a method: as given, else the default (alpha: twice the rank in force)."""
    written = given.model_dump(exclude_none=True) if given else {}
    return {name: written.get(name, DEFAULT_OPTIONS[name]) for name in applicable}
