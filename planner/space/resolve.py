"""A scenario's names looked up in the catalog; whatever does not exist or cannot be is a problem with its place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.catalog.names import resolve_gpus, resolve_model, suggest
from planner.catalog.rows import Benchmark, Catalog, Ints, Model, Task
from planner.scenario.blocks import MethodOptions, ModelQuery, ModelRequirements
from planner.scenario.fine_tune import FineTune
from planner.scenario.own_models import ModelConfig, ModelDefinition
from planner.space.axes import read_axes
from planner.space.custom_models import model_id
from planner.space.dataset import Measured, check_dataset, measured_settings
from planner.space.offers import (
    RULES,
    STALE_MONTHS,
    SWITCHES,
    Market,
    countries_of,
    filter_words,
    known_countries,
    open_market,
)
from planner.space.patterns import read_rules
from planner.space.recipes import MethodChoice, RecipeSpace, method_options, scenario_defaults
from planner.space.rules import Rules, apply_rules

Path = tuple[str | int, ...]
Complain = Callable[[Path, str, str | None], None]

RESERVED_NAME = "samples"
MAX_COMBINATIONS = 200_000_000
"""Combinations that an exact plan walks through at most."""


@dataclass(frozen=True, slots=True)
class Space:
    """Everything a FineTune scenario may choose from."""

    recipes: RecipeSpace
    market: Market
    task: Task
    benchmark: Benchmark | None
    """The scenario's own choice; None leaves it to the task."""
    removed_models: dict[str, int]
    families: dict[str, tuple[str, ...]]
    """GPU names that stand for several cards, and which."""
    measured: Measured | None = None
    """What the dataset's file holds, where it is one."""
    rules: Rules | None = None
    """What the scenario's include and exclude rules keep; None without rules."""

    @property
    def combinations(self) -> int:
        """Size of the space, known before it is expanded; what rules cut is not part of it."""
        return self.walked if self.rules is None else self.rules.kept

    @property
    def walked(self) -> int:
        """Recipes times offers: rows are numbered through these, whether rules keep them or not."""
        return len(self.recipes) * len(self.market.offers)


def resolve(
    scenario: FineTune,
    catalog: Catalog,
    complain: Complain,
    warn: Complain,
    measured: Measured | None = None,
    stale_months: float = STALE_MONTHS,
) -> Space | None:
    """Look up every name; returns None when a problem was reported."""
    troubles = 0

    def report(path: Path, message: str, hint: str | None = None) -> None:
        nonlocal troubles
        troubles += 1
        complain(path, message, hint)

    if scenario.metadata.name == RESERVED_NAME:
        report(
            ("metadata", "name"),
            f"the name {RESERVED_NAME!r} is taken",
            "reports/samples/ holds the committed samples",
        )
    models, removed = _models(scenario, catalog, report)
    check_dataset(scenario.dataset, report, warn)
    methods = _methods(scenario, catalog, report)
    stacks = _stacks(scenario, catalog, report)
    families = _gpus(scenario, catalog, report)
    _places(scenario, catalog, report)
    _residency_and_services(scenario, catalog, report)
    axes = read_axes(scenario, report)
    for axis in axes:
        block, name = axis.path.split(".")
        if block != "method" and name in getattr(scenario, block).model_fields_set:
            warn((block, name), f"{axis.path} is replaced by the axis of that name", "remove one of the two")
        if block == "method":
            _shadowed_options(scenario, name, methods, warn, ("axes", axis.path))
    if "search" in scenario.model_fields_set and not any(axis.interval for axis in axes):
        warn(("search",), "search does nothing: without a continuous axis the space is searched exactly", None)
    include = read_rules(scenario.include, "include", catalog, axes, report)
    exclude = read_rules(scenario.exclude, "exclude", catalog, axes, report)
    if troubles:
        return None
    defaults = scenario_defaults(scenario) | measured_settings(scenario.dataset, measured)
    recipes = RecipeSpace(models, methods, stacks, axes, defaults)
    market = open_market(scenario.hardware, catalog, stale_months)
    if not len(market.offers):
        report(("hardware",), "no offer of the catalog matches", _held_back(market))
        return None
    rules, market = apply_rules(include, exclude, recipes, market, report, warn)
    if rules is None and (include or exclude):
        return None
    space = Space(
        recipes=recipes,
        market=market,
        task=next(task for task in catalog.tasks if task.id == scenario.quality.task),
        benchmark=_benchmark(scenario, catalog),
        removed_models=removed,
        families=families,
        measured=measured,
        rules=rules,
    )
    if space.combinations > MAX_COMBINATIONS or space.walked > 5 * MAX_COMBINATIONS:
        report(
            ("axes",) if scenario.axes else ("models",),
            f"the scenario spans {space.combinations:,} combinations; at most {MAX_COMBINATIONS:,} are planned exactly",
            "shorten axes, or name fewer models, providers or regions",
        )
        return None
    return space


