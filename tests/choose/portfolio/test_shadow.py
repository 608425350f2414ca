import pytest

from planner.choose.portfolio.instance import Budget, Configuration, Job, Pool, Weights
from planner.choose.portfolio.shadow import relax
from planner.choose.portfolio.solve import solve
from tests.choose.portfolio.made import of, tiny


def test_a_dollar_of_a_binding_budget_and_an_hour_of_a_full_pool() -> None:
    # Each dollar buys 5 of value until the budget is out; the pool is never full.
    jobs = [
        Job(
            name=f"j{j}", required=False, value_usd=500,
            configurations=(Configuration(name="c", hours=4, fixed_usd=100, takes={"gpu": 1}),),
        )
        for j in range(4)
    ]  # fmt: skip
    prices = relax(of(*jobs, budgets=(Budget(name="all", limit_usd=250),), weights=Weights(cost=0)))
    assert prices
    assert dict(prices.limits) == pytest.approx({"all": 5.0})
    assert prices.pools[0].usd_per_unit == pytest.approx(0.0, abs=1e-6)
    assert prices.relaxed_usd == pytest.approx(1250)

    # One GPU for 8 hours has room for two of the four jobs, each worth 500 for its 4 hours: 125 an hour.
    prices = relax(of(*jobs, horizon_hours=8.0, pools=(Pool(name="gpu", units=1),), weights=Weights(cost=0)))
    assert prices
    assert prices.pools[0].usd_per_unit_hour == pytest.approx((125.0, 125.0))
    assert prices.pools[0].usd_per_unit == pytest.approx(1000.0)
    assert prices.pools[0].bound_hours == 8


@pytest.mark.parametrize("seed", range(6))
def test_the_relaxation_is_no_worse_than_the_schedule(seed: int) -> None:
    instance = tiny(seed)
    schedule, prices = solve(instance, gap=0.0), relax(instance)
    if schedule.placed:
        assert prices
        assert prices.bound_usd >= schedule.objective_usd - 1e-6


def test_without_time_for_a_proof_no_price_is_said() -> None:
    assert any(relax(tiny(seed), until=0.0, enough=1e-6) is None for seed in range(6))
    assert all(relax(tiny(seed), until=0.0, enough=1e9) or not solve(tiny(seed)).placed for seed in range(6))
