"""What a month of machines costs and emits on an offer: on demand, spot with a fall-back, or under a commitment."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Catalog, Floats, Ints, Offers
from planner.estimate.carbon import embodied_kg, node_kw, operational_kg
from planner.estimate.serving.commitment import best_commitment
from planner.estimate.serving.scaling import spot_usd_per_hour
from planner.kinds.serving.hours import Month
from planner.scenario.serving import Serving
from planner.space.offers import Market
from planner.units import GB, SECONDS_PER_HOUR

BUSY: Final = 1.0
"""Model utilisation at which the power of a serving card is taken: cards at less than 0.2 draw less (DOMAIN 8)."""


@dataclass(frozen=True, slots=True)
class Renting:
    """Offers of the market, and what else their prices are held against; (offers,) each."""

    offers: Offers
    on_demand_usd: Floats
    """Price of the same machine on demand, per hour; NaN where it is not offered so."""
    tdp_w: Floats
    spot_share: float
    """Part of the machines of a spot offer that are spot."""

    @classmethod
    def of(cls, market: Market, catalog: Catalog, scenario: Serving) -> "Renting":
        """The market of a scenario."""
        known, offers = catalog.offers, market.offers
        plain = np.flatnonzero(~known.spot & (known.term == ""))
        prices = dict(zip(_keys(known, plain), known.price_usd_per_hour[plain].tolist(), strict=True))
        on_demand = [prices.get(key, np.nan) for key in _keys(offers, np.arange(len(offers)))]
        tdp = np.array([gpu.tdp_w for gpu in catalog.gpus], np.float64)
        return cls(offers, np.array(on_demand, np.float64), tdp[offers.gpu], scenario.replicas.spot_share)


def _keys(offers: Offers, rows: Ints) -> list[tuple[int, str, str, str]]:
    columns = (offers.provider, offers.service, offers.instance, offers.region)
    return list(zip(*(column[rows].tolist() for column in columns), strict=True))


def machine_usd(month: Month, which: Ints, offer: Ints, renting: Renting, cold: Floats) -> tuple[Floats, Ints]:
    """USD of a month, and machines under a commitment; (n,) ways, each of a group of the month on an offer.

    Machines are billed from when they are asked for, `cold` hours before they serve. Of a spot offer a part is spot
    machines, and what is lost runs on demand until another is there (`spot_usd_per_hour`). Commitments cover as many
    machines as costs least, all others run on demand. Unknown where the machine has no price on demand that is needed.
    """
    offers, plain = renting.offers, renting.on_demand_usd[offer]
    price = offers.price_usd_per_hour[offer]
    hours = month.machine_hours[which] + month.started[which] * cold
    spot = np.flatnonzero(offers.spot[offer])
    hourly = price.copy()
    hourly[spot] = spot_usd_per_hour(
        renting.spot_share, price[spot], plain[spot], offers.preemption_per_hour[offer[spot]],
        np.nan_to_num(offers.wait_hours[offer[spot]]), cold[spot] * SECONDS_PER_HOUR,
    )  # fmt: skip
    cost = hours * hourly
    number = np.zeros(len(offer), np.int64)
    term = np.flatnonzero(offers.term[offer] != "")
    if len(term):
        per_hour = offers.committed_usd_per_hour[offer[term]]
        best = best_commitment(month.machines[:, which[term]].astype(np.float64), per_hour, plain[term])
        number[term] = best.replicas.astype(np.int64)
        cost[term] = best.usd_per_month + month.started[which[term]] * cold[term] * plain[term]
    return cost, number


def carbon_kg(month: Month, which: Ints, offer: Ints, renting: Renting) -> Floats:
    """Emissions of a month (DOMAIN 8), (n,); NaN where the grid is unknown."""
    offers, hours = renting.offers, month.machine_hours[which]
    gpus = offers.gpu_count[offer].astype(np.float64)
    kwh = hours * node_kw(gpus, renting.tdp_w[offer], np.full(len(offer), BUSY))
    return operational_kg(kwh, offers.pue[offer], offers.grid_kg_per_kwh[offer]) + embodied_kg(hours * gpus)


def cold_hours(offers: Offers, rows: Ints, weight_bytes: Floats, scenario: Serving) -> Floats:
    """From asking for a machine to its first answer: as told, else queue, boot, image and weights (DOMAIN 7)."""
    told = scenario.replicas.cold_start
    if told is not None:
        return np.full(len(rows), told / SECONDS_PER_HOUR)
    seconds = offers.queue_s[rows] + offers.boot_s[rows] + offers.image_pull_s[rows]
    return np.asarray((seconds + weight_bytes / GB / offers.weights_gb_per_s[rows]) / SECONDS_PER_HOUR)
