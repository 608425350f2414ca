"""Quantiles of latency at partial load, in closed form and bisection; `simulation` is what they are held against."""

from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.serving.first_token import Cases, own_prompt, read_in_turn, read_together, with_slots
from planner.estimate.serving.latency import MOST_PREFILL_SHARE, Replica, saturated_rate_per_s
from planner.estimate.serving.occupancy import Occupancy, occupancy
from planner.estimate.serving.shifted import (
    Cumulants,
    exponential,
    from_moments,
    lognormal,
    mixture_mean,
    mixture_quantile,
    mixture_share,
    quantile_of,
    share_below,
)
from planner.estimate.serving.steps import Prompts, met_share, only, phases, prompts_at

LEVELS = (0.50, 0.95, 0.99)
"""p50, p95, p99."""
_KEPT = 0.7
"""Share of the variance of the sequences in flight that is left in their mean over a request's life: 2/3 for equal
lives, 2/e for exponential ones (the mean over T of an autocorrelation 1 - u/T, or exp(-u/T))."""
_LEAST_RATE = 1e-9
"""Requests per second at which an idle replica is computed."""
_LEAST_PREFILL_S = 1e-9
"""Seconds in which a prompt that the prefix cache holds is read."""
_SETTLED = 12
"""Iterations for the share of steps without a prompt."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds at one level, in columns; NaN where the load is not carried."""

    ttft_s: Floats
    """Time to the first token, over requests."""
    itl_s: Floats
    """Time between two tokens, over all gaps of all answers."""
    total_s: Floats
    """Time to the last token, over requests."""


@dataclass(frozen=True, slots=True)
class Within:
    """Shares that stay within given latencies, in columns; NaN where the load is not carried."""

    ttft: Floats
    itl: Floats
    total: Floats


@dataclass(frozen=True, slots=True)
class Spread:
    """How the latencies of a replica at a request rate are spread."""

    together: Cases
    """First tokens where prompts are read together, and (`in_turn`) one after the other; the later one holds."""
    in_turn: Cases
    whole_together: Cases
    """Last tokens likewise."""
    whole_in_turn: Cases
    gaps: Cases
    plain: Cumulants
    most_prompts_s: Floats
    """Seconds of prompts in one step, at most."""
    floor_s: Floats
    wait_share: Floats
    """Probability of no free slot."""

    @np.errstate(divide="ignore", invalid="ignore", over="ignore")
    def at(self, level: float) -> Latency:
        """Latency that a share `level` of requests (of gaps, for `itl_s`) does not exceed."""
        first = np.maximum(mixture_quantile(self.together, level), mixture_quantile(self.in_turn, level))
        total = np.maximum(mixture_quantile(self.whole_together, level), mixture_quantile(self.whole_in_turn, level))
        gap = np.minimum(mixture_quantile(self.gaps, level), quantile_of(self.plain, level) + self.most_prompts_s)
        return Latency(self.floor_s + first, gap, self.floor_s + total)

    @np.errstate(divide="ignore", invalid="ignore", over="ignore")
    def mean(self) -> Latency:
        """Mean latencies."""
        first = np.maximum(mixture_mean(self.together), mixture_mean(self.in_turn))
        total = np.maximum(mixture_mean(self.whole_together), mixture_mean(self.whole_in_turn))
        return Latency(self.floor_s + first, mixture_mean(self.gaps), self.floor_s + total)

    @np.errstate(divide="ignore", invalid="ignore", over="ignore")
    def within(self, ttft_s: Floats, itl_s: Floats, total_s: Floats) -> Within:
        """Share of the requests (of gaps, for `itl_s`) within each of these."""
        first, whole = ttft_s - self.floor_s, total_s - self.floor_s
        with np.errstate(invalid="ignore"):
            without = np.where(np.isinf(self.most_prompts_s), -np.inf, itl_s - self.most_prompts_s)
        gap = np.maximum(mixture_share(self.gaps, itl_s), share_below(self.plain, without))
        return Within(
            np.minimum(mixture_share(self.together, first), mixture_share(self.in_turn, first)),
            gap,
            np.minimum(mixture_share(self.whole_together, whole), mixture_share(self.whole_in_turn, whole)),
        )


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def spread_at(replica: Replica, rate_per_s: Floats) -> Spread:
    """Latencies at `rate_per_s` requests per second and replica.

    A request meets an engine at rest, one in mid-step, or one without a free slot; each case is a sum of independent
    parts whose cumulants add, and what is wanted is a quantile of their mixture.
    """
    rate = np.asarray(rate_per_s, np.float64)
    replica = replace(
        replica,
        prefill_s=np.maximum(replica.prefill_s, _LEAST_PREFILL_S),
        output_tokens=np.maximum(replica.output_tokens, 1.0),
    )
    carried = (rate * replica.prefill_s <= MOST_PREFILL_SHARE) & (rate < saturated_rate_per_s(replica))
    rate = np.where(carried, np.maximum(rate, _LEAST_RATE), np.nan)
    prompts = prompts_at(replica, rate)
    inside = occupancy(replica, prompts)
    together: Cases = []
    in_turn: Cases = []
    gaps: Cases = []
    for weight, steps, local in phases(replica, rate, inside.step_s):
        there = prompts_at(replica, local)
        found = only(there, met_share(replica, there, inside.step_s))
        together += [(weight * w, case) for w, case in read_together(replica, inside, found)]
        in_turn += [(weight * w, case) for w, case in read_in_turn(replica, inside, found)]
        gaps += [(steps * w, case) for w, case in _gaps(replica, inside, there)]
    most, floor = (np.asarray(x, np.float64) for x in (replica.step_prefill_s, replica.floor_s))
    first = np.maximum(mixture_mean(together), mixture_mean(in_turn))
    drawn = np.minimum(prompts.share / (1.0 - prompts.share), inside.beyond_s / first)
    drawn = np.where(_gaps_of(replica) > 0.0, drawn, 0.0)
    answer = _answer(replica, inside, prompts, drawn * first)
    ends = [
        with_slots([(weight, case.times(1.0 + drawn).plus(answer)) for weight, case in cases], inside)
        for cases in (together, in_turn)
    ]
    starts = [with_slots(cases, inside) for cases in (together, in_turn)]
    return Spread(starts[0], starts[1], ends[0], ends[1], gaps, _plain_step(inside), most, floor, inside.wait_share)


