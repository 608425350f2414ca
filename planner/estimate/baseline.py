"""Where the quality prior starts: published scores of the base models on one benchmark (DOMAIN 4.2, 4.3).

Scores are compared only within one benchmark, one setting of shots and the base variant. A model without such a
score gets, on request, a value regressed on its size and release date, at the low end.
"""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Benchmark, Bools, Catalog, Floats, Ints, Task
from planner.estimate.quality import BASE_SD, base_logit, normalised

LOW_QUANTILE_Z = 1.2815515655446004
"""Distance of the 10 % quantile, in standard deviations: how far below the regression an unscored model starts."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Starting logit of every model of the catalog; NaN where nothing is known."""

    task: Task
    benchmark: Benchmark
    points: Floats
    """Published score, in the benchmark's points."""
    logit: Floats
    sd: Floats
    from_prior: Bools
    """True where the start is regressed, not published."""


def choose_benchmark(catalog: Catalog, task: Task, models: Ints) -> Benchmark:
    """The task's first benchmark that most of these models have a comparable score on, else the best covered one."""
    by_id = {benchmark.id: benchmark for benchmark in catalog.benchmarks}
    candidates = [by_id[name] for name in task.benchmarks]
    covered = [int(np.isfinite(published_points(catalog, b)[models]).sum()) for b in candidates]
    for benchmark, count in zip(candidates, covered, strict=True):
        if 2 * count > len(models):
            return benchmark
    return candidates[int(np.argmax(covered))]


def published_points(catalog: Catalog, benchmark: Benchmark) -> Floats:
    """Score of every model's base variant, in points, at the most preferred comparable shots; NaN where none."""
    index = {model.id: i for i, model in enumerate(catalog.models)}
    points = np.full(len(catalog.models), np.nan)
    rank = np.full(len(catalog.models), len(benchmark.shots), np.int64)
    for score in catalog.scores:
        if score.benchmark != benchmark.id or score.variant != "base" or score.model not in index:
            continue
        if score.shots not in benchmark.shots:
            continue
        row, preference = index[score.model], benchmark.shots.index(score.shots)
        if preference < rank[row]:
            points[row], rank[row] = score.points, preference
    return points


def build_baseline(catalog: Catalog, task: Task, benchmark: Benchmark, *, allow_prior: bool) -> Baseline:
    """Starting points on one benchmark; unscored models stay unknown unless `allow_prior`."""
    points = published_points(catalog, benchmark)
    logit = base_logit(normalised(points, benchmark.chance, benchmark.ceiling))
    sd = np.where(np.isfinite(logit), BASE_SD, np.nan)
    unscored = ~np.isfinite(logit)
    if allow_prior and unscored.any():
        guess, spread = _regressed(catalog, logit)
        logit = np.where(unscored, guess, logit)
        sd = np.where(unscored, np.hypot(BASE_SD, spread), sd)
    return Baseline(task, benchmark, points, logit, sd, unscored & np.isfinite(logit))


def _regressed(catalog: Catalog, logit: Floats) -> tuple[Floats, float]:
    """Low-quantile prediction from ln(parameters) and release date, and the residual spread, in logits."""
    size = np.log([model.params_total for model in catalog.models])
    date = np.array([_year(model.released) for model in catalog.models])
    design = np.stack([np.ones_like(size), size, np.where(np.isfinite(date), date, np.nanmean(date))], axis=1)
    known = np.isfinite(logit)
    if known.sum() < design.shape[1] + 2:
        return np.full_like(logit, np.nan), float("nan")
    weights, *_ = np.linalg.lstsq(design[known], logit[known], rcond=None)
    spread = float(np.std(logit[known] - design[known] @ weights, ddof=design.shape[1]))
    return design @ weights - LOW_QUANTILE_Z * spread, spread


def _year(released: str) -> float:
    parts = released.split("-")
    return float(parts[0]) + (float(parts[1]) - 1) / 12 if len(parts) > 1 else float(parts[0] or "nan")
