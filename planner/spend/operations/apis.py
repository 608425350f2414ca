"""Models behind APIs in the month (D9): requests, tokens, and what they cost."""

from typing import Final

from planner.outcome.review.operations import ApiUse
from planner.spend.spans import Span
from planner.spend.store import Store
from planner.spend.sums import total

_ASKED: Final = f"""
    WITH of_day AS (
        SELECT model, day, {total("requests")} AS requests, {total("input_tokens")} AS input,
               {total("output_tokens")} AS output, {total("cached_tokens")} AS cached, {total("repeats")} AS repeats,
               {total("requests", "repeats IS NOT NULL")} AS compared, {total("cost_usd")} AS usd
        FROM usage
        WHERE model <> '' AND day >= ? AND day < ?
          AND lower(deployment) NOT IN (SELECT lower(deployment) FROM deployments WHERE deployment <> '')
        GROUP BY model, day)
    SELECT model, {total("requests")}, {total("input")}, {total("output")}, {total("cached")},
           {total("repeats")} / nullif({total("compared")}, 0), {total("usd")}, max(usd)
    FROM of_day GROUP BY model ORDER BY model"""
_BILLED: Final = f"""
    WITH of_day AS (
        SELECT model, day, sum(effective_usd)::DOUBLE AS usd,
               {total("quantity", "lower(unit) = 'tokens' AND contains(lower(meter), 'output')")} AS output,
               {total("quantity", "lower(unit) = 'tokens' AND contains(lower(meter), 'cach')")} AS cached,
               {total("quantity", "lower(unit) = 'tokens' AND regexp_matches(lower(meter), 'input|cach')")} AS input
        FROM allocated
        WHERE model <> '' AND day >= ? AND day < ? AND gpu = '' AND gpu_hours IS NULL AND category = 'Usage'
          AND (contains(lower(meter), 'token') OR contains(lower(unit), 'token'))
          AND NOT contains(lower(concat_ws(' ', meter, sku, description)), 'training')
        GROUP BY model, day)
    SELECT model, {total("usd")}, max(usd), {total("input")}, {total("output")}, {total("cached")}
    FROM of_day GROUP BY model ORDER BY model"""


def apis_of(store: Store, span: Span) -> list[ApiUse]:
    """Models with charges for tokens, or with requests that log a cost and are of no deployment; the dearest first.

    The cost is that of the charges, else what requests log. Tokens are those that requests log, else the quantities of
    charges in Tokens, by the meter's name (FOCUS_Spec PR#2442: Input Tokens, Output Tokens).
    """
    days = [span.first, span.end]
    asked = {model: rest for model, *rest in store.rows(_ASKED, days)}
    billed = {model: rest for model, *rest in store.rows(_BILLED, days)}
    found = []
    for model in sorted({*asked, *billed}):
        requests, *logged_tokens, repeats, logged_usd, logged_most = asked.get(model, [None] * 7)
        usd, largest, *billed_tokens = billed.get(model, [logged_usd, logged_most, None, None, None])
        sent, got, cached = logged_tokens if any(part is not None for part in logged_tokens) else billed_tokens
        if usd is None:
            continue
        tokens = (sent or 0.0) + (got or 0.0)
        found.append(
            ApiUse(
                model=model, requests=requests, input_tokens=sent, output_tokens=got, cached_tokens=cached,
                repeats_share=repeats, cost_usd=usd, cost_per_1k_tokens_usd=1000 * usd / tokens if tokens > 0 else None,
                largest_day_usd=largest,
            )
        )  # fmt: skip
    return sorted(found, key=lambda use: (-(use.cost_usd or 0.0), use.model))
