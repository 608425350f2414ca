"""GitHub's refusals, told as what they mean for whoever wants a comment on a pull request."""

import json
from http import HTTPStatus
from typing import Any, Final

from planner.hosts.plain import plain
from planner.http.answer import Answer
from planner.http.failure import (
    HostError,
    NoAnswerError,
    PermissionMissingError,
    RateLimitError,
    RefusedError,
    TooLongError,
)

_FORK: Final = (
    "A pull request from a fork gets a token that can only read; otherwise the job needs `permissions: pull-requests: "
    "write`. The summary of the job and its annotations show the same result"
)


def failure_of(answer: Answer, name: str, host: str) -> HostError:
    """What an answer without success means for the pull request with this name."""
    because, later = _because(answer), "run this step again later"
    failure: HostError = RefusedError(f"GitHub refuses for {name}{because}")
    if answer.failed:
        failure = NoAnswerError(f"{host} is out of order{because}; {later}")
    elif answer.limited:
        failure = RateLimitError(f"GitHub's rate limit is used up{because}; {later}")
    elif answer.status == HTTPStatus.UNAUTHORIZED:
        failure = PermissionMissingError(f"GitHub does not accept GITHUB_TOKEN{because}: wrong, or expired")
    elif answer.status == HTTPStatus.FORBIDDEN:
        failure = PermissionMissingError(f"GITHUB_TOKEN may not do this on {name}{because}. {_FORK}")
    elif answer.status == HTTPStatus.NOT_FOUND:
        failure = RefusedError(f"{name} is not there, or GITHUB_TOKEN may not see it{because}")
    elif answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and "too long" in because.lower():
        failure = TooLongError(f"GitHub takes no comment of this length{because}")
    return failure


def graphql_failure(errors: object, name: str) -> HostError:
    """What the `errors` of a GraphQL answer mean; it tells of them with status 200."""
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    because = f" ({plain(str(first.get('message', 'no reason given')))})"
    match first.get("type"):
        case "FORBIDDEN" | "INSUFFICIENT_SCOPES":
            return PermissionMissingError(f"GITHUB_TOKEN may not do this on {name}{because}. {_FORK}")
        case "RATE_LIMITED":
            return RateLimitError(f"GitHub's rate limit is used up{because}; run this step again later")
    return RefusedError(f"GitHub refuses for {name}{because}")


def mapping(body: bytes) -> dict[str, Any]:
    """The JSON mapping in an answer; raises ValueError where there is none."""
    try:
        content = json.loads(body)
    except RecursionError:
        content = None
    if not isinstance(content, dict):
        message = "no mapping"
        raise ValueError(message)
    return content


def _because(answer: Answer) -> str:
    """Status and GitHub's own words: the message, and what each of its errors adds."""
    try:
        content = mapping(answer.body)
    except ValueError:
        return f" ({answer.status})"
    errors = content.get("errors")
    listed = errors[:3] if isinstance(errors, list) else []
    words = [str(content.get("message", ""))]
    words += [str(error.get("message", "")) if isinstance(error, dict) else str(error) for error in listed]
    told = plain("; ".join(word for word in words if word))
    return f" ({answer.status}: {told})" if told else f" ({answer.status})"
