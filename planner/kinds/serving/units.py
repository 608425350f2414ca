"""What one of something costs: requests, tokens in and out, users."""

import numpy as np

from planner.kinds.serving.by_api import ApiRow
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.work import Work
from planner.outcome.serving_configuration import UnitCosts


def rented_units(problem: Problem, kind: int, work: Work, cost_usd: float) -> UnitCosts:
    """Of a way on machines; prefill seconds are charged to input, decode seconds to output (DOMAIN 9.4).

    The seconds are those of one replica at its busiest: a request takes t_pre, and osl*t_dec(B)/B beside B - 1 others.
    Tokens that a cache answers are paid for too, so that the cost is over all that was asked.
    """
    one = problem.capacities.replicas.take(np.array([kind]))
    replica = one.replica()
    batch = np.maximum(replica.slots, 1.0)
    decode = replica.output_tokens * replica.decode_s(batch) / batch
    share = float((replica.prefill_s / (replica.prefill_s + decode))[0])
    return _units(problem, cost_usd, cost_usd * share, cost_usd * (1.0 - share))


def api_units(problem: Problem, row: ApiRow, cost_usd: float) -> UnitCosts:
    """Of an API: what its prices charge for output, and all else for input, levers and a first tier among it."""
    return _units(problem, cost_usd, cost_usd - row.output_usd, row.output_usd)


def _units(problem: Problem, cost_usd: float, input_usd: float, output_usd: float) -> UnitCosts:
    traffic = problem.space.traffic
    requests, users = traffic.requests_per_month, traffic.active_users_per_month
    users = problem.scenario.traffic.active_users or users

    def per(usd: float, number: float) -> float | None:
        return usd / number if number > 0 and np.isfinite(usd) and np.isfinite(number) else None

    return UnitCosts(
        per_1k_requests=per(cost_usd, requests / 1000.0),
        per_mtok_input=per(input_usd, traffic.input_tokens_per_month / 1e6),
        per_mtok_output=per(output_usd, traffic.output_tokens_per_month / 1e6),
        per_active_user=per(cost_usd, users),
    )
