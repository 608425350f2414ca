"""The machine on demand that a spot or committed offer is held against."""

import numpy as np

from planner.catalog.rows import Offers


def on_demand_twin(offers: Offers, known: Offers, o: int) -> int | None:
    """Row in `known`, the catalog's, of the same machine, service, provider and region on demand as offer `o`."""
    same_place = (known.provider == offers.provider[o]) & (known.region == offers.region[o])
    same = (known.instance == offers.instance[o]) & (known.service == offers.service[o])
    twin = np.flatnonzero((known.tier == "on_demand") & same_place & same)
    return int(twin[0]) if len(twin) else None
