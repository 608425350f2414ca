"""Options of `planner list models`: the requirements that a scenario writes under `where`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from planner.units import parse_quantity

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog, Model


@dataclass(frozen=True, slots=True)
class ModelFilters:
    """What a listed model must offer; None or empty asks for nothing."""

    min_params: float | None = None
    max_params: float | None = None
    min_context: float | None = None
    licenses: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    released_after: str | None = None
    task: str | None = None

    def __bool__(self) -> bool:
        return self != ModelFilters()

    def meets(self, model: Model, scored: frozenset[str] | None) -> bool:
        """Whether a model meets all of it; `scored` are the ids with a score for the task."""
        return (
            (self.min_params is None or model.params_total >= self.min_params)
            and (self.max_params is None or model.params_total <= self.max_params)
            and (self.min_context is None or model.max_context >= self.min_context)
            and (not self.licenses or model.license.lower() in self.licenses)
            and (not self.families or model.family.lower() in self.families)
            and (self.released_after is None or model.released >= self.released_after[:7])
            and (scored is None or (model.id in scored and model.decoder))
        )

    def models(self, catalog: Catalog) -> frozenset[str]:
        """Ids of the models that meet all of it."""
        scored = None if self.task is None else _scored(catalog, self.task)
        return frozenset(model.id for model in catalog.models if self.meets(model, scored))


def _scored(catalog: Catalog, name: str) -> frozenset[str]:
    """Models whose base variant has a comparable published score on a benchmark that stands for the task."""
    tasks = {task.id: task for task in catalog.tasks}
    if name not in tasks:
        message = f"no task {name!r}; tasks: {', '.join(tasks)}"
        raise click.BadParameter(message, param_hint="--task")
    shots = {b.id: b.shots for b in catalog.benchmarks if b.id in tasks[name].benchmarks}
    return frozenset(s.model for s in catalog.scores if s.variant == "base" and s.shots in shots.get(s.benchmark, ()))


def _count(_context: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    """7B, 32k or a plain number."""
    try:
        return None if value is None else parse_quantity(value, "count")
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def filtering_models(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets them as `wanted`."""

    @click.option("--min-params", callback=_count, help="models: least number of parameters, such as 6B.")
    @click.option("--max-params", callback=_count, help="models: largest number of parameters, such as 9B.")
    @click.option("--min-context", callback=_count, help="models: least context length in tokens, such as 32k.")
    @click.option("--license", "licenses", multiple=True, help="models: licence by its short tag; may be repeated.")
    @click.option("--family", "families", multiple=True, help="models: family, such as llama; may be repeated.")
    @click.option("--released-after", metavar="DATE", help="models: earliest release, such as 2024-07.")
    @click.option("--task", help="models: with a published score on a benchmark of this task.")
    @functools.wraps(command)
    def wrapped(
        *args: Any, min_params: float | None, max_params: float | None, min_context: float | None,  # noqa: ANN401
        licenses: tuple[str, ...], families: tuple[str, ...], released_after: str | None, task: str | None,
        **others: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401  # fmt: skip
        tags, kin = (tuple(word.lower() for word in words) for words in (licenses, families))
        wanted = ModelFilters(min_params, max_params, min_context, tags, kin, released_after, task)
        return command(*args, wanted=wanted, **others)

    return wrapped
