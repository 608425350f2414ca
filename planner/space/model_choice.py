"""The models a scenario means: by name, by requirement, or its own."""

import numpy as np

from planner.catalog.managed_tuning import resolve_service_model, service_models
from planner.catalog.names import resolve_model, suggest
from planner.catalog.rows import Catalog, Ints, Model
from planner.scenario import Planned
from planner.scenario.blocks import ModelQuery, ModelRequirements
from planner.scenario.own_models import ModelConfig, ModelDefinition
from planner.space.axes import Complain
from planner.space.custom_models import model_id


def choose_models(scenario: Planned, catalog: Catalog, report: Complain) -> tuple[Ints, dict[str, int]]:
    """Indices of the models, and how many were left out, by reason; problems go to `report`.

    Models that only managed services have are no part of it: no machine runs them.
    """
    chosen: list[int] = []
    removed: dict[str, int] = {}
    for i, entry in enumerate(scenario.models):
        if isinstance(entry, ModelQuery):
            if _unknown_words(entry.where, catalog, i, report):
                continue
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
            if resolve_service_model(catalog, entry) is not None:
                continue
            near = suggest(entry, [*(model.id for model in catalog.models), *service_models(catalog)])
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


def _unknown_words(where: ModelRequirements, catalog: Catalog, i: int, report: Complain) -> bool:
    """Report licences and families that no model of the catalog has: a typo would only shrink the grid."""
    known = {"license": {m.license for m in catalog.models}, "families": {m.family for m in catalog.models}}
    wrong = False
    for key, allowed in known.items():
        for j, word in enumerate(getattr(where, key) or ()):
            if word not in allowed:
                wrong = True
                near = suggest(word, sorted(allowed))
                hint = f"did you mean {near!r}?" if near else f"known: {', '.join(sorted(allowed))}"
                what = "licence" if key == "license" else "family"
                report(("models", i, "where", key, j), f"no model has {what} {word!r}", hint)
    return wrong


def _meets(model: Model, where: ModelRequirements) -> bool:
    return (
        (where.min_params is None or model.params_total >= where.min_params)
        and (where.max_params is None or model.params_total <= where.max_params)
        and (where.license is None or model.license in where.license)
        and (where.families is None or model.family in where.families)
        and (where.min_context is None or model.max_context >= where.min_context)
        and (where.released_after is None or model.released >= where.released_after[:7])
    )
