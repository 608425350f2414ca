"""Time to the first token: the cases a request can meet, each with its probability and cumulants.

Two bounds of how prompts are read, of which the later one holds: all prompts that came in a step are read in the next
and end together (a budget above what comes), or one after the other at the budget's pace (a budget below).
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.serving.latency import Replica
from planner.estimate.serving.occupancy import Occupancy
from planner.estimate.serving.shifted import Cumulants, constant, exponential, from_moments, lognormal
from planner.estimate.serving.steps import Prompts, held_s, met

Cases: TypeAlias = list[tuple[Floats, Cumulants]]
"""Probability and cumulants of each case."""


def own_prompt(replica: Replica, prompts: Prompts) -> Cumulants:
    """Seconds of one's own prompt alone."""
    return lognormal(prompts.own_s, np.asarray(replica.prefill_cv) + 0.0 * prompts.own_s)


def read_together(replica: Replica, inside: Occupancy, prompts: Prompts) -> Cases:
    """An engine at rest, or in mid-step: the rest of that step, then one with all prompts that came in it.

    Over the length s of the step met the rest is uniform and prompts come at q, so given s the mean is
    (1/2 + rho)*s + decode and the variance s^2/12 + q*m2*s.
    """
    s = met(prompts.around(inside.step_s))
    factor = 0.5 + prompts.share
    slow = factor / (1.0 - prompts.share) + 1.0
    uniform = (s.variance + s.mean**2) / 12.0 + prompts.second * s.mean
    both = (s.third + 2.0 * s.mean * s.variance) / 12.0 + prompts.second * s.variance
    busy = Cumulants(
        factor * s.mean + inside.step_s * prompts.pieces,
        factor**2 * s.variance + uniform + (slow * inside.slope_s) ** 2 * inside.variance,
        factor**3 * s.third + 3.0 * factor * both + prompts.third * s.mean,
    )
    own = own_prompt(replica, prompts)
    return [(inside.idle_share, own), (1.0 - inside.idle_share, busy.plus(own))]


def read_in_turn(replica: Replica, inside: Occupancy, prompts: Prompts) -> Cases:
    """The prompt queue as M/G/1: one prompt holds it for t*(1 + d/C), C the step's budget, d its decodes.

    Pollaczek-Khinchine: a wait is a geometric number of residual services, with moments g2/2g, g3/3g, g4/4g; who meets
    a prompt being read waits for one residual more.
    """
    pace = 1.0 + inside.step_s / replica.step_prefill_s
    held, queued = held_s(replica, prompts, inside.step_s)
    spread = 1.0 + np.square(replica.prefill_cv)
    residual = from_moments(held * spread / 2.0, held**2 * spread**3 / 3.0, held**3 * spread**6 / 4.0)
    e1, e2, e3 = residual.mean, held**2 * spread**3 / 3.0, held**3 * spread**6 / 4.0
    r = queued / (1.0 - queued)
    wait = Cumulants(r * e1, r * e2 + (r * e1) ** 2, r * e3 + 3.0 * r**2 * e1 * e2 + 2.0 * (r * e1) ** 3)
    decodes = constant(inside.step_s * (prompts.pieces - prompts.own_s / replica.step_prefill_s))
    alone = own_prompt(replica, prompts)
    own = alone.times(pace).plus(decodes)
    step_rest = Cumulants(inside.step_s / 2.0, inside.step_s**2 / 12.0, np.zeros_like(inside.step_s))
    idle = np.minimum(inside.idle_share, 1.0 - queued)
    return [(idle, alone), (1.0 - queued - idle, own.plus(step_rest)), (queued, own.plus(residual).plus(wait))]


def with_slots(cases: Sequence[tuple[Floats, Cumulants]], inside: Occupancy) -> Cases:
    """The same cases, and each after the wait of those who meet no free slot."""
    wait = exponential(inside.wait_s)
    free = [(weight * (1.0 - inside.wait_share), case) for weight, case in cases]
    return free + [(weight * inside.wait_share, case.plus(wait)) for weight, case in cases]
