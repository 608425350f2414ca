"""What each kind of replica does: steps by the law, the sequences it holds, and levers inside the engine."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.architecture import build_architectures
from planner.catalog.constants import ENGINE_SPEED
from planner.catalog.rows import Bools, Catalog, Floats, Ints
from planner.estimate.serving.adapters import adapter_bytes
from planner.estimate.serving.inputs import inputs_of
from planner.estimate.serving.latency import FLOOR_S, Replica, after_prefix_hits, batch_at, step_prefill_s
from planner.estimate.serving.speculative import expected_tokens
from planner.estimate.serving.throughput import ServingInputs, cache_bytes, most_sequences, step_times
from planner.kinds.serving.eligible import cards_of
from planner.kinds.serving.grid import Grid, distinct
from planner.kinds.serving.work import Work
from planner.scenario.levers import Levers
from planner.space.serving.resolve import ServingSpace
from planner.traffic import TokenLengths, Traffic

STEP_TOKENS: Final = 8192.0
"""Tokens that a step takes in at most: vLLM's `max_num_batched_tokens` when serving [C]."""
_OF_WORK: Final = (
    "sent", "answer", "cached", "prefill_cv", "output_cv", "draft_tokens", "per_step", "draft_cost", "slowed",
    "adapters", "longest",
)  # fmt: skip
_COLUMNS: Final = (*_OF_WORK, "speed_sd", "served", "context")


@dataclass(frozen=True, slots=True)
class Replicas:
    """Kinds of replicas with their law, (n,) each."""

    grid: Grid
    x: ServingInputs
    sent: Floats
    """Mean input tokens of a request."""
    answer: Floats
    cached: Floats
    """Share of the input that the prefix cache holds."""
    prefill_cv: Floats
    output_cv: Floats
    draft_tokens: Floats
    """Tokens that a draft proposes at a time; 0 without one."""
    per_step: Floats
    """Tokens of one sequence that a step makes; 1 without a draft."""
    draft_cost: Floats
    """Time of one step of the draft, as a share of one of the model."""
    slowed: Floats
    """Steps take so much longer, because adapters are served together."""
    adapters: Floats
    """1 where adapters are, else 0."""
    speed_sd: Floats
    """Spread of the engine's speed on ln."""
    served: Bools
    """Whether the engine serves this precision on this card."""
    context: Floats
    """Tokens of a request and its answer that the model takes at most."""
    longest: Floats
    """Tokens of a request and its answer that 99 % stay under."""
    arrival_cv2: float

    def __len__(self) -> int:
        """Number of kinds."""
        return len(self.grid)

    def take(self, rows: Ints) -> "Replicas":
        """Some of them, any as often as asked for."""
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return replace(self, grid=self.grid.take(rows), x=self.x.part(rows), **columns)

    def distinct(self) -> tuple[Ints, Ints]:
        """First of each group of kinds that differ in no figure of the law, and the group of every kind.

        Levers that only keep requests away change nothing about the requests that come.
        """
        g = self.grid
        _, one, work = np.unique(g.work, return_index=True, return_inverse=True)
        told = np.column_stack([getattr(self, name)[one] for name in _OF_WORK])
        alike = np.unique(told, axis=0, return_inverse=True)[1].reshape(-1)
        return distinct([g.model, g.precision, g.engine, g.gpu, g.cards, alike[work]])

    @property
    def fits(self) -> Floats:
        """Requests of mean length whose keys and values fit beside the weights; below 1 where none does."""
        return most_sequences(self.x, self.sent, self.answer)

    def replica(self, together: Floats | float = 1.0) -> Replica:
        """The replica as the latency law takes it; `together` of them share one queue."""
        prompts = step_times(self.x, np.ones(len(self)), self.sent, self.sent).prefill_s * self.slowed
        prefill = after_prefix_hits(prompts, self.cached)
        return Replica(
            decode_s=self._decode_s,
            slots=np.floor(self.fits),
            prefill_s=prefill,
            output_tokens=self.answer,
            prefill_cv=self.prefill_cv,
            output_cv=self.output_cv,
            arrival_cv2=self.arrival_cv2,
            step_prefill_s=step_prefill_s(prefill, self.sent * (1.0 - self.cached), STEP_TOKENS),
            together=together,
            floor_s=FLOOR_S,
        )

    def most_tokens_per_s(self) -> Floats:
        """Output tokens of a replica at full load, levers inside the engine among them; NaN where it does not fit.

        osl/(t_pre + osl*t_dec/B) (DOMAIN 9.1) with the prompt less what is cached, and steps as drafts and adapters
        have them.
        """
        batch = np.maximum(self.fits, 1.0)
        rate = self.answer / (self.replica().prefill_s + self.answer * self._decode_s(batch) / batch)
        return np.where(self.fits >= 1.0, rate, np.nan)

    def cache_tokens(self) -> Floats:
        """Tokens whose keys and values fit beside the weights; not positive where the weights do not fit."""
        return np.asarray(cache_bytes(self.x) / self.x.kv_bytes)

    def in_flight(self, rate_per_s: Floats, together: int) -> float:
        """Mean requests that the first kind works on at a time at this rate."""
        return float(batch_at(self.replica(float(together)), rate_per_s)[0])

    def _decode_s(self, batch: Floats) -> Floats:
        """Seconds per token of each of `batch` sequences.

        With a draft the model checks g + 1 tokens of each sequence in one step, for which keys and values are read
        once, and `per_step` of them come out.
        """
        context = self.sent + self.answer / 2.0
        batch = np.maximum(batch, 1.0)
        plain = step_times(self.x, batch, context, self.sent).decode_s
        if not self.draft_tokens.any():
            return plain * self.slowed
        checked = self.draft_tokens + 1.0
        x = replace(self.x, kv_bytes=self.x.kv_bytes / checked, sequence_s=self.x.sequence_s / checked)
        step = step_times(x, batch * checked, context, self.sent).decode_s
        return (step + self.draft_tokens * self.draft_cost * plain) / self.per_step * self.slowed


