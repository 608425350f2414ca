"""Serving simulated request by request and step by step: what the closed forms of latency are held against.

The engine's discipline, as in vLLM's scheduler (V1) and Sarathi-Serve: a step first decodes one token of every
sequence in flight, then reads waiting prompts first come, first served, while a slot is free, up to its token budget;
the last prompt is cut where the budget ends and goes on in the next step. A step lasts as long as its decodes and its
prompts do. A prompt's last step gives the first token. Nothing is preempted.
"""

import heapq
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import simpy

from planner.catalog.rows import Floats
from planner.estimate.serving.latency import Replica
from planner.estimate.serving.latency_spread import LEVELS

WARM_UP_SHARE = 0.2
"""Requests at the start and again at the end of a run that are served but not counted."""

FEWEST_REQUESTS = 10
"""Fewer leave too few to count."""

Routing = Literal["least_busy", "random"]


@dataclass(frozen=True, slots=True)
class Simulated:
    """Latencies of one run in seconds, one per level; all requests were served."""

    levels: Sequence[float]
    ttft_s: Floats
    itl_s: Floats
    """Over all gaps of all answers."""
    total_s: Floats
    batch: float
    """Mean sequences in flight of a replica while it works."""
    busy_share: float
    """Share of the time in which a replica works."""
    requests: int
    """Counted."""


@dataclass(slots=True)
class _Request:
    number: int
    arrived_s: float
    prompt_s: float
    """Seconds of prompt still to be read."""
    tokens: int


def simulate(
    replica: Replica,
    rate_per_s: float,
    *,
    replicas: int = 1,
    requests: int = 4000,
    seed: int = 0,
    routing: Routing = "least_busy",
    levels: Sequence[float] = LEVELS,
) -> Simulated:
    """Serve `requests` requests that arrive at `rate_per_s` on `replicas` equal replicas.

    Args:
        replica: one replica, every column of length 1; `together` is not read, `replicas` stands for it.
        rate_per_s: of all replicas together.
        replicas: number behind the router.
        requests: served; `WARM_UP_SHARE` of them at each end are not counted.
        seed: same seed, same run.
        routing: to the replica with the fewest requests in flight or waiting, or to any.
        levels: wanted quantiles.

    Prompts and answers are lognormal by mean and coefficient of variation, answers whole tokens, at least one. Times
    between arrivals are exponential, or hyperexponential with balanced means where their CV^2 is above 1 (DOMAIN 5.2).

    Raises:
        ValueError: nothing can be served (no slot, no budget for prompts, a rate or a step time that is not a positive
            number), or there are too few requests to count some.
    """
    _check(replica, rate_per_s, replicas, requests)
    rng = np.random.default_rng(seed)
    environment = simpy.Environment()
    arrivals = np.cumsum(_gaps(rng, rate_per_s, float(np.max(replica.arrival_cv2)), requests))
    prompts = _lognormal(rng, _one(replica.prefill_s), _one(replica.prefill_cv), requests)
    answers = np.maximum(np.rint(_lognormal(rng, _one(replica.output_tokens), _one(replica.output_cv), requests)), 1.0)
    slots = int(_one(replica.slots))
    table = replica.decode_s(np.arange(slots + 1, dtype=np.float64))
    counted = (int(requests * WARM_UP_SHARE), requests - int(requests * WARM_UP_SHARE))
    log = _Log(np.full(requests, np.nan), np.full(requests, np.nan), arrivals[counted[0]], arrivals[counted[1] - 1])
    engines = [_Engine(environment, table.tolist(), slots, _one(replica.step_prefill_s), log) for _ in range(replicas)]
    picks = rng.integers(0, replicas, requests) if routing == "random" else None

    def arrive() -> Generator[Any, Any, None]:
        for number in range(requests):
            yield environment.timeout(arrivals[number] - environment.now)
            one = min(engines, key=_Engine.requests) if picks is None else engines[picks[number]]
            one.take(_Request(number, arrivals[number], prompts[number], int(answers[number])))

    environment.process(arrive())
    environment.run()
    chosen = slice(*counted)
    floor = _one(replica.floor_s)
    gaps, weights = np.array(log.gaps_s), np.array(log.gap_counts, np.float64)
    window = (log.until_s - log.from_s) * replicas
    return Simulated(
        levels,
        floor + np.quantile(log.first_s[chosen], levels),
        _weighted_quantile(gaps, weights, levels),
        floor + np.quantile(log.total_s[chosen], levels),
        log.sequence_s / log.busy_s if log.busy_s else 0.0,
        log.busy_s / window if window else 0.0,
        counted[1] - counted[0],
    )


