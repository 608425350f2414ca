"""How far a figure of quality is to be trusted, in words."""

from typing import Final

import numpy as np

from planner.estimate.quality import LABEL
from planner.kinds.problem import Problem

STANDINGS: Final = {
    "published": "",
    "claim": "; start is a claim, low confidence",
    "unconfirmed": "; base score from memory, unconfirmed",
    "user-given": "; start is user-given",
}


def quality_label(problem: Problem, model: int) -> str:
    """The label of a quality that starts from a model's score, by the model's index in the catalog."""
    baseline = problem.baseline
    if baseline.from_prior[model]:
        return f"{LABEL}; no published score, start regressed on size and date at its low end"
    if not np.isfinite(baseline.logit[model]):
        return "unknown: no published score"
    offset = problem.facts.calibration.offsets.get(baseline.task.id)
    if offset is not None:
        return (
            f"calibrated with {offset.runs} evaluation{'' if offset.runs == 1 else 's'} of yours"
            + STANDINGS[_standing(problem, model)]
        )
    return LABEL + STANDINGS[_standing(problem, model)]


def _standing(problem: Problem, model: int) -> str:
    """Who stands behind the score that quality starts from."""
    benchmark, catalog = problem.baseline.benchmark, problem.facts.catalog
    name = catalog.models[model].id
    mine = (s.standing for s in catalog.scores if s.model == name and s.benchmark == benchmark.id)
    return next((standing for standing in mine if standing != "published"), "published")