def replicas_of(
    grid: Grid, space: ServingSpace, catalog: Catalog, works: list[Work], levers: Levers, traffic: Traffic
) -> Replicas:
    """The law of every kind of replica in a grid."""
    first, which = distinct([grid.model, grid.precision, grid.engine, grid.gpu, grid.cards])
    x = inputs_of(
        [catalog.models[m] for m in grid.model[first].tolist()],
        [catalog.gpus[g] for g in grid.gpu[first].tolist()],
        grid.cards[first].astype(np.float64),
        [space.precisions[p] for p in grid.precision[first].tolist()],
        [space.engines[e] for e in grid.engine[first].tolist()],
        catalog.calibration,
    ).part(which)

    def of_work(values: list[float]) -> Floats:
        return np.array(values, np.float64)[grid.work]

    cards = cards_of(grid, space, catalog)
    x = replace(x, kv_bytes=x.kv_bytes * cards.kv_copies)
    speculative, adapters = levers.speculative, levers.adapters
    drafts = of_work([float(speculative is not None and work.levers.has("speculative")) for work in works])
    tokens, accepted, cost = (0, 0.0, 0.0) if speculative is None else (
        speculative.draft_tokens, speculative.acceptance, speculative.draft_cost)  # fmt: skip
    several = of_work([float(adapters is not None and work.levers.has("adapters")) for work in works])
    if adapters is not None and not adapters.merged:
        arch = build_architectures(catalog.models)
        p_lora = adapters.rank * arch.lora_coefficient("all-linear")[grid.model]
        x = replace(x, weight_bytes=x.weight_bytes + several * adapter_bytes(p_lora, adapters.count))
    overhead = 0.0 if adapters is None or adapters.merged else adapters.overhead
    return Replicas(
        grid=grid,
        x=x,
        sent=of_work([work.sent.mean for work in works]),
        answer=of_work([work.answer.mean for work in works]),
        cached=of_work([work.cached_share for work in works]),
        prefill_cv=of_work([_cv(work.sent) for work in works]),
        output_cv=of_work([_cv(work.answer) for work in works]),
        draft_tokens=drafts * tokens,
        per_step=expected_tokens(np.array(accepted), drafts * tokens),
        draft_cost=drafts * cost,
        slowed=1.0 / (1.0 - several * overhead),
        adapters=several,
        speed_sd=np.array(
            [catalog.calibration.constants[f"{ENGINE_SPEED}{engine.id}"].spread for engine in space.engines], np.float64
        )[grid.engine],
        served=cards.served,
        context=np.array([model.max_context for model in catalog.models], np.float64)[grid.model],
        longest=of_work([work.sent.p99 + work.answer.mean for work in works]),
        arrival_cv2=traffic.burstiness_cv2,
    )


def _cv(lengths: TokenLengths) -> float:
    """Coefficient of variation of lognormal lengths: sqrt(exp(sigma^2) - 1)."""
    return float(np.sqrt(np.expm1(lengths.sigma**2)))
