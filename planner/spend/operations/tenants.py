"""Tenants of the month, and whose requests surged."""

from typing import Final

from planner.outcome.review.operations import TenantUse
from planner.spend.kpis.units import TOKENS
from planner.spend.months import Month
from planner.spend.spans import Span, as_many_before
from planner.spend.store import Store
from planner.spend.sums import total

MOST: Final = 1000
"""Tenants that are told: the dearest, then those with the most requests."""
_TENANTS: Final = f"""
    WITH asked AS (
        SELECT tenant, {total("requests", "day >= $first")} AS requests,
               {total("cost_usd", "day >= $first")} AS usd,
               {total(TOKENS, "day >= $first")} AS tokens,
               {total("requests", "day < $first")} AS before
        FROM usage
        WHERE tenant <> '' AND ((day >= $first AND day < $end) OR (day >= $first_before AND day < $end_before))
        GROUP BY tenant),
    charged AS (
        SELECT tenant, sum(effective_usd)::DOUBLE AS usd FROM allocated
        WHERE tenant <> '' AND day >= $first AND day < $end GROUP BY tenant)
    SELECT tenant, requests, tokens, coalesce(charged.usd, asked.usd) AS cost, before
    FROM asked FULL JOIN charged USING (tenant)
    ORDER BY cost DESC NULLS LAST, greatest(coalesce(requests, 0), coalesce(before, 0)) DESC, tenant LIMIT {MOST}"""


def tenants_of(store: Store, month: Month, span: Span) -> list[TenantUse]:
    """Tenants with requests or charges in the month, or requests in the one before; the dearest first.

    The cost is what they are charged, else what their requests log. A tenant that had no request in the month before,
    though others had, had 0; there is no surge to be told of it.
    """
    before = as_many_before(month, span)
    days = {"first": span.first, "end": span.end, "first_before": before.first, "end_before": before.end}
    ((logged,),) = store.rows("SELECT count(*) > 0 FROM usage WHERE day >= ? AND day < ?", [before.first, before.end])
    return [
        TenantUse(
            tenant=tenant, requests=requests, tokens=tokens, cost_usd=cost,
            requests_before=(was or 0.0) if logged else None, surge=(requests or 0.0) / was if logged and was else None,
        )
        for tenant, requests, tokens, cost, was in store.connection.execute(_TENANTS, days).fetchall()
    ]  # fmt: skip
