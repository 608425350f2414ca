"""Whether a request failed, by the status that a log writes."""

from typing import Final

_GOOD: Final = frozenset((
    "ok", "success", "succeeded", "successful", "completed", "complete", "done", "finished", "stop", "length", "true",
    "tool_calls", "tool_use", "end_turn", "max_tokens", "eos", "stop_sequence", "function_call", "cached", "hit",
))  # fmt: skip
_BAD: Final = frozenset((
    "error", "err", "fail", "failed", "failure", "timeout", "timed_out", "timedout", "rate_limited", "ratelimited",
    "throttled", "cancelled", "canceled", "aborted", "rejected", "unavailable", "overloaded", "false", "exception",
    "rate_limit", "server_error", "deadline_exceeded", "internal", "resource_exhausted", "refused",
))  # fmt: skip
_FIRST_FAILURE: Final = 400
"""HTTP status codes from here on are failures (RFC 9110, section 15)."""


def failed_of(status: str) -> int:
    """1 where the status says that a request failed, 0 where it succeeded, -1 where it is not understood."""
    word = "_".join(status.strip().lower().replace("-", " ").split())
    if word in _GOOD or word in _BAD:
        return int(word in _BAD)
    number = word.partition(".")[0]
    if number.isascii() and number.isdigit() and len(number) == 3:
        return int(int(number) >= _FIRST_FAILURE)
    return -1
