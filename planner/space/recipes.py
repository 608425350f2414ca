"""Recipes: every combination of model, method, stack and axis values, as columns, made chunk by chunk.

A recipe is what is trained; on which machine, and who rents it out, is joined later. An axis that does not apply
to a method (rank on full fine-tuning) collapses to one row for it.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
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


RUNNING: Final = (
    "dataset.samples", "dataset.share", "dataset.validation_share", "dataset.completion_share", "train.epochs",
    "train.evaluations_per_epoch", "train.checkpoint_interval_hours", "train.spot_share", "train.expected_reruns",
)  # fmt: skip
"""Settings that say how much is run, and change neither a step nor its memory."""


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

    def take(self, rows: Ints | slice) -> "Recipes":
        """The recipes of these rows, in this order."""
        columns = {path: column[rows] for path, column in self.columns.items()}
        return Recipes(self.model[rows], self.method[rows], self.stack[rows], self.axis_codes[rows], columns)

    def number(self, path: str) -> Floats:
        """A numeric setting."""
        return self.columns[path]

    def code(self, path: str) -> Ints:
        """A word or boolean setting, as a code."""
        return self.columns[path].astype(np.int64)

    def says(self, path: str, word: str) -> Bools:
        """Whether a setting that is a choice among words is this one."""
        return np.asarray(self.columns[path] == (choices(path) or ()).index(word))


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
    def shares_runs(self) -> bool:
        """Whether some recipe leaves a part of its run to the spot twin of an offer."""
        shares = [self.defaults["train.spot_share"]]
        shares += [value for axis in self.axes if axis.path == "train.spot_share" for value in axis.values]
        return any(share > 0 for share in shares)

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

    def grouped(self, places: Ints, fastest: Collection[str] = RUNNING) -> Ints:
        """Linear indices of the recipes at some places of another order: that in which these axes vary fastest.

        Neighbours in that order differ in how much is run, and share the dear part of an estimate.
        """
        edges = np.cumsum([0, *self.sizes])
        which = np.searchsorted(edges, places, side="right") - 1
        rows = np.empty(len(places), np.int64)
        order = sorted(range(len(self.axes)), key=lambda a: self.axes[a].path in fastest)
        order = [0, 1, *(a + 2 for a in order)]
        for m, method in enumerate(self.methods):
            mine = which == m
            if mine.any():
                dims = self._dims(method)
                parts = np.unravel_index(places[mine] - edges[m], [dims[d] for d in order])
                back = [parts[order.index(d)] for d in range(len(dims))]
                rows[mine] = np.ravel_multi_index(back, dims) + edges[m]
        return rows

    def split(self, rows: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Recipes by their linear indices → place of the model, method, place of the stack, and (n, axes) codes.

        Places are those in `models` and `stacks`; the code is -1 where an axis does not apply.
        """
        edges = np.cumsum([0, *self.sizes])
        method = np.searchsorted(edges, rows, side="right") - 1
        model, stack = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
        codes = np.full((len(rows), len(self.axes)), -1, np.int64)
        for m, choice in enumerate(self.methods):
            mine = method == m
            parts = np.unravel_index(rows[mine] - edges[m], self._dims(choice))
            model[mine], stack[mine] = parts[0], parts[1]
            for a, axis in enumerate(self.axes):
                if self.applies(axis, choice):
                    codes[mine, a] = parts[2 + a]
        return model, method.astype(np.int64), stack, codes

    def locate(self, model: Ints, method: Ints, stack: Ints, codes: Ints) -> Ints:
        """Linear indices of recipes from what `split` tells of them; codes of axes that do not apply count nothing."""
        edges = np.cumsum([0, *self.sizes])
        rows = np.empty(len(model), np.int64)
        for m, choice in enumerate(self.methods):
            mine = method == m
            place = [codes[mine, a] * self.applies(axis, choice) for a, axis in enumerate(self.axes)]
            rows[mine] = np.ravel_multi_index((model[mine], stack[mine], *place), self._dims(choice)) + edges[m]
        return rows

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

    def with_choice(self, rows: Ints, method: int, model: int) -> Ints:
        """The same recipes by another method and on another model, given by their place in `methods` and `models`.

        An axis that comes to apply takes its first value.
        """
        edges = np.cumsum([0, *self.sizes])
        which = np.searchsorted(edges, rows, side="right") - 1
        dims = self._dims(self.methods[method])
        moved = np.empty(len(rows), np.int64)
        for m, old in enumerate(self.methods):
            mine = which == m
            if not mine.any():
                continue
            parts = list(np.unravel_index(rows[mine] - edges[m], self._dims(old)))
            parts[0] = np.full(mine.sum(), model)
            for a, axis in enumerate(self.axes):
                if not self.applies(axis, self.methods[method]):
                    parts[2 + a] = np.zeros(mine.sum(), np.int64)
            moved[mine] = np.ravel_multi_index(tuple(parts), dims) + edges[method]
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