def _check(replica: Replica, rate_per_s: float, replicas: int, requests: int) -> None:
    steps = replica.decode_s(np.array([1.0, max(_one(replica.slots), 1.0)]))
    named = {
        "rate_per_s": rate_per_s,
        "replicas": replicas,
        "slots": np.floor(_one(replica.slots)),
        "prefill_s": _one(replica.prefill_s),
        "output_tokens": _one(replica.output_tokens),
        "decode_s": float(np.min(steps)),
    }
    wrong = [f"{name} is {value:g}" for name, value in named.items() if not 0.0 < value < np.inf]
    if not _one(replica.step_prefill_s) > 0.0:
        wrong.append(f"step_prefill_s is {_one(replica.step_prefill_s):g}")
    if requests < FEWEST_REQUESTS:
        wrong.append(f"requests is {requests}, fewer than {FEWEST_REQUESTS}")
    if wrong:
        message = f"cannot be simulated: {', '.join(wrong)}"
        raise ValueError(message)


@dataclass(slots=True)
class _Log:
    first_s: Floats
    total_s: Floats
    from_s: float
    until_s: float
    gaps_s: list[float]
    gap_counts: list[int]
    busy_s: float = 0.0
    sequence_s: float = 0.0

    def __init__(self, first_s: Floats, total_s: Floats, from_s: float, until_s: float) -> None:
        self.first_s, self.total_s, self.from_s, self.until_s = first_s, total_s, from_s, until_s
        self.gaps_s, self.gap_counts, self.busy_s, self.sequence_s = [], [], 0.0, 0.0

    def step(self, now_s: float, seconds: float, decoding: int, inside: int) -> None:
        if self.from_s <= now_s <= self.until_s:
            self.busy_s += seconds
            self.sequence_s += seconds * inside
            if decoding:
                self.gaps_s.append(seconds)
                self.gap_counts.append(decoding)


class _Engine:
    """One replica: its queue, the prompts it reads, and the steps after which its answers end."""

    def __init__(self, clock: simpy.Environment, table: list[float], slots: int, budget: float, log: _Log) -> None:
        self.clock, self.table, self.slots, self.budget, self.log = clock, table, slots, budget, log
        self.waiting: deque[_Request] = deque()
        self.ends: list[tuple[int, int, float]] = []
        self.reading = 0
        self.steps = 0
        self.wake = clock.event()
        clock.process(self.run())

    def requests(self) -> int:
        return len(self.waiting) + self.reading + len(self.ends)

    def take(self, request: _Request) -> None:
        self.waiting.append(request)
        if not self.wake.triggered:
            self.wake.succeed()

    def run(self) -> Generator[Any, Any, None]:
        while True:
            if not self.requests():
                self.wake = self.clock.event()
                yield self.wake
            decoding = len(self.ends)
            read, prompts_s = self._read(self.slots - decoding)
            self.reading = len(read)
            seconds = (self.table[decoding] if decoding else 0.0) + prompts_s
            yield self.clock.timeout(seconds)
            self._after(seconds, decoding, read)

    def _read(self, free: int) -> tuple[list[_Request], float]:
        """Prompts that end in this step, and the seconds of all that is read; the cut one stays at the head."""
        left, spent = self.budget, 0.0
        read: list[_Request] = []
        while self.waiting and len(read) < free and left > 0.0:
            head = self.waiting[0]
            piece = min(head.prompt_s, left)
            head.prompt_s -= piece
            left -= piece
            spent += piece
            if head.prompt_s > 0.0:
                break
            read.append(self.waiting.popleft())
        return read, spent

    def _after(self, seconds: float, decoding: int, read: list[_Request]) -> None:
        now = float(self.clock.now)
        self.log.step(now, seconds, decoding, decoding + len(read))
        self.steps += 1
        self.reading = 0
        while self.ends and self.ends[0][0] <= self.steps:
            _, number, arrived = heapq.heappop(self.ends)
            self.log.total_s[number] = now - arrived
        for request in read:
            self.log.first_s[request.number] = now - request.arrived_s
            if request.tokens <= 1:
                self.log.total_s[request.number] = now - request.arrived_s
            else:
                heapq.heappush(self.ends, (self.steps + request.tokens - 1, request.number, request.arrived_s))


def _one(column: Floats | float) -> float:
    return float(np.asarray(column, np.float64).reshape(-1)[0])


def _gaps(rng: np.random.Generator, rate: float, cv2: float, number: int) -> Floats:
    """Times between arrivals; a balanced-means hyperexponential: p = (1 + sqrt((c2-1)/(c2+1)))/2, rates 2p, 2(1-p)."""
    if cv2 <= 1.0:
        return rng.exponential(1.0 / rate, number)
    p = (1.0 + np.sqrt((cv2 - 1.0) / (cv2 + 1.0))) / 2.0
    often = rng.random(number) < p
    gaps: Floats = rng.exponential(1.0, number) / (np.where(often, 2.0 * p, 2.0 * (1.0 - p)) * rate)
    return gaps


def _lognormal(rng: np.random.Generator, mean: float, cv: float, number: int) -> Floats:
    if cv == 0.0:
        return np.full(number, mean, np.float64)
    sigma = np.sqrt(np.log1p(cv**2))
    return rng.lognormal(np.log(mean) - sigma**2 / 2.0, sigma, number)


def _weighted_quantile(values: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    if not len(values):
        return np.full(len(levels), np.nan)
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    found: Floats = values[order][np.searchsorted(reached, np.asarray(levels) * reached[-1])]
    return found
