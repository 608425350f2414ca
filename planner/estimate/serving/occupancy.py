"""How many sequences a replica has in flight, and how likely all slots are taken."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, gammaln, ndtr

from planner.catalog.rows import Floats
from planner.estimate.serving.latency import Replica, batch_at, saturated_rate_per_s
from planner.estimate.serving.steps import Prompts, beyond_s

_FEWEST_SLOPE = 1e-6
"""Least slope of a step over the slots, as a share of its time: below it sequences are Poisson."""


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Sequences in flight of one replica at a request rate, and the step around them."""

    batch: Floats
    """Mean over time."""
    variance: Floats
    seen: Floats
    """Mean as a sequence in flight sees it, itself counted."""
    step_s: Floats
    """One decode step at the mean."""
    slope_s: Floats
    """Seconds of a decode step per further sequence."""
    beyond_s: Floats
    """Seconds by which an answer lasts longer than its steps on average."""
    idle_share: Floats
    """Probability that a request meets an engine at rest."""
    wait_share: Floats
    """Probability that it meets no free slot."""
    wait_s: Floats
    """Mean wait of those."""


def peakedness(arrival_cv2: Floats | float, service_cv: Floats | float) -> Floats:
    """Variance over mean of the sequences in flight without a limit: z = 1 + (CV_a^2 - 1)*E[min(S, S')]/E[S].

    Heavy-traffic limit of G/G/inf (Eckberg 1983; Whitt 1984); for lognormal S the ratio is 2*Phi(-sigma/sqrt 2).
    """
    sigma = np.sqrt(np.log1p(np.square(service_cv)))
    shared: Floats = np.asarray(2.0 * ndtr(-sigma / np.sqrt(2.0)), np.float64)
    return 1.0 + (np.asarray(arrival_cv2, np.float64) - 1.0) * shared


def occupancy(replica: Replica, prompts: Prompts) -> Occupancy:
    """Sequences in flight as a birth-death process: arrivals q, departures n/(osl*ITL(n)).

    Processor sharing with a rate that depends on n has pi(n) ~ prod q*osl*ITL(i)/i whatever the lengths' distribution
    (Cohen 1979). With a step of a + b*n around the mean that is a negative binomial of probability
    p = q*osl*b/(1 - rho) and variance mean/(1 - p); Poisson for b = 0, and Erlang C is what the limit of K slots then
    gives. Beyond K the queue is geometric with ratio q/q_saturated; its drain rate gives the wait, stretched by
    (CV_a^2 + CV_s^2)/2. Burstier arrivals count as sequences in groups of z (Hayward's approximation), replicas
    together as one of as many slots.
    """
    rate, rho = prompts.rate, prompts.share
    work = rate * replica.output_tokens / (1.0 - rho)
    together = np.asarray(replica.together, np.float64)
    group = peakedness(replica.arrival_cv2, replica.output_cv) / together
    longer = beyond_s(replica, prompts, replica.decode_s(batch_at(replica, rate)))
    centre = batch_at(replica, rate, rate * longer)
    step = replica.decode_s(centre)
    ahead = np.sqrt(centre) + 1.0
    slope = np.maximum((replica.decode_s(centre + ahead) - step) / ahead, _FEWEST_SLOPE * step / replica.slots)
    chance = np.minimum(work * slope, 1.0 - 1e-9)
    batch = centre + chance / (1.0 - chance) * group
    variance = batch / (1.0 - chance) * group
    seen = np.clip(batch + group / (1.0 - chance), 1.0, replica.slots)

    saturated = saturated_rate_per_s(replica)
    first_step = step + prompts.own_s + rho * (step / (1.0 - rho) + prompts.second / (1.0 - rho**2))
    size = (batch + rate * first_step) / group * (1.0 - chance) / chance
    servers = replica.slots / group
    log_at = gammaln(servers + size) - gammaln(servers + 1.0) - gammaln(size)
    log_at = log_at + servers * np.log(chance) + size * np.log1p(-chance)
    queue = np.exp(log_at) / (1.0 - rate / saturated)
    below = betainc(size, np.maximum(servers, 1e-9), 1.0 - chance)
    stretch = (replica.arrival_cv2 + np.square(replica.output_cv)) / 2.0
    alone = batch / group * (1.0 - chance) / chance
    idle = betainc(alone, (1.0 - 1.0 / together) / group + 1.0, 1.0 - chance) * (1.0 - rho**together)
    wait = stretch / (together * (saturated - rate))
    waits = queue / (queue + below)
    return Occupancy(batch, variance, seen, replica.decode_s(batch), slope, longer, idle, waits, wait)
