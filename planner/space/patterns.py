"""One include or exclude rule, its keys and names looked up in the catalog."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from planner.catalog.names import resolve_gpus, resolve_model, suggest
from planner.catalog.rows import Bools, Catalog
from planner.scenario.tiers import TIERS
from planner.space.axes import Axis, choices, settings
from planner.space.recipes import encode

Path = tuple[str | int, ...]
Complain = Callable[[Path, str, str | None], None]
Written = bool | int | float | str

UNKNOWN_KEY = "unknown key"
"""How a message about a key, not its value, begins."""
KEYS = ("model", "method", "stack", "gpu", "count", "provider", "region", "tier")
_PLURAL = {"model": "models", "gpu": "gpus", "method": "methods", "stack": "stacks", "provider": "providers"}
MOST_NAMED = 12
"""Names that a hint lists."""
_WILD = "*?["


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule asks for; what it does not name is accepted."""

    path: Path
    """Where the rule is written."""
    codes: Mapping[str, frozenset[int | str]]
    """Key → accepted indices into the catalog; counts, regions and tiers as they are in offers."""
    settings: Mapping[str, frozenset[float]]
    """Dotted path → accepted values, as numbers."""

    def accepts(self, key: str, column: NDArray[Any]) -> Bools:
        """Rows of a column that the rule accepts."""
        if key not in self.codes:
            return np.ones(len(column), bool)
        accepted: Bools = np.isin(column, list(self.codes[key]))
        return accepted


def read_rules(
    rules: Sequence[Mapping[str, Any]], key: str, catalog: Catalog, axes: Sequence[Axis], report: Complain,
    noun: str = "rule",
) -> list[Pattern]:  # fmt: skip
    """The rules written under `include` or `exclude`; whatever does not exist is reported. `noun` is their name."""
    reader = _Reader(catalog, axes, report, noun)
    return [reader.pattern((key, i), rule) for i, rule in enumerate(rules)]


class _Reader:
    """Looks up names; one for all rules."""

    def __init__(self, catalog: Catalog, axes: Sequence[Axis], report: Complain, noun: str) -> None:
        self._catalog = catalog
        self._continuous = {axis.path for axis in axes if axis.interval is not None}
        self._report = report
        self._noun = noun
        self._names: dict[str, list[str]] = {
            "model": [model.id for model in catalog.models],
            "method": [method.id for method in catalog.methods],
            "stack": [stack.id for stack in catalog.stacks],
            "gpu": [gpu.id for gpu in catalog.gpus],
            "provider": list(catalog.offers.providers),
            "region": np.unique(catalog.offers.region).tolist(),
            "tier": list(TIERS),
        }

    def pattern(self, path: Path, rule: Mapping[str, Any]) -> Pattern:
        codes: dict[str, frozenset[int | str]] = {}
        numbers: dict[str, frozenset[float]] = {}
        for key, written in rule.items():
            here = (*path, key)
            if key in settings():
                numbers[key] = frozenset(n for at, value in _each(here, written) for n in self._number(at, key, value))
            elif key == "count":
                codes[key] = frozenset(n for at, value in _each(here, written) for n in self._count(at, value))
            elif key in KEYS:
                codes[key] = frozenset(n for at, value in _each(here, written) for n in self._named(at, key, value))
            else:
                near = suggest(key, [*KEYS, *settings()])
                hint = (
                    f"did you mean {near!r}?"
                    if near
                    else f"a {self._noun} has {', '.join(KEYS)} or a swept value's path"
                )
                self._report(here, f"{UNKNOWN_KEY} {key!r} in a {self._noun}", hint)
        return Pattern(path, codes, numbers)

    def _named(self, path: Path, key: str, value: Written) -> list[int | str]:
        names = self._names[key]
        text = value if isinstance(value, str) else str(value)
        found = self._indices(key, text)
        if not found:
            wild = any(sign in text for sign in _WILD)
            near = None if wild else suggest(text, names)
            listed = f"see `planner list {_PLURAL[key]}`" if key in _PLURAL else _some(names)
            message = f"no {key} is called like {text!r}" if wild else f"unknown {key} {text!r}"
            self._report(path, message, f"did you mean {near!r}?" if near else listed)
        return [names[i] for i in found] if key in ("region", "tier") else list(found)

    def _indices(self, key: str, text: str) -> list[int]:
        """Names that a text means: one of them, a card's family, or all that a text with wildcards fits."""
        names = self._names[key]
        if any(sign in text for sign in _WILD):
            return [i for i, name in enumerate(names) if fnmatchcase(name.lower(), text.lower())]
        if key == "gpu":
            return list(resolve_gpus(self._catalog, text))
        if key == "model":
            model = resolve_model(self._catalog, text)
            return [] if model is None else [model]
        return [i for i, name in enumerate(names) if name == text]

    def _count(self, path: Path, value: Written) -> list[int]:
        if isinstance(value, str | bool) or not math.isfinite(value) or value != int(value) or value < 1:
            self._report(path, f"{value!r} is no number of GPUs", "count takes whole numbers from 1")
            return []
        return [int(value)]

    def _number(self, path: Path, key: str, value: Written) -> list[float]:
        if key in self._continuous:
            self._report(path, f"{key} is a continuous axis; rules cut listed values only", "narrow its `between`")
            return []
        try:
            read = settings()[key].validate_python(value, strict=isinstance(value, bool))
        except ValidationError:
            words = choices(key)
            self._report(path, f"{value!r} cannot be {key}", f"allowed: {', '.join(words)}" if words else None)
            return []
        return [encode(key, read)]


def _some(names: Sequence[str]) -> str:
    """`there are: a, b`; of many some, and how many there are."""
    if len(names) <= MOST_NAMED:
        return f"there are: {', '.join(names)}"
    return f"there are {len(names):,}, among them: {', '.join(names[:MOST_NAMED])} …"


def _each(path: Path, written: Written | Sequence[Written]) -> Iterator[tuple[Path, Written]]:
    """The values of a key, each with its place."""
    if isinstance(written, list):
        yield from (((*path, j), value) for j, value in enumerate(written))
    elif not isinstance(written, Sequence) or isinstance(written, str):
        yield path, written
