"""What a committed offer costs against the same machine on demand (DOMAIN 10)."""

from planner.catalog.rate_plans import FLAT, Monthly, RatePlan
from planner.estimate.rate_plans import break_even_month_share
from planner.kinds.on_demand_twin import on_demand_twin
from planner.kinds.problem import Problem
from planner.outcome import Commitment


def commitment_of(problem: Problem, o: int) -> Commitment | None:
    """The commitment of an offer of the market; None on demand and for spot.

    It pays where more of it is used than 1 less the discount: the committed price over the price on demand. Where the
    same machine on demand gets cheaper the more of a month it runs, one of them is taken to run for that share of it.
    Where its price goes by the time of the week, it is taken to be used at all hours alike: so is the commitment.
    """
    offers, known = problem.space.market.offers, problem.facts.catalog.offers
    if not offers.term[o]:
        return None
    twin = on_demand_twin(problem.space.market.offers, problem.facts.catalog.offers, o)
    on_demand = None if twin is None else float(known.price_usd_per_hour[twin])
    plan = None if twin is None or known.rate[twin] == FLAT else known.terms.rates[known.rate[twin]]
    committed, utilisation = float(offers.committed_usd_per_hour[o]), offers.terms.utilisation
    return Commitment(
        usd_per_committed_hour=committed,
        utilisation=1.0 if utilisation is None else utilisation,
        on_demand_usd_per_hour=on_demand,
        break_even_utilisation=None if on_demand is None else _break_even(committed / on_demand, plan),
        derived=bool(offers.derived_term[o]),
    )


def _break_even(price_share: float, plan: RatePlan | None) -> float:
    if isinstance(plan, Monthly):
        return break_even_month_share(plan, price_share)
    return price_share if plan is None else price_share / plan.mean_factor
