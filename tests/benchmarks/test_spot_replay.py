"""Policies on recorded spot availability: the simulator run on the traces themselves, and on draws of the same law."""

from collections.abc import Iterator

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.spot_market import MOST_CHANGES, Draws, Market
from planner.estimate.spot_policies import Jobs, simulate
from planner.scenario.spot_policy import ON_DEMAND_TOO, POLICIES, SpotPolicyName
from tests.benchmarks.replay import Trace, read, replay

STARTS = 100
MINUTE = 1.0 / 60.0
USD_PER_HOUR = 1.2, 4.0
"""Spot and on demand, of T-5.5."""


class Recorded(Market):
    """A zone as it was, from each start on; the record begins again where it ends."""

    def __init__(self, trace: Trace, starts: Floats) -> None:
        up = np.searchsorted(trace.begins, starts, "right") - 1
        index = up[:, None] + np.arange(MOST_CHANGES // 2)
        around, place = np.divmod(index, len(trace.begins))
        ends = trace.ends[place] + around * trace.length
        around, place = np.divmod(index + 1, len(trace.begins))
        again = trace.begins[place] + around * trace.length
        edges = np.stack([ends, again], axis=-1).reshape(len(starts), -1) - starts[:, None]
        self.edges = edges[None, None]
        self.up = np.ones((1, 1, len(starts)))


def jobs(work: float, deadline: float = np.inf) -> Jobs:
    hours = {"work": work, "interval": 0.5, "save": MINUTE, "restart": 5 * MINUTE, "on_demand_start": 0.1}
    hours |= {"deadline": deadline, "move": 0.0, "notice": 0.0}
    return Jobs(**{name: np.array([[value]]) for name, value in hours.items()})


def drawn(trace: Trace) -> Market:
    known = np.array([[trace.rate]]), np.array([[trace.wait]]), np.ones((1, 1))
    return Market(Draws(1, 4000, 1), *known, levels=False)


def zones() -> Iterator[tuple[Trace, Floats]]:
    for trace in read().values():
        yield trace, trace.starts(STARTS)


@pytest.mark.parametrize("work", [0.4, 4.0, 10.3])
def test_on_a_record_a_run_is_what_replaying_it_gives(work: float) -> None:
    """Another way to the same figures: `tests.benchmarks.replay` knows nothing of markets and policies."""
    for trace, starts in zones():
        found = simulate(jobs(work), Recorded(trace, starts), "spot_only")
        told = replay(trace, starts, work, 0.5, MINUTE, 5 * MINUTE, ring=True)
        assert found.spot[0, 0] == pytest.approx(told.billed_hours)
        assert found.wall[0] == pytest.approx(told.wall_hours)
        assert found.spot_sessions[0] == pytest.approx(told.preemptions)


def test_no_deadline_that_can_be_kept_is_missed_on_a_record() -> None:
    for trace, starts in zones():
        for policy in ON_DEMAND_TOO:
            for slack in (1.0, 4.0, 16.0):
                found = simulate(jobs(8.0, 9.0 + slack), Recorded(trace, starts), policy)
                assert (found.wall <= 9.0 + slack + 1e-9).all()


def usd(policy: SpotPolicyName, market: Market, work: float, deadline: float) -> Floats:
    found = simulate(jobs(work, deadline), market, policy)
    cost: Floats = found.spot.sum(axis=0) * USD_PER_HOUR[0] + found.on_demand * USD_PER_HOUR[1]
    return cost.ravel()


@pytest.mark.real
@pytest.mark.parametrize("policy", [p for p in POLICIES if p != "multi_region"])
def test_draws_cost_what_the_records_cost(policy: SpotPolicyName) -> None:
    """Mean over zones within 4 %, each zone and job within 15 %; 90 % bands hold 88 to 95 % of the runs."""
    ratios, held = [], []
    for trace, starts in zones():
        for work, deadline in ((4.0, 8.0), (10.0, 16.0), (24.0, 48.0)):
            seen = usd(policy, Recorded(trace, starts), work, deadline)
            told = usd(policy, drawn(trace), work, deadline)
            ratios.append(seen.mean() / told.mean())
            low, high = np.quantile(told, (0.05, 0.95))
            held.append(np.mean((seen >= low - 1e-9) & (seen <= high + 1e-9)))
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.04)
    assert max(abs(np.log(ratios))) < np.log(1.15)
    assert 0.88 <= np.mean(held) <= 0.95
