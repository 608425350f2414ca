"""The machine on demand that a spot or committed offer is held against."""

import numpy as np

from planner.kinds.problem import Problem


def on_demand_twin(problem: Problem, o: int) -> int | None:
    """Row in the catalog of the same machine, service, provider and region on demand as offer `o` of the market."""
    offers, known = problem.space.market.offers, problem.facts.catalog.offers
    same_place = (known.provider == offers.provider[o]) & (known.region == offers.region[o])
    same = (known.instance == offers.instance[o]) & (known.service == offers.service[o])
    twin = np.flatnonzero((known.tier == "on_demand") & same_place & same)
    return int(twin[0]) if len(twin) else None
