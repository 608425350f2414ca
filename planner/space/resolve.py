"""A scenario's names looked up in the catalog; whatever does not exist or cannot be is a problem with its place."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from planner.catalog.names import suggest
from planner.catalog.rows import Benchmark, Catalog, Ints, Task
from planner.scenario.blocks import MethodOptions
from planner.scenario.fine_tune import FineTune
from planner.space.axes import read_axes
from planner.space.contracts import check_committed_prices, check_contracts
from planner.space.dataset import Measured, check_dataset, measured_settings
from planner.space.decision_checks import check_decisions
from planner.space.hardware_names import (
    check_gpus,
    check_offered,
    check_places,
    check_residency_and_services,
    held_back,
    in_the_way,
)
from planner.space.model_choice import choose_models
from planner.space.offers import STALE_MONTHS, Market, open_market
from planner.space.patterns import read_rules
from planner.space.recipes import MethodChoice, RecipeSpace, method_options, scenario_defaults
from planner.space.rules import Rules, apply_rules
from planner.space.spot_checks import check_spot_policies
from planner.space.strategy import Way, choose_way
from planner.space.time_rates import check_rates_in_play, check_time_rates
from planner.space.tuning_market import TuningMarket, check_tuning, open_tuning

Path = tuple[str | int, ...]
Complain = Callable[[Path, str, str | None], None]

RESERVED_NAME = "samples"


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
    way: Way = "exact"
    """How it is searched."""
    tuning: TuningMarket = field(default_factory=TuningMarket)
    """Managed fine-tuning services in play, beside the machines."""

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
    laid_over: Callable[[Path, Path], bool] = lambda *_: False,
) -> Space | None:
    """Look up every name; returns None when a problem was reported.

    `laid_over` says whether the first of two places overrides on purpose what an extended file says at the second.
    """
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
    models, removed = choose_models(scenario, catalog, report)
    check_dataset(scenario.dataset, report, warn)
    methods = _methods(scenario, catalog, report)
    stacks = _stacks(scenario, catalog, report)
    families = check_gpus(scenario, catalog, report)
    check_offered(scenario, catalog, warn)
    check_places(scenario, catalog, report)
    check_residency_and_services(scenario, catalog, report)
    check_contracts(scenario, report, warn)
    check_time_rates(scenario, catalog, report)
    check_decisions(scenario, report)
    check_spot_policies(scenario, report)
    axes = read_axes(scenario, report)
    for axis in axes:
        block, name = axis.path.split(".")
        place: Path = ("axes", axis.path)
        if block == "method":
            _shadowed_options(scenario, name, methods, warn, place, laid_over)
        elif name in getattr(scenario, block).model_fields_set and not laid_over(place, (block, name)):
            warn((block, name), f"{axis.path} is replaced by the axis of that name", "remove one of the two")
    include = read_rules(scenario.include, "include", catalog, axes, report)
    exclude = read_rules(scenario.exclude, "exclude", catalog, axes, report)
    if troubles:
        return None
    defaults = scenario_defaults(scenario) | measured_settings(scenario.dataset, measured)
    recipes = RecipeSpace(models, methods, stacks, axes, defaults)
    market = open_market(scenario.hardware, catalog, stale_months)
    tuning = open_tuning(scenario, catalog, models, methods, stale_months, (include, exclude))
    if not check_tuning(scenario, catalog, tuning, methods, report, warn):
        return None
    if not len(market.offers) and not tuning.prices:
        report(in_the_way(scenario, catalog), "no offer of the catalog matches", held_back(market))
        return None
    check_committed_prices(scenario, market, warn)
    check_rates_in_play(scenario, catalog, market, warn, shared=recipes.shares_runs)
    rules = None
    if len(recipes) * len(market.offers):  # else there are managed services alone
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
        tuning=tuning,
    )
    way = choose_way(scenario, recipes, len(market.offers), rules, report)
    if way == "exact" and scenario.search.model_fields_set - {"strategy"}:
        warn(("search",), "search does nothing: without a continuous axis the space is searched exactly", None)
    return None if way is None else replace(space, way=way)


def _shadowed_options(
    scenario: FineTune, name: str, methods: tuple[MethodChoice, ...], warn: Complain, axis: Path,
    laid_over: Callable[[Path, Path], bool],
) -> None:  # fmt: skip
    if not any(name in method.options for method in methods):
        warn(axis, f"no method of the scenario has {name!r}; the axis does nothing", None)
    for i, entry in enumerate(scenario.methods):
        if isinstance(entry, dict):
            for method, given in entry.items():
                written: Path = ("methods", i, method, name)
                if name in given.model_fields_set and not laid_over(axis, written):
                    warn(
                        written,
                        f"method.{name} is replaced by the axis of that name",
                        "remove one of the two",
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


def _benchmark(scenario: FineTune, catalog: Catalog) -> Benchmark | None:
    baseline = scenario.quality.baseline
    return next((b for b in catalog.benchmarks if baseline and b.id == baseline.benchmark), None)
