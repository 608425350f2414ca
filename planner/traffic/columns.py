"""Columns of a log, and the names that exporters give them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "timestamp": (
        "timestamp", "time", "ts", "datetime", "date_time", "start_time", "started_at", "request_time", "requested_at",
        "created_at", "created", "arrival_time", "arrived_at", "starttime", "event_time", "@timestamp", "date",
    ),
    "input_tokens": (
        "input_tokens", "prompt_tokens", "num_input_tokens", "context_tokens", "request_tokens", "tokens_in",
        "input_length", "prompt_length", "prompt_token_count", "input_token_count", "contexttokens", "prompttokens",
        "inputtokens", "n_input_tokens", "num_prompt_tokens", "gen_ai_usage_input_tokens", "gen_ai_usage_prompt_tokens",
        "llm_usage_prompt_tokens",
    ),
    "output_tokens": (
        "output_tokens", "completion_tokens", "generated_tokens", "response_tokens", "num_output_tokens", "tokens_out",
        "output_length", "candidates_token_count", "output_token_count", "generatedtokens", "completiontokens",
        "outputtokens", "n_output_tokens", "num_completion_tokens", "num_generated_tokens",
        "gen_ai_usage_output_tokens", "gen_ai_usage_completion_tokens", "llm_usage_completion_tokens",
    ),
    "cached_tokens": ("cached_tokens", "cached_input_tokens", "input_cached_tokens", "cached_content_token_count",
                      "num_cached_tokens"),
    "cache_read_tokens": ("cache_read_input_tokens",),
    "cache_write_tokens": ("cache_creation_input_tokens",),
    "prompt_hash": ("prompt_hash", "prompt_sha256", "prompt_sha", "prompt_md5", "prompt_id", "input_hash",
                    "request_hash", "cache_key", "prompt_digest"),
    "latency_ms": ("latency_ms", "duration_ms", "elapsed_ms", "response_time_ms", "e2e_latency_ms", "total_latency_ms",
                   "total_time_ms"),
    "latency_s": ("latency_s", "latency_seconds", "duration_s", "duration_seconds", "elapsed_time", "elapsed_s",
                  "response_time_s", "e2e_latency_s"),
    "ttft_ms": ("ttft_ms", "time_to_first_token_ms", "first_token_ms"),
    "ttft_s": ("ttft_s", "ttft_seconds", "time_to_first_token_s", "time_to_first_token_seconds"),
    "status": ("status", "status_code", "http_status", "response_status", "http_status_code", "statuscode", "outcome"),
    "model": ("model", "model_id", "model_name", "deployment", "gen_ai_request_model"),
    "tenant": ("tenant", "tenant_id", "customer", "customer_id", "organization", "organisation", "organization_id",
               "org_id", "team", "team_id", "project", "project_id", "account", "account_id", "workspace"),
    "user": ("user", "user_id", "end_user", "end_user_id", "userid", "user_hash"),
    "conversation": ("conversation", "conversation_id", "session", "session_id", "chat_id", "thread_id", "thread",
                     "dialog_id", "sessionid", "conversationid"),
}  # fmt: skip
"""Column → its names, the likeliest first; written in any case, with any signs between the words."""
NEEDED: Final = ("timestamp", "input_tokens", "output_tokens")
LARGEST_DEPTH: Final = 4
"""Objects inside each other that a row of JSON lines is searched through."""
_NAMES: Final = {name: (field, rank) for field, names in FIELDS.items() for rank, name in enumerate(names)}
_SIGNS: Final = re.compile(r"[^a-z0-9@]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNITLESS: Final = ("latency", "duration", "ttft", "response_time", "e2e_latency", "time_to_first_token")


def plain(name: str) -> str:
    """A name in lower case, its words joined by underscores."""
    return _SIGNS.sub("_", _CAMEL.sub("_", name.strip()).lower()).strip("_")


def field_of(name: str) -> tuple[str, int] | None:
    """The column that a name stands for and how likely it is meant (0 most); of a dotted name, its last part."""
    for candidate in (plain(name), plain(name.rpartition(".")[2]), _SIGNS.sub("_", name.lower()).strip("_")):
        if candidate in _NAMES:
            return _NAMES[candidate]
    return None


def without_unit(names: Iterable[str]) -> list[str]:
    """Names of times that do not say their unit, and are not read for that."""
    return [name for name in names if plain(name.rpartition(".")[2]) in _UNITLESS]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns stand in the rows of a CSV file."""

    width: int
    at: Mapping[str, int]
    """Column → its place in a row, from 0."""


def layout_of(header: list[str]) -> Layout:
    """The places of the known columns; of two for the same, the likelier, then the first."""
    best: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(header):
        if (known := field_of(name)) is not None:
            best[known[0]] = min(best.get(known[0], (len(_NAMES), 0)), (known[1], place))
    return Layout(len(header), {name: place for name, (_, place) in best.items()})


def paths_of(row: Mapping[str, object], depth: int = LARGEST_DEPTH) -> dict[str, tuple[str, ...]]:
    """The paths of the known columns in an object of a log, such as `usage`, `prompt_tokens`; outer ones first."""
    best: dict[str, tuple[int, int, tuple[str, ...]]] = {}
    waiting: list[tuple[tuple[str, ...], Mapping[str, object]]] = [((), row)]
    while waiting:
        path, inside = waiting.pop(0)
        for key, value in inside.items():
            here = (*path, key)
            if isinstance(value, dict):
                if len(here) < depth:
                    waiting.append((here, value))
            elif not isinstance(value, list) and (known := field_of(key)) is not None:
                found = (len(here), known[1], here)
                best[known[0]] = min(best.get(known[0], found), found)
    return {name: path for name, (_, _, path) in best.items()}
