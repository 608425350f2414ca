"""What of a scenario's market came later than its lock."""

from planner.catalog.rows import Catalog
from planner.locking.choosing import Prices, since
from planner.locking.lock import ReadLock
from planner.planning.ready import AnyReady, Ready


def since_locked(lock: ReadLock, ready: AnyReady, catalog: Catalog) -> Prices:
    """The prices of a lock without what the scenario, read with them, may choose from beside them."""
    offers = ready.space.market.offers
    if isinstance(ready, Ready):
        return since(lock, offers, ready.space.tuning.prices, catalog)
    from planner.space.serving.playing import apis_of

    return since(lock, offers, (), catalog, apis_of(ready.space))
