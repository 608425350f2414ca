"""Cards of the month: what a GPU-hour cost against lists, how it was bought, and how busy the cards were."""

from typing import Final

from planner.catalog.rows import Catalog
from planner.outcome.review.operations import CardUse
from planner.spend.operations.prices import cheapest_on_demand, price_of
from planner.spend.spans import Span
from planner.spend.store import Store
from planner.spend.sums import total

_BILLED: Final = f"""
    SELECT gpu, provider, {total("gpu_hours")}, sum(effective_usd)::DOUBLE,
           sum(list_usd)::DOUBLE / nullif({total("gpu_hours", "list_usd IS NOT NULL")}, 0),
           coalesce({total("gpu_hours", "pricing_category = 'Dynamic'")}, 0)
               / nullif({total("gpu_hours", "pricing_category <> ''")}, 0),
           coalesce({total("gpu_hours", "pricing_category = 'Committed' OR commitment_status = 'Used'")}, 0)
               / nullif({total("gpu_hours", "pricing_category <> '' OR commitment_status <> ''")}, 0)
    FROM allocated
    WHERE gpu <> '' AND category = 'Usage' AND gpu_hours IS NOT NULL AND day >= ? AND day < ?
    GROUP BY gpu, provider HAVING {total("gpu_hours")} > 0 ORDER BY 4 DESC, gpu, provider"""
_SAMPLED: Final = f"""
    WITH charges AS (
        SELECT DISTINCT gpu, provider, resource, resource_name FROM allocated
        WHERE gpu <> '' AND category = 'Usage' AND gpu_hours IS NOT NULL AND day >= ? AND day < ?),
    hosts AS (
        SELECT DISTINCT gpu, provider, lower(name) AS host
        FROM (SELECT gpu, provider, resource AS name FROM charges
              UNION ALL SELECT gpu, provider, resource_name FROM charges)
        WHERE name <> ''),
    cards AS (SELECT *, count(*) OVER (PARTITION BY host) AS times FROM hosts)
    SELECT cards.gpu, provider,
           {total("busy * gpus * minutes")} / nullif({total("gpus * minutes", "busy IS NOT NULL")}, 0),
           {total("gpus * minutes", "busy IS NOT NULL")} / 60
    FROM gpu_samples AS samples JOIN cards ON lower(samples.host) = cards.host
    WHERE (times = 1 OR samples.gpu = cards.gpu) AND hour >= ? AND hour < ?
    GROUP BY cards.gpu, provider"""


def cards_of(store: Store, catalog: Catalog, span: Span) -> list[CardUse]:
    """Cards by provider, the dearest first: usage that has GPU-hours (FOCUS: PricingCategory Dynamic is spot).

    Samples belong to the charges whose resource, or its name, is called like their host; where that host is billed for
    several kinds of cards, to the kind that the samples say. Unused commitments have no GPU-hours and are not in it.
    """
    days = [span.first, span.end]
    sampled = {(gpu, provider): (busy, hours) for gpu, provider, busy, hours
               in store.rows(_SAMPLED, [*days, *span.hours(store.time_zone)])}  # fmt: skip
    billed = store.rows(_BILLED, days)
    prices = cheapest_on_demand(catalog)
    found = []
    for gpu, provider, hours, usd, listed, spot, committed in billed:
        busy, seen = sampled.get((gpu, provider), (None, None))
        found.append(
            CardUse(
                gpu=gpu, provider=provider, gpu_hours=hours, effective_usd=usd or 0.0,
                usd_per_gpu_hour=None if usd is None else usd / hours, list_usd_per_gpu_hour=listed,
                catalog_usd_per_gpu_hour=price_of(prices, catalog, gpu), spot_share=spot, committed_share=committed,
                busy=busy, sampled_share=min(1.0, seen / hours) if seen else None,
            )
        )  # fmt: skip
    return found
