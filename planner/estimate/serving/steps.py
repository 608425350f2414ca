"""What the prompts that come do to the steps of an engine: how long steps are, met by chance or one after the other."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from planner.catalog.rows import Floats
from planner.estimate.serving.latency import Replica
from planner.estimate.serving.queueing import erlang_c
from planner.estimate.serving.shifted import Cumulants, from_moments

_COUNTED_PIECES = 16
"""Pieces of a prompt that are counted one by one; beyond, half a piece more than its length."""
MOST_QUEUED = 0.98
"""Share of the time in prompts within a burst or a queue of prompts, at most."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of one replica in pieces, each read within one step."""

    rate: Floats
    """Prompts per second."""
    share: Floats
    """rho: share of the time in which prompts are read."""
    pieces: Floats
    """Mean pieces of a prompt."""
    second: Floats
    """Pieces per second times E[t^2] of one, s."""
    third: Floats
    """Pieces per second times E[t^3], s^2."""
    own_s: Floats
    """Mean seconds of one prompt."""
    followers: Floats | float = 0.0
    """Prompts that follow one soon after, beyond the mean rate: (CV_a^2 - 1)/2 in renewal arrivals (Cox 1962)."""

    def around(self, decode: Floats) -> Cumulants:
        """A step with `decode` seconds of decoding: S' = decode + prompts that came during S, the step before.

        Compound Poisson: k1 = d/(1 - rho), k2 = k1*q*m2/(1 - rho^2), k3 = (3*rho*q*m2*k2 + k1*q*m3)/(1 - rho^3).
        """
        mean = decode / (1.0 - self.share)
        variance = mean * self.second / (1.0 - self.share**2)
        third = (3.0 * self.share * self.second * variance + mean * self.third) / (1.0 - self.share**3)
        return Cumulants(mean, variance, third)


def prompts_at(replica: Replica, rate_per_s: Floats) -> Prompts:
    """The prompts at a request rate per replica."""
    pieces = pieces_of(replica)
    piece = replica.prefill_s / pieces
    spread = 1.0 + np.square(replica.prefill_cv)
    rate = rate_per_s * pieces
    own = replica.prefill_s + 0.0 * rate
    second, third = rate * piece**2 * spread, rate * piece**3 * spread**3
    followers = np.maximum(np.asarray(replica.arrival_cv2, np.float64) - 1.0, 0.0) / 2.0 / replica.together
    return Prompts(rate_per_s, rate_per_s * replica.prefill_s, pieces, second, third, own, followers)


def beyond_s(replica: Replica, prompts: Prompts, decode: Floats) -> Floats:
    """Seconds by which an answer lasts longer than its steps on average, at steps of `decode` seconds of decoding.

    All prompts read in its time stretch it: D*(1 - rho) = (osl - 1)*d + prompts pending at its start - at its end. The
    step in which its own prompt is read is longer than most, so more prompts come in it: by rho*(S_0 - S) in the mean,
    E[S_0] - E[S] = t + rho*q*m2/(1 - rho^2). Where prompts take more steps than one they queue (`held`): pending at
    the start are those that came in its wait W and reading G, at the end what a step, not a moment, sees. Prompts that
    come in the same burst come on top.
    """
    rho, own = prompts.share, prompts.own_s
    longer = rho * met_share(replica, prompts, decode) * (own + rho * prompts.second / (1.0 - rho**2))
    held, queued = held_s(replica, prompts, decode)
    wait = queued * held * (1.0 + np.square(replica.prefill_cv)) / (2.0 * (1.0 - queued))
    step_weight = decode / (1.0 - rho) / (decode + replica.step_prefill_s)
    behind = own * (prompts.rate * (wait + held) - wait / held * step_weight)
    cut = np.clip(prompts.pieces - 1.0, 0.0, 1.0)
    return ((1.0 - cut) * longer + cut * np.maximum(behind, 0.0) + prompts.followers * own) / (1.0 - rho)


