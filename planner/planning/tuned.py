"""Train and serve in one scenario: the fine-tuning scenario that a Serving names, and what its plan chooses."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.catalog.names import resolve_model, suggest
from planner.catalog.rows import Catalog
from planner.decision_names import DECISIONS
from planner.errors import InputError
from planner.planning.ready import Ready, Source, file_of
from planner.scenario.paths import scenario_root
from planner.scenario.serving import Serving, Trained
from planner.source import Document, InvalidInput
from planner.source import Path as Place
from planner.space.dataset_places import NamedFileError, find_named
from planner.space.serving.trained import TrainedModel

if TYPE_CHECKING:
    from planner.outcome import Plan

PLACE: Final[Place] = ("fine_tune", "scenario")


def named_scenario(scenario: Serving, document: Document, source: Source) -> Path | None:
    """File of the fine-tuning scenario that is named, as the user knows it; None where none is.

    Raises InvalidInput where it cannot be read.
    """
    asked = scenario.fine_tune
    if asked is None:
        return None
    if asked.decision not in DECISIONS:
        near = suggest(asked.decision, DECISIONS)
        hint = f"did you mean {near!r}?" if near else f"decisions: {', '.join(DECISIONS)}"
        message = f"a FineTune plan has no decision {asked.decision!r}"
        raise InvalidInput([document.problem("name", message, ("fine_tune", "decision"), hint=hint)], document.texts)
    home = document.file_at(PLACE)
    own = "." if isinstance(source, Mapping) else str(source)
    root = scenario_root(Path.cwd() / "-" if isinstance(source, Mapping) else file_of(source))
    try:
        return Path(find_named(asked.scenario, home if Path(home).is_file() else own, root).shown)
    except NamedFileError as error:
        problem = document.problem("name", error.message, PLACE, hint=error.hint)
        raise InvalidInput([problem], document.texts) from None


def trained_model(plan: "Plan", asked: Trained, tuning: Ready, catalog: Catalog) -> TrainedModel:
    """The configuration that a decision of the plan is, as a model to serve; raises InputError where there is none."""
    id_ = plan.decisions.get(asked.decision)
    chosen = None if id_ is None else plan.configuration(id_)
    if chosen is None:
        made = "no such decision" if plan.front else "nothing feasible"
        message = f"{tuning.path}: its plan has {made}, so that there is no tuned model to serve ({asked.decision})"
        raise InputError(message)
    index = resolve_model(catalog, chosen.model)
    if index is None:
        message = f"{tuning.path}: it tunes {chosen.model}, which is no model of the Serving scenario's catalog"
        raise InputError(message)
    return TrainedModel(
        model=index,
        text=f"{asked.decision} of {plan.metadata.name}: {chosen.model} by {chosen.method['name']}",
        configuration=chosen.id,
        q=_number(chosen.quality),
        q_low=_number(chosen.quality_lo),
        q_high=_number(chosen.quality_hi),
        label=chosen.quality_label,
        cost_usd=_number(chosen.cost_usd),
        runs_per_month=asked.runs_per_month,
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value
