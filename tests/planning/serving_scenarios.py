"""Small scenarios of the kind Serving."""

from typing import Any

TRAFFIC = {"requests_per_month": 2_000_000, "input_tokens": 1200, "output_tokens": 300}


def by_api(**changes: Any) -> dict[str, Any]:
    """One model behind an API: planned in milliseconds."""
    plain = {"api_version": "planner/v1", "kind": "Serving", "metadata": {"name": "chat"}, "apis": ["gpt-4o-mini"]}
    return {**plain, "traffic": TRAFFIC, **changes}


def rented(**changes: Any) -> dict[str, Any]:
    """One model on one card, beside the API."""
    hardware = {"gpus": ["l40s"], "counts": [1], "providers": ["aws"]}
    return by_api(models=["llama-3.1-8b"], hardware=hardware, replicas={"scalings": ["fixed"]}, **changes)