def met_share(replica: Replica, prompts: Prompts, decode: Floats) -> Floats:
    """Share of the prompts of its replica that a request meets where a router picks the least busy of m replicas.

    It meets one being read only if all replicas read: Erlang C at m*rho over rho, and 1/m of the others' at least. That
    holds while prompts come singly; several answers that end in one step draw several prompts to the next one, so with
    q*S of them in a step it fades by exp(-2*q*S) (set against the simulation). 1 for one replica.
    """
    together = np.asarray(replica.together, np.float64)
    rho = np.maximum(prompts.share, 1e-12)
    kept = np.clip(erlang_c(together * rho, together) / rho, 1.0 / together, 1.0)
    return 1.0 - (1.0 - kept) * np.exp(-2.0 * prompts.rate * decode / (1.0 - prompts.share))


def only(prompts: Prompts, share: Floats) -> Prompts:
    """A share of the prompts."""
    return replace(
        prompts,
        rate=prompts.rate * share,
        share=prompts.share * share,
        second=prompts.second * share,
        third=prompts.third * share,
    )


def held_s(replica: Replica, prompts: Prompts, decode: Floats) -> tuple[Floats, Floats]:
    """Seconds for which a prompt holds up those behind it, t*(1 + d/C), and the share of the time in which one does."""
    held = prompts.own_s * (1.0 + decode / replica.step_prefill_s)
    return held, np.minimum(prompts.rate * held, MOST_QUEUED)


def phases(replica: Replica, rate_per_s: Floats, decode: Floats) -> list[tuple[Floats, Floats, Floats]]:
    """Share of the requests, share of the steps and request rate, of the two phases of bursty arrivals.

    A hyperexponential of balanced means draws p = (1 + sqrt((c2 - 1)/(c2 + 1)))/2 of the requests at 2p times the mean
    rate and the rest at 2(1 - p) times it: each phase has half of the time. Phases last (c2 + 1)/2q, steps settle in
    d/(1 - rho)^2; the less they do, the less a phase's rate counts. Poisson arrivals have one phase.
    """
    burst = np.maximum(np.asarray(replica.arrival_cv2, np.float64) - 1.0, 0.0) + 0.0 * rate_per_s
    if not np.any(burst > 0.0):
        return [(np.ones_like(burst), np.ones_like(burst), rate_per_s)]
    p = (1.0 + np.sqrt(burst / (burst + 2.0))) / 2.0
    lasting = (burst + 2.0) / (2.0 * rate_per_s)
    rates = []
    for share in (p, 1.0 - p):
        alone = np.minimum(2.0 * share * rate_per_s, MOST_QUEUED / replica.prefill_s)
        settling = decode / (1.0 - alone * replica.prefill_s) ** 2
        rates.append(rate_per_s + (alone - rate_per_s) * lasting / (lasting + settling))
    free = [1.0 - rate * replica.prefill_s for rate in rates]
    return [(p, free[0] / (free[0] + free[1]), rates[0]), (1.0 - p, free[1] / (free[0] + free[1]), rates[1])]


def pieces_of(replica: Replica) -> Floats:
    """Mean steps over which a prompt is spread: E[ceil(t/C)] = sum of P(t > k*C), t lognormal."""
    mean = np.asarray(replica.prefill_s / replica.step_prefill_s, np.float64)
    sigma = np.maximum(np.sqrt(np.log1p(np.square(replica.prefill_cv))), 1e-6)
    with np.errstate(divide="ignore"):
        log_mean = np.log(mean) - sigma**2 / 2.0
    counted = 1.0 + sum(ndtr((log_mean - np.log(k)) / sigma) for k in range(1, _COUNTED_PIECES))
    return np.where(mean < _COUNTED_PIECES / 4.0, counted, mean + 0.5)


def met(step: Cumulants) -> Cumulants:
    """The step in which something happens at a random time: longer by its length, E[s^k] = E[S^(k+1)]/E[S].

    The fourth moment is that of a Gamma part, whose cumulants follow k4 = 1.5*k3^2/k2.
    """
    m1, v, k3 = step.mean, step.variance, step.third
    k4 = np.divide(1.5 * k3**2, v, out=np.zeros_like(m1), where=v > 0.0)
    m2 = v + m1**2
    m3 = k3 + 3.0 * m1 * v + m1**3
    m4 = k4 + 3.0 * v**2 + 4.0 * m1 * k3 + 6.0 * m1**2 * v + m1**4
    return from_moments(m2 / m1, m3 / m1, m4 / m1)