def _shadowed_options(
    scenario: FineTune, name: str, methods: tuple[MethodChoice, ...], warn: Complain, axis: Path
) -> None:
    if not any(name in method.options for method in methods):
        warn(axis, f"no method of the scenario has {name!r}; the axis does nothing", None)
    for i, entry in enumerate(scenario.methods):
        if isinstance(entry, dict):
            for method, given in entry.items():
                if name in given.model_fields_set:
                    warn(
                        ("methods", i, method, name),
                        f"method.{name} is replaced by the axis of that name",
                        "remove one of the two",
                    )


def _held_back(market: Market) -> str:
    """What keeps every offer out, and what to do about it."""
    words = {name: f"{filter_words(name, market.stale_months)}: {n}" for name, n in market.removed.items()}
    rules = ", ".join(text for name, text in words.items() if name in RULES)
    filters = ", ".join(text for name, text in words.items() if name in SWITCHES)
    lets_in = ", ".join(name for name in words if name in SWITCHES)
    parts = [f"held back: {rules}"] if rules else []
    parts += [f"held back by default filters ({filters}); let in by hardware.allow: [{lets_in}]"] if filters else []
    return "; ".join(parts) or "widen gpus, counts, providers, regions, services or tiers"


def _models(scenario: FineTune, catalog: Catalog, report: Complain) -> tuple[Ints, dict[str, int]]:
    chosen: list[int] = []
    removed: dict[str, int] = {}
    for i, entry in enumerate(scenario.models):
        if isinstance(entry, ModelQuery):
            found = [m for m, model in enumerate(catalog.models) if _meets(model, entry.where)]
            causal = [m for m in found if catalog.models[m].decoder]
            if len(causal) < len(found):
                key = "models that are no causal decoders"
                removed[key] = removed.get(key, 0) + len(found) - len(causal)
            if not causal:
                report(
                    ("models", i, "where"),
                    "no model of the catalog meets these requirements",
                    "see `planner list models`",
                )
            chosen += causal
            continue
        if isinstance(entry, ModelDefinition | ModelConfig):
            # It joined the catalog if nothing is wrong with it; what is wrong was said then.
            own = resolve_model(catalog, model_id(entry))
            chosen += [] if own is None else [own]
            continue
        index = resolve_model(catalog, entry)
        if index is None:
            near = suggest(entry, [model.id for model in catalog.models])
            report(
                ("models", i),
                f"unknown model {entry!r}",
                f"did you mean {near!r}?" if near else "see `planner list models`",
            )
        elif not catalog.models[index].decoder:
            report(
                ("models", i),
                f"{entry!r} is no causal decoder and cannot be fine-tuned here",
                "choose a decoder-only model",
            )
        else:
            chosen.append(index)
    return np.array(sorted(set(chosen)), np.int64), removed


def _meets(model: Model, where: ModelRequirements) -> bool:
    return (
        (where.min_params is None or model.params_total >= where.min_params)
        and (where.max_params is None or model.params_total <= where.max_params)
        and (where.license is None or model.license in where.license)
        and (where.families is None or model.family in where.families)
        and (where.min_context is None or model.max_context >= where.min_context)
        and (where.released_after is None or model.released >= where.released_after[:7])
    )


