import math

import pytest

from .brute import best, tiny
from .made import planned


@pytest.mark.parametrize("seed", range(12))
def test_no_schedule_of_a_tiny_portfolio_is_better(seed: int) -> None:
    scenario, fronts = tiny(seed)
    known, plan = best(scenario, fronts), planned(scenario, fronts)
    if known == -math.inf:
        assert plan.proof.status == "infeasible"
        assert plan.conflict is not None
        assert plan.conflict.parts
        assert all(job.status == "left out" and job.why for job in plan.jobs)
    else:
        assert plan.proof.status == "within the gap"
        assert plan.proof.objective_usd == pytest.approx(known, abs=1e-4)
        assert sum(job.run.worth_usd for job in plan.jobs if job.run) == pytest.approx(known, abs=1e-4)


def test_tiny_portfolios_come_with_and_without_a_schedule() -> None:
    found = [best(*tiny(seed)) > -math.inf for seed in (0, 1, 2, 3)]
    assert True in found
    assert False in found
