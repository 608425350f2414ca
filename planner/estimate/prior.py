"""The quality prior of recipes: which terms of `quality` apply to which recipe."""

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.baseline import Baseline
from planner.estimate.pairs import Facts, Workload, adapter_params
from planner.estimate.quality import (
    QualityTerms,
    capacity_penalty,
    data_gain,
    effective_examples,
    overfit_penalty,
)  # fmt: skip
from planner.space.recipes import MethodChoice, Recipes


def quality_terms(
    recipes: Recipes, work: Workload, baseline: Baseline, methods: tuple[MethodChoice, ...], facts: Facts
) -> QualityTerms:
    """The prior of every recipe, in logits; NaN where the base model has no score.

    Truncation loses data: examples count by the share of their tokens that is kept [E].
    """
    epochs = recipes.number("train.epochs")
    unique = work.train_samples * work.kept_share
    rows = [facts.catalog.methods[choice.index] for choice in methods]
    narrow = _narrow(recipes)
    offset = facts.calibration.offsets.get(baseline.task.id)

    def by_method(field: str) -> Floats:
        return np.array([getattr(row, field) for row in rows])[recipes.method]

    adapted = np.array([row.trains == "adapter" for row in rows])[recipes.method]
    return QualityTerms(
        base=baseline.logit[recipes.model],
        base_sd=baseline.sd[recipes.model],
        gain=data_gain(effective_examples(unique, epochs)),
        method=np.where(narrow & adapted, by_method("attention_only_offset"), by_method("quality_offset")),
        method_sd=np.where(narrow & adapted, by_method("attention_only_sd"), by_method("quality_sd")),
        capacity=capacity_penalty(work.trained_tokens_per_epoch, adapter_params(recipes, methods, facts), ~adapted),
        overfit=overfit_penalty(unique, epochs),
        **({} if offset is None else {"offset": offset.mean, "offset_sd": offset.sd}),
    )


def _narrow(recipes: Recipes) -> Bools:
    """Recipes whose adapter leaves the MLP alone."""
    return ~recipes.says("method.targets", "all-linear")
