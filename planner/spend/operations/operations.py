"""How things ran in the month."""

from planner.catalog.rows import Catalog
from planner.outcome.review.operations import Operations
from planner.spend.months import Month
from planner.spend.operations.apis import apis_of
from planner.spend.operations.cards import cards_of
from planner.spend.operations.deployments import deployments_of
from planner.spend.operations.runs import runs_of
from planner.spend.operations.tenants import tenants_of
from planner.spend.spans import span_of
from planner.spend.store import Store


def operations_of(store: Store, catalog: Catalog, month: Month) -> Operations:
    """Runs, cards, deployments, APIs and tenants of the month; each list is empty where nothing tells of them."""
    span = span_of(store, month)
    return Operations(
        runs=runs_of(store, month, span),
        cards=cards_of(store, catalog, span),
        deployments=deployments_of(store, span),
        apis=apis_of(store, span),
        tenants=tenants_of(store, month, span),
    )