def _methods(scenario: FineTune, catalog: Catalog, report: Complain) -> tuple[MethodChoice, ...]:
    chosen: list[MethodChoice] = []
    ids = [method.id for method in catalog.methods]
    swept = [path.removeprefix("method.") for path in scenario.axes if path.startswith("method.")]
    swept = [name for name in swept if name in MethodOptions.model_fields]
    for i, entry in enumerate(scenario.methods):
        pairs: list[tuple[str, MethodOptions | None]] = (
            [(entry, None)] if isinstance(entry, str) else [(name, given) for name, given in entry.items()]
        )
        for name, given in pairs:
            if name not in ids:
                near = suggest(name, ids)
                report(
                    ("methods", i),
                    f"unknown method {name!r}",
                    f"did you mean {near!r}?" if near else f"allowed: {', '.join(ids)}",
                )
                continue
            method = catalog.methods[ids.index(name)]
            for option in sorted(given.model_fields_set if given else ()):
                if option not in method.options:
                    allowed = ", ".join(method.options)
                    report(
                        ("methods", i, name, option),
                        f"{option!r} does not apply to {name}",
                        f"its options: {allowed}",
                    )
            kept = given.model_copy(update=dict.fromkeys(swept)) if given else None
            choice = MethodChoice(ids.index(name), name, method_options(method.options, kept))
            if choice not in chosen:
                chosen.append(choice)
    return tuple(chosen)


def _stacks(scenario: FineTune, catalog: Catalog, report: Complain) -> Ints:
    ids = [stack.id for stack in catalog.stacks]
    for i, name in enumerate(scenario.stacks):
        if name not in ids:
            near = suggest(name, ids)
            report(
                ("stacks", i),
                f"unknown stack {name!r}",
                f"did you mean {near!r}?" if near else f"allowed: {', '.join(ids)}",
            )
    return np.array(sorted({ids.index(name) for name in scenario.stacks if name in ids}), np.int64)


def _gpus(scenario: FineTune, catalog: Catalog, report: Complain) -> dict[str, tuple[str, ...]]:
    families = {}
    if scenario.hardware.gpus == "any":
        return {}
    for i, name in enumerate(scenario.hardware.gpus):
        found = resolve_gpus(catalog, name)
        if not found:
            near = suggest(name, [gpu.id for gpu in catalog.gpus])
            report(
                ("hardware", "gpus", i),
                f"unknown GPU {name!r}",
                f"did you mean {near!r}?" if near else "see `planner list gpus`",
            )
        elif len(found) > 1:
            families[name] = tuple(catalog.gpus[index].id for index in found)
    return families


def _places(scenario: FineTune, catalog: Catalog, report: Complain) -> None:
    hardware = scenario.hardware
    if hardware.providers != "any":
        for i, name in enumerate(hardware.providers):
            if name not in catalog.offers.providers:
                near = suggest(name, list(catalog.offers.providers))
                report(
                    ("hardware", "providers", i),
                    f"unknown provider {name!r}",
                    f"did you mean {near!r}?" if near else "see `planner list offers`",
                )
    if hardware.regions != "any":
        known = np.unique(catalog.offers.region).tolist()
        for i, name in enumerate(hardware.regions):
            if name not in known:
                near = suggest(name, known)
                report(
                    ("hardware", "regions", i),
                    f"unknown region {name!r}",
                    f"did you mean {near!r}?" if near else "see `planner list offers`",
                )


def _residency_and_services(scenario: FineTune, catalog: Catalog, report: Complain) -> None:
    hardware = scenario.hardware
    places = [*catalog.country_groups, *sorted(known_countries(catalog))]
    for i, name in enumerate(hardware.residency or ()):
        if not countries_of([name], catalog):
            report(
                ("hardware", "residency", i),
                f"no region of the catalog is known to lie in {name!r}",
                f"countries are two-letter codes; groups: {', '.join(catalog.country_groups)}"
                if len(name) != 2 else f"known: {', '.join(places)}",
            )  # fmt: skip
    known = sorted(set(catalog.offers.service.tolist()))
    for i, name in enumerate(hardware.services if hardware.services != "any" else ()):
        if name not in known:
            near = suggest(name, known)
            report(
                ("hardware", "services", i),
                f"unknown service {name!r}",
                f"did you mean {near!r}?" if near else f"known: {', '.join(known)}",
            )


def _benchmark(scenario: FineTune, catalog: Catalog) -> Benchmark | None:
    baseline = scenario.quality.baseline
    return next((b for b in catalog.benchmarks if baseline and b.id == baseline.benchmark), None)
