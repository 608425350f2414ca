"""Offers worth a look: those that no other offer of the same machine is at least as good as in everything."""

import numpy as np

from planner.catalog.rows import Bools
from planner.choose.pareto import front_rows
from planner.kinds.serving.machines import Renting
from planner.space.offers import Market

PASSED_OVER = "offers that another one of the same machine is at least as good as in everything"


def worth_a_look(market: Market, renting: Renting) -> Bools:
    """Offers of the market without those that are dominated among their own kind, (offers,); of equals the first stays.

    Cost and emissions of a way rise in each of these: price, that under a commitment and that of what takes the place
    of lost or uncommitted machines, preemptions, waits, start-up, carbon of a kilowatt-hour; and a host with more
    memory holds no less. What is unknown is held against unknown alone. Spot whose fall-back is cheaper, where more
    preemptions would cost less, all stays. So does every offer at the place of one that stays: plans hold spot and
    commitments against the same machine on demand.
    """
    offers, plain = market.offers, renting.on_demand_usd
    term = offers.term != ""
    backed = offers.spot | term
    losses = np.column_stack(
        [
            offers.price_usd_per_hour,
            np.where(term, offers.committed_usd_per_hour, 0.0),
            np.where(backed, plain, 0.0),
            np.where(offers.spot, offers.preemption_per_hour, 0.0),
            np.where(offers.spot, np.nan_to_num(offers.wait_hours), 0.0),
            offers.queue_s + offers.boot_s + offers.image_pull_s,
            -offers.weights_gb_per_s,
            offers.pue * offers.grid_kg_per_kwh,
            -np.nan_to_num(offers.memory_gib, nan=np.inf),
        ]
    )
    unknown = np.isnan(losses)
    losses = np.nan_to_num(losses, nan=0.0, posinf=np.inf, neginf=-1e300)
    groups = np.column_stack([market.shape_of_offer, offers.spot, term, unknown])
    _, group = np.unique(groups, axis=0, return_inverse=True)
    kept = np.asarray(offers.spot & ~(plain >= offers.price_usd_per_hour))
    for one in range(int(group.max(initial=-1)) + 1):
        rows = np.flatnonzero(group.reshape(-1) == one)
        kept[rows[front_rows(losses[rows])]] = True
    places = np.column_stack([np.unique(getattr(offers, name), return_inverse=True)[1] for name in _PLACE])
    _, place = np.unique(places, axis=0, return_inverse=True)
    return np.isin(place.reshape(-1), place.reshape(-1)[kept])


_PLACE = ("provider", "service", "instance", "region")
