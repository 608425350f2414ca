"""Quality of a served model: its published score, less what precision and levers cost; with a band."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, logit

from planner.catalog.apis import scores_of
from planner.catalog.rows import Benchmark, Catalog, Floats, Score
from planner.estimate.baseline import Baseline, build_baseline, choose_benchmark
from planner.estimate.quality import LABEL, LEAST_BAND, normalised
from planner.scenario.serving import Serving
from planner.space.serving.api_choice import ApiChoice
from planner.space.serving.resolve import ServingSpace
from planner.space.serving.trained import TrainedModel
from planner.units import Z90

KEPT: Final = {"bf16": (1.0, 0.0), "fp8": (1.0, 0.005), "int8": (0.98, 0.006), "int4": (0.975, 0.012)}
"""Share of the score that a precision keeps, and its standard deviation: fp8 lossless, int8 loses 1 to 3 %, int4 of
the weights alone about as much (Kurtic and others, arXiv 2411.02355, Llama 3.1 8B to 405B) [C]; spreads [E]."""
_LEAST: Final = 0.005


@dataclass(frozen=True, slots=True)
class Judged:
    """q of one way to serve, its band and label; NaN where no score is known."""

    q: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class QualityOf:
    """Quality of models and APIs on the scenario's benchmark."""

    baseline: Baseline
    catalog: Catalog
    trained: TrainedModel | None = None

    def model(self, index: int, precision: str, loss: float = 0.0, share: float = 1.0) -> Judged:
        """Of a model on rented machines; levers leave a `share` of q, and take `loss` off."""
        if self.baseline.from_prior[index]:
            label = f"{LABEL}; no published score, start regressed on size and date at its low end"
        else:
            label = LABEL
        kept, sd = KEPT[precision]
        if self.trained is not None and self.trained.model == index:
            return _tuned(self.trained, kept * share, sd, loss)
        return _judged(float(self.baseline.logit[index]), float(self.baseline.sd[index]), kept * share, sd, loss, label)

    def api(self, choice: ApiChoice, loss: float = 0.0, share: float = 1.0) -> Judged:
        """Of a model behind an API: what the scenario says, else the score of its variant, else of its weights."""
        benchmark, own = self.baseline.benchmark, choice.own
        if own is not None and own.quality is not None:
            return self._points(own.quality, loss, share, "your own score")
        if choice.tuned is not None:
            return Judged(np.nan, np.nan, np.nan, "unknown: nobody scored the tuned variant")
        if (score := self._score(choice)) is not None:
            return self._points(score.points, loss, share, f"{LABEL}; score of {choice.api.scored_as}")
        if choice.api.open_model:
            index = next(i for i, model in enumerate(self.catalog.models) if model.id == choice.api.open_model)
            judged = self.model(index, "bf16", loss, share)
            return Judged(judged.q, judged.low, judged.high, f"{judged.label}; of the open weights, not of the API")
        return Judged(np.nan, np.nan, np.nan, f"unknown: no comparable {benchmark.id} score")

    def points_of(self, choice: ApiChoice) -> float:
        """Score of a model behind an API in points of the benchmark; NaN where none is known."""
        if choice.own is not None and choice.own.quality is not None:
            return choice.own.quality
        if (score := self._score(choice)) is not None:
            return score.points
        index = next((i for i, m in enumerate(self.catalog.models) if m.id == choice.api.open_model), None)
        return np.nan if index is None else float(self.baseline.points[index])

    def _score(self, choice: ApiChoice) -> Score | None:
        """The published score of the variant that the API serves, at the most preferred comparable shots."""
        benchmark = self.baseline.benchmark
        scores = scores_of(self.catalog, choice.api)
        mine = [score for score in scores if score.benchmark == benchmark.id and score.shots in benchmark.shots]
        return min(mine, key=lambda score: benchmark.shots.index(score.shots), default=None)

    def floor(self, points: Floats) -> Floats:
        """Points of the benchmark as q."""
        return normalised(points, self.baseline.benchmark.chance, self.baseline.benchmark.ceiling)

    def _points(self, points: float, loss: float, share: float, label: str) -> Judged:
        q = float(self.floor(np.array([points]))[0])
        return _judged(float(logit(q)), float(np.nanmedian(self.baseline.sd)), share, 0.0, loss, label)


def quality_of(scenario: Serving, space: ServingSpace, catalog: Catalog) -> QualityOf:
    """Quality on the scenario's benchmark, or the task's first that most of the models have a score on."""
    models = space.models if len(space.models) else np.arange(len(catalog.models))
    benchmark: Benchmark = space.benchmark or choose_benchmark(catalog, space.task, models)
    allow_prior = scenario.quality.allow_prior
    return QualityOf(build_baseline(catalog, space.task, benchmark, allow_prior=allow_prior), catalog, space.trained)


def _tuned(trained: TrainedModel, kept: float, kept_sd: float, loss: float) -> Judged:
    """Q as the plan of the tuning predicts it, less what precision and levers take."""
    ends = trained.q_low * (kept - Z90 * kept_sd) - loss, trained.q_high * (kept + Z90 * kept_sd) - loss
    low, high = np.clip(ends, 0.0, 1.0)
    return Judged(float(trained.q * kept - loss), float(low), float(high), f"{trained.label}; tuned, {trained.text}")


def _judged(start: float, sd: float, kept: float, kept_sd: float, loss: float, label: str) -> Judged:
    """A share `kept` of q is left, then `loss` is taken off; the band is never narrower than a prior's least."""
    if np.isnan(start):
        return Judged(np.nan, np.nan, np.nan, "unknown: no published score")
    q = float(expit(start)) * kept - loss
    spread = Z90 * np.array([-1.0, 1.0])
    low, high = expit(start + spread * sd) * (kept + spread * kept_sd) - loss
    return Judged(
        float(np.clip(q, _LEAST, 1.0)),
        float(np.clip(min(low, q - LEAST_BAND), 0.0, 1.0)),
        float(np.clip(max(high, q + LEAST_BAND), 0.0, 1.0)),
        label,
    )