def latency_quantile(replica: Replica, rate_per_s: Floats, level: float) -> Latency:
    """Latency that a share `level` of requests (of gaps, for `itl_s`) does not exceed."""
    return spread_at(replica, rate_per_s).at(level)


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def latency_floor(replica: Replica, level: float) -> Latency:
    """Latency without load, alone in the engine: no target below it can be met by more replicas."""
    one = replica.decode_s(np.ones_like(replica.prefill_s * replica.output_tokens))
    prompts = prompts_at(replica, np.zeros_like(one))
    own = own_prompt(replica, prompts)
    answer = lognormal(_gaps_of(replica) * one, np.asarray(replica.output_cv) + 0.0 * one)
    return Latency(
        replica.floor_s + quantile_of(own, level), one, replica.floor_s + quantile_of(own.plus(answer), level)
    )


def _gaps_of(replica: Replica) -> Floats:
    return np.maximum(replica.output_tokens - 1.0, 0.0)


def _plain_step(inside: Occupancy) -> Cumulants:
    """A step without prompts, as a sequence in flight sees it."""
    decode = inside.step_s + inside.slope_s * (inside.seen - inside.batch)
    return Cumulants(decode, inside.slope_s**2 * inside.variance, np.zeros_like(decode))


def _answer(replica: Replica, inside: Occupancy, prompts: Prompts, drawn_s: Floats) -> Cumulants:
    """All further tokens: a length times its mean gap, which varies with the sequences beside it and with prompts.

    What it lasts beyond its steps comes from the prompts that arrived while its own was waiting and read: `drawn_s` of
    it is counted with that time, for it rises with it; the rest varies alone.

    Prompts during l steps: mean l*d/(1 - rho), variance l*d*q*m2/(1 - rho)^3, as a busy period started by l*d.
    """
    decode = _plain_step(inside).mean
    gap = decode / (1.0 - prompts.share)
    length = _gaps_of(replica)
    spread = 1.0 + np.square(replica.output_cv)
    l2, l3 = length**2 * spread, length**3 * spread**3
    slow = _KEPT * inside.variance * (inside.slope_s / (1.0 - prompts.share)) ** 2
    fast = decode * prompts.second / (1.0 - prompts.share) ** 3
    steps = from_moments(
        gap * length,
        gap**2 * l2 + slow * l2 + fast * length,
        gap**3 * l3 + 3.0 * gap * (slow * l3 + fast * l2),
    )
    return steps.plus(exponential(np.where(length > 0.0, inside.beyond_s - drawn_s, 0.0)))


def _gaps(replica: Replica, inside: Occupancy, prompts: Prompts) -> Cases:
    """Steps that take in no prompt, and steps that do, as tokens see them.

    A step takes in none with probability E[exp(-q*S)], S of the step before: its decodes alone, or with a Gamma part of
    prompts; solved by iteration, which contracts by 1 - E[exp(-q*x)] < 1. Tokens see more prompts than steps do, by
    what the answers last beyond their steps.
    """
    plain = _plain_step(inside)
    seen = inside.beyond_s / np.maximum(_gaps_of(replica), 1.0)
    mean = plain.mean / (1.0 - prompts.share) + seen
    more = (1.0 - plain.mean / mean) / np.maximum(prompts.share, 1e-12)
    there = replace(prompts, share=prompts.share * more, second=prompts.second * more, third=prompts.third * more)
    around = there.around(plain.mean)
    first, second, third = _raw(Cumulants(around.mean - plain.mean, around.variance, around.third))
    rate = prompts.rate * prompts.pieces * more
    none = np.exp(-rate * plain.mean)
    for _ in range(_SETTLED):
        some = np.maximum(1.0 - none, 1e-12)
        inner = first / some
        ratio = np.maximum(second / np.maximum(first, 1e-300) - inner, 1e-3 * inner)
        shape = inner / np.maximum(ratio, 1e-300)
        none = np.exp(-rate * plain.mean) * (none + some * (1.0 + rate * ratio) ** -shape)
    some = np.maximum(1.0 - none, 1e-12)
    slow = plain.variance / (1.0 - there.share) ** 2
    stretch = from_moments(first / some, second / some, third / some)
    with_prompts = stretch.plus(Cumulants(plain.mean, slow, np.zeros_like(slow)))
    return [(none, plain), (1.0 - none, with_prompts)]


def _raw(x: Cumulants) -> tuple[Floats, Floats, Floats]:
    second = x.variance + x.mean**2
    return x.mean, second, x.third + 3.0 * x.mean * x.variance + x.mean**3
