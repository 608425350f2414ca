"""Deployments of the month: replicas, requests, latency and what they cost."""

from collections import Counter
from typing import Final

from planner.outcome.review.operations import DeploymentUse
from planner.spend.conditions import quoted
from planner.spend.purpose import DEPLOYMENT_DIMENSIONS, purpose
from planner.spend.spans import Span
from planner.spend.store import Store
from planner.spend.sums import total

_DEPLOYED: Final = f"""
    WITH parts AS (
        SELECT *, coalesce(started >= $start AND ended <= $end, false) AS _within,
               epoch(least(coalesce(ended, $end), $end) - greatest(coalesce(started, $start), $start)) AS _seconds
        FROM deployments
        WHERE deployment <> '' AND coalesce(started, $start) < $end AND coalesce(ended, $end) > $start)
    SELECT lower(deployment), min(deployment), coalesce(min(model) FILTER (WHERE model <> ''), ''),
           coalesce(min(team) FILTER (WHERE team <> ''), ''),
           {total("replicas * _seconds")} / nullif({total("_seconds", "replicas IS NOT NULL")}, 0),
           CASE WHEN bool_and(_within) THEN {total("requests")} END,
           CASE WHEN bool_and(_within) THEN {total("failed")} END,
           {total("latency_p95_ms * requests", "_within")}
               / nullif({total("requests", "_within AND latency_p95_ms IS NOT NULL")}, 0),
           max(latency_p95_ms)
    FROM parts GROUP BY lower(deployment) ORDER BY 1"""
_ASKED: Final = f"""
    SELECT lower(deployment), {total("requests")}, {total("failed")}, {total("cost_usd")},
           {total("latency_p95_ms * requests")} / nullif({total("requests", "latency_p95_ms IS NOT NULL")}, 0)
    FROM usage WHERE deployment <> '' AND day >= ? AND day < ? GROUP BY 1"""


def deployments_of(store: Store, span: Span) -> list[DeploymentUse]:
    """Deployments that ran in the month, the dearest first.

    Replicas are the mean over the time of the month that it ran. Requests are those that are logged for it, else those
    that the deployments' own rows say where all of them lie in the month. The cost is that of charges whose resource,
    or `endpoint` dimension, is called like it; else that of its model's charges for serving, tokens of APIs aside,
    where the model has no other deployment in the month; else what its requests log. The latency is the mean of the
    logged 95th percentiles, weighted by requests, or the largest where requests are not known.
    """
    starts, ends = span.hours(store.time_zone)
    rows = store.connection.execute(_DEPLOYED, {"start": starts, "end": ends}).fetchall()
    asked = {name: rest for name, *rest in store.rows(_ASKED, [span.first, span.end])}
    charged, served = (dict(store.rows(sql, [span.first, span.end])) for sql in (_charged(store), _served(store)))
    models = Counter(model for _, _, model, *_ in rows)
    found = []
    for name, shown, model, team, replicas, requests_said, failed_said, p95_said, p95_most in rows:
        requests, failed, logged, p95 = asked.get(name, (requests_said, failed_said, None, None))
        of_model = served.get(model) if models[model] == 1 else None
        cost = next((usd for usd in (charged.get(name), of_model, logged) if usd is not None), None)
        found.append(
            DeploymentUse(
                deployment=shown, model=model, team=team, replicas=replicas, requests=requests, failed=failed,
                cost_usd=cost,
                cost_per_1k_requests_usd=1000 * cost / requests if cost is not None and requests else None,
                latency_p95_ms=next((latency for latency in (p95, p95_said, p95_most) if latency is not None), None),
            )
        )  # fmt: skip
    return sorted(found, key=lambda use: (-(use.cost_usd or 0.0), use.deployment))


def _charged(store: Store) -> str:
    """Deployment → effective cost of charges that are called like it."""
    columns = [*(name for name in DEPLOYMENT_DIMENSIONS if name in store.dimensions), "resource_name", "resource"]
    names = "(SELECT lower(deployment) FROM deployments WHERE deployment <> '')"
    cases = " ".join(f"WHEN lower({quoted(name)}) IN {names} THEN lower({quoted(name)})" for name in columns)
    return f"""SELECT CASE {cases} END AS _name, sum(effective_usd)::DOUBLE AS _usd FROM allocated
               WHERE day >= ? AND day < ? GROUP BY 1 HAVING _name IS NOT NULL AND _usd IS NOT NULL"""


def _served(store: Store) -> str:
    """Model → effective cost of its charges for serving that are not by the token."""
    tokens = "contains(lower(meter), 'token') OR contains(lower(unit), 'token')"
    return f"""SELECT model, sum(effective_usd)::DOUBLE FROM allocated
               WHERE model <> '' AND day >= ? AND day < ? AND {purpose(store)} = 'serving' AND NOT ({tokens})
               GROUP BY model HAVING sum(effective_usd) IS NOT NULL"""
