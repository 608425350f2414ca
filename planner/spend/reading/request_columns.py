"""What a log of requests may say, and the line that a served endpoint writes for each request."""

from collections.abc import Mapping
from typing import Final

from planner.spend.conditions import quoted
from planner.spend.store import Store
from planner.traffic.columns import FIELDS as LOGGED

REQUEST_LINE: Final[Mapping[str, str]] = {
    "timestamp": "when the request came: 2026-11-30T12:00:00.000Z",
    "model": "model that answered",
    "input_tokens": "tokens of the prompt, those from a cache among them",
    "output_tokens": "tokens of the answer",
    "cached_tokens": "tokens of the prompt that a cache had",
    "latency_ms": "milliseconds from the request to the last token",
    "ttft_ms": "milliseconds from the request to the first token",
    "status": "HTTP status, or ok and error",
    "team": "team that pays",
    "tenant": "customer that it was for",
    "feature": "part of the product that asked",
    "user": "who asked, as a hash: it only has to be the same each time",
    "conversation": "conversation that the request belongs to",
    "prompt_hash": "hash of the whole prompt: the same prompt has the same",
    "deployment": "deployment that answered",
}
"""Key → what it says. A served endpoint writes one JSON object with these keys on a line of its own per request.

timestamp, model, input_tokens and output_tokens are needed; another key may be left out where nobody knows it, and
further keys do no harm. Texts of prompts and answers are never in it.
"""
_ELSEWHERE: Final = ("tenant", "model", "timestamp")
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: names for name, names in LOGGED.items() if name not in _ELSEWHERE},
    "timestamp": (*LOGGED["timestamp"], "hour", "day", "bucket"),
    "model": ("model", "model_id", "model_name", "gen_ai_request_model"),
    "deployment": ("deployment", "deployment_id", "deployment_name", "endpoint", "endpoint_name"),
    "tenant": ("tenant", "tenant_id", "customer", "customer_id", "organization", "organisation", "organization_id",
               "org_id", "account", "account_id", "workspace"),
    "team": ("team", "team_id", "team_name", "squad", "department"),
    "project": ("project", "project_id", "project_name"),
    "feature": ("feature", "feature_name", "use_case", "app", "application"),
    "cost": ("cost", "cost_usd", "total_cost", "total_cost_usd", "response_cost", "price_usd", "spend", "amount",
             "total_price"),
    "requests": ("requests", "request_count", "num_requests", "n_requests", "num_model_requests", "calls", "count"),
    "failed": ("failed", "failed_requests", "failures", "errors", "error_count", "num_failed_requests"),
    "repeats": ("repeats", "repeated", "repeated_requests"),
    "repeated_tokens": ("repeated_tokens", "repeated_input_tokens"),
    "request": ("request_id", "req_id", "call_id", "response_id", "completion_id", "litellm_call_id", "id"),
}  # fmt: skip
"""Column → its names. `requests`, `failed`, `repeats` and `repeated_tokens` are of rows that stand for several. What
`planner traffic` calls tenants is told apart here: who pays, and for whom."""
NEEDED: Final = ("timestamp", ("input_tokens", "requests"), ("output_tokens", "requests"))
OWN: Final = "_"
"""Stands before the names of dimensions while rows are typed: a scenario may call one like any column here."""


def dimension_columns(store: Store) -> list[str]:
    """Columns of the dimensions in `request_rows`, as SQL writes them."""
    return [quoted(f"{OWN}{name}") for name in store.dimensions]
